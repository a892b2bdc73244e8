Feature: Messages about payments
  Whoever orders a payment, or says where a person's money goes, sends a signed message and is answered
  under it. The answer says of each item how it ended.

  @PAY-HTTP-001 @PAY-ENV-001 @PAY-HDR-001 @PAY-HDR-002 @PAY-HDR-003 @PAY-HDR-004 @PAY-SIG-001 @PAY-SIG-002 @PAY-SIG-003 @PAY-TXN-002 @PAY-REF-001 @PAY-CODE-001 @PAY-CODE-002
  Scenario: A correct request is answered at once
    Given a correct request
    When it is sent synchronously
    Then it is answered
    And every item is answered
    And it has had its effect once

  @PAY-ENV-002 @PAY-ACK-001 @PAY-ACK-002 @PAY-TXN-001 @PAY-CB-001 @PAY-HDR-002 @PAY-SIG-001
  Scenario: A correct request is acknowledged and answered by a callback
    Given a correct request
    When it is sent asynchronously
    Then it is acknowledged
    And a callback arrives
    And every item is answered
    And it has had its effect once

  @PAY-ACK-002
  Scenario: Two messages are acknowledged under two correlation_ids
    Given a correct request
    And it is sent asynchronously
    And a correct request
    When it is sent asynchronously
    Then it is acknowledged
    And every answer is acknowledged under a correlation_id of its own

  @PAY-OPT-001
  Scenario Outline: A message with metadata of the sender's own is acted on like any, <how>
    Given a correct request
    And its "header.meta" is {"channel": "batch", "remark": "año"}
    When it is sent <how>
    Then it is answered
    And every item is answered
    And it has had its effect once

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-CB-003
  Scenario: An answer that was not taken comes again
    Given the client's callback address fails once
    And a correct request
    When it is sent asynchronously
    Then the callback is repeated until it is taken
    And it has had its effect once

  @PAY-CB-002 @negative
  Scenario Outline: No answer goes to <where>
    Given the system answers a correct request
    And a correct request
    And its answer goes to <where>
    When it is sent asynchronously
    Then no callback arrives elsewhere

    Examples:
      | where                                      |
      | another client's address                   |
      | a place that the client did not register   |
      | a place that only begins like the client's |

  @PAY-REF-002 @PAY-REF-003 @PAY-CODE-001 @PAY-CODE-002 @negative
  Scenario: Two items with one reference_id
    Given the system answers a correct request
    And two correct items with one reference_id
    When it is sent synchronously
    Then one item succeeds and the other is refused with "rjct.reference_id.duplicate"

  @PAY-ONCE-005
  Scenario Outline: A message that is sent again unchanged has no second effect, <how>
    Given a correct request
    And it is sent <how>
    And it is answered
    When it is sent again unchanged
    Then it has had its effect once

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-HTTP-002 @PAY-HTTP-003 @negative
  Scenario Outline: A message that cannot be taken in is refused with a reason: <what>
    Given the system answers a correct request
    And a correct request
    And its "<field>" is <value>
    When it is sent synchronously
    Then it is refused
    And it has had no effect

    Examples:
      | what                  | field                  | value                |
      | for somebody else     | header.receiver_id     | "nobody.example.org" |
      | without a header      | header                 | absent               |
      | without a message     | message                | absent               |
      | without a message_id  | header.message_id      | absent               |

  @PAY-HDR-004 @PAY-CODE-002 @negative
  Scenario Outline: A message with a wrong header is rejected as a whole: <what>
    Given the system answers a correct request
    And a correct request
    And its "<field>" is <value>
    When it is sent synchronously
    Then it is refused with <code>
    And it has had no effect

    Examples:
      | what            | field              | value        | code                                                  |
      | wrong count     | header.total_count | 7            | "rjct.total_count.invalid", "err.request.bad"         |
      | wrong action    | header.action      | "fetch"      | "rjct.action.not_supported", "rjct.action.invalid", "err.request.bad" |
      | no time         | header.message_ts  | "yesterday"  | "rjct.message_ts.invalid", "err.request.bad"          |
