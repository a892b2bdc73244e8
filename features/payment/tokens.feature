Feature: Tokens for payments
  A system that gives an access token to whoever asks lets anybody order payments and change addresses.

  @PAY-TOK-001
  Scenario: A client is given a token
    When a token is asked for with the client's credentials
    Then a bearer token is given

  @PAY-TOK-002 @negative
  Scenario Outline: A token asked for <how> is not given
    Given the system answers a correct request
    When a token is asked for <how>
    Then no token is given

    Examples:
      | how                              |
      | with a wrong secret              |
      | with an empty secret             |
      | with another client's secret     |
      | for a client that does not exist |

  @PAY-TOK-003 @negative
  Scenario Outline: A token asked for <how> is not given
    Given the system answers a correct request
    When a token is asked for <how>
    Then no token is given

    Examples:
      | how                     |
      | with another grant_type |
      | without a grant_type    |

  @PAY-TOK-004 @negative
  Scenario Outline: A token that is asked for <how> is refused in a published form
    Given the system answers a correct request
    When a token is asked for <how>
    Then no token is given
    And the refusal says why in a published form

    Examples:
      | how                     |
      | with a wrong secret     |
      | with another grant_type |
