Feature: Where a person's money goes
  A mapper leads from a person's id to the financial address at which the person is paid.

  @MAP-LINK-001
  Scenario Outline: A person is linked to an address, <how>
    Given a person who has no address
    And a link of that person to the spare address
    When it is sent <how>
    Then it is answered
    And that person's id leads to the spare address

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @MAP-LINK-002 @negative
  Scenario Outline: A link is rejected with <what>
    Given the system answers a correct request
    And a person who has no address
    And a link of that person to the spare address
    And its "item.<member>" is <value>
    When it is sent synchronously
    Then it is refused with "<code>", "err.request.bad"

    Examples:
      | what                     | member | value            | code            |
      | an address that is none  | fa     | "nowhere at all" | rjct.fa.invalid |
      | no address               | fa     | absent           | rjct.fa.invalid |
      | an id that is none       | id     | "just a name"    | rjct.id.invalid |
      | no id                    | id     | absent           | rjct.id.invalid |

  @MAP-LINK-003 @negative
  Scenario: A link does not replace another
    Given a person who has an address
    And a link of that person to the spare address
    When it is sent synchronously
    Then it is refused
    And that person's id leads to its own address

  @MAP-LINK-003
  Scenario: A link that is there already may be sent again
    Given a person who has an address
    And a link of that person to its own address
    When it is sent synchronously
    Then that person's id leads to its own address

  @MAP-LINK-004 @PAY-REF-002 @negative
  Scenario: One wrong link does not keep the others from theirs
    Given a batch of links of which the second is of a person who has another address
    When it is sent synchronously
    Then every item is answered
    And the other persons are linked

  @MAP-UPD-001
  Scenario Outline: A person gets another address, <how>
    Given a person who has an address
    And an update of that person to the spare address
    When it is sent <how>
    Then it is answered
    And that person's id leads to the spare address
    And that person's id no longer leads to its own address

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @MAP-UPD-002 @negative
  Scenario: A person who has no address gets none by an update
    Given a person who has no address
    And an update of that person to the spare address
    When it is sent synchronously
    Then it is refused
    And that person's id leads nowhere

  @MAP-UNL-001
  Scenario Outline: A person loses its address, <how>
    Given a person who has an address
    And an unlink of that person
    When it is sent <how>
    Then it is answered
    And that person's id leads nowhere

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @MAP-UNL-001
  Scenario: A person loses the address that is named
    Given a person who has an address
    And an unlink of that person from its own address
    When it is sent synchronously
    Then it is answered
    And that person's id leads nowhere

  @MAP-UNL-002 @negative
  Scenario: Nobody is unlinked who is not linked
    Given the system answers a correct request
    And a person who has no address
    And an unlink of that person
    When it is sent synchronously
    Then it is refused

  @MAP-UNL-003 @negative
  Scenario: A person keeps its address where another is named
    Given a person who has an address
    And an unlink of that person from the spare address
    When it is sent synchronously
    Then it is refused
    And that person's id leads to its own address

  @PAY-OPT-001
  Scenario Outline: What more is told does not matter: <what>
    Given a person who has <has>
    And <change>
    And its "item.additional_info" is [{"name": "district", "value": "north"}]
    And its "item.locale" is "eng"
    When it is sent synchronously
    Then it is answered
    And that person's id leads <where>

    Examples:
      | what              | has        | change                                        | where                |
      | link a person     | no address | a link of that person to the spare address    | to the spare address |
      | change an address | an address | an update of that person to the spare address | to the spare address |
      | unlink a person   | an address | an unlink of that person                      | nowhere              |

  @PAY-STAT-001
  Scenario Outline: The sender learns how <change> ended
    Given a person who has an address
    And <change>
    And it is sent asynchronously
    And it is answered
    And a status request for it by "transaction_id"
    When it is sent synchronously
    Then it is answered
    And the status tells how each item ended

    Examples:
      | change                                        |
      | an update of that person to the spare address |
      | an unlink of that person                      |
      | a question for that person                    |

  @MAP-SEC-001 @negative
  Scenario Outline: A party that may only ask cannot <what>
    Given the system answers a correct request
    And a person who has <has>
    And <change>
    And it comes from another client
    When it is sent synchronously
    Then it is refused
    And that person's id leads <where>

    Examples:
      | what               | has        | change                                         | where              |
      | link a person      | no address | a link of that person to the spare address     | nowhere            |
      | change an address  | an address | an update of that person to the spare address  | to its own address |
      | unlink a person    | an address | an unlink of that person                       | to its own address |
