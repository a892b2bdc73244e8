@changes
Feature: Notifications
  The registry tells a subscriber of each change that it has subscribed to, and nobody else of it.

  @REG-NTF-001
  Scenario: A subscriber is told of a change
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it

  @REG-NTF-001
  Scenario: A subscriber is told of a record that meets its condition
    Given the client has subscribed to records that meet a condition
    When a record that meets the condition is registered
    Then the client is notified of it

  @REG-NTF-001
  Scenario: Every subscription of a batch is told of
    Given the client has made a batch of 3 subscriptions
    When that record changes
    Then the client is notified of it

  @REG-NTF-002
  Scenario: A change is told once
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it once

  @REG-NTF-003
  Scenario: Changes are told in their order
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes 5 times
    Then the client is notified of each change in order

  @REG-NTF-003
  Scenario: The order holds when a notification was not taken
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client fails to take the first notification of it
    When that record changes 3 times
    Then the client is notified of each change in order

  @REG-NTF-004
  Scenario: A subscriber is not told of another record
    Given a record that was just registered
    And the client has subscribed to its changes
    When another record changes
    Then the client is not notified

  @REG-NTF-004
  Scenario: A subscriber is not told of a record that does not meet its condition
    Given the client has subscribed to records that meet a condition
    When a record that does not meet the condition is registered
    Then the client is not notified

  @REG-NTF-005
  Scenario: A notification has the published form
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it
    And every answer is a notification by the published schema

  @REG-NTF-006
  Scenario: A notification is posted as JSON
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it
    And every answer is posted as JSON

  @REG-NTF-007
  Scenario: A change is told to its subscriber alone
    Given a record that was just registered
    And another client has subscribed to changes of another record
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it
    And another client is not notified

  @REG-NTF-008
  Scenario: Nothing is told after the subscription has ended
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client has ended the subscription
    When that record changes
    Then the client is not notified

  @REG-NTF-009
  Scenario: A notification comes to the subscriber's registered address
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it at its registered address and the published path

  @REG-NTF-010
  Scenario: A notification is signed
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes 3 times
    Then the client is notified of each change in order
    And every answer is a notification that the registry signed

  @REG-NTF-011
  Scenario: A notification holds the record as it is now
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it with its new content

  @REG-NTF-011
  Scenario: A notification holds the latest content of a record that has changed before
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes 3 times
    Then the client is notified of it with its new content

  @REG-NTF-012
  Scenario: A notification that was not taken comes again
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client fails to take the first notification of it
    When that record changes
    Then the client is notified of it

  @REG-NTF-013
  Scenario: A notification names what was subscribed to
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the notification names the event and the record type that were subscribed to

  @REG-NTF-014
  Scenario: A notification says from whom it is and to whom
    Given a record that was just registered
    And the client has subscribed to its changes
    When that record changes
    Then the client is notified of it
    And every answer is a notification from the registry to its subscriber

  @REG-NTF-015
  Scenario: A subscriber that takes nothing does not hold up others
    Given a record that was just registered
    And another client has subscribed to its changes
    And the client has subscribed to its changes
    And another client takes no notification of it
    When that record changes
    Then the client is notified of it

  @REG-NTF-016
  Scenario: Every subscriber is told
    Given a record that was just registered
    And the client has subscribed to its changes
    And another client has subscribed to its changes
    When that record changes
    Then the client is notified of it
    And another client is notified of it
