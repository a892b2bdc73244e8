Feature: Callbacks
  The answer to an asynchronous message comes as a call of the registry to the one who asked: at the
  address that the message names, or at the registered one.

  @REG-CB-001
  Scenario: A search is answered by a callback
    Given a search for a record by its identifier
    When it is sent asynchronously
    Then a callback arrives
    And the answer holds exactly the matching records

  @REG-CB-001
  Scenario: A batch is answered by a callback
    Given a batch of 3 searches by identifier
    When it is sent asynchronously
    Then a callback arrives
    And the answer holds exactly the matching records

  @REG-CB-001
  Scenario: A status request is answered by a callback
    Given a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    When it is sent asynchronously
    Then a callback arrives

  @REG-CB-002 @negative
  Scenario Outline: No answer goes to <where>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its answer goes to <where>
    When it is sent asynchronously
    Then no callback arrives elsewhere

    Examples:
      | where                                      |
      | another client's address                   |
      | a place that the client did not register   |
      | a place that only begins like the client's |

  @REG-CB-002
  Scenario: An answer goes to the one who asked
    Given a search for a record by its identifier
    And it comes from another client
    When it is sent asynchronously
    Then a callback arrives
    And every answer comes only to the one who asked

  @REG-CB-002
  Scenario: The answers to two parties are not mixed up
    Given 2 searches by identifier
    And it is sent asynchronously
    And 3 searches by identifier
    And it comes from another client
    When it is sent asynchronously
    Then a callback arrives
    And every answer comes only to the one who asked

  @REG-CB-003
  Scenario Outline: A callback is a POST of JSON, to <whom>
    Given a search for a record by its identifier
    And its answer goes to <where>
    When it is sent asynchronously
    Then a callback arrives
    And every answer comes as a POST of JSON

    Examples:
      | whom                      | where                                |
      | the address that is named | an address of the client's own choice |
      | the registered address    | nowhere that is named                |

  @REG-CB-004
  Scenario: A callback belongs to its acknowledgement
    Given 3 searches by identifier
    When all are sent asynchronously before any is answered
    Then a callback arrives
    And every answer carries the correlation_id of the acknowledgement

  @REG-CB-005
  Scenario: A callback has the published form
    Given a search by identifier for a record of each type
    When it is sent asynchronously
    Then a callback arrives
    And every answer is a callback by the published schema

  @REG-CB-005
  Scenario: A status callback has the published form
    Given a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    When it is sent asynchronously
    Then a callback arrives
    And every answer is a callback by the published schema

  @REG-CB-006
  Scenario Outline: The answer comes to <where>
    Given a search for a record by its identifier
    And its answer goes to <where>
    When it is sent asynchronously
    Then the callback comes to the very address that was named

    Examples:
      | where                                 |
      | an address of the client's own choice |
      | the address with its query string     |

  @REG-CB-007
  Scenario: Without a named address the answer comes to the registered one
    Given a search for a record by its identifier
    And its answer goes to nowhere that is named
    When it is sent asynchronously
    Then the callback comes to the client's registered address at the published path

  @REG-CB-007
  Scenario: Without a named address a status comes to the registered one
    Given a search for a record by its identifier
    And it is sent synchronously
    And a status request for that search by "transaction_id"
    And its answer goes to nowhere that is named
    When it is sent asynchronously
    Then the callback comes to the client's registered address at the published path

  @REG-CB-008
  Scenario: A callback that was not taken comes again
    Given the client's callback address fails once
    And a search for a record by its identifier
    When it is sent asynchronously
    Then the callback is repeated until it is taken

  @REG-CB-008
  Scenario: A callback comes again after a broken connection
    Given the client's callback address breaks off once
    And a search for a record by its identifier
    When it is sent asynchronously
    Then the callback is repeated until it is taken

  @REG-CB-009
  Scenario: None of several callbacks comes again
    Given 4 searches by identifier
    When it is sent asynchronously
    Then the callback is not repeated

  @REG-CB-009
  Scenario: A callback that was taken does not come again
    Given a search for a record by its identifier
    When it is sent asynchronously
    Then the callback is not repeated

  @REG-CB-010
  Scenario Outline: The registry outlives a callback address that <fails>
    Given the registry answers a correct search
    And the client's callback address <fails>
    And a search for a record by its identifier
    When it is sent asynchronously
    Then it is acknowledged
    And a moment passes
    And the registry still answers a correct search

    Examples:
      | fails         |
      | is down       |
      | never answers |

  @REG-CB-011
  Scenario Outline: A callback address that <fails> does not hold up others
    Given the client's callback address <fails>
    And a search for a record by its identifier
    And it is sent asynchronously
    And 2 searches by identifier
    And it comes from another client
    When it is sent asynchronously
    Then a callback arrives
    And the answer holds exactly the matching records

    Examples:
      | fails         |
      | is down       |
      | never answers |

  @REG-CB-012
  Scenario: A redirect does not lead to another party
    Given the client's callback address redirects to another client
    And a search for a record by its identifier
    When it is sent asynchronously
    Then a callback arrives
    And no other client is called

  @REG-CB-013
  Scenario: Each of many open messages gets its own answer
    Given 8 searches by identifier
    When all are sent asynchronously before any is answered
    Then a callback arrives
    And the answer holds exactly the matching records
    And every answer carries the correlation_id of the acknowledgement
