Feature: A service decides as the programme does
  Where a service decides on eligibility, a programme that asks the registries itself must come to the same:
  for the same person, the same version of the scheme and the same day, criterion by criterion.

  @PROC-ELG-001
  Scenario Outline: The same decision: <scheme>, <who>
    Given the applicant to "<scheme>" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the eligibility service decides on the applicant as the programme does

    Examples:
      | scheme                  | who                                                 |
      | household-cash-transfer | a household with the threshold's score              |
      | household-cash-transfer | a household a hundredth above the threshold         |
      | household-cash-transfer | a household with the former version's score         |
      | household-cash-transfer | a head of household who dies the day after          |
      | household-cash-transfer | a head of household who dies on the day             |
      | widows                  | a widow whose spouse dies the day after             |
      | girls-education         | a girl on the day that she turns eighteen           |
      | child-benefit           | a child the day before it turns eighteen            |
      | child-benefit           | a child on the day that it turns eighteen           |
      | old-age                 | somebody on the day of turning sixty-five           |
      | old-age                 | an old person who is enrolled from the day after on |
      | old-age                 | an old person who is enrolled from the day on       |

  @PROC-ELG-002
  Scenario Outline: The same for each criterion: <scheme>, <who>
    Given the applicant to "<scheme>" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the eligibility service finds of each criterion what the programme finds

    Examples:
      | scheme                  | who                                           |
      | household-cash-transfer | a household of two                            |
      | widows                  | a widow whom civil registration calls married |
      | widows                  | a widow with the threshold's score            |
      | girls-education         | a girl the day before she turns six           |
      | child-benefit           | a child who dies on the day                   |
      | old-age                 | somebody the day before turning sixty-five    |

  @PROC-ELG-003 @changes
  Scenario: An enrolment that was made is seen by the service
    Given an applicant to "old-age" who meets every criterion
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    And the eligibility service decides on the applicant as the programme does
    When the programme enrols the applicant
    And the programme asks the registries about the applicant
    Then the decision is "not_eligible", because of "not_enrolled"
    And the eligibility service decides on the applicant as the programme does

  @PROC-ELG-003 @changes
  Scenario: A death that is registered after the decision is seen by the service
    Given an applicant to "old-age" who meets every criterion
    And the client has subscribed to "Death" events of the applicant at civil registration
    When the programme asks the registries about the applicant
    Then the decision is "eligible"
    And the eligibility service decides on the applicant as the programme does
    When a "Death" of the applicant is registered
    Then the client is told of it by civil registration
    When the programme asks the registries about the applicant
    And the programme decides anew by what it was told
    Then the decision is "not_eligible", because of "alive"
    And the eligibility service decides on the applicant as the programme does

  @PROC-ELG-004
  Scenario Outline: The same decision on a disability: <who>
    Given the applicant to "disability" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the eligibility service decides on the applicant as the programme does
    And the eligibility service finds of each criterion what the programme finds

    Examples:
      | who                                                        |
      | somebody with a severe disability                          |
      | somebody with a moderate disability                        |
      | somebody whose disability is not approved yet              |
      | somebody who is in no disability registry                  |
      | somebody with a disability who dies on the day             |
      | somebody with a disability who is enrolled from the day on |

  @PROC-ELG-005
  Scenario Outline: The same decision on a farmer: <who>
    Given the applicant to "farmer-shock-relief" is <who>
    When the programme asks the registries about the applicant
    Then the registries tell of the applicant what is true
    And the eligibility service decides on the applicant as the programme does
    And the eligibility service finds of each criterion what the programme finds

    Examples:
      | who                                                 |
      | a farmer whose farms measure the threshold together |
      | a farmer whose farms exceed the threshold together  |
      | somebody who is no farmer                           |
      | a farmer who dies on the day                        |
