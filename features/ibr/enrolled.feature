Feature: Asking the beneficiary registry whether a person is enrolled
  A programme asks before it enrols somebody whether the person is already enrolled (PRS.IBR.01).
  It is told yes or no, and nothing else of the person.

  @IBR-ENR-001
  Scenario Outline: A person who is enrolled in the programme, <which>
    Given the question "enrolled" about somebody of whom it is true
    When it is asked
    Then the answer is "yes"

    Examples:
      | which   |
      | one     |
      | another |
      | a third |

  @IBR-ENR-002
  Scenario Outline: The answer is no about <whom>
    Given the registry answers a correct search
    And the question "enrolled" about <whom>
    When it is asked
    Then the answer is "no"

    Examples:
      | whom                                        |
      | an identifier that nobody holds             |
      | somebody enrolled, but in another programme |

  @IBR-ENR-003
  Scenario: An enrolment that is not active
    Given the question "enrolled" about somebody of whom it is true no longer or not yet
    When it is asked
    Then the answer is "no"

  @IBR-ENR-004
  Scenario: Nothing but yes or no is shown
    Given the question "enrolled" about somebody of whom it is true
    When it is asked
    Then the answer says nothing else of the person

  @IBR-ENR-005 @negative
  Scenario: The question comes without a token
    Given the registry answers a correct search
    And the question "enrolled" about somebody of whom it is true
    And it comes without a token
    When it is asked
    Then it is refused
    And no record is shown

  @IBR-ENR-006 @negative
  Scenario: A question by an attribute that no beneficiary has
    Given the registry answers a correct search
    And the question "enrolled" about somebody of whom it is true
    And its "message.enrolled_criteria.query.shoe_size_of_the_cat" is {"eq": "42"}
    When it is asked
    Then it is refused
