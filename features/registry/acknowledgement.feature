Feature: Acknowledgement of asynchronous messages
  An asynchronous message is acknowledged at once and answered later. The acknowledgement says that the
  message was taken in, and under which correlation_id the answer will come; or why it was not.

  @REG-ACK-006
  Scenario: A right message is acknowledged
    Given a search for a record by its identifier
    When it is sent asynchronously
    Then it is acknowledged

  @REG-ACK-001
  Scenario: An acknowledgement has the published form
    Given a search for a record by its identifier
    When it is sent asynchronously
    Then it is acknowledged
    And every answer is an acknowledgement by the published schema

  @REG-ACK-002
  Scenario: Each message is acknowledged under a correlation_id of its own
    Given 4 searches by identifier
    When all are sent asynchronously before any is answered
    Then it is acknowledged
    And every answer is acknowledged under a correlation_id of its own

  @REG-ACK-003
  Scenario: The correlation_id is the registry's own
    Given 4 searches by identifier
    When it is sent asynchronously
    Then it is acknowledged
    And every answer is acknowledged under a correlation_id that the registry made

  @REG-ACK-004
  Scenario: An acknowledgement is dated
    Given a search for a record by its identifier
    When it is sent asynchronously
    Then it is acknowledged
    And every answer is acknowledged at the present time

  @REG-ACK-005 @negative
  Scenario Outline: A refusal says why: <what>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<field>" is <value>
    When it is sent asynchronously
    Then it is refused
    And every answer says why it is refused, if it is

    Examples:
      | what                               | field                  | value                     |
      | a receiver that is somebody else   | header.receiver_id     | "nobody.example.org"      |
      | a message without a search         | message.search_request | absent                    |

  @REG-ACK-007
  Scenario: The acknowledgement does not wait for the callback
    Given the client's callback address answers late
    And a search for a record by its identifier
    When it is sent asynchronously
    Then it is acknowledged
    And the acknowledgement does not wait for the callback to be taken

  @REG-ACK-008 @negative
  Scenario: A message that was refused is not worked on
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.receiver_id" is "nobody.example.org"
    When it is sent asynchronously
    Then it is refused
    And no callback follows a refusal at once
