Feature: Who may order payments and change addresses
  A system acts on nothing that a known party did not sign, and tells a party nothing of another's.

  @PAY-SIG-004 @negative
  Scenario Outline: A message that is signed <how> is refused
    Given the system answers a correct request
    And a correct request
    And it is signed <how>
    When it is sent synchronously
    Then it is refused
    And it has had no effect

    Examples:
      | how                                 |
      | not at all                          |
      | with an empty text                  |
      | with a text that is no signature    |
      | by a key that nobody registered     |
      | and then the message is changed     |
      | and then the header is changed      |
      | a day ago and expired               |

  @PAY-AUTH-001 @negative
  Scenario Outline: A message that comes <how> is refused
    Given the system answers a correct request
    And a correct request
    And it comes <how>
    When it is sent synchronously
    Then it is refused
    And it has had no effect

    Examples:
      | how                                   |
      | without a token                       |
      | with a token that is not one          |
      | with a token signed by somebody else  |
      | with a forged token without signature |

  @PAY-AUTH-002 @negative
  Scenario Outline: A message from <whom> is refused
    Given the system answers a correct request
    And a correct request
    And it comes from <whom>
    When it is sent synchronously
    Then it is refused with "err.sender_id.invalid", "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden"
    And it has had no effect

    Examples:
      | whom                             |
      | an unregistered client           |
      | a client whose key was revoked   |

  @PAY-STAT-001
  Scenario Outline: The sender learns by "<attribute>" how each item ended, <how>
    Given a correct request
    And it is sent <how>
    And it is answered
    And a status request for it by "<attribute>"
    When it is sent <how>
    Then it is answered
    And the status tells how each item ended

    Examples:
      | attribute         | how            |
      | transaction_id    | synchronously  |
      | correlation_id    | asynchronously |
      | reference_id_list | synchronously  |
      | transaction_id    | asynchronously |

  @PAY-STAT-002 @negative
  Scenario Outline: Another party learns nothing by "<attribute>"
    Given a correct request
    And it is sent asynchronously
    And it is answered
    And a status request for it by "<attribute>"
    And it comes from another client
    When it is sent synchronously
    Then the status tells nothing of it

    Examples:
      | attribute         |
      | transaction_id    |
      | correlation_id    |
      | reference_id_list |
