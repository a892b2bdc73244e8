Feature: Asking the disability registry about a person
  A programme asks whether a person is registered as disabled and is told yes or no (PRS.DR.02).
  Disabilities and support are asked for by questions of their own.

  @DR-STAT-001
  Scenario: A person who is registered as disabled
    Given the question "disabled" about somebody of whom it is true
    When it is asked
    Then the answer is "yes"

  @DR-STAT-002
  Scenario: A person whom nobody registered
    Given the registry answers a correct search
    And the question "disabled" about an identifier that nobody holds
    When it is asked
    Then the answer is "no"

  @DR-STAT-003
  Scenario: A status that is pending or has expired
    Given the question "disabled" about somebody of whom it is true no longer or not yet
    When it is asked
    Then the answer is "no"

  @DR-STAT-004
  Scenario: Nothing but yes or no is shown
    Given the question "disabled" about somebody of whom it is true
    When it is asked
    Then the answer says nothing else of the person

  @DR-STAT-005 @negative
  Scenario Outline: The question <question> comes without a token
    Given the registry answers a correct search
    And the question "<question>" about somebody on record
    And it comes without a token
    When it is asked
    Then it is refused
    And no record is shown

    Examples:
      | question           |
      | disabled           |
      | disability-details |
      | disability-support |

  @DR-DET-001
  Scenario: The disabilities of a person
    Given the question "disability-details" about somebody on record
    When it is asked
    Then the answer holds the disabilities of that person

  @DR-DET-002
  Scenario: The disabilities of nobody
    Given the registry answers a correct search
    And the question "disability-details" about an identifier that nobody holds
    When it is asked
    Then the answer holds nothing of anybody

  @DR-DET-003
  Scenario: The disabilities and nothing else
    Given the question "disability-details" about somebody on record
    When it is asked
    Then the answer says nothing else of the person

  @DR-SUP-001
  Scenario: The support of a person
    Given the question "disability-support" about somebody on record
    When it is asked
    Then the answer holds the support of that person

  @DR-SUP-002
  Scenario: The support of nobody
    Given the registry answers a correct search
    And the question "disability-support" about an identifier that nobody holds
    When it is asked
    Then the answer holds nothing of anybody
