Feature: Transaction status
  A counterpart asks what became of a message that it sent. The registry tells it of its own messages
  and of nobody else's.

  @REG-TXN-001
  Scenario Outline: The status of a search is told <how>
    Given a batch of 3 searches by identifier
    And it is sent asynchronously
    And a status request for that search by "transaction_id"
    When it is sent <how>
    Then the status answer holds what the search answered

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-002
  Scenario Outline: The status is found by the correlation_id, <how>
    Given a batch of 2 searches by identifier
    And it is sent asynchronously
    And a status request for that search by "correlation_id"
    When it is sent <how>
    Then the status answer holds what the search answered

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-003
  Scenario Outline: The status is found by the reference_ids, <how>
    Given a batch of 3 searches by identifier
    And it is sent asynchronously
    And a status request for that search by "reference_id_list"
    When it is sent <how>
    Then the status answer holds what the search answered

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-003
  Scenario: Only the items that were named are told
    Given a batch of 3 searches by identifier
    And it is sent asynchronously
    And a status request for the reference_id of its item 3
    When it is sent synchronously
    Then the status answer holds item 3 alone

  @REG-TXN-004 @negative
  Scenario Outline: Another party learns nothing by <attribute>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent asynchronously
    And a status request for that search by "<attribute>"
    And it comes from another client
    When it is sent <how>
    Then the status answer shows nothing of the search

    Examples:
      | attribute         | how            |
      | transaction_id    | synchronously  |
      | transaction_id    | asynchronously |
      | correlation_id    | synchronously  |
      | reference_id_list | synchronously  |

  @REG-TXN-005 @negative
  Scenario Outline: A transaction that was never sent has no success, <how>
    Given the registry answers a correct search
    And a status request for a transaction that was never sent
    When it is sent <how>
    Then the status answer holds no item that succeeded

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-006 @negative
  Scenario: The registry says that it does not know a transaction
    Given the registry answers a correct search
    And a status request for a transaction that was never sent
    When it is sent synchronously
    Then the registry says that it does not know it

  @REG-TXN-007 @negative
  Scenario Outline: An unknown attribute_type is refused: <value>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    And its "item.attribute_type" is <value>
    When it is sent synchronously
    Then it is refused

    Examples:
      | value        |
      | "message_id" |
      | absent       |
      | 3            |

  @REG-TXN-008 @negative
  Scenario Outline: A search is not told as a transaction of type <type>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    And its "item.txn_type" is "<type>"
    When it is sent synchronously
    Then the status answer holds no item that succeeded

    Examples:
      | type        |
      | subscribe   |
      | unsubscribe |

  @REG-TXN-009
  Scenario Outline: A rejected item is told with its reason, after a search sent <how>
    Given a batch of 3 searches by identifier
    And its "item 2.search_criteria.query_type" is "predicate"
    And its "item 2.search_criteria.query" is [{"seq_num":1,"expression1":{"attribute_name":"no_such_attribute","operator":"eq","attribute_value":"x"}}]
    And it is sent <how>
    And item 2 is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid"
    And a status request for that search by "transaction_id"
    When it is sent synchronously
    Then the status answer holds what the search answered

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-010
  Scenario Outline: The status of a search that was answered at once is told <how>
    Given a batch of 2 searches by identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    When it is sent <how>
    Then the status answer holds what the search answered

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-011
  Scenario Outline: A status names the transaction that it is of, asked by <attribute>
    Given a search for a record by its identifier
    And it is sent asynchronously
    And a status request for that search by "<attribute>"
    When it is sent synchronously
    Then the status answer names the transaction

    Examples:
      | attribute         |
      | transaction_id    |
      | correlation_id    |
      | reference_id_list |

  @REG-TXN-012 @negative
  Scenario Outline: An unknown txn_type is refused: <value>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    And its "item.txn_type" is <value>
    When it is sent synchronously
    Then it is refused

    Examples:
      | value      |
      | "disburse" |
      | absent     |

  @REG-TXN-013 @changes
  Scenario Outline: The status of a subscription is told <how>
    Given a record that was just registered
    And a subscription to changes of that record
    And it is sent asynchronously
    And a status request for that subscription by "transaction_id"
    When it is sent <how>
    Then the status answer holds what was subscribed

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-TXN-014 @changes
  Scenario Outline: The status of an unsubscribe is told <how>
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client has ended the subscription
    And a status request for that unsubscription by "transaction_id"
    When it is sent <how>
    Then the status answer says that the subscription has ended

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |
