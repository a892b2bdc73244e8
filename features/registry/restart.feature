@restart
Feature: A restart
  What a registry has acknowledged outlives it: it is stopped and started again on what it holds, and goes on.

  @REG-RST-001
  Scenario: A search that was acknowledged before a restart is answered after it
    Given the client's callback address is down until the restart
    And a search for a record by its identifier
    And it is sent asynchronously
    And it is acknowledged
    When the registry is restarted
    Then one callback is taken
    And the answer holds exactly the matching records

  @REG-RST-002
  Scenario: A callback that was taken before a restart does not come again
    Given a search for a record by its identifier
    And it is sent asynchronously
    And a callback arrives
    And a moment passes
    When the registry is restarted
    Then one callback is taken

  @REG-RST-003
  Scenario: A subscriber from before a restart is told of a change after it
    Given a record that was just registered
    And the client has subscribed to its changes
    And the registry is restarted
    When that record changes
    Then the client is notified of it

  @REG-RST-004
  Scenario: A subscription that was ended before a restart has ended
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client has ended the subscription
    And the registry is restarted
    When that record changes
    Then the client is not notified

  @REG-RST-005
  Scenario: The status of a search from before a restart is told
    Given a batch of 2 searches by identifier
    And it is sent asynchronously
    And a callback arrives
    And the registry is restarted
    And a status request for that search by "transaction_id"
    When it is sent synchronously
    Then the status answer holds what the search answered

  @REG-RST-006 @negative
  Scenario: A message_id from before a restart cannot be used for a second message
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is sent synchronously
    And the answer holds exactly the matching records
    And the registry is restarted
    When it is sent again with another content
    Then it is refused with "rjct.message_id.duplicate" or "err.request.bad"
    And no record is shown

  @REG-RST-007
  Scenario: A change from before a restart is there after it
    Given a record that was just registered
    And that record changes
    And the registry answers with the record as updated
    When the registry is restarted
    Then the registry answers with the record as updated
