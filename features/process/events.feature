Feature: What changes after the decision
  A registry tells a programme of a change (PRS.SR.03, PRS.CRVS.03, PRS.CRVS.06), and a programme tells a
  registry (PRS.SR.02); the programme decides anew by what it was told, and other systems learn of it.

  @PROC-SR-002 @changes
  Scenario: A verified address reaches the other programmes
    Given an applicant to "household-cash-transfer" who meets every criterion
    And another client has subscribed to "REGISTER" events of the applicant at the social registry
    When the programme posts a verified address of the household to the social registry
    Then another client is told of it by the social registry

  @PROC-SR-003 @changes
  Scenario: A score that rises above the threshold ends an enrolment
    Given an applicant to "household-cash-transfer" who meets every criterion
    And the client has subscribed to "REGISTER" events of the applicant at the social registry
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    When the programme enrols the applicant
    And the household's score becomes 40.01 at the social registry
    Then the client is told of it by the social registry
    When the programme makes the enrolment suspended
    Then the beneficiary registry says no to whether the applicant is enrolled
    When the programme asks the registries about the applicant
    And the programme decides anew by what it was told
    Then the decision is "not_eligible", because of "poverty_score"

  @PROC-SR-004 @changes
  Scenario: A change in the social registry reaches the beneficiary registry
    Given an applicant to "household-cash-transfer" who meets every criterion
    And the client has subscribed to "REGISTER" events of the applicant at the social registry
    When the programme enrols the applicant
    And the household's score becomes 38.25 at the social registry
    Then the client is told of it by the social registry
    When the programme passes the household's score on to the beneficiary registry
    Then the beneficiary registry holds the enrolment as it was posted
    And the beneficiary registry says yes to whether the applicant is enrolled

  @PROC-CRVS-003 @changes
  Scenario: A death that is registered after the enrolment ends it
    Given an applicant to "old-age" who meets every criterion
    And the client has subscribed to "Death" events of the applicant at civil registration
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    When the programme enrols the applicant
    Then the beneficiary registry says yes to whether the applicant is enrolled
    When a "Death" of the applicant is registered
    Then the client is told of it by civil registration
    When the programme makes the enrolment deceased
    Then the beneficiary registry says no to whether the applicant is enrolled
    When the programme asks the registries about the applicant
    And the programme decides anew by what it was told
    Then the decision is "not_eligible", because of "alive"

  @PROC-CRVS-006 @changes
  Scenario: A birth that is told leads to an offer
    Given an applicant to "household-cash-transfer" who meets every criterion
    And the client has subscribed to births at civil registration
    When a child of the applicant is born
    Then the client is told of it by civil registration
    When the programme finds the applicant as a parent of the child
    And the programme asks the registries about the applicant
    Then the decision is "eligible"
    When the programme enrols the applicant
    Then the beneficiary registry says yes to whether the applicant is enrolled
