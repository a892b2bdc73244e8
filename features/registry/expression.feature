Feature: Searching by expression
  A programme asks for the records that meet a condition: an expression over attributes of the data dictionary.

  @REG-QEX-001
  Scenario: A search by expression with eq finds exactly the records that meet it
    Given a search by expression with "eq" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-001
  Scenario: A name is not found in longer names
    Given a search by expression for a name with longer names around it
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-002
  Scenario: A search by expression with lt finds exactly the records that meet it
    Given a search by expression with "lt" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-003
  Scenario: A search by expression with le finds exactly the records that meet it
    Given a search by expression with "le" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-004
  Scenario: A search by expression with gt finds exactly the records that meet it
    Given a search by expression with "gt" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-005
  Scenario: A search by expression with ge finds exactly the records that meet it
    Given a search by expression with "ge" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-006
  Scenario: A search by expression with in finds exactly the records that meet it
    Given a search by expression with "in" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-007
  Scenario Outline: Two conditions joined by and are both kept, <how>
    Given a search by expression with two conditions joined by "and"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QEX-008
  Scenario Outline: Two conditions joined by or are both kept, <how>
    Given a search by expression with two conditions joined by "or"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QEX-009
  Scenario Outline: Two conditions joined by not are both kept, <how>
    Given a search by expression with two conditions joined by "not"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QEX-010
  Scenario Outline: Conditions are read as they are nested, <nesting>
    Given a search by expression with <nesting>
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | nesting       |
      | or within and |
      | and within or |
      | or within not |

  @REG-QEX-019
  Scenario: Two conditions in one object must both hold
    Given a search by expression with two conditions in one object
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-019
  Scenario: Two comparisons of one attribute must both hold
    Given a search by expression with two comparisons of one attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QEX-011
  Scenario Outline: A search by expression that nobody meets is answered with no record, <how>
    Given the registry answers a correct search
    And a search by expression that nobody meets
    When it is sent <how>
    Then the answer holds no record

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QEX-012 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by expression whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                          | how            |
      | names an unknown attribute                    | synchronously  |
      | names an unknown attribute beside a known one | synchronously  |
      | names an unknown attribute as an alternative  | synchronously  |
      | names an attribute of another record type     | synchronously  |
      | names an unknown attribute                    | asynchronously |

  @REG-QEX-013 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by expression whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                       | how            |
      | has an unknown operator                    | synchronously  |
      | has an unknown operator beside a known one | synchronously  |
      | joins by an unknown word                   | synchronously  |
      | has an unknown operator                    | asynchronously |

  @REG-QEX-014 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by expression whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                        | how            |
      | compares a date with a word                 | synchronously  |
      | compares a date with one that is none       | synchronously  |
      | compares a number with a word               | synchronously  |
      | compares a number with an object            | synchronously  |
      | compares with one value where in wants some | synchronously  |
      | compares a date with a word                 | asynchronously |

  @REG-QEX-015 @negative
  Scenario Outline: A condition that <flaw> finds nobody or is refused, <how>
    Given the registry answers a correct search
    And a search by expression whose condition <flaw>
    When it is sent <how>
    Then no record is found, or it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"

    Examples:
      | flaw             | how            |
      | is empty         | synchronously  |
      | is absent        | synchronously  |
      | is a text        | synchronously  |
      | joins nothing    | synchronously  |
      | denies nothing   | synchronously  |
      | compares nothing | synchronously  |
      | is empty         | asynchronously |

  @REG-QEX-016 @negative
  Scenario Outline: A text like <hostile> is compared and not executed
    Given the registry answers a correct search
    And a search by expression for a text that is written like <hostile>
    When it is sent synchronously
    Then no record is found, or it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And the registry still answers a correct search

    Examples:
      | hostile                       |
      | SQL                           |
      | SQL with a comment            |
      | a pattern of SQL              |
      | a pattern of SQL for one sign |
      | a wildcard                    |
      | a beginning with a wildcard   |
      | a regular expression          |
      | an operator of the query      |
      | a quotation mark              |

  @REG-QEX-017
  Scenario Outline: A name with <kind> is found, <how>
    Given a search by expression for a name with <kind>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | kind                 | how            |
      | an apostrophe        | synchronously  |
      | letters beyond ASCII | synchronously  |
      | letters beyond ASCII | asynchronously |
      | a combining accent   | synchronously  |
      | a blank or a hyphen  | synchronously  |

  @REG-QEX-018
  Scenario: A search by expression has one answer, synchronously and asynchronously
    Given a search by expression that many records meet
    When it is sent synchronously
    And the same is asked asynchronously
    Then both answers hold the same records
