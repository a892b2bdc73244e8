Feature: Encrypted messages
  A registry that can be written to in private answers in private, and takes nothing that was tampered with.

  @SEC-ENC-001
  Scenario: A key for encryption is published
    When the registry publishes its keys
    Then the keys can encrypt

  @SEC-ENC-002 @SEC-ENC-003
  Scenario Outline: An encrypted search is answered, encrypted, <how>
    Given a batch of 2 searches by identifier
    And it is encrypted properly
    When it is sent <how>
    Then the answer holds exactly the matching records
    And every answer is encrypted where the request was

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-ENC-002
  Scenario: An encrypted search for a record of each type is answered
    Given a search by identifier for a record of each type
    And it is encrypted properly
    When it is sent synchronously
    Then the answer holds exactly the matching records

  @SEC-ENC-003
  Scenario: A rejection of an encrypted search is encrypted
    Given a batch of 2 searches by identifier
    And its "item 1.search_criteria.query_type" is "telepathy"
    And it is encrypted properly
    When it is sent synchronously
    Then every answer is encrypted where the request was

  @SEC-ENC-003
  Scenario Outline: An encrypted status request is answered encrypted, <how>
    Given a search for a record by its identifier
    And it is encrypted properly
    When it is sent synchronously
    And a status request for that search by "transaction_id"
    And it is encrypted properly
    And it is sent <how>
    Then it is answered
    And every answer is encrypted where the request was

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-ENC-004
  Scenario Outline: An answer says whether it is encrypted, <how>
    Given a search for a record by its identifier
    And it is sent <how>
    And a search for a record by its identifier
    And it is encrypted properly
    When it is sent <how>
    Then it is answered
    And every answer says whether it is encrypted

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-ENC-005
  Scenario Outline: Two clients ask encrypted, and each can read its own answer, <how>
    Given a search for a record by its identifier
    And it is encrypted properly
    And it is sent <how>
    And a search for a record by its identifier
    And it comes from another client
    And it is encrypted properly
    When it is sent <how>
    Then it is answered
    And every answer is encrypted to the one who asked

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-ENC-006
  Scenario Outline: No two answers are encrypted under the same key, <how>
    Given 3 searches by identifier
    And it is encrypted properly
    When it is sent <how>
    Then it is answered
    And every answer is encrypted under a key of its own

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @SEC-ENC-007 @negative
  Scenario Outline: A message that is encrypted <form> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted <form>
    When it is sent <how>
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                       | how            |
      | to somebody else                           | synchronously  |
      | to somebody else                           | asynchronously |
      | to another key under the registry's key id | synchronously  |
      | to another key under the registry's key id | asynchronously |

  @SEC-ENC-008 @negative
  Scenario Outline: A message that is encrypted <form> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted <form>
    When it is sent <how>
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                  | how            |
      | and then its ciphertext is changed    | synchronously  |
      | and then its ciphertext is changed    | asynchronously |
      | and then its tag is changed           | synchronously  |
      | and then its tag is changed           | asynchronously |
      | and then its iv is changed            | synchronously  |
      | and then its iv is changed            | asynchronously |
      | and then its encrypted_key is changed | synchronously  |
      | and then its tag is cut short         | synchronously  |
      | and then its tag is cut short         | asynchronously |
      | and then its tag is removed           | synchronously  |

  @SEC-ENC-009 @negative
  Scenario Outline: A message that is encrypted <form> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted <form>
    When it is sent <how>
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                       | how            |
      | in name only                               | synchronously  |
      | in name only                               | asynchronously |
      | by an algorithm that is not known          | synchronously  |
      | by an algorithm that is not known          | asynchronously |
      | with a content algorithm that is not known | synchronously  |

  @SEC-ENC-010 @negative
  Scenario Outline: An encrypted message that says it is plain is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted properly
    And its "header.is_msg_encrypted" is <value>
    When it is sent <how>
    Then it is refused with "err.encryption.invalid" or "err.request.bad"
    And no record is shown

    Examples:
      | value | how            |
      | false | synchronously  |
      | false | asynchronously |

  @SEC-ENC-011 @negative
  Scenario Outline: A message that is encrypted <form> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted <form>
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | form                   | how            |
      | around an empty object | synchronously  |
      | around an empty object | asynchronously |
      | around a text          | synchronously  |

  @SEC-ENC-011 @negative
  Scenario Outline: An encrypted search without a <member> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And its "message.<member>" is absent
    And it is encrypted properly
    When it is sent <how>
    Then it is refused
    And no record is shown

    Examples:
      | member         | how            |
      | transaction_id | synchronously  |
      | search_request | asynchronously |

  @SEC-ENC-012 @negative
  Scenario Outline: An encrypted message that is signed <form> is refused, <how>
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted properly
    And it is signed <form>
    When it is sent <how>
    Then it is refused with "err.signature.invalid", "err.signature.missing", "err.request.unauthorized", "err.request.forbidden" or "err.request.bad"
    And no record is shown

    Examples:
      | form                                     | how            |
      | over the message before it was encrypted | synchronously  |
      | over the message before it was encrypted | asynchronously |
      | not at all                               | synchronously  |
      | not at all                               | asynchronously |

  @SEC-ENC-013
  Scenario Outline: A message that is encrypted <form> is answered, <how>
    Given a search for a record by its identifier
    And it is encrypted <form>
    When it is sent <how>
    Then the answer holds exactly the matching records

    Examples:
      | form                       | how            |
      | with its header covered    | synchronously  |
      | with a protected header    | synchronously  |
      | with a protected header    | asynchronously |
      | with nothing authenticated | synchronously  |

  @SEC-ENC-015 @changes
  Scenario: Who subscribes in private is notified in private
    Given a record that was just registered
    And a subscription to changes of that record
    And it is encrypted properly
    And it is sent asynchronously
    And the answer gives a subscription code
    When that record changes
    Then the client is notified of it
    And the notification is encrypted to the client

  @SEC-ENC-014 @negative
  Scenario: What is wrong with an encrypted message is not told
    Given the registry answers a correct encrypted search
    And a search for a record by its identifier
    And it is encrypted and then its tag is changed
    And it is sent synchronously
    And a search for a record by its identifier
    And it is encrypted and then its encrypted_key is changed
    And it is sent synchronously
    And a search for a record by its identifier
    And it is encrypted to another key under the registry's key id
    When it is sent synchronously
    Then the refusals are alike
