Feature: Purpose and consent
  An agency that asks for people's records under a data-sharing agreement says what for. Where the law does
  not allow the purpose by itself, only those are shown who have consented to it.

  @LEG-PURPOSE-001 @negative
  Scenario Outline: A search that states no purpose is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And it states no purpose
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-PURPOSE-002 @negative
  Scenario Outline: A search for a purpose that no agreement names is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And its purpose is one that no agreement names
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-CONSENT-001
  Scenario Outline: A person who has consented is shown, asked <mode>
    Given a search within the agreement for a person who has consented
    When it is sent <mode>
    Then the answer holds exactly the matching records

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-CONSENT-002 @negative
  Scenario Outline: A person who <decision> is not shown, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement for a person who <decision>
    When it is sent <mode>
    Then no record is shown

    Examples:
      | decision           | mode           |
      | has refused        | synchronously  |
      | has refused        | asynchronously |
      | has not been asked | synchronously  |
      | has not been asked | asynchronously |

  @LEG-CONSENT-003 @negative
  Scenario Outline: A person who <decision> is not shown, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement for a person who <decision>
    When it is sent <mode>
    Then no record is shown

    Examples:
      | decision                         | mode           |
      | has consented to another purpose | synchronously  |
      | has consented to another purpose | asynchronously |
      | has consented to another party   | synchronously  |

  @LEG-CONSENT-004 @negative @changes
  Scenario Outline: Withdrawn consent holds from the next search on, asked <mode>
    Given a search within the agreement for a person who has decided nothing yet
    And that person gives consent
    When it is sent <mode>
    Then the answer holds exactly the matching records
    When that person withdraws consent
    And the agency asks the same <mode>
    Then no record is shown
    And the registry answers a search within the agreement

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-CONSENT-004 @negative
  Scenario: Consent that was withdrawn before does not hold
    Given the registry answers a search within the agreement
    And a search within the agreement for a person who has withdrawn consent
    When it is sent synchronously
    Then no record is shown

  @LEG-CONSENT-005 @negative
  Scenario Outline: A search that states no consent where it is needed is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement for a person who has consented
    And it states no consent
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-CONSENT-006 @negative
  Scenario: Consent that has run out does not hold
    Given the registry answers a search within the agreement
    And a search within the agreement for a person who gave a consent that has run out
    When it is sent synchronously
    Then no record is shown

  @LEG-CONSENT-007 @negative
  Scenario Outline: Of many only those are shown who have consented, asked <mode>
    Given a search within the agreement that persons with and without consent meet
    When it is sent <mode>
    Then nobody without consent is shown or counted

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-CONSENT-007 @negative
  Scenario: In a batch only those are shown who have consented
    Given a batch within the agreement for persons with and without consent
    When it is sent synchronously
    Then of the batch only those who have consented are shown

  @LEG-RECT-001 @changes
  Scenario: A record that was put right is told with its new content and shown with no other
    Given a record that was just registered
    And the client has subscribed to its changes
    And the registry has taken in an update of that record
    Then the client is notified of it with its new content
    And the registry answers with the record as updated
