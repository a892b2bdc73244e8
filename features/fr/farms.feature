Feature: Farms of a farmer
  A farmer may have several farms; a programme asks by what any of them is (PRS.FR.01).

  @FR-FARM-001
  Scenario Outline: A farmer is found by a farm that is not the first, by <how>
    Given a search by <how> by the last "farm_details.land_size" of a record that has several
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | how        |
      | expression |
      | predicate  |
