Feature: Paying at a time to come

  @PAY-SCHED-001
  Scenario: A disbursement waits for its time and is paid then
    Given a disbursement to a beneficiary
    And it is scheduled for a time that is soon to come
    When it is sent synchronously
    Then it is pending
    And it is paid when its time has come
    And the programme has spent what was paid, to the cent

  @PAY-SCHED-001
  Scenario: A disbursement that is far ahead is not paid
    Given a disbursement to a beneficiary
    And its "item.scheduled_timestamp" is a time 30 days ahead
    When it is sent asynchronously
    Then it is pending

  @PAY-SCHED-001 @PAY-ONCE-001 @negative
  Scenario: A scheduled disbursement is not taken in twice
    Given a disbursement to a beneficiary
    And it is scheduled for a time that is soon to come
    And it is sent synchronously
    And it is pending
    And the same disbursement in another message
    When it is sent synchronously
    Then it is refused with "rjct.reference_id.duplicate"

  @PAY-SCHED-002 @negative
  Scenario Outline: A time that is not to come is rejected: <what>
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its "item.scheduled_timestamp" is <time>
    When it is sent synchronously
    Then it is refused with "rjct.schedule_ts.invalid", "rjct.timestamp.invalid", "err.request.bad"
    And nothing is paid

    Examples:
      | what             | time              |
      | yesterday        | a time 1 day ago  |
      | no time          | "next week"       |
      | a day that isn't | "2031-02-30T10:00:00Z" |
