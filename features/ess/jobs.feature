Feature: Jobs of a member of the employment service
  A member may have had several jobs; a programme asks by what any of them was.

  @ESS-JOB-001
  Scenario Outline: A member is found by a job that is not the first, by <how>
    Given a search by <how> by the last "employment_info.job_title" of a record that has several
    When it is sent synchronously
    Then the answer holds exactly the matching records

    Examples:
      | how        |
      | expression |
      | predicate  |
