Feature: Finding disbursements
  A programme finds what it ordered by the account that it came from and by the beneficiary's address.

  @PAY-SRCH-001
  Scenario Outline: A disbursement is found by its payee, <how>
    Given a disbursement to a beneficiary
    And it is sent synchronously
    And every disbursement is paid
    And a search for the disbursements to that beneficiary
    When it is sent <how>
    Then the search finds exactly these disbursements

    Examples:
      | how            |
      | synchronously  |
      | asynchronously |

  @PAY-SRCH-001
  Scenario: The disbursements of an account are found
    Given a batch of 7 disbursements
    And it is sent synchronously
    And every disbursement is paid
    And a search for the disbursements from that account
    When it is sent synchronously
    Then the search finds exactly these disbursements

  @PAY-SRCH-002 @negative
  Scenario Outline: Another party finds nothing <by>
    Given a disbursement to a beneficiary
    And it is sent synchronously
    And every disbursement is paid
    And a search for the disbursements <by>
    And it comes from another client
    When it is sent synchronously
    Then the search finds nothing

    Examples:
      | by                  |
      | to that beneficiary |
      | from that account   |
