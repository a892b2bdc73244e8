Feature: Reaching a registry
  Whatever is sent, a registry answers in JSON, says why it refuses, and goes on.

  @REG-HTTP-001
  Scenario Outline: What comes back is JSON, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer is sent as JSON

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HTTP-001 @negative
  Scenario Outline: A refusal is JSON too, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed not at all
    When it is sent <how>
    Then it is refused
    And every answer is sent as JSON

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HTTP-002 @negative
  Scenario Outline: A path that is not served is refused: <path>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent to the path "<path>"
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | path                        | how            |
      | /registry/sync/searches     | synchronously  |
      | /registry/sync/search/extra | synchronously  |
      | /registry/no-such-thing     | asynchronously |

  @REG-HTTP-003 @negative
  Scenario Outline: A search by <method> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent by "<method>"
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | method | how            |
      | GET    | synchronously  |
      | PUT    | synchronously  |
      | DELETE | synchronously  |
      | PUT    | asynchronously |

  @REG-HTTP-004 @negative
  Scenario Outline: A message that is declared as <type> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent as "<type>"
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | type            | how            |
      | text/plain      | synchronously  |
      | application/xml | synchronously  |
      | text/plain      | asynchronously |

  @REG-HTTP-005 @negative
  Scenario Outline: An error says why: <body>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent <how>
    Then it is refused
    And every answer carries the published error body

    Examples:
      | body                  | how            |
      | not JSON              | synchronously  |
      | cut off in the middle | asynchronously |

  @REG-HTTP-005 @negative
  Scenario Outline: An error says why: no token, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes without a token
    When it is sent <how>
    Then it is refused
    And every answer carries the published error body

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HTTP-006 @negative
  Scenario Outline: A broken body is no failure of the server: <body>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent <how>
    Then every answer is no failure of the server

    Examples:
      | body                              | how            |
      | nothing                           | synchronously  |
      | cut off in the middle             | synchronously  |
      | not JSON                          | asynchronously |
      | null                              | synchronously  |
      | a list                            | asynchronously |
      | not UTF-8                         | synchronously  |
      | in compressed form that it is not | synchronously  |
      | nested ten thousand deep          | asynchronously |

  @REG-HTTP-006 @negative
  Scenario Outline: A malformed signature is no failure of the server: signed <form>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused
    And every answer is no failure of the server

    Examples:
      | form                                     | how            |
      | with a text that is no signature         | synchronously  |
      | with a value that is not base64          | asynchronously |
      | with the published example's placeholder | synchronously  |
      | with a parameter missing                 | asynchronously |

  @REG-HTTP-006 @negative
  Scenario Outline: A field of the wrong kind is no failure of the server: <field> is <value>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<field>" is <value>
    When it is sent synchronously
    Then every answer is no failure of the server

    Examples:
      | field                    | value                |
      | header.total_count       | {"of": []}           |
      | header.message_id        | [1, 2]               |
      | header.sender_id         | 42                   |
      | header.meta              | "text"               |
      | header.message_id        | a text of 5000 characters |
      | message.search_request   | null                 |
      | message.search_request   | 7                    |
      | message.transaction_id   | {}                   |
      | item.search_criteria     | null                 |
      | criteria.query           | [[[]]]               |
      | criteria.pagination      | {"page_size": 1e300} |

  @REG-HTTP-007
  Scenario Outline: JSON is read in whatever way it is declared: <type>, <how>
    Given a search for a record by its identifier
    And it is sent as "<type>"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | type                            | how            |
      | application/json; charset=utf-8 | synchronously  |
      | application/json;charset=UTF-8  | asynchronously |
      | Application/JSON                | synchronously  |

  @REG-HTTP-008 @negative
  Scenario Outline: A body that is not a JSON object is refused: <body>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | body                              | how            |
      | nothing                           | synchronously  |
      | nothing                           | asynchronously |
      | cut off in the middle             | synchronously  |
      | cut off in the middle             | asynchronously |
      | not JSON                          | synchronously  |
      | a list                            | synchronously  |
      | a number                          | synchronously  |
      | null                              | asynchronously |
      | in compressed form that it is not | synchronously  |
      | not UTF-8                         | synchronously  |

  @REG-HTTP-009 @negative
  Scenario Outline: A registry goes on after a body that is <body>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent synchronously
    Then the registry still answers a correct search

    Examples:
      | body                     |
      | nested ten thousand deep |
      | longer than any message  |
      | cut off in the middle    |

  @REG-HTTP-010 @negative
  Scenario Outline: An error names a published code: signed <form>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused
    And every answer names a published error code

    Examples:
      | form                             | how            |
      | not at all                       | synchronously  |
      | with a text that is no signature | asynchronously |

  @REG-HTTP-010 @negative
  Scenario: An error about the body names a published code
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is not JSON
    When it is sent synchronously
    Then it is refused
    And every answer names a published error code

  @REG-HTTP-011
  Scenario Outline: White space in the body does not matter, <how>
    Given a search for a record by its identifier
    And its body is spread over many lines
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-HTTP-012 @negative
  Scenario Outline: A body that can be read in two ways is refused: <body>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | body                      | how            |
      | followed by more          | synchronously  |
      | with a member named twice | synchronously  |
      | followed by more          | asynchronously |

  @REG-ENV-001
  Scenario: An answer with a record follows the published schema
    Given a search for a record by its identifier
    When it is sent synchronously
    Then it is answered
    And every answer follows the published schema

  @REG-ENV-001
  Scenario: An answer without a record follows the published schema
    Given a search for an identifier that nobody holds
    When it is sent synchronously
    Then it is answered
    And every answer follows the published schema

  @REG-ENV-001
  Scenario: An answer to a batch follows the published schema
    Given a batch of 3 searches of which the second finds nobody
    When it is sent synchronously
    Then it is answered
    And every answer follows the published schema

  @REG-ENV-001
  Scenario: An answer to a status request follows the published schema
    Given a search for a record by its identifier
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it is sent synchronously
    Then every answer follows the published schema

  @REG-ENV-002 @negative
  Scenario Outline: An envelope without its <part> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<part>" is absent
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | part    | how            |
      | header  | synchronously  |
      | header  | asynchronously |
      | message | synchronously  |
      | message | asynchronously |

  @REG-ENV-002 @negative
  Scenario: An envelope that was signed without a message is refused
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed over a header alone
    When it is sent synchronously
    Then it is refused

  @REG-LOC-001
  Scenario: The locations are published
    When the registry publishes its locations
    Then the locations are by the published schema

  @REG-LOC-002
  Scenario: The locations are one tree
    When the registry publishes its locations
    Then each location lies within another one or is a root
