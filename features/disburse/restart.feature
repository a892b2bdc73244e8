@restart
Feature: A payment system that is restarted
  What was ordered before a restart is paid once, whenever its time comes and however often it is ordered.

  @PAY-RST-001
  Scenario: A disbursement that waits for its time is paid after a restart, once
    Given a disbursement to a beneficiary
    And it is scheduled for a time that is soon to come
    And it is sent synchronously
    And it is pending
    When the system is restarted
    Then it is paid when its time has come
    And the programme has spent what was paid, to the cent

  @PAY-RST-002 @negative
  Scenario: A disbursement that was paid before a restart is not paid again after it
    Given a disbursement to a beneficiary
    And it is sent synchronously
    And every disbursement is paid
    And the system is restarted
    And the same disbursement in another message
    When it is sent synchronously
    Then it is refused with "rjct.reference_id.duplicate"
    And the programme has spent what was paid, to the cent
