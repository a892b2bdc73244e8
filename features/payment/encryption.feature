Feature: Encrypted messages about payments
  What is ordered in private is answered in private, and nothing is done that was tampered with.

  @PAY-ENC-001 @PAY-ENC-002 @PAY-ENC-003 @PAY-ENC-004 @PAY-ENC-005
  Scenario Outline: An encrypted request is answered, encrypted, <how>
    Given a correct request
    And it is encrypted properly
    When it is sent <how>
    Then it is answered
    And every item is answered
    And every answer is encrypted where the request was
    And it has had its effect once

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-ENC-003 @PAY-ENC-005
  Scenario: Encrypted messages one after another
    Given a correct request
    And it is encrypted properly
    And it is sent synchronously
    And a correct request
    And it is encrypted properly
    And it is sent synchronously
    And a correct request
    When it is sent synchronously
    Then every answer is encrypted under a key of its own
    And every answer says whether it is encrypted

  @PAY-ENC-006 @negative
  Scenario Outline: A message that is encrypted <form> is refused
    Given the system answers a correct encrypted request
    And a correct request
    And it is encrypted <form>
    When it is sent synchronously
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And it has had no effect

    Examples:
      | form                                       |
      | to another key under the registry's key id |
      | to somebody else                           |
      | and then its tag is changed                |
      | and then its ciphertext is changed         |
      | in name only                               |
