Feature: Keys that change
  A client changes its key, and the registry its own, and neither stops the other's messages.

  @SEC-PEER-001
  Scenario Outline: A client's new key is taken, <how>
    Given a search for a record by its identifier
    And the message is from a client that has just changed its key
    When it is sent <how> until the new key is taken
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-PEER-002 @negative
  Scenario Outline: A key that a client has withdrawn is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And the message is from a client that has just changed its key
    And it is sent <how> until the new key is taken
    And a search for a record by its identifier
    And it comes from the same client
    And it is signed with the key before its present one
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-PEER-003
  Scenario: Both keys that a client publishes are taken
    Given a search for a record by its identifier
    And the message is from a client that has just published a second key
    And it is sent synchronously until the new key is taken
    And a search for a record by its identifier
    And it comes from the same client
    And it is signed with the key before its present one
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @SEC-PEER-004 @negative
  Scenario: Unknown key ids do not make the registry hammer a client
    Given the registry answers a correct search
    And 30 searches of another client under key ids that nobody registered
    When it is sent synchronously
    Then it is refused
    And the client's key set was read less often than that

  @SEC-ROT-001 @alone
  Scenario: The registry's new key is published and used
    Given the registry answers a correct search
    When the registry takes a new signing key
    Then its answers come to be signed with the new key

  @SEC-ROT-002 @alone
  Scenario: The registry's former key is published a while longer
    Given the registry answers a correct search
    When the registry takes a new signing key
    Then its answers come to be signed with the new key
    And the former key is still published
