Feature: Signed messages
  A registry signs what it sends and takes nothing that the sender did not sign as it stands.

  @SEC-SIG-001
  Scenario Outline: An answer is signed, <how>
    Given a batch of 2 searches by identifier
    When it is sent <how>
    Then it is answered
    And every answer is signed by the registry over what it sent

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-001
  Scenario: An answer about each record type is signed
    Given a search by identifier for a record of each type
    When it is sent synchronously
    Then it is answered
    And every answer is signed by the registry over what it sent

  @SEC-SIG-001
  Scenario: An answer without a record is signed
    Given a search for an identifier that nobody holds
    When it is sent synchronously
    Then it is answered
    And every answer is signed by the registry over what it sent

  @SEC-SIG-001
  Scenario Outline: An answer to a status request is signed, <how>
    Given a search for a record by its identifier
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it is sent <how>
    Then every answer is signed by the registry over what it sent

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-001 @negative
  Scenario: A rejection is signed
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.action" is "fetch"
    When it is sent asynchronously
    Then it is refused
    And every answer is signed by the registry over what it sent

  @SEC-SIG-002
  Scenario Outline: A signature names the registry and its key, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer names the registry and a key of its JWKS

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-003
  Scenario Outline: A signature is made for the present time, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer is signed for the present time

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-004
  Scenario Outline: A signature is not the request's, <how>
    Given a search for a record by its identifier
    When it is sent <how>
    Then it is answered
    And every answer has a signature of its own

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-005 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.missing", "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form               | how            |
      | not at all         | synchronously  |
      | not at all         | asynchronously |
      | with an empty text | synchronously  |
      | with an empty text | asynchronously |
      | with blanks        | synchronously  |
      | with blanks        | asynchronously |

  @SEC-SIG-006 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.signature.missing", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                     | how            |
      | with a text that is no signature         | synchronously  |
      | with a text that is no signature         | asynchronously |
      | with the published example's placeholder | synchronously  |
      | with the published example's placeholder | asynchronously |
      | with a parameter missing                 | synchronously  |
      | with a parameter missing                 | asynchronously |
      | with a value that is not base64          | synchronously  |
      | with a value that is not base64          | asynchronously |

  @SEC-SIG-007 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                     | how            |
      | with another value of the same length    | synchronously  |
      | with another value of the same length    | asynchronously |
      | with an algorithm that is not published  | synchronously  |
      | with an algorithm that is not published  | asynchronously |
      | by a key that nobody registered          | synchronously  |
      | by a key that nobody registered          | asynchronously |
      | with the signature of another message    | synchronously  |
      | with the signature of another message    | asynchronously |

  @SEC-SIG-008 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.sender_id.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                               | how            |
      | in the name of another participant | synchronously  |
      | in the name of another participant | asynchronously |
      | by another client in its own name  | synchronously  |
      | by another client in its own name  | asynchronously |

  @SEC-SIG-009 @negative
  Scenario Outline: A key id that nobody registered is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed under a key id that nobody registered
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-009 @negative
  Scenario Outline: A revoked key is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes from a client whose key was revoked
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-010 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                               | how            |
      | a day ago and expired              | synchronously  |
      | a day ago and expired              | asynchronously |
      | for tomorrow                       | synchronously  |
      | for tomorrow                       | asynchronously |
      | to expire before it was made       | synchronously  |
      | to expire before it was made       | asynchronously |
      | with a longer life than was signed | synchronously  |
      | with a longer life than was signed | asynchronously |

  @SEC-SIG-011 @negative
  Scenario Outline: A message that is signed <form> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                 | how            |
      | and then the header is changed       | synchronously  |
      | and then the header is changed       | asynchronously |
      | and then a header member is removed  | synchronously  |
      | and then a header member is removed  | asynchronously |
      | and then the message is changed      | synchronously  |
      | and then the message is changed      | asynchronously |
      | and then what it asks for is changed | synchronously  |
      | and then what it asks for is changed | asynchronously |

  @SEC-SIG-012 @negative
  Scenario Outline: A status request without a signature is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it is signed not at all
    And it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-016 @negative
  Scenario: A subscription without a signature is refused
    Given the registry answers a correct search
    And a subscription to records that meet a condition
    And it is signed not at all
    When it is sent asynchronously
    Then it is refused

  @SEC-SIG-016 @negative
  Scenario: The end of a subscription without a signature is refused
    Given the registry answers a correct search
    And the client has subscribed to records that meet a condition
    And an unsubscribe message for that subscription
    And it is signed not at all
    When it is sent asynchronously
    Then it is refused

  @SEC-SIG-013
  Scenario Outline: The order of the members does not matter, <how>
    Given a search for a record by its identifier
    And it is signed with its members in another order
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-013
  Scenario Outline: The letters in the values do not matter: <meta>
    Given a search for a record by its identifier
    And its "header.meta" is <meta>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | meta                                              | how            |
      | {"note": "Zoë, Ålesund, ñandú, 社会保障, 😀"}        | synchronously  |
      | {"note": "a < b & c > d, / \u2028 \u0007 \" '"}    | synchronously  |
      | {"ä": 1, "z": 2, "Z": 3, "😀": 4, "ﬁ": 5}           | asynchronously |
      | {"n": 1.50, "m": 100, "o": 0.000001, "p": null}   | synchronously  |

  @SEC-SIG-014
  Scenario Outline: A header member that is not published does not break the signature, <how>
    Given a search for a record by its identifier
    And it is signed with a header member that is not published
    When it is sent <how>
    Then the answer is either complete or refused with "err.request.bad"

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-SIG-015
  Scenario Outline: A message that is signed <form> is answered, <how>
    Given a search for a record by its identifier
    And it is signed <form>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | form                              | how            |
      | without the leading word          | synchronously  |
      | without the leading word          | asynchronously |
      | with its parameters further apart | synchronously  |
      | with the namespace g2p            | synchronously  |
      | with the namespace g2p            | asynchronously |
