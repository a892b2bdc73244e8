Feature: Asking where a person's money goes
  Before a programme pays, it asks whether a person has an address; most of the time yes or no is enough.

  @MAP-RES-001
  Scenario Outline: <what> is told to be active, <how>
    Given a person who has an address
    And a question for <what>
    When it is sent <how>
    Then it is told to be active

    Examples:
      | what                  | how            |
      | that person           | synchronously  |
      | that person           | asynchronously |
      | that person's address | synchronously  |

  @PAY-OPT-001
  Scenario: What more is told with a question does not matter
    Given a person who has an address
    And a question for that person
    And its "item.additional_info" is [{"name": "district", "value": "north"}]
    And its "item.locale" is "eng"
    When it is sent synchronously
    Then it is told to be active

  @MAP-RES-002 @negative
  Scenario Outline: A person without an address is not found, <how>
    Given a person who has no address
    And a question for that person
    When it is sent <how>
    Then it is told to be unknown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @MAP-RES-002 @negative
  Scenario: An address that is nobody's is not found
    Given a person who has no address
    And a question for the spare address
    When it is sent synchronously
    Then it is told to be unknown

  @MAP-RES-003 @negative
  Scenario: An address is not confirmed for somebody else
    Given a person who has an address
    And a question whether that person has the spare address
    When it is sent synchronously
    Then it is told to be another's

  @MAP-RES-003
  Scenario: An address is confirmed for its person
    Given a person who has an address
    And a question whether that person has its own address
    When it is sent synchronously
    Then it is told to be active

  @MAP-RES-004
  Scenario Outline: Yes or no, and nothing else, about <what> with scope <scope>
    Given a person who has an address
    And a question for <what>
    And its "item.scope" is <scope>
    When it is sent synchronously
    Then it is answered
    And the answer tells no more than yes or no

    Examples:
      | what                  | scope    |
      | that person           | "yes_no" |
      | that person           | absent   |
      | that person's address | "yes_no" |

  @MAP-RES-005
  Scenario: Where a person is paid, and by whom
    Given a person who has an address
    And a question for that person
    And its "item.scope" is "details"
    When it is sent synchronously
    Then it is answered
    And the answer tells the address and who keeps it

  @MAP-RES-006
  Scenario Outline: Letters do not matter: <what>
    Given a person who has an address
    And a question for <what>
    And it is asked in other letters
    When it is sent synchronously
    Then it is told to be active

    Examples:
      | what                  |
      | that person           |
      | that person's address |

  @MAP-RES-007 @negative
  Scenario: A person whose account was closed
    Given a person who has an account that was closed
    And a question for that person
    When it is sent synchronously
    Then it is told to be inactive
