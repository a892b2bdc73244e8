Feature: Vital events
  A programme asks for the children of a person, and is told of births, deaths, marriages and divorces
  (PRS.CRVS.01 to 06).

  @CRVS-PAR-001
  Scenario Outline: The children of a person are found by <how>
    Given a search by <how> by the "parent1_identifier.identifier_value" of a record
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | how        |
      | expression |
      | predicate  |

  @CRVS-EVT-001 @changes
  Scenario Outline: A subscriber to <event> events is told of one
    Given a record that was just registered
    And the client has subscribed to "<event>" events of that record
    When a "<event>" of that person is registered
    Then the client is notified of it

    Examples:
      | event    |
      | Death    |
      | Marriage |
      | Divorce  |

  @CRVS-EVT-002 @changes
  Scenario: A subscriber to deaths is not told of a marriage
    Given a record that was just registered
    And the client has subscribed to "Death" events of that record
    When a "Marriage" of that person is registered
    Then the client is not notified

  @CRVS-EVT-003 @changes
  Scenario: A death that is registered is in the record
    Given a record that was just registered
    When a "Death" of that person is registered
    Then the registry answers with the record as updated
