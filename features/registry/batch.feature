Feature: Several searches in one message
  A message can ask for several things. Each is answered for itself, under its own reference_id.

  @REG-BATCH-001
  Scenario Outline: Every item of a batch of <count> is answered once, <how>
    Given a batch of <count> searches by identifier
    When it is sent <how>
    Then every item is answered once

    Examples:
      | count | how            |
      | 2     | synchronously  |
      | 3     | synchronously  |
      | 3     | asynchronously |
      | 12    | synchronously  |

  @REG-BATCH-002
  Scenario Outline: An item that finds nobody is answered along with the others, <how>
    Given a batch of 3 searches of which the second finds nobody
    When it is sent <how>
    Then every item is answered once

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-BATCH-003 @negative
  Scenario Outline: Item <item> is wrong and the others are answered, <how>
    Given the registry answers a correct search
    And a batch of 3 searches of which item <item> names an unknown attribute
    When it is sent <how>
    Then item <item> is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid"
    And the other items are answered

    Examples:
      | item | how            |
      | 1    | synchronously  |
      | 2    | synchronously  |
      | 3    | synchronously  |
      | 2    | asynchronously |

  @REG-BATCH-004 @negative
  Scenario Outline: Item <item> is refused where its reference_id is <wrong>, <how>
    Given the registry answers a correct search
    And a batch of 3 searches by identifier
    And its "item <item>.reference_id" is <wrong>
    When it is sent <how>
    Then an item is refused with "rjct.reference_id.invalid" or "err.request.bad"

    Examples:
      | item | wrong  | how            |
      | 1    | absent | synchronously  |
      | 2    | absent | asynchronously |
      | 3    | absent | synchronously  |
      | 2    | 42     | synchronously  |

  @REG-BATCH-005 @negative
  Scenario Outline: A reference_id that items <first> and <second> share is refused, <how>
    Given the registry answers a correct search
    And a batch of 3 searches by identifier
    And item <second> takes the reference_id of item <first>
    When it is sent <how>
    Then an item is refused with "rjct.reference_id.duplicate" or "rjct.reference_id.invalid" or "err.request.bad"

    Examples:
      | first | second | how            |
      | 1     | 2      | synchronously  |
      | 1     | 3      | synchronously  |
      | 1     | 2      | asynchronously |

  @REG-BATCH-006
  Scenario Outline: Items of each query type are answered by their own, <how>
    Given a batch of searches by each query type
    When it is sent <how>
    Then every item is answered once

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-BATCH-006
  Scenario: Items for each record type are answered with records of their own
    Given a batch of searches for each record type
    When it is sent synchronously
    Then every item is answered once
    And every answer names the record type that was asked

  @REG-BATCH-007
  Scenario: A large batch is answered whole or refused openly
    Given a batch of 40 searches by identifier
    When it is sent synchronously
    Then the answer is either complete or refused with "rjct.total_count.limit_exceeded" or "err.request.bad"

  @REG-BATCH-007
  Scenario: A batch that is too large for many is answered whole or refused openly
    Given a batch of 150 searches by identifier
    When it is sent synchronously
    Then the answer is either complete or refused with "rjct.total_count.limit_exceeded" or "err.request.bad"
