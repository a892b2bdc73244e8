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

  @REG-SEARCH-001 @REG-SEARCH-024
  Scenario Outline: A record of each type is found by its identifier, <how>
    Given a search by identifier for a record of each type
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-001
  Scenario: The beginning of an identifier is not the identifier
    Given the registry answers a correct search
    And a search for an identifier that is written like the beginning of one that is held
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-SEARCH-025
  Scenario Outline: A record is found by an identifier that is not its first, <how>
    Given a search for a record by an identifier that is not its first
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

  @REG-SEARCH-006
  Scenario Outline: An identifier is not found under another type, <how>
    Given the registry answers a correct search
    And a search for a record's identifier under another type
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-007
  Scenario: A search has one answer, synchronously and asynchronously
    Given a search by identifier for a record of each type
    When it is sent synchronously
    And the same is asked asynchronously
    Then both answers hold the same records

  @REG-SEARCH-003
  Scenario Outline: An answer carries the reference_id of the search, <how>
    Given a batch of 3 searches by identifier
    When it is sent <how>
    Then it is answered
    And every answer has only the reference_ids that were asked

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-003
  Scenario: An answer carries a reference_id in another script
    Given a search for a record by its identifier
    And its "item.reference_id" is a text of 40 characters beyond ASCII
    When it is sent synchronously
    Then the answer holds exactly the matching records
    And every answer has only the reference_ids that were asked

  @REG-SEARCH-004
  Scenario Outline: An answer carries the transaction_id of the request, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer carries the request's transaction_id

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-005
  Scenario Outline: Each request has a correlation_id of its own, <how>
    Given a search by identifier for a record of each type
    When it is sent <how>
    Then it is answered
    And every answer has a correlation_id of the registry's own

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-008 @negative
  Scenario Outline: A transaction_id that is <wrong> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "message.transaction_id" is <wrong>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | wrong                    | how            |
      | absent                   | synchronously  |
      | a text of 100 characters | synchronously  |
      | a text of 100 characters | asynchronously |
      | 17                       | synchronously  |
      | {"id": "17"}             | synchronously  |

  @REG-SEARCH-009
  Scenario Outline: A transaction_id that is <long> is returned unchanged, <how>
    Given a search for a record by its identifier
    And its "message.transaction_id" is <long>
    When it is sent <how>
    Then the answer holds exactly the matching records
    And the answer carries the transaction_id that was sent

    Examples:
      | long                                 | how            |
      | a text of 99 characters              | synchronously  |
      | a text of 99 characters              | asynchronously |
      | a text of 60 characters beyond ASCII | synchronously  |
      | a text of 99 characters beyond ASCII | asynchronously |

  @REG-SEARCH-010 @negative
  Scenario Outline: A query_type that is <wrong> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "criteria.query_type" is <wrong>
    When it is sent <how>
    Then it is refused with "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | wrong      | how            |
      | "astrology" | synchronously  |
      | "astrology" | asynchronously |
      | absent     | synchronously  |
      | empty      | synchronously  |
      | 7          | synchronously  |

  @REG-SEARCH-011 @negative
  Scenario Outline: A search whose <part> is <wrong> is refused
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<part>" is <wrong>
    When it is sent synchronously
    Then it is refused with "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | part                 | wrong           |
      | criteria.query       | absent          |
      | criteria.query       | null            |
      | criteria.query       | an empty object |
      | item.search_criteria | absent          |
      | item.search_criteria | an empty object |

  @REG-SEARCH-012 @negative
  Scenario Outline: A reg_record_type that the registry does not hold is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "criteria.reg_record_type" is "StarChart"
    When it is sent <how>
    Then it is refused with "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-013 @negative
  Scenario Outline: A reg_type of another registry is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "criteria.reg_type" is "ns:org:RegistryType:Observatory"
    When it is sent <how>
    Then it is refused with "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-014 @negative
  Scenario Outline: A search by identifier whose <part> is <wrong> finds nobody
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<part>" is <wrong>
    When it is sent synchronously
    Then no record is found, or it is refused with "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | part                 | wrong           |
      | criteria.query.type  | absent          |
      | criteria.query.type  | empty           |
      | criteria.query.value | absent          |
      | criteria.query.value | empty           |
      | criteria.query.value | null            |
      | criteria.query.value | {"$ne": null}   |
      | criteria.query.value | an empty list   |

  @REG-SEARCH-015
  Scenario Outline: Items are dated at the present, <how>
    Given a batch of 3 searches of which the second finds nobody
    When it is sent <how>
    Then it is answered
    And every answer dates each item at the present

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-016 @REG-SEARCH-018
  Scenario Outline: Items say how they ended and what they hold, <how>
    Given a batch of searches for each record type
    When it is sent <how>
    Then it is answered
    And every answer says of each item how it ended
    And every answer names the record type that was asked

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-017 @REG-SEARCH-019 @REG-SEARCH-026 @negative
  Scenario Outline: A refusal gives a published reason and no records, <how>
    Given the registry answers a correct search
    And a batch of 3 searches of which item 2 names an unknown attribute
    When it is sent <how>
    Then item 2 is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And every answer gives reasons of the operation's published list
    And every answer gives the reason of each rejected item
    And every answer shows no records with a refusal

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-SEARCH-020
  Scenario Outline: A search that asks for no page is answered whole or openly in part, by <type>
    Given a search by <type> that many records meet
    And it asks for no page
    When it is sent <how>
    Then the answer is either complete or refused with "rjct.search.too_many_records_found"

    Examples:
      | type       | how            |
      | expression | synchronously  |
      | predicate  | asynchronously |

  @REG-SEARCH-021 @negative
  Scenario Outline: An item timestamp that is <wrong> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "item.timestamp" is <wrong>
    When it is sent <how>
    Then it is refused with "rjct.timestamp.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | wrong                  | how            |
      | absent                 | synchronously  |
      | empty                  | synchronously  |
      | "yesterday"            | synchronously  |
      | "2025-02-30T00:00:00Z" | synchronously  |
      | "2025-02-30T00:00:00Z" | asynchronously |
      | 1735689600             | synchronously  |

  @REG-SEARCH-022 @negative
  Scenario Outline: An identifier like <hostile> is compared and not executed
    Given the registry answers a correct search
    And a search for an identifier that is written like <hostile>
    When it is sent synchronously
    Then no record is found, or it is refused with "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And the registry still answers a correct search

    Examples:
      | hostile                        |
      | SQL                            |
      | SQL with a comment             |
      | a pattern of SQL               |
      | a pattern of SQL for one sign  |
      | a wildcard                     |
      | a beginning with a wildcard    |
      | a regular expression           |
      | an operator of the query       |
      | a quotation mark               |

  @REG-SEARCH-023
  Scenario Outline: A search whose <part> is <optional> is answered like any
    Given a search for a record by its identifier
    And its "<part>" is <optional>
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | part                    | optional                                                                                                                                              |
      | item.locale             | "eng"                                                                                                                                                 |
      | criteria.version        | absent                                                                                                                                                |
      | criteria.reg_type       | absent                                                                                                                                                |
      | criteria.consent        | {"ts": "2025-01-01T00:00:00Z", "purpose": {"text": "enrolment", "code": "ENROL", "ref_uri": "https://consent.example.org/enrol"}}                     |
      | criteria.authorize      | {"ts": "2025-01-01T00:00:00Z", "purpose": {"text": "a lawful duty", "code": "DUTY", "ref_uri": "https://law.example.org/duty"}}                       |

  @REG-SEARCH-027 @negative
  Scenario Outline: A search_request that is <nothing> is refused
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "message.search_request" is <nothing>
    When it is sent synchronously
    Then it is refused
    And no record is shown

    Examples:
      | nothing         |
      | absent          |
      | an empty list   |
      | an empty object |
      | null            |
