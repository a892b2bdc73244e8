Feature: Searching by predicate
  A programme asks for the records that meet a list of predicates, each of one or two comparisons.

  @REG-QPR-001
  Scenario: A search by predicate with eq finds exactly the records that meet it
    Given a search by predicate with "eq" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-001
  Scenario: A name is not found in longer names
    Given a search by predicate for a name with longer names around it
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-002
  Scenario: A search by predicate with lt finds exactly the records that meet it
    Given a search by predicate with "lt" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-003
  Scenario: A search by predicate with le finds exactly the records that meet it
    Given a search by predicate with "le" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-004
  Scenario: A search by predicate with gt finds exactly the records that meet it
    Given a search by predicate with "gt" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-005
  Scenario: A search by predicate with ge finds exactly the records that meet it
    Given a search by predicate with "ge" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-006
  Scenario: A search by predicate with in finds exactly the records that meet it
    Given a search by predicate with "in" on each attribute
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-007
  Scenario Outline: Two conditions joined by and are both kept, <how>
    Given a search by predicate with two conditions joined by "and"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QPR-008
  Scenario Outline: Two conditions joined by or are both kept, <how>
    Given a search by predicate with two conditions joined by "or"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QPR-009
  Scenario Outline: Two conditions joined by not are both kept, <how>
    Given a search by predicate with two conditions joined by "not"
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QPR-010
  Scenario Outline: Every item of a predicate list must hold, <how>
    Given a search by predicate with two items in its list
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QPR-010
  Scenario: An item with two sides and another item must both hold
    Given a search by predicate with or within and
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @REG-QPR-011
  Scenario Outline: A search by predicate that nobody meets is answered with no record, <how>
    Given the registry answers a correct search
    And a search by predicate that nobody meets
    When it is sent <how>
    Then the answer holds no record

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-QPR-012 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                          | how            |
      | names an unknown attribute                    | synchronously  |
      | names an unknown attribute beside a known one | synchronously  |
      | names an unknown attribute as an alternative  | synchronously  |
      | names an unknown attribute in its second item | synchronously  |
      | names an attribute of another record type     | synchronously  |
      | names an unknown attribute                    | asynchronously |

  @REG-QPR-013 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                     | how            |
      | has an unknown operator  | synchronously  |
      | joins by an unknown word | synchronously  |
      | has an unknown operator  | asynchronously |

  @REG-QPR-014 @negative
  Scenario Outline: A condition that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                        | how            |
      | compares a date with a word                 | synchronously  |
      | compares a date with one that is none       | synchronously  |
      | compares a number with a word               | synchronously  |
      | compares with one value where in wants some | synchronously  |
      | compares a date with a word                 | asynchronously |

  @REG-QPR-015 @negative
  Scenario Outline: A condition that <flaw> finds nobody or is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then no record is found, or it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"

    Examples:
      | flaw                | how            |
      | is an empty list    | synchronously  |
      | has an empty item   | synchronously  |
      | is one empty object | synchronously  |
      | is an empty list    | asynchronously |

  @REG-QPR-016 @negative
  Scenario Outline: A text like <hostile> is compared and not executed
    Given the registry answers a correct search
    And a search by predicate for a text that is written like <hostile>
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

  @REG-QPR-017
  Scenario Outline: A name with <kind> is found, <how>
    Given a search by predicate for a name with <kind>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | kind                 | how            |
      | an apostrophe        | synchronously  |
      | letters beyond ASCII | synchronously  |
      | letters beyond ASCII | asynchronously |
      | a combining accent   | synchronously  |
      | a blank or a hyphen  | synchronously  |

  @REG-QPR-018
  Scenario: A search by predicate has one answer, synchronously and asynchronously
    Given a search by predicate that many records meet
    When it is sent synchronously
    And the same is asked asynchronously
    Then both answers hold the same records

  @REG-QPR-019 @negative
  Scenario Outline: A predicate that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                         | how            |
      | lacks its first expression                   | synchronously  |
      | lacks the value of its first expression      | synchronously  |
      | lacks the attribute of its second expression | synchronously  |
      | lacks the operator of its second expression  | synchronously  |
      | lacks the value of its second expression     | synchronously  |
      | has a second expression that is empty        | synchronously  |
      | lacks its first expression                   | asynchronously |

  @REG-QPR-020 @negative
  Scenario Outline: A predicate that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                                       | how            |
      | lacks its second expression                | synchronously  |
      | lacks the alternative that it announces    | synchronously  |
      | has a second expression that nothing joins | synchronously  |
      | lacks its second expression                | asynchronously |

  @REG-QPR-021 @negative
  Scenario Outline: A predicate that <flaw> is refused, <how>
    Given the registry answers a correct search
    And a search by predicate whose condition <flaw>
    When it is sent <how>
    Then it is refused with "rjct.filter.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | flaw                   | how           |
      | has a third expression | synchronously |
