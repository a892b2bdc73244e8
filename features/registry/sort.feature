Feature: Answers in an order
  A counterpart asks for the records in the order of an attribute.

  @REG-SORT-001
  Scenario: Records come in ascending order of each attribute that can be sorted by
    Given a search by expression that many records meet
    And it is to be sorted by each sortable attribute, ascending
    When it is sent synchronously
    Then the records come in the order asked

  @REG-SORT-002
  Scenario: Records come in descending order of each attribute that can be sorted by
    Given a search by expression that many records meet
    And it is to be sorted by each sortable attribute, descending
    When it is sent synchronously
    Then the records come in the order asked

  @REG-SORT-001 @REG-SORT-002
  Scenario Outline: Records of a search by predicate come in <order> order, asynchronously
    Given a search by predicate that many records meet
    And it is to be sorted by its first sortable attribute, <order>
    When it is sent asynchronously
    Then the records come in the order asked

    Examples:
      | order      |
      | ascending  |
      | descending |

  @REG-SORT-003
  Scenario: The order is ascending where none is named
    Given a search by expression that many records meet
    And it is to be sorted by its first sortable attribute, ascending
    And its "criteria.sort.0.sort_order" is absent
    When it is sent synchronously
    Then the records come in the order asked

  @REG-SORT-004 @negative
  Scenario Outline: To sort by <attribute> is refused, <how>
    Given the registry answers a correct search
    And a search by expression that many records meet
    And its "criteria.sort" is [{"attribute_name": <attribute>, "sort_order": "asc"}]
    When it is sent <how>
    Then it is refused with "rjct.sort.invalid" or "rjct.search_criteria.invalid" or "rjct.filter.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | attribute                             | how            |
      | "attribute_of_no_dictionary"          | synchronously  |
      | "attribute_of_no_dictionary"          | asynchronously |
      | "1; DROP TABLE records"               | synchronously  |
      | ""                                    | synchronously  |

  @REG-SORT-005 @negative
  Scenario Outline: A sort_order of <order> is refused
    Given the registry answers a correct search
    And a search by expression that many records meet
    And it is to be sorted by its first sortable attribute, ascending
    And its "criteria.sort.0.sort_order" is <order>
    When it is sent synchronously
    Then it is refused with "rjct.sort.invalid" or "rjct.search_criteria.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | order      |
      | "sideways" |
      | 1          |

  @REG-SORT-006
  Scenario Outline: Records equal in the first attribute come in <order> order of the second
    Given a search by expression that many records meet
    And it is to be sorted by two attributes, the second <order>
    When it is sent synchronously
    Then the records come in the order asked

    Examples:
      | order      |
      | ascending  |
      | descending |
