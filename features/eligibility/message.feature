Feature: Messages about eligibility
  Questions and decisions travel in signed messages, at once or by a callback.

  @ELG-REF-001
  Scenario Outline: Each question of a message is decided by its own person, <how>
    Given questions about 10 applicants in one message
    When it is sent <how>
    Then each question is decided by its own person

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @ELG-REF-002 @negative
  Scenario: A question that cannot be followed does not spoil the others
    Given the service answers a correct question
    And questions about 3 applicants in one message
    And its "item 2.assess_criteria.scheme.id" is "free-beer"
    When it is sent synchronously
    Then item 2 is refused with "rjct.scheme.unknown"
    And the other questions are decided by their own persons

  @ELG-ASY-001 @ELG-TXN-001 @ELG-HDR-001 @ELG-SIG-001 @ELG-ENV-001
  Scenario: A question is acknowledged and decided by a callback
    Given a question whether "a girl on the day that she turns eighteen" is eligible
    When it is sent asynchronously
    Then it is acknowledged
    And a callback arrives
    And it is decided "not_eligible"
    And what is not met is "minor"

  @ELG-ENV-001 @ELG-HDR-001 @ELG-TXN-001 @ELG-SIG-001
  Scenario: A question is decided at once
    Given a question about an applicant
    When it is sent synchronously
    Then it is answered
    And it is decided "eligible"

  @ELG-CB-002 @negative
  Scenario Outline: No decision goes to <where>
    Given the service answers a correct question
    And a question about an applicant
    And its answer goes to <where>
    When it is sent asynchronously
    Then no callback arrives elsewhere

    Examples:
      | where                                      |
      | another client's address                   |
      | a place that the client did not register   |

  @ELG-HTTP-001 @negative
  Scenario Outline: A message that cannot be taken in is refused with a reason: <what>
    Given the service answers a correct question
    And a question about an applicant
    And its "<field>" is absent
    When it is sent synchronously
    Then it is refused

    Examples:
      | what                   | field                  |
      | without a header       | header                 |
      | without a message      | message                |
      | without a message_id   | header.message_id      |
      | without a question     | message.assess_request |

  @ELG-HTTP-001 @negative
  Scenario Outline: A message that says what it is not is refused with a reason: <what>
    Given the service answers a correct question
    And a question about an applicant
    And its "<field>" is "<value>"
    When it is sent synchronously
    Then it is refused

    Examples:
      | what                        | field             | value     |
      | another interface's action  | header.action     | search    |
      | a time that is none         | header.message_ts | yesterday |

  @ELG-SEC-001 @negative
  Scenario Outline: A question that is signed <how> is refused
    Given the service answers a correct question
    And a question about an applicant
    And it is signed <how>
    When it is sent synchronously
    Then it is refused

    Examples:
      | how                             |
      | not at all                      |
      | by a key that nobody registered |
      | and then the message is changed |

  @ELG-SEC-001 @negative
  Scenario Outline: A question that comes <how> is refused
    Given the service answers a correct question
    And a question about an applicant
    And it comes <how>
    When it is sent synchronously
    Then it is refused

    Examples:
      | how                                  |
      | without a token                      |
      | with a token signed by somebody else |
      | from an unregistered client          |

  @ELG-TOK-001
  Scenario: A client is given a token
    When a token is asked for with the client's credentials
    Then a bearer token is given

  @ELG-TOK-002 @negative
  Scenario Outline: A token that is asked for <how> is refused, and why
    Given the service answers a correct question
    When a token is asked for <how>
    Then no token is given
    And the refusal says why in a published form

    Examples:
      | how                              |
      | with a wrong secret              |
      | with an empty secret             |
      | for a client that does not exist |
      | with another grant_type          |
