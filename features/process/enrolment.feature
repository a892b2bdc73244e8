Feature: Nobody is enrolled twice
  Before it enrols somebody, a programme asks the beneficiary registry (PRS.IBR.01), to which programmes post
  the enrolments that they made (PRS.IBR.02) and the changes of their status (PRS.IBR.03).

  @PROC-IBR-001 @changes
  Scenario: An enrolment that was made is seen by the next programme
    Given an applicant to "old-age" who meets every criterion
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    When the programme enrols the applicant
    Then the beneficiary registry says yes to whether the applicant is enrolled
    And the beneficiary registry says no to whether the applicant is enrolled in another programme
    When the programme asks the registries about the applicant
    Then the decision is "not_eligible", because of "not_enrolled"

  @PROC-IBR-002 @changes
  Scenario: What a beneficiary received is published to other programmes
    Given an applicant to "household-cash-transfer" who meets every criterion
    When the programme enrols the applicant
    And the programme publishes a benefit of 2
    And the programme publishes a benefit of 3
    Then the beneficiary registry holds the enrolment as it was posted

  @PROC-IBR-003 @changes
  Scenario: A change of status is seen by the next programme
    Given an applicant to "old-age" who meets every criterion
    When the programme enrols the applicant
    Then the beneficiary registry says yes to whether the applicant is enrolled
    When the programme makes the enrolment suspended
    Then the beneficiary registry says no to whether the applicant is enrolled
    When the programme makes the enrolment active
    Then the beneficiary registry says yes to whether the applicant is enrolled
    When the programme makes the enrolment graduated
    Then the beneficiary registry says no to whether the applicant is enrolled
    And the beneficiary registry holds the enrolment as it was posted
