Feature: Households of a social registry
  A programme asks a social registry for a household and learns who belongs to it.

  @SR-REC-001 @SR-REC-002 @SR-REC-003
  Scenario Outline: A household is shown whole, <how>
    Given a search for the record with most elements of "member_list"
    When it is sent <how>
    Then the answer holds exactly the matching records
    And every answer counts the members of each household
    And every answer has the head of each household among its members
    And every answer has households with all of their members

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SR-REC-001 @SR-REC-002 @SR-REC-003
  Scenario: Households of every size are shown whole
    Given a search by expression on "group_size" and "group_type"
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And every answer counts the members of each household
    And every answer has the head of each household among its members
    And every answer has households with all of their members

  @SR-REC-004
  Scenario: A record is called what it is
    Given a search by identifier for a record of each type
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And every answer calls each record what it is

  @SR-REC-005
  Scenario Outline: A member is shown with a relative who has died, <how>
    Given a search for the record that holds "related_person.related_member.death_date"
    When it is sent <how>
    Then the answer holds exactly the matching records
    And the records are as the registry was given them

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SR-REC-006
  Scenario: A member is shown with each functional limitation
    Given a search for the record that holds "disability_info.functional_severity"
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And the records are as the registry was given them

  @SR-QRY-001
  Scenario Outline: Households are proposed by poverty score and size, <how>
    Given a search by expression on "poverty_score" and "group_size"
    And it is to be sorted by "poverty_score"
    When it is sent <how>
    Then the records come in the order asked

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SR-QRY-002
  Scenario Outline: The response_entity <entity>, which says the same as the record type, is taken in
    Given a search for the record that holds "<attribute>"
    And its "criteria.response_entity" is "<entity>"
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | entity | attribute     |
      | Group  | group_size    |
      | Member | income_level  |
