Feature: Jobs of a member of the employment service
  A member may have had several jobs; a programme asks by what any of them was.

  @ESS-JOB-001
  Scenario Outline: A member is found by a job whichever it is: the <which>, by <how>
    Given a search by <how> by the <which> "employment_info.job_title" of a record that has several
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | which | how        |
      | last  | expression |
      | last  | predicate  |
      | first | expression |
      | first | predicate  |
