Feature: Eligibility by what the registries tell
  A programme decides on an applicant by what the registries tell, as of a day. Thresholds are those of
  spec/schemes and ours; the registries owe what is true of the applicant, on either side of a boundary.

  @PROC-SR-001
  Scenario Outline: household-cash-transfer: <who>
    Given the applicant to "household-cash-transfer" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                 | decision                                    |
      | a household with the threshold's score              | "eligible"                                  |
      | a household a hundredth above the threshold         | "not_eligible", because of "poverty_score"  |
      | a household of two                                  | "not_eligible", because of "household_size" |
      | a head of household who dies the day after          | "eligible"                                  |
      | a head of household who dies on the day             | "not_eligible", because of "alive"          |
      | a head of household who is enrolled from the day on | "not_eligible", because of "not_enrolled"   |
      | a head of household whose enrolment has ended       | "eligible"                                  |
      | a household with the former version's score         | "not_eligible", because of "poverty_score"  |
      | a household with the new threshold's score          | "eligible"                                  |

  @PROC-SR-001
  Scenario Outline: girls-education: <who>
    Given the applicant to "girls-education" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                   | decision                                   |
      | a girl the day before she turns eighteen              | "eligible"                                 |
      | a girl on the day that she turns eighteen             | "not_eligible", because of "minor"         |
      | a girl on the day that she turns six                  | "eligible"                                 |
      | a girl the day before she turns six                   | "not_eligible", because of "school_age"    |
      | a boy                                                 | "not_eligible", because of "girl"          |
      | a girl in upper secondary education                   | "not_eligible", because of "at_school"     |
      | a girl of a household with the threshold's score      | "eligible"                                 |
      | a girl of a household a hundredth above the threshold | "not_eligible", because of "poverty_score" |

  @PROC-CRVS-004
  Scenario Outline: widows: <who>
    Given the applicant to "widows" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                           | decision                                     |
      | a widow whose spouse died on the day          | "eligible"                                   |
      | a widow whose spouse dies the day after       | "not_eligible", because of "spouse_deceased" |
      | a widow with the threshold's score            | "eligible"                                   |
      | a widow a hundredth above the threshold       | "not_eligible", because of "poverty_score"   |
      | a widow whom civil registration calls married | "not_eligible", because of "widowed"         |
      | a widow who dies on the day                   | "not_eligible", because of "alive"           |

  @PROC-CRVS-005
  Scenario Outline: child-benefit: <who>
    Given the applicant to "child-benefit" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                    | decision                                   |
      | a child the day before it turns eighteen               | "eligible"                                 |
      | a child on the day that it turns eighteen              | "not_eligible", because of "minor"         |
      | a child of a household with the threshold's score      | "eligible"                                 |
      | a child of a household a hundredth above the threshold | "not_eligible", because of "poverty_score" |
      | a child who dies the day after                         | "eligible"                                 |
      | a child who dies on the day                            | "not_eligible", because of "alive"         |

  @PROC-CRVS-002
  Scenario Outline: old-age: <who>
    Given the applicant to "old-age" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                 | decision                                  |
      | somebody on the day of turning sixty-five           | "eligible"                                |
      | somebody the day before turning sixty-five          | "not_eligible", because of "old"          |
      | an old person who dies on the day                   | "not_eligible", because of "alive"        |
      | an old person who is enrolled from the day on       | "not_eligible", because of "not_enrolled" |
      | an old person who is enrolled from the day after on | "eligible"                                |
      | an old person who is enrolled in another programme  | "eligible"                                |

  @PROC-DR-002
  Scenario Outline: disability: <who>
    Given the applicant to "disability" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                        | decision                                       |
      | somebody with a severe disability                          | "eligible"                                     |
      | somebody with a moderate disability                        | "not_eligible", because of "level"             |
      | somebody whose disability is not approved yet              | "not_eligible", because of "disability"        |
      | somebody who is in no disability registry                  | "not_eligible", because of "disability, level" |
      | somebody with a disability who dies on the day             | "not_eligible", because of "alive"             |
      | somebody with a disability who is enrolled from the day on | "not_eligible", because of "not_enrolled"      |

  @PROC-FR-002
  Scenario Outline: farmer-shock-relief: <who>
    Given the applicant to "farmer-shock-relief" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the decision is <decision>

    Examples:
      | who                                                 | decision                               |
      | a farmer whose farms measure the threshold together | "eligible"                             |
      | a farmer whose farms exceed the threshold together  | "not_eligible", because of "land_size" |
      | somebody who is no farmer                           | "not_eligible", because of "land_size" |
      | a farmer who dies on the day                        | "not_eligible", because of "alive"     |
