Feature: Eligibility by what the registries tell
  A programme decides on an applicant by what the registries tell, as of the day on which the population
  stands. Thresholds are those of spec/schemes and ours; the registries owe what is true of the applicant.

  @PROC-SR-001
  Scenario Outline: <scheme>: an applicant <who>
    Given an applicant to "<scheme>" <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | scheme                  | who                                                      | decision                                         |
      | household-cash-transfer | who meets every criterion                                | "eligible"                                       |
      | household-cash-transfer | whose household has the threshold for a score            | "eligible"                                       |
      | household-cash-transfer | whose household has a hundredth more than the threshold  | "not_eligible", because of "poverty_score"       |
      | household-cash-transfer | whose household has a member less                        | "not_eligible", because of "household_size"      |
      | household-cash-transfer | who is enrolled already                                  | "not_eligible", because of "not_enrolled"        |
      | girls-education         | who meets every criterion                                | "eligible"                                       |
      | girls-education         | who turns six on the day                                 | "eligible"                                       |
      | girls-education         | who turns six on the day after                           | "not_eligible", because of "school_age"          |
      | girls-education         | who turns eighteen on the day                            | "not_eligible", because of "minor"               |
      | girls-education         | who turns eighteen on the day after                      | "eligible"                                       |
      | girls-education         | who is a boy                                             | "not_eligible", because of "girl"                |
      | girls-education         | who is in upper secondary education                      | "not_eligible", because of "at_school"           |
