Feature: From an application to a payment
  A programme asks the registries about an applicant, decides, records the enrolment, asks where the money
  goes, pays and reconciles. Each step is made with the system that serves it, whoever made that.

  @PROC-BEN-001 @changes
  Scenario: A child benefit from the application to the payment
    Given an applicant to "child-benefit" who meets every criterion
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    And the beneficiary registry says no to whether the applicant is enrolled
    When the programme enrols the applicant
    Then the beneficiary registry says yes to whether the applicant is enrolled
    When the programme asks the mapper where the applicant's money goes
    And the programme pays the applicant 32.50
    Then the benefit is paid, and reconciles
    When the programme publishes a benefit of 1
    Then the beneficiary registry holds the enrolment as it was posted

  @PROC-PAY-001 @changes
  Scenario: A benefit follows the applicant to another account
    Given an applicant to "old-age" who meets every criterion
    When the programme asks the mapper where the applicant's money goes
    And the programme pays the applicant 18.75
    Then the benefit is paid, and reconciles
    When the applicant's address is moved to another account
    And the programme asks the mapper where the applicant's money goes
    And the programme pays the applicant 18.75
    Then the benefit is paid, and reconciles

  @PROC-PAY-001 @changes @negative
  Scenario: Nothing can be paid to an applicant whose address was unlinked
    Given an applicant to "disability" who meets every criterion
    When the programme asks the mapper where the applicant's money goes
    And the applicant's address is unlinked
    Then the mapper knows no address of the applicant

  @PROC-BEN-002 @changes
  Scenario: A farmer is found for shock relief, confirmed and paid
    Given an applicant to "farmer-shock-relief" who meets every criterion
    When the programme searches the farmer registry for everybody whose "farm_details.land_size" le 50
    Then the applicant is among them
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    When the programme asks the mapper where the applicant's money goes
    And the programme pays the applicant 75.25
    Then the benefit is paid, and reconciles

  @PROC-PAY-002 @changes
  Scenario: A benefit is paid to the id that the mapper knows
    Given an applicant to "old-age" who meets every criterion
    When the programme asks the mapper where the applicant's money goes
    And the programme pays 21.40 to the applicant's id
    Then the benefit is paid from the programme's account

  @PROC-PAY-002 @changes @negative
  Scenario: Nothing is paid to an id that leads nowhere any more
    Given an applicant to "disability" who meets every criterion
    When the programme asks the mapper where the applicant's money goes
    And the programme pays 21.40 to the applicant's id
    Then the benefit is paid from the programme's account
    When the applicant's address is unlinked
    And the programme pays 21.40 to the applicant's id
    Then the payment to the applicant's id is rejected
