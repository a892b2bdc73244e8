Feature: Data-sharing agreements
  An agreement says who may ask, why, where the answers go, when, for what and how. The registry answers what
  it names and refuses the rest, and every person can find out who asked.

  @ORG-AGR-001
  Scenario Outline: A search within the agreement is answered, asked <mode>
    Given a search within the agreement that needs no consent
    When it is sent <mode>
    Then the answer holds exactly the matching records

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @ORG-AGR-002 @negative
  Scenario Outline: A purpose that was agreed with another party is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And its purpose is one that was agreed with another party
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @ORG-AGR-003 @negative
  Scenario Outline: A search by an attribute outside the agreement is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search by an attribute that the agreement does not name
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @ORG-AGR-004 @negative
  Scenario: A search whose answer would go elsewhere is refused
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And its answer goes to a place that the agreement does not name
    When it is sent asynchronously
    Then it is refused
    And no record is shown

  @ORG-AGR-005 @negative
  Scenario Outline: A purpose that is <when> is refused, asked <mode>
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And its purpose is <when>
    When it is sent <mode>
    Then it is refused
    And no record is shown

    Examples:
      | when                              | mode           |
      | one whose agreement has ended     | synchronously  |
      | one whose agreement has ended     | asynchronously |
      | one whose agreement has not begun | synchronously  |

  @ORG-AGR-006 @negative
  Scenario: A subscription is refused where the agreement lets only search
    Given the registry answers a search within the agreement
    And a subscription by which the agreement does not let ask
    When it is sent asynchronously
    Then it is refused

  @LEG-LOG-001
  Scenario Outline: A person's access log tells who was shown the record, asked <mode>
    Given a search within the agreement that needs no consent
    When it is sent <mode>
    Then the answer holds exactly the matching records
    And the person's access log tells that the record was shown

    Examples:
      | mode           |
      | synchronously  |
      | asynchronously |

  @LEG-LOG-002 @negative
  Scenario: The access log of another person tells nothing of it
    Given a search within the agreement that needs no consent
    When it is sent synchronously
    Then the person's access log tells that the record was shown
    And the access log of another person tells nothing of it

  @LEG-LOG-003 @negative
  Scenario: A person's access log is kept from those who are no auditors
    Given a search within the agreement that needs no consent
    When it is sent synchronously
    Then the person's access log tells that the record was shown
    And the agency cannot read the person's access log

  @ORG-LOG-001 @negative
  Scenario Outline: The access log tells of a refusal for want of <what>
    Given the registry answers a search within the agreement
    And a search within the agreement that needs no consent
    And <fault>
    When it is sent <mode>
    Then it is refused
    And the person's access log tells of the refusal

    Examples:
      | what                 | fault                                                           | mode           |
      | a purpose            | it states no purpose                                            | synchronously  |
      | an agreed purpose    | its purpose is one that no agreement names                      | asynchronously |
      | an agreement of its  | its purpose is one that was agreed with another party           | synchronously  |
      | an agreement in time | its purpose is one whose agreement has ended                    | synchronously  |
      | an agreed place      | its answer goes to a place that the agreement does not name     | asynchronously |

  @ORG-LOG-001 @negative @changes
  Scenario: The access log tells that a record was kept back
    Given a search within the agreement for a person who has decided nothing yet
    And that person refuses consent
    When it is sent synchronously
    Then no record is shown
    And the person's access log tells that the record was kept back
