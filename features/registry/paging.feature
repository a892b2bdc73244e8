Feature: Answers in pages
  A counterpart reads a large answer page by page and misses nobody.

  @REG-PAGE-001 @REG-PAGE-002
  Scenario Outline: Pages of <size> together hold exactly the matching records, by <type>
    Given a search by <type> that many records meet
    And it asks for pages of <size> records
    When every page is read
    Then the pages together hold exactly the matching records
    And no page holds more than was asked

    Examples:
      | type       | size |
      | expression | 10   |
      | expression | 7    |
      | predicate  | 10   |

  @REG-PAGE-001 @REG-PAGE-011
  Scenario Outline: Pages of a sorted answer go on in one order, <order>
    Given a search by expression that many records meet
    And it is to be sorted by its first sortable attribute, <order>
    And it asks for pages of 7 records
    When every page is read
    Then the pages together hold exactly the matching records
    And the pages together are in the order asked

    Examples:
      | order      |
      | ascending  |
      | descending |

  @REG-PAGE-002
  Scenario Outline: A page of <size> holds no more, <how>
    Given a search by expression that many records meet
    And it asks for pages of <size> records
    When it is sent <how>
    Then it is answered
    And no page holds more than was asked

    Examples:
      | size | how            |
      | 1    | synchronously  |
      | 5    | asynchronously |

  @REG-PAGE-003 @REG-PAGE-004
  Scenario Outline: Every page says which it is and how many records there are, by <type>
    Given a search by <type> that many records meet
    And it asks for pages of 10 records
    When every page is read
    Then each page says how many records there are in all
    And each page says which page it is

    Examples:
      | type       |
      | expression |
      | predicate  |

  @REG-PAGE-003 @REG-PAGE-004
  Scenario: A page in a callback says which it is and how many records there are
    Given a search by expression that many records meet
    And it asks for page 2 of pages of 5 records
    When it is sent asynchronously
    Then it is answered
    And each page says how many records there are in all
    And each page says which page it is

  @REG-PAGE-003
  Scenario: A page of an answer without records says that there are none
    Given the registry answers a correct search
    And a search by expression that nobody meets
    And it asks for pages of 10 records
    When it is sent synchronously
    Then the answer holds no record
    And each page says how many records there are in all

  @REG-PAGE-012
  Scenario Outline: A page comes with its pagination, <how>
    Given a search by expression that many records meet
    And it asks for page 2 of pages of 5 records
    When it is sent <how>
    Then each page has its pagination

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @REG-PAGE-005
  Scenario Outline: On page <page>, beyond the last, there is no record, <how>
    Given the registry answers a correct search
    And a search by expression that many records meet
    And it asks for page <page> of pages of 50 records
    When it is sent <how>
    Then no record is found, or it is refused with "rjct.pagination.invalid" or "err.request.bad"

    Examples:
      | page    | how            |
      | 4       | synchronously  |
      | 999     | asynchronously |
      | 2000000 | synchronously  |

  @REG-PAGE-006 @negative
  Scenario Outline: A page_size of <size> is refused, <how>
    Given the registry answers a correct search
    And a search by expression that many records meet
    And its "criteria.pagination.page_size" is <size>
    When it is sent <how>
    Then it is refused with "rjct.pagination.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | size | how            |
      | 0    | synchronously  |
      | -1   | synchronously  |
      | -1   | asynchronously |

  @REG-PAGE-007 @negative
  Scenario Outline: A <member> that is <wrong> is refused
    Given the registry answers a correct search
    And a search by expression that many records meet
    And its "criteria.pagination.<member>" is <wrong>
    When it is sent synchronously
    Then it is refused with "rjct.pagination.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | member      | wrong  |
      | page_size   | "many" |
      | page_size   | 2.5    |
      | page_size   | null   |
      | page_size   | absent |
      | page_number | "last" |
      | page_number | 1.5    |

  @REG-PAGE-008 @negative
  Scenario Outline: A page_number of <number> is refused, <how>
    Given the registry answers a correct search
    And a search by expression that many records meet
    And its "criteria.pagination.page_number" is <number>
    When it is sent <how>
    Then it is refused with "rjct.pagination.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | number | how            |
      | 0      | synchronously  |
      | 0      | asynchronously |
      | -3     | synchronously  |

  @REG-PAGE-009
  Scenario: The first page is given where none is named
    Given a search by expression that many records meet
    And it is to be sorted by its first sortable attribute, ascending
    And it asks for pages of 5 records
    And its "criteria.pagination.page_number" is absent
    When it is sent synchronously
    Then it is answered
    And the page holds the first of the records in the order asked

  @REG-PAGE-010
  Scenario: A page of 100 records is answered
    Given a search by expression that many records meet
    And it asks for pages of 100 records
    When it is sent synchronously
    Then the answer holds exactly the matching records
