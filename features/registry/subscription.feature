@changes
Feature: Subscriptions
  A counterpart asks to be told of events. The registry gives the subscription a code, by which it can
  be ended.

  @REG-SUB-001
  Scenario: A subscription to one record is given a code
    Given a record that was just registered
    And a subscription to changes of that record
    When it is sent asynchronously
    Then the answer gives a subscription code

  @REG-SUB-001
  Scenario: A subscription by a condition is given a code
    Given a subscription to records that meet a condition
    When it is sent asynchronously
    Then the answer gives a subscription code

  @REG-SUB-002
  Scenario: Each subscription of a batch has a code of its own
    Given a batch of 3 subscriptions
    When it is sent asynchronously
    Then the answer gives 3 different subscription codes

  @REG-SUB-002
  Scenario: The subscriptions of two parties have codes of their own
    Given a record that was just registered
    And the client has subscribed to its changes
    And another client has subscribed to changes of another record
    And a batch of 2 subscriptions
    When it is sent asynchronously
    Then the answer gives 2 different subscription codes

  @REG-SUB-003 @negative
  Scenario Outline: An event type that the registry does not have is rejected: <value>
    Given the registry answers a correct search
    And a record that was just registered
    And a subscription to changes of that record
    And its "criteria.reg_event_type" is <value>
    When it is sent asynchronously
    Then it is refused with "rjct.notify_types.invalid" or "rjct.notify_details.invalid" or "err.request.bad"

    Examples:
      | value                |
      | "ECLIPSE_OF_THE_SUN" |
      | absent               |
      | ""                   |

  @REG-SUB-004 @negative
  Scenario Outline: A record type that the registry does not have is rejected: <value>
    Given the registry answers a correct search
    And a record that was just registered
    And a subscription to changes of that record
    And its "criteria.notify_record_type" is <value>
    When it is sent asynchronously
    Then it is refused with "rjct.notify_details.invalid" or "rjct.notify_types.invalid" or "err.request.bad"

    Examples:
      | value    |
      | "Teapot" |
      | absent   |

  @REG-SUB-005 @negative
  Scenario Outline: A filter that <flaw> is rejected
    Given the registry answers a correct search
    And a record that was just registered
    And a subscription to changes of that record
    And its filter <flaw>
    When it is sent asynchronously
    Then it is refused with "rjct.notify_details.invalid" or "rjct.person_id.invalid" or "rjct.notify_types.invalid" or "rjct.filter.invalid" or "err.request.bad"

    Examples:
      | flaw                                  |
      | names an attribute that no record has |
      | has an operator that is not published |
      | is an empty list                      |
      | is an empty object                    |
      | is missing                            |
      | is of a type that is not published    |

  @REG-SUB-006 @negative
  Scenario: A record that nobody holds is rejected
    Given the registry answers a correct search
    And a subscription to changes of a record that nobody holds
    When it is sent asynchronously
    Then it is refused with "rjct.person_id.invalid" or "rjct.notify_details.invalid"

  @REG-SUB-007 @negative
  Scenario: A subscription that the party already has is rejected
    Given the registry answers a correct search
    And a record that was just registered
    And the client has subscribed to its changes
    And a subscription to its changes
    When it is sent asynchronously
    Then no second subscription is made, by a refusal with "rjct.event.already_subscribed" or by the code that there is

  @REG-SUB-008
  Scenario: A rejected item of a batch leaves the others as they are
    Given a batch of 3 subscriptions of which the second cannot be followed
    When it is sent asynchronously
    Then item 2 is refused with "rjct.notify_details.invalid" or "rjct.person_id.invalid" or "rjct.notify_types.invalid" or "rjct.filter.invalid"
    And the other items are subscribed

  @REG-SUB-009
  Scenario: Two parties can have the same subscription
    Given a record that was just registered
    And the client has subscribed to its changes
    And a subscription to its changes
    And it comes from another client
    When it is sent asynchronously
    Then the answer gives a subscription code

  @REG-UNS-001
  Scenario: A subscription is ended
    Given a record that was just registered
    And the client has subscribed to its changes
    And an unsubscribe message for that subscription
    When it is sent asynchronously
    Then the answer says that the subscription has ended

  @REG-UNS-002 @negative
  Scenario: A code that nobody was given is rejected
    Given the registry answers a correct search
    And an unsubscribe message for a code that nobody was given
    When it is sent asynchronously
    Then it is refused with "rjct.subscription_code.invalid" or "rjct.requester.invalid" or "err.request.bad"

  @REG-UNS-003 @negative
  Scenario: Another party's subscription cannot be ended
    Given the registry answers a correct search
    And a record that was just registered
    And the client has subscribed to its changes
    And an unsubscribe message for that subscription
    And it comes from another client
    When it is sent asynchronously
    Then it is refused with "rjct.requester.invalid" or "rjct.subscription_code.invalid" or "err.request.forbidden"

  @REG-UNS-003
  Scenario: An unsubscribe by another party leaves the subscription as it is
    Given a record that was just registered
    And the client has subscribed to its changes
    And an unsubscribe message for that subscription
    And it comes from another client
    And it is sent asynchronously
    When that record changes
    Then the client is notified of it

  @REG-UNS-004 @negative
  Scenario: A subscription cannot be ended twice
    Given the registry answers a correct search
    And a record that was just registered
    And the client has subscribed to its changes
    And the client has ended the subscription
    And an unsubscribe message for that subscription
    When it is sent asynchronously
    Then it is refused with "rjct.event.already_unsubscribed" or "rjct.subscription_code.invalid"

  @REG-UNS-005
  Scenario: One message ends several subscriptions
    Given the client has made a batch of 3 subscriptions
    And an unsubscribe message for all subscriptions
    When it is sent asynchronously
    Then the answer says that all subscriptions have ended

  @REG-UNS-006
  Scenario: A party can subscribe anew
    Given a record that was just registered
    And the client has subscribed to its changes
    And the client has ended the subscription
    And a subscription to its changes
    When it is sent asynchronously
    Then the answer gives a subscription code
