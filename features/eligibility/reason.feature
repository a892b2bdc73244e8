Feature: Why a person is eligible or not
  A refusal can only be explained, or contested, where it says which rule was not met and whose record says so.

  @ELG-WHY-001
  Scenario Outline: Each criterion is told with its reason: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is answered
    And each criterion is told with its reason

    Examples:
      | applicant                                     |
      | a household with the threshold's score        |
      | a household of two                            |
      | a widow whom civil registration calls married |
      | a girl in upper secondary education           |
      | somebody who is in no disability registry     |

  @ELG-WHY-002
  Scenario Outline: Each finding names the registry that it rests on: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is answered
    And each criterion is told with its source

    Examples:
      | applicant                                           |
      | a household with the threshold's score              |
      | a girl on the day that she turns six                |
      | somebody with a moderate disability                 |
      | a farmer whose farms measure the threshold together |

  @ELG-UNK-001 @negative
  Scenario Outline: A question by <what> is rejected
    Given the service answers a correct question
    And a question about an applicant
    And its "item.assess_criteria.scheme.<member>" is "<value>"
    When it is sent synchronously
    Then it is refused with "<code>"

    Examples:
      | what                            | member  | value     | code                        |
      | a scheme that there is not      | id      | free-beer | rjct.scheme.unknown         |
      | a version that there is not     | version | 99.9      | rjct.scheme_version.unknown |

  @ELG-UNK-002 @negative
  Scenario Outline: A question as of <what> is rejected
    Given the service answers a correct question
    And a question about an applicant
    And its "item.assess_criteria.as_of" is "<day>"
    When it is sent synchronously
    Then it is refused with "rjct.as_of.invalid", "rjct.assess_criteria.invalid", "err.request.bad"

    Examples:
      | what                         | day        |
      | a day to come                | 2999-01-01 |
      | a day that there was not     | 2023-02-29 |
      | something that is no day     | yesterday  |

  @ELG-UNK-003 @negative
  Scenario: Nothing is decided on somebody whom no registry knows
    Given the service answers a correct question
    And a question about somebody whom no registry knows
    When it is sent synchronously
    Then the person is told to be unknown

  @ELG-MIN-001
  Scenario Outline: The decision alone, and nothing that it rests on: <applicant>
    Given a question whether "<applicant>" is eligible
    And it asks for the decision alone
    When it is sent <how>
    Then it is decided "<decision>"
    And the answer holds the decision alone

    Examples:
      | applicant                                 | how            | decision     |
      | a household with the threshold's score    | synchronously  | eligible     |
      | somebody with a moderate disability       | synchronously  | not_eligible |
      | a boy                                     | asynchronously | not_eligible |

  @ELG-MIN-002
  Scenario Outline: No answer tells values of records: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then every answer holds nothing of a record

    Examples:
      | applicant                                     |
      | a girl on the day that she turns eighteen     |
      | a head of household who dies on the day       |
      | somebody who is no farmer                     |
