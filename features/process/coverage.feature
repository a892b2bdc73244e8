Feature: Whom registries know together
  A programme looks for persons to enrol (PRS.DR.01, PRS.FR.01), and systems are analysed together: who is
  enrolled of those whom another registry knows (PRS.IBR.04, PRS.DR.03). One person is the same everywhere.

  @PROC-CRVS-001
  Scenario Outline: Civil registration and the social registry know one person: <who>
    Given the applicant to "<scheme>" is <who>
    Then civil registration and the social registry tell the same of the applicant

    Examples:
      | scheme        | who                                                  |
      | old-age       | somebody on the day of turning sixty-five            |
      | old-age       | an old person who dies on the day                    |
      | child-benefit | a child on the day that it turns eighteen            |
      | widows        | a widow whose spouse died on the day                 |

  @PROC-IBR-004
  Scenario Outline: Everybody who is enrolled in <programme> is known to the social registry
    When the programme searches the beneficiary registry for everybody whose "programme_identifier.programme_identifier" eq "<programme>" and "enrolment_status" eq "1"
    Then each of them is known to the social registry

    Examples:
      | programme |
      | UCT-01    |
      | OAP-03    |

  @PROC-DR-001
  Scenario: Persons with a severe disability who are not enrolled yet are found
    When the programme searches the disability registry for everybody whose "disability_status_level" in ["1", "2"]
    Then each of them is told to be enrolled in "DIS-04" as is true

  @PROC-DR-002
  Scenario Outline: Yes or no is enough to confirm a disability: <who>
    Given the applicant to "disability" is <who>
    Then the disability registry says <answer> to whether the applicant is disabled

    Examples:
      | who                                       | answer |
      | somebody with a moderate disability       | yes    |
      | somebody who is in no disability registry | no     |

  @PROC-DR-003
  Scenario: How many of those enrolled have a disability that is recognised
    When the programme searches the beneficiary registry for everybody whose "programme_identifier.programme_identifier" eq "DIS-04" and "enrolment_status" eq "1"
    Then each of them is told to be disabled as is true

  @PROC-FR-001
  Scenario: Smallholders to be helped are found, and civil registration knows them
    When the programme searches the farmer registry for everybody whose "farm_details.land_size" le 50
    Then each of them is known to civil registration
