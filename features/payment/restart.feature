@restart
Feature: A restart of a system that pays, or knows where to
  What was acknowledged is done and answered, whatever comes in between.

  @PAY-RST-003
  Scenario: A request that was acknowledged before a restart is answered after it
    Given the client's callback address is down until the restart
    And a correct request
    And it is sent asynchronously
    And it is acknowledged
    When the system is restarted
    Then one callback is taken
    And it is answered
    And it has had its effect once
