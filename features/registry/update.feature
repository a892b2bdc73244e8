@changes
Feature: Updates
  A counterpart that may update posts a record's new content to the registry (PRS.SR.02).

  @REG-UPD-001
  Scenario: An update is acknowledged
    Given a record that was just registered
    And an update of that record
    When it is sent asynchronously
    Then it is acknowledged

  @REG-UPD-002
  Scenario: An update is seen in a later search
    Given a record that was just registered
    And an update of that record
    When it is sent asynchronously
    Then it is acknowledged
    And the registry answers with the record as updated

  @REG-UPD-003
  Scenario: Subscribers are told of an update
    Given a record that was just registered
    And the client has subscribed to its changes
    When the registry has taken in an update of that record
    Then the client is notified of it

  @REG-UPD-004 @negative
  Scenario: A party that may not update is refused
    Given the registry answers a correct search
    And a record that was just registered
    And an update of that record
    And it comes from another client
    When it is sent asynchronously
    Then it is refused
    And the registry answers with the record as it was

  @REG-UPD-005 @negative
  Scenario: An update that the data dictionary does not allow changes nothing
    Given the registry answers a correct search
    And a record that was just registered
    And an update of that record that its data dictionary does not allow
    When it is sent asynchronously
    Then the registry answers with the record as it was
