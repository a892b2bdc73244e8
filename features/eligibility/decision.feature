Feature: Whether a person is eligible
  A programme asks whether a person is eligible for one of its schemes. The service asks the registries and decides by
  the rules of that version of the scheme.

  @ELG-DEC-001
  Scenario Outline: One criterion that is not met is enough: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is decided "not_eligible"
    And what is not met is "<criterion>"

    Examples:
      | applicant                                          | criterion         |
      | a household of two                                 | household_size    |
      | a head of household who dies on the day            | alive             |
      | a head of household who is enrolled from the day on | not_enrolled     |
      | a widow whom civil registration calls married      | widowed           |
      | a widow who dies on the day                        | alive             |
      | a boy                                              | girl              |
      | a girl in upper secondary education                | at_school         |
      | a girl who dies on the day                         | alive             |
      | a child who dies on the day                        | alive             |
      | an old person who dies on the day                  | alive             |
      | an old person who is enrolled from the day on      | not_enrolled      |
      | somebody with a moderate disability                | level             |
      | somebody whose disability is not approved yet      | disability        |
      | somebody who is in no disability registry          | disability, level |
      | somebody with a disability who dies on the day     | alive             |
      | somebody with a disability who is enrolled from the day on | not_enrolled |
      | somebody who is no farmer                          | land_size         |
      | a farmer who dies on the day                       | alive             |

  @ELG-DEC-001
  Scenario Outline: What looks like an obstacle is none: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is decided "eligible"
    And what is not met is ""

    Examples:
      | applicant                                                          |
      | a head of household whose enrolment has ended                      |
      | a head of household who is enrolled in another programme           |
      | an old person whose enrolment has ended                            |
      | an old person who is enrolled in another programme                 |
      | somebody with a severe disability                                  |
      | somebody with a disability whose enrolment has ended               |
      | somebody with a disability who is enrolled in another programme    |

  @ELG-DEC-002
  Scenario Outline: At the boundary: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is decided "<decision>"
    And what is not met is "<criterion>"

    Examples:
      | applicant                                                   | decision     | criterion     |
      | a household with the threshold's score                      | eligible     |               |
      | a household a hundredth above the threshold                 | not_eligible | poverty_score |
      | a widow with the threshold's score                          | eligible     |               |
      | a widow a hundredth above the threshold                     | not_eligible | poverty_score |
      | a girl of a household with the threshold's score            | eligible     |               |
      | a girl of a household a hundredth above the threshold       | not_eligible | poverty_score |
      | a child of a household with the threshold's score           | eligible     |               |
      | a child of a household a hundredth above the threshold      | not_eligible | poverty_score |
      | a child on the day that it turns eighteen                   | not_eligible | minor         |
      | a girl on the day that she turns eighteen                   | not_eligible | minor         |
      | a girl on the day that she turns six                        | eligible     |               |
      | somebody on the day of turning sixty-five                   | eligible     |               |
      | a farmer whose farms measure the threshold together         | eligible     |               |
      | a farmer whose farms exceed the threshold together          | not_eligible | land_size     |
      | a widow whose spouse died on the day                        | eligible     |               |

  @ELG-DEC-003
  Scenario Outline: As of the day that is asked for: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is decided "<decision>"
    And what is not met is "<criterion>"

    Examples:
      | applicant                                                   | decision     | criterion       |
      | a child the day before it turns eighteen                    | eligible     |                 |
      | a girl the day before she turns eighteen                    | eligible     |                 |
      | a girl the day before she turns six                         | not_eligible | school_age      |
      | somebody the day before turning sixty-five                  | not_eligible | old             |
      | a head of household who dies the day after                  | eligible     |                 |
      | a girl who dies the day after                               | eligible     |                 |
      | a child who dies the day after                              | eligible     |                 |
      | a farmer who dies the day after                             | eligible     |                 |
      | an old person who dies the day after                        | eligible     |                 |
      | somebody with a disability who dies the day after           | eligible     |                 |
      | a widow who dies the day after                              | eligible     |                 |
      | a widow whose spouse dies the day after                     | not_eligible | spouse_deceased |
      | a head of household who is enrolled from the day after on   | eligible     |                 |
      | an old person who is enrolled from the day after on         | eligible     |                 |
      | somebody with a disability who is enrolled from the day after on | eligible |                |

  @ELG-DEC-004
  Scenario Outline: By the version that is asked for: <applicant>
    Given a question whether "<applicant>" is eligible
    When it is sent synchronously
    Then it is decided "<decision>"
    And what is not met is "<criterion>"

    Examples:
      | applicant                                        | decision     | criterion     |
      | a household with the new threshold's score       | eligible     |               |
      | a household with the former version's score      | not_eligible | poverty_score |
      | a household with the threshold's score           | eligible     |               |

  # Each person has the number of somebody else as another type of identifier.
  @ELG-DEC-005 @negative
  Scenario: The same number under a type that nobody holds it by is nobody
    Given the service answers a correct question
    And a question about an applicant
    And its "item.assess_criteria.person.identifier_type" is "MRN"
    When it is sent synchronously
    Then the person is told to be unknown

  @ELG-DEC-005
  Scenario: Each of several persons has a decision of its own
    Given questions about 6 applicants in one message
    When it is sent synchronously
    Then each question is decided by its own person
