Feature: Farms of a farmer
  A farmer may have several farms; a programme asks by what any of them is (PRS.FR.01).

  @FR-FARM-001
  Scenario Outline: A farmer is found by a farm whichever it is: the <which>, by <how>
    Given a search by <how> by the <which> "farm_details.land_size" of a record that has several
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | which | how        |
      | last  | expression |
      | last  | predicate  |
      | first | expression |
      | first | predicate  |
