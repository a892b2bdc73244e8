Feature: Paying once
  Networks fail and messages are sent again. A disbursement is known by its sender and reference_id: it
  is paid once, and whoever orders it again is told so.

  @PAY-ONCE-001 @PAY-ONCE-002 @negative
  Scenario Outline: A disbursement that was paid is not paid again, ordered <how>
    Given a disbursement to a beneficiary
    And it is sent <how>
    And every disbursement is paid
    And the same disbursement in another message
    When it is sent <how>
    Then it is refused with "rjct.reference_id.duplicate"
    And the programme has spent what was paid, to the cent

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-ONCE-001 @PAY-REF-003 @negative
  Scenario: A disbursement that stands twice in a batch is paid once
    Given the system answers a correct request
    And a batch of 3 disbursements
    And item 3 repeats item 2
    When it is sent synchronously
    Then one item of each reference_id is paid and the rest is refused with "rjct.reference_id.duplicate"
    And the programme has spent what was paid, to the cent

  @PAY-ONCE-003 @negative
  Scenario: A disbursement that arrives many times at once is paid once
    Given a disbursement to a beneficiary
    When it is sent 6 times at once in messages of their own
    Then one of them is paid and the others are refused with "rjct.reference_id.duplicate"
    And the programme has spent what was paid, to the cent

  @PAY-ONCE-004
  Scenario: Two senders number their disbursements independently
    Given a disbursement to a beneficiary
    And it is sent synchronously
    And every disbursement is paid
    And another client's disbursement under the same reference_id
    When it is sent synchronously
    Then every disbursement is paid
    And the programme has spent what was paid, to the cent
