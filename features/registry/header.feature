Feature: The header of a message
  A registry writes its own header truly and holds the sender's to the published form.

  @REG-HDR-002
  Scenario Outline: An answer has a message_id of its own, <how>
    Given a batch of 2 searches by identifier
    When it is sent <how>
    Then it is answered
    And every answer has a message_id of its own

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-002
  Scenario: Two answers have two message_ids
    Given a search by identifier for a record of each type
    When it is sent synchronously
    And it is sent synchronously
    Then every answer has a message_id of its own

  @REG-HDR-003
  Scenario Outline: An answer carries the present time, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer carries the present time

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-004
  Scenario Outline: An answer to a search carries the action on-search, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer carries the action of an answer

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-004
  Scenario Outline: An answer to a status request carries the action txn-on-status, <how>
    Given a search for a record by its identifier
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it is sent <how>
    Then every answer carries the action of an answer

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-005 @negative
  Scenario Outline: A message of which nothing succeeds is rejected as a whole, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "item.search_criteria" is absent
    When it is sent <how>
    Then it is refused
    And every answer is rejected as a whole where every item is

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-006
  Scenario Outline: An answer swaps sender and receiver, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer swaps sender and receiver

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-006
  Scenario: An answer to another client is addressed to that client
    Given a search for a record by its identifier
    And it comes from another client
    When it is sent synchronously
    Then it is answered
    And every answer swaps sender and receiver

  @REG-HDR-007
  Scenario Outline: An answer counts its items, <how>
    Given a batch of 3 searches of which the second finds nobody
    When it is sent <how>
    Then it is answered
    And every answer counts the items

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-008
  Scenario Outline: The header agrees with items that succeeded, <how>
    Given a batch of 3 searches of which the second finds nobody
    When it is sent <how>
    Then it is answered
    And every answer has a status that fits its items

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-008 @negative
  Scenario: The header agrees with items of which one is rejected
    Given the registry answers a correct search
    And a batch of 3 searches by identifier
    And its "item 2.search_criteria" is {"query_type": "no-such-type"}
    When it is sent synchronously
    Then every answer has a status that fits its items

  @REG-HDR-009
  Scenario Outline: A success has no reason code, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer gives a published reason for a refusal

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-009 @negative
  Scenario Outline: A rejection has a published reason code, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.action" is "fetch"
    When it is sent <how>
    Then it is refused
    And every answer gives a published reason for a refusal

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-010 @negative
  Scenario Outline: A version that does not exist is refused: <version>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.version" is <version>
    When it is sent <how>
    Then it is refused with "rjct.version.invalid", "err.version.not_supported" or "err.request.bad"
    And no record is shown

    Examples:
      | version | how            |
      | "99.0"  | synchronously  |
      | "99.0"  | asynchronously |
      | "one"   | synchronously  |

  @REG-HDR-011
  Scenario Outline: A message without <member> is answered, <how>
    Given a search for a record by its identifier
    And its "<member>" is absent
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | member                  | how            |
      | header.version          | synchronously  |
      | header.version          | asynchronously |
      | header.is_msg_encrypted | synchronously  |
      | header.is_msg_encrypted | asynchronously |
      | header.receiver_id      | synchronously  |
      | header.receiver_id      | asynchronously |

  @REG-HDR-012
  Scenario Outline: A header with meta is answered: <meta>
    Given a search for a record by its identifier
    And its "header.meta" is <meta>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | meta                                          | how            |
      | an empty object                               | synchronously  |
      | {"trace": "a-1", "hops": [1, 2.5, true, null]} | synchronously  |
      | {"trace": {"from": "b-2"}}                    | asynchronously |

  @REG-HDR-013 @negative
  Scenario Outline: A message_id that is <value> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.message_id" is <value>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | value  | how            |
      | absent | synchronously  |
      | absent | asynchronously |
      | null   | synchronously  |
      | 42     | synchronously  |
      | {}     | asynchronously |

  @REG-HDR-014 @negative
  Scenario Outline: A message_ts that is <value> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.message_ts" is <value>
    When it is sent <how>
    Then it is refused with "rjct.message_ts.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | value                  | how            |
      | absent                 | synchronously  |
      | absent                 | asynchronously |
      | "yesterday"            | synchronously  |
      | "yesterday"            | asynchronously |
      | 1700000000             | synchronously  |
      | null                   | synchronously  |
      | "2026-02-30T10:00:00Z" | synchronously  |
      | empty                  | asynchronously |

  @REG-HDR-015 @negative
  Scenario Outline: A message_ts of <when> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.message_ts" is <when>
    When it is sent <how>
    Then it is refused with "rjct.message_ts.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | when                | how            |
      | a time 400 days ago  | synchronously  |
      | a time 30 days ahead | synchronously  |
      | a time 400 days ago  | asynchronously |

  @REG-HDR-016
  Scenario Outline: A message_ts in another form is read: <when>, <how>
    Given a search for a record by its identifier
    And its "header.message_ts" is <when>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | when                           | how            |
      | a time 1 second ago            | synchronously  |
      | a time 1 second ago at +05:30  | synchronously  |
      | a time 1 second ago at -03:00  | asynchronously |
      | a time 1 second ago at +14:00  | synchronously  |

  @REG-HDR-017 @negative
  Scenario Outline: The action <action> is refused at search, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.action" is <action>
    When it is sent <how>
    Then it is refused with "rjct.action.invalid", "rjct.action.not_supported" or "err.request.bad"
    And no record is shown

    Examples:
      | action       | how            |
      | "fetch"      | synchronously  |
      | "fetch"      | asynchronously |
      | "on-search"  | synchronously  |
      | "txn-status" | asynchronously |
      | "subscribe"  | synchronously  |
      | absent       | synchronously  |
      | absent       | asynchronously |
      | 5            | synchronously  |

  @REG-HDR-018 @negative
  Scenario Outline: A total_count that is <value> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.total_count" is <value>
    When it is sent <how>
    Then it is refused with "rjct.total_count.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | value  | how            |
      | absent | synchronously  |
      | absent | asynchronously |
      | "many" | synchronously  |
      | []     | asynchronously |

  @REG-HDR-019 @negative
  Scenario Outline: A total_count of <count> over a batch of 3 is refused, <how>
    Given the registry answers a correct search
    And a batch of 3 searches by identifier
    And its "header.total_count" is <count>
    When it is sent <how>
    Then it is refused with "rjct.total_count.invalid", "rjct.total_count.limit_exceeded" or "err.request.bad"

    Examples:
      | count | how            |
      | 2     | synchronously  |
      | 4     | synchronously  |
      | 4     | asynchronously |
      | 0     | synchronously  |
      | -3    | synchronously  |

  @REG-HDR-021 @negative
  Scenario Outline: A plain message that says it is encrypted is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.is_msg_encrypted" is true
    When it is sent <how>
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-022
  Scenario Outline: A repeat has no second effect, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then the answer holds exactly the matching records
    When it is sent again unchanged
    Then it is answered as before or refused with "rjct.message_id.duplicate" or "err.request.bad"

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-023 @negative
  Scenario Outline: A message_id cannot be used for a second message, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    When it is sent <how>
    And it is sent again with another content
    Then it is refused with "rjct.message_id.duplicate" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HDR-024
  Scenario Outline: Two clients may use one message_id, <how>
    Given a search for a record by its identifier
    And it is sent under the message_id of an earlier message of another client
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |
