Feature: When a registry does not answer
  A service knows of a person only what the registries tell. Where one of them does not answer, it says that it does not
  know, and whom it has asked in vain: neither yes nor no.

  # While such a scenario lasts the service asks its registries by way of the runner, which forwards everything as it is.

  @ELG-SRC-001 @last
  Scenario Outline: Neither yes nor no without an answer: <registry> <how>, about <applicant>
    Given a question whether "<applicant>" is eligible
    And the service asks its registries by way of the runner
    When <registry> <how>
    And it is sent <way>
    Then it is decided "undetermined"

    Examples:
      | registry                 | how                   | applicant                                            | way            |
      | civil registration       | does not answer       | a household with the threshold's score               | synchronously  |
      | the social registry      | does not answer       | a child of a household with the threshold's score    | asynchronously |
      | the beneficiary registry | answers with an error | somebody on the day of turning sixty-five            | synchronously  |
      | the beneficiary registry | does not answer       | a head of household who is enrolled from the day on  | synchronously  |
      | the disability registry  | does not answer       | somebody with a moderate disability                  | synchronously  |
      | the farmer registry      | answers with an error | somebody who is no farmer                            | synchronously  |

  @ELG-SRC-002 @last
  Scenario: A registry that does not answer in time is not waited for in vain
    Given a question whether "somebody on the day of turning sixty-five" is eligible
    And the service asks its registries by way of the runner
    When the beneficiary registry does not answer in time
    And it is sent synchronously
    Then it is decided "undetermined"

  @ELG-SRC-003 @last
  Scenario Outline: Nothing is decided by what nobody has signed: <registry> <how>
    Given a question whether "<applicant>" is eligible
    And the service asks its registries by way of the runner
    When <registry> <how>
    And it is sent synchronously
    Then it is decided "undetermined"

    Examples:
      | registry           | how                                         | applicant                                         |
      | civil registration | answers without a signature                 | an old person who dies on the day                 |
      | civil registration | answers with what was changed after signing | a farmer who dies on the day                      |

  @ELG-SRC-004 @last
  Scenario Outline: The answer names the registry that was asked in vain: <registry>
    Given a question whether "<applicant>" is eligible
    And the service asks its registries by way of the runner
    When <registry> does not answer
    And it is sent synchronously
    Then it is answered
    And what <registry> answers for is undetermined, and all else as it was

    Examples:
      | registry                 | applicant                                           |
      | civil registration       | a widow with the threshold's score                  |
      | the social registry      | a household with the threshold's score              |
      | the beneficiary registry | an old person who is enrolled from the day after on |
      | the disability registry  | somebody with a severe disability                   |
      | the farmer registry      | a farmer whose farms measure the threshold together |

  @ELG-SRC-005 @last
  Scenario: A registry that answers again is asked again
    Given a question whether "a household with the threshold's score" is eligible
    And the service asks its registries by way of the runner
    When civil registration does not answer
    And it is sent synchronously
    Then it is decided "undetermined"
    When civil registration answers again
    And the question is asked again
    Then it is decided "eligible"

  @ELG-MIN-001 @last
  Scenario: The decision alone is undetermined too
    Given a question whether "an old person who dies on the day" is eligible
    And the service asks its registries by way of the runner
    And it asks for the decision alone
    When civil registration does not answer
    And it is sent synchronously
    Then it is decided "undetermined"
    And the answer holds the decision alone
