Feature: Posting enrolments to the beneficiary registry
  A programme posts the enrolments that it made (PRS.IBR.02) and the changes of their status (PRS.IBR.03).

  @IBR-UPD-001 @changes
  Scenario: An enrolment that is posted is held
    Given an enrolment that the registry does not hold
    When it is sent synchronously
    Then every enrolment is taken
    And the registry answers with the enrolments that were taken

  @IBR-UPD-002 @changes
  Scenario: A change of status is seen by who asks
    Given an enrolment that the registry does not hold
    When it is sent synchronously
    Then every enrolment is taken
    Given that enrolment is suspended
    When it is asked
    Then the answer is "no"
    Given that enrolment is active again
    When it is asked
    Then the answer is "yes"

  @IBR-UPD-003 @changes @negative
  Scenario: An enrolment that is not allowed is rejected by itself
    Given 3 enrolments of which the second is not allowed by the data dictionary
    When it is sent synchronously
    Then enrolment 2 is rejected and the others are taken
    And the registry answers with the enrolments that were taken

  @IBR-UPD-004 @changes @negative
  Scenario: Enrolments of one who may not post them are refused
    Given the registry answers a correct search
    And an enrolment that the registry does not hold
    And it comes from another client
    When it is sent synchronously
    Then it is refused
    And the registry does not hold the enrolment
