package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spconform/spconform/conformance/result"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitOutcome `xml:"skipped"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes junit.xml: one suite an interface, one case a scenario of a requirement. What was
// skipped or untested is skipped and never passed; a failure of the suite itself is an error. A
// verdict that no scenario's own outcome shows is a case named after the requirement.
func JUnit(w io.Writer, report result.Report) error {
	all := junitSuites{Name: report.Suite.Name, Time: seconds(report.FinishedAt.Sub(report.StartedAt))}
	for _, tested := range report.Interfaces {
		suite := junitSuite{
			Name: Visible(tested.Interface), Timestamp: report.StartedAt.UTC().Format(time.RFC3339),
			Properties: []junitProperty{
				{"seed", strconv.FormatUint(report.Seed, 10)},
				{"target", Visible(targetOf(report.Target) + under(report.Profile))},
				{"conclusion", conclusionOf(report, tested)},
				{"headline", Visible(headlineOf(tested))},
			},
		}
		for _, requirement := range tested.Requirements {
			suite.Cases = append(suite.Cases, casesOf(tested, requirement)...)
		}
		all.Suites = append(all.Suites, suite)
	}
	if report.Error != nil {
		outcome := &junitOutcome{Message: Visible(report.Error.Message), Type: Visible(report.Error.Code)}
		all.Suites = append(all.Suites, junitSuite{
			Name: "run", Timestamp: report.StartedAt.UTC().Format(time.RFC3339),
			Cases: []junitCase{{Class: "run", Name: "the run is carried through", Time: seconds(0), Error: outcome}},
		})
	}
	for i := range all.Suites {
		all.count(&all.Suites[i])
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// count sums up a suite, the scenarios' time being the sum over its cases.
func (all *junitSuites) count(suite *junitSuite) {
	var spent float64
	for _, one := range suite.Cases {
		took, _ := strconv.ParseFloat(one.Time, 64)
		spent += took
		switch {
		case one.Failure != nil:
			suite.Failures++
		case one.Error != nil:
			suite.Errors++
		case one.Skipped != nil:
			suite.Skipped++
		}
	}
	suite.Tests = len(suite.Cases)
	suite.Time = strconv.FormatFloat(spent, 'f', 3, 64)
	all.Tests += suite.Tests
	all.Failures += suite.Failures
	all.Errors += suite.Errors
	all.Skipped += suite.Skipped
}

// casesOf is a requirement's cases. A scenario that did not pass counts as a failure only where the
// requirement's verdict stands against the target; a justified departure, for one, does not.
func casesOf(tested result.Interface, requirement result.Requirement) []junitCase {
	class := Visible(tested.Interface + "." + requirement.Area)
	var cases []junitCase
	shown := false
	for _, scenario := range requirement.Scenarios {
		one := junitCase{
			Class: class, Name: Visible(requirement.ID + " " + scenario.Name),
			Time: seconds(time.Duration(scenario.DurationMS) * time.Millisecond),
		}
		failed := failuresIn(requirement, scenario.ID)
		message := scenario.Reason
		if len(failed) > 0 {
			message = fmt.Sprintf("expected %s; got %s", failed[0].Expected, failed[0].Actual)
		}
		outcome := &junitOutcome{Message: Visible(message), Type: string(requirement.Verdict)}
		switch against := stands(requirement); {
		case scenario.Status == result.Errored:
			outcome.Type = string(result.Error)
			one.Error = outcome
		case against && (scenario.Status == result.Failed || len(failed) > 0):
			outcome.Text = failureText(requirement, failed)
			one.Failure = outcome
		case scenario.Status != result.Passed || len(failed) > 0:
			one.Skipped = outcome
		}
		if requirement.Experimental && one.Skipped != nil {
			one.Skipped.Message = notScored(one.Skipped.Message)
		}
		shown = shown || shows(one, requirement)
		cases = append(cases, one)
	}
	if !shown {
		cases = append(cases, verdictCase(class, requirement))
	}
	return cases
}

// stands says whether a verdict stands against the target: that on an experimental requirement does not, so
// that continuous integration fails where the run does.
func stands(requirement result.Requirement) bool {
	return open(requirement) && !requirement.Experimental
}

func notScored(message string) string {
	return strings.TrimSuffix(words("experimental")+": "+message, ": ")
}

// shows says whether a case alone tells a reader of the requirement's verdict.
func shows(one junitCase, requirement result.Requirement) bool {
	switch verdict := requirement.Verdict; {
	case verdict == result.Error:
		return one.Error != nil
	case verdict == result.Met || verdict == result.Justified:
		return true
	case stands(requirement) && verdict != result.Skipped:
		return one.Failure != nil
	default:
		return one.Skipped != nil
	}
}

// verdictCase tells a verdict that no scenario tells: of an observation made on other exchanges, of a
// requirement without scenario, or of one that was not asked.
func verdictCase(class string, requirement result.Requirement) junitCase {
	one := junitCase{Class: class, Name: Visible(requirement.ID), Time: seconds(0)}
	outcome := &junitOutcome{
		Message: Visible(strings.TrimSuffix(string(requirement.Verdict)+": "+reasonOf(requirement), ": ")),
		Type:    string(requirement.Verdict),
	}
	switch verdict := requirement.Verdict; {
	case verdict == result.Error:
		one.Error = outcome
	case verdict == result.Met || verdict == result.Justified:
	case stands(requirement) && verdict != result.Skipped:
		outcome.Text = failureText(requirement, requirement.Failures)
		one.Failure = outcome
	default:
		if requirement.Experimental {
			outcome.Message = notScored(outcome.Message)
		}
		one.Skipped = outcome
	}
	return one
}

func failuresIn(requirement result.Requirement, scenario string) []result.Failure {
	var found []result.Failure
	for _, failure := range requirement.Failures {
		if failure.Scenario == scenario {
			found = append(found, failure)
		}
	}
	return found
}

func failureText(requirement result.Requirement, failed []result.Failure) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", Visible(requirement.Statement))
	for _, failure := range failed {
		for _, line := range [][2]string{
			{"step", failure.Step}, {"expected", failure.Expected}, {"actual", failure.Actual},
			{"attribute", failure.Attribute}, {"exchanges", strings.Join(failure.Exchanges, " ")},
			{"reproduce", failure.Curl}, {"to mend", failure.Mend},
		} {
			if line[1] != "" {
				fmt.Fprintf(&text, "%s: %s\n", line[0], Visible(line[1]))
			}
		}
	}
	return text.String()
}

func seconds(duration time.Duration) string {
	return strconv.FormatFloat(duration.Seconds(), 'f', 3, 64)
}
