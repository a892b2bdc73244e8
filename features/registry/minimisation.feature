Feature: No more than is agreed
  Of a record only those attributes are shown that the data-sharing agreement names.

  @LEG-MIN-001 @negative
  Scenario Outline: Only the agreed attributes are shown, asked <mode>
    Given a search within the agreement that needs no consent
    When it is sent <mode>
    Then the records hold only what the agreement names

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-MIN-001 @negative
  Scenario: Only the agreed attributes are shown of many
    Given a search within the agreement that persons with and without consent meet
    When it is sent synchronously
    Then the records hold only what the agreement names
