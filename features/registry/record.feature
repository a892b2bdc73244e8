Feature: What the records say
  A record comes as the registry was given it, in the words of the data dictionary.

  @REG-REC-001
  Scenario Outline: Records of each type follow the data dictionary, <how>
    Given a search by identifier for a record of each type
    When it is sent <how>
    Then the answer holds exactly the matching records
    And every answer has records by the data dictionary

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-REC-001
  Scenario: Many records follow the data dictionary
    Given a search by expression with "in" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And every answer has records by the data dictionary

  @REG-REC-002
  Scenario Outline: Records of each type are as the registry was given them, <how>
    Given a search by identifier for a record of each type
    When it is sent <how>
    Then the answer holds exactly the matching records
    And every answer has records as the registry was given them

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-REC-002
  Scenario: Many records are as the registry was given them
    Given a search by expression with "in" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And every answer has records as the registry was given them

  @REG-REC-002
  Scenario Outline: A name with <kind> is shown as it was given
    Given a search by expression for a name with <kind>
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And the records are as the registry was given them

    Examples:
      | kind                 |
      | an apostrophe        |
      | letters beyond ASCII |
      | a combining accent   |

  @REG-REC-003
  Scenario: A record is the same in an answer, in a callback and on a page
    Given a search by expression that many records meet
    When it is sent synchronously
    Then the records are as the registry was given them
    When the same is asked asynchronously
    Then the records are as the registry was given them
    Given it asks for pages of 10 records
    When every page is read
    Then the records are as the registry was given them

  @REG-REC-004
  Scenario Outline: An attribute that few records have is shown, <how>
    Given a search for a record of each type that has an attribute which few have
    When it is sent <how>
    Then the answer holds exactly the matching records
    And the records are as the registry was given them

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |
