Feature: Who may ask a registry
  A registry knows its participants, lets nobody in without a token, and calls nobody but them.

  @SEC-AUTH-001 @negative
  Scenario Outline: A message that comes <token> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes <token>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | token                              | how            |
      | without a token                    | synchronously  |
      | without a token                    | asynchronously |
      | with an empty token                | synchronously  |
      | with an empty token                | asynchronously |
      | with a password instead of a token | synchronously  |

  @SEC-AUTH-002 @negative
  Scenario Outline: A message that comes <token> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes <token>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | token                                    | how            |
      | with a token that is not one             | synchronously  |
      | with a token that is not one             | asynchronously |
      | with a forged token without signature    | synchronously  |
      | with a forged token without signature    | asynchronously |
      | with a token signed by somebody else     | synchronously  |
      | with a token signed by somebody else     | asynchronously |
      | with its own token changed in one letter | synchronously  |
      | with its own token changed in one letter | asynchronously |

  @SEC-AUTH-003 @negative
  Scenario Outline: A message that comes with another client's token is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes with another client's token
    When it is sent <how>
    Then it is refused with "err.sender_id.invalid", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-AUTH-004 @negative
  Scenario Outline: A status request without a token is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it comes without a token
    And it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-AUTH-005 @negative
  Scenario: A subscription without a token is refused
    Given the registry answers a correct search
    And a subscription to records that meet a condition
    And it comes without a token
    When it is sent asynchronously
    Then it is refused

  @SEC-AUTH-005 @negative
  Scenario: The end of a subscription without a token is refused
    Given the registry answers a correct search
    And the client has subscribed to records that meet a condition
    And an unsubscribe message for that subscription
    And it comes without a token
    When it is sent asynchronously
    Then it is refused

  @SEC-PARTY-001 @negative
  Scenario Outline: An unregistered client is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it comes from an unregistered client
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-PARTY-001 @negative
  Scenario Outline: A sender_id that is <value> is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.sender_id" is <value>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | value                | how            |
      | absent               | synchronously  |
      | absent               | asynchronously |
      | empty                | synchronously  |
      | null                 | asynchronously |
      | "nobody.example.org" | synchronously  |

  @SEC-PARTY-002 @negative
  Scenario Outline: A message for another receiver is refused, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "header.receiver_id" is "another-registry.example.org"
    When it is sent <how>
    Then it is refused with "err.receiver_id.invalid", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-PARTY-003
  Scenario Outline: Another client is answered too, <how>
    Given a search for a record by its identifier
    And it comes from another client
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-URI-001 @negative
  Scenario Outline: The registry does not call <where>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its answer goes to <where>
    When it is sent asynchronously
    Then no callback arrives elsewhere

    Examples:
      | where                                      |
      | a place that the client did not register   |
      | another client's address                   |
      | a place that only begins like the client's |
      | a path that climbs out of the client's     |

  @SEC-URI-002 @negative
  Scenario Outline: A sender_uri that names <where> is refused
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its answer goes to <where>
    When it is sent asynchronously
    Then it is refused with "err.sender_uri.invalid", "err.request.forbidden" or "err.request.bad"

    Examples:
      | where                                      |
      | a place that the client did not register   |
      | another client's address                   |
      | a place that only begins like the client's |
      | a path that climbs out of the client's     |
      | a file                                     |
      | the machine itself                         |

  @SEC-TOK-001
  Scenario: A client is given a token
    When a token is asked for with the client's credentials
    Then a bearer token is given

  @SEC-TOK-002 @negative
  Scenario Outline: A token asked for <how> is not given
    Given the registry answers a correct search
    When a token is asked for <how>
    Then no token is given

    Examples:
      | how                              |
      | with a wrong secret              |
      | with an empty secret             |
      | with another client's secret     |
      | for a client that does not exist |

  @SEC-TOK-003 @negative
  Scenario Outline: A token asked for <how> is not given
    Given the registry answers a correct search
    When a token is asked for <how>
    Then no token is given

    Examples:
      | how                     |
      | with another grant_type |
      | without a grant_type    |

  @SEC-TOK-004 @negative
  Scenario Outline: A token that is asked for <how> is refused in a published form
    Given the registry answers a correct search
    When a token is asked for <how>
    Then no token is given
    And the refusal says why in a published form

    Examples:
      | how                     |
      | with a wrong secret     |
      | with another grant_type |

  @SEC-TOK-005
  Scenario: A token is not kept by caches
    When a token is asked for with the client's credentials
    Then a bearer token is given
    And the token is not to be cached

  @SEC-JWKS-001
  Scenario: The keys can be read and used
    When the registry publishes its keys
    Then the keys can verify signatures

  @SEC-JWKS-002
  Scenario: The keys stay
    When the registry publishes its keys
    Then the keys are the same when read again

  @SEC-JWKS-003
  Scenario: The keys are public
    When the registry publishes its keys
    Then the keys hold no private part

  @SEC-PRIV-001 @negative
  Scenario Outline: An error shows nobody's data: signed not at all, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And it is signed not at all
    When it is sent <how>
    Then it is refused
    And every answer shows no personal data in an error text

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-PRIV-001 @negative
  Scenario Outline: A rejection shows nobody's data: <field> is <value>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its "<field>" is <value>
    When it is sent <how>
    Then it is refused
    And every answer shows no personal data in an error text

    Examples:
      | field               | value          | how            |
      | item.timestamp      | "never"        | synchronously  |
      | item.timestamp      | "never"        | asynchronously |
      | criteria.query_type | "no-such-type" | synchronously  |
      | header.action       | "fetch"        | synchronously  |
      | header.action       | "fetch"        | asynchronously |

  @SEC-PRIV-001 @negative
  Scenario: A broken body is not shown in the error
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is followed by more
    When it is sent synchronously
    Then every answer shows no personal data in an error text

  @SEC-PRIV-002 @negative
  Scenario Outline: An error shows nothing of the server: <body>, <how>
    Given the registry answers a correct search
    And a search for a record by its identifier
    And its body is <body>
    When it is sent <how>
    Then it is refused
    And every answer shows nothing of the server's inside

    Examples:
      | body                  | how            |
      | not JSON              | synchronously  |
      | cut off in the middle | asynchronously |
      | a list                | synchronously  |
