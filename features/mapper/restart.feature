@restart
Feature: A mapper that is restarted

  @MAP-RST-001
  Scenario: A link from before a restart holds after it
    Given a person who has no address
    And a link of that person to the spare address
    And it is sent synchronously
    And it is answered
    When the system is restarted
    Then that person's id leads to the spare address
