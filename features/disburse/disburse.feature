Feature: Paying beneficiaries
  A programme orders payments from its account to the accounts of beneficiaries. Each is made once, for
  exactly what was ordered, or is rejected for a stated reason; what was paid adds up.

  @PAY-DSB-001
  Scenario Outline: A beneficiary is paid, ordered <how>
    Given a disbursement to a beneficiary
    When it is sent <how>
    Then every disbursement is paid
    And the programme has spent what was paid, to the cent

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-DSB-001 @PAY-DSB-003 @PAY-REF-002
  Scenario Outline: A batch of beneficiaries is paid, ordered <how>
    Given a batch of 12 disbursements
    When it is sent <how>
    Then every item is answered
    And every disbursement is paid
    And the answer repeats what was ordered
    And the programme has spent what was paid, to the cent

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-OPT-001
  Scenario Outline: A disbursement with <part> is paid like any
    Given a disbursement to a beneficiary
    And its "item.<part>" is <value>
    When it is sent synchronously
    Then every disbursement is paid
    And the programme has spent what was paid, to the cent

    Examples:
      | part        | value                       |
      | note        | "For the month of May"      |
      | instruction | "To be paid in one sum"     |
      | locale      | "eng"                       |
      | meta        | {"household": "12"}         |

  @PAY-SUM-001
  Scenario Outline: Amounts add up to the cent: <amounts>
    Given disbursements of <amounts>
    When it is sent synchronously
    Then every disbursement is paid
    And the programme has spent what was paid, to the cent

    Examples:
      | amounts                                                    |
      | 0.10, 0.20, 0.30                                           |
      | 0.1, 0.7, 1.1, 2.2, 3.3                                    |
      | 0.01, 0.02, 0.03, 0.05, 0.07, 0.11, 0.13, 0.17, 0.19, 0.23 |
      | 333.33, 333.33, 333.34                                     |
      | 999.99                                                     |

  @PAY-DSB-002 @PAY-PAYEE-001 @negative
  Scenario: One wrong payee does not keep the others from their money
    Given a batch of 5 disbursements
    And item 3's payee is an address that nobody has
    When it is sent synchronously
    Then item 3 is refused with "rjct.payee_fa.invalid"
    And the other disbursements are paid
    And the programme has spent what was paid, to the cent

  @PAY-DSB-002 @PAY-REF-002 @negative
  Scenario: A batch with many mistakes is itemised, and its good disbursements are paid
    Given a batch of 9 disbursements
    And item 1's payee is an address that nobody has
    And item 2's payee is an address that leads to no account
    And item 4's payer is an address that nobody has
    And item 5's "amount" is "0.00"
    And item 6's "currency_code" is "XXX"
    And item 8's "scheduled_timestamp" is a time 2 days ago
    When it is sent asynchronously
    Then every item is answered
    And item 1 is refused with "rjct.payee_fa.invalid"
    And item 2 is refused with "rjct.payee_fa.invalid"
    And item 4 is refused with "rjct.payer_fa.invalid"
    And item 5 is refused with "rjct.amount.invalid"
    And item 6 is refused with "rjct.currency_code.invalid"
    And item 8 is refused with "rjct.schedule_ts.invalid", "rjct.timestamp.invalid"
    And the other disbursements are paid
    And the programme has spent what was paid, to the cent

  @PAY-PAYEE-001 @PAY-PAYEE-002 @negative
  Scenario Outline: Nobody is paid at <who>
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its payee is <who>
    When it is sent synchronously
    Then it is refused with <code>
    And nothing is paid

    Examples:
      | who                                 | code                                       |
      | an address that nobody has          | "rjct.payee_fa.invalid"                    |
      | an address that leads to no account | "rjct.payee_fa.invalid"                    |
      | a text that is no address           | "rjct.payee_fa.invalid", "err.request.bad" |

  @PAY-PAYEE-003
  Scenario: An address is the same in other letters
    Given a disbursement to a beneficiary
    And its payee is the same address in other letters
    And its payer is the same address in other letters
    When it is sent synchronously
    Then every disbursement is paid
    And the programme has spent what was paid, to the cent

  @PAY-PAYER-001 @negative
  Scenario: Nothing is paid from an account that nobody has
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its payer is an address that nobody has
    When it is sent synchronously
    Then it is refused with "rjct.payer_fa.invalid"

  @PAY-SEC-001 @negative
  Scenario Outline: Nothing is paid from another party's account, ordered <how>
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its payer is an account of another client
    When it is sent <how>
    Then it is refused with "rjct.payer_fa.invalid", "err.request.forbidden", "err.request.unauthorized"

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-FUND-001 @negative
  Scenario: Nothing is paid from an account without funds
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its payer is an account without funds
    When it is sent synchronously
    Then it is refused

  @PAY-FUND-001 @negative
  Scenario: What exceeds the funds is rejected, and what does not is paid
    Given disbursements of 600.00, 600.00, 400.00
    When it is sent synchronously
    Then the disbursements that the funds suffice for are paid
    And the programme has spent what was paid, to the cent

  @PAY-AMT-001 @negative
  Scenario Outline: An amount of <amount> is rejected
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its "item.amount" is <amount>
    When it is sent synchronously
    Then it is refused with "rjct.amount.invalid", "err.request.bad"
    And nothing is paid

    Examples:
      | amount              |
      | "0.00"              |
      | "-5.00"             |
      | "25"                |
      | "25.105"            |
      | "1e2"               |
      | "25,10"             |
      | "12345678901234.00" |
      | 25.10               |
      | absent              |

  @PAY-CUR-001 @negative
  Scenario Outline: Another currency is rejected: <what>
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its "item.currency_code" is <code>
    When it is sent synchronously
    Then it is refused with "rjct.currency_code.invalid", "err.request.bad"
    And nothing is paid

    Examples:
      | what             | code  |
      | another currency | "EUR" |
      | no currency      | "usd" |

  @PAY-CUR-001 @negative
  Scenario: A payee in another currency is not paid
    Given the system answers a correct request
    And a disbursement to a beneficiary
    And its payee is an account in another currency
    When it is sent synchronously
    Then it is refused with "rjct.currency_code.invalid", "rjct.payee_fa.invalid"
    And nothing is paid
