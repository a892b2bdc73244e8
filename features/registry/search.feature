Feature: Searching a registry by identifier
  A counterpart asks a registry for a record by an identifier and gets that record, and no other.

  @REG-SEARCH-001
  Scenario Outline: A record is found by its identifier, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-002
  Scenario Outline: An identifier that nobody holds is answered with no record, <how>
    Given the registry answers a correct search
    And a search for an identifier that nobody holds
    When it is sent <how>
    Then the answer holds no record

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-003
  Scenario: An answer carries the reference_id of the search
    Given a batch of 3 searches by identifier
    When it is sent synchronously
    Then it is answered
    And every answer has only the reference_ids that were asked
