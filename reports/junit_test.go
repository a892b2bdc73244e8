package reports_test

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

type junitCase struct {
	Name    string    `xml:"name,attr"`
	Failure *struct{} `xml:"failure"`
	Error   *struct{} `xml:"error"`
	Skipped *struct{} `xml:"skipped"`
}

func (c junitCase) outcome() string {
	switch {
	case c.Failure != nil:
		return "failure"
	case c.Error != nil:
		return "error"
	case c.Skipped != nil:
		return "skipped"
	default:
		return "passed"
	}
}

type junitFile struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name  string      `xml:"name,attr"`
		Cases []junitCase `xml:"testcase"`
	} `xml:"testsuite"`
}

func junit(t *testing.T, report result.Report) (junitFile, []byte) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.JUnit(&out, report))
	var file junitFile
	require.NoError(t, xml.Unmarshal(out.Bytes(), &file))
	return file, out.Bytes()
}

func TestJUnit(t *testing.T) {
	file, raw := junit(t, sample())
	golden(t, "junit.xml", raw)
	assert.Equal(t, []int{15, 2, 1, 7}, []int{file.Tests, file.Failures, file.Errors, file.Skipped})
}

// TestJUnitOutcome holds that only a met or justified requirement passes.
func TestJUnitOutcome(t *testing.T) {
	cases := map[string]struct {
		verdict  result.Verdict
		status   result.Status
		failures []result.Failure
		want     []string
	}{
		"met":                         {result.Met, result.Passed, nil, []string{"passed"}},
		"unmet":                       {result.Unmet, result.Failed, nil, []string{"failure"}},
		"unmet by an observation":     {result.Unmet, result.Passed, nil, []string{"passed", "failure"}},
		"unmet in a passing scenario": {result.Unmet, result.Passed, []result.Failure{{Scenario: "s"}}, []string{"failure"}},
		"skipped":                     {result.Skipped, result.Skip, nil, []string{"skipped"}},
		"skipped without scenario":    {result.Skipped, "", nil, []string{"skipped"}},
		"untested":                    {result.Untested, "", nil, []string{"skipped"}},
		"not applicable":              {result.NotApplicable, result.Failed, nil, []string{"skipped"}},
		"justified":                   {result.Justified, result.Failed, nil, []string{"skipped"}},
		"spec defect":                 {result.SpecDefect, result.Failed, nil, []string{"skipped"}},
		"dialect":                     {result.Dialect, result.Passed, nil, []string{"passed", "failure"}},
		"error":                       {result.Error, result.Errored, nil, []string{"error"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			report := sample()
			requirement := result.Requirement{ID: "R-1", Verdict: c.verdict, Failures: c.failures}
			if c.status != "" {
				requirement.Scenarios = []result.Scenario{{ID: "s", Name: "one", Status: c.status}}
			}
			outcomes := func() (got []string) {
				report.Interfaces[0].Requirements = []result.Requirement{requirement}
				file, _ := junit(t, report)
				for _, one := range file.Suites[0].Cases {
					got = append(got, one.outcome())
				}
				return got
			}
			assert.Equal(t, c.want, outcomes())
			requirement.Experimental = true
			assert.NotContains(t, outcomes(), "failure", "what is not scored fails no build")
			assert.Equal(t, len(c.want), len(outcomes()))
		})
	}
}

func TestJUnitOfRunThatFailed(t *testing.T) {
	report := sample()
	report.Interfaces = nil
	report.Error = &result.RunError{Code: "target.refused", Message: "nothing answers"}
	file, _ := junit(t, report)
	assert.Equal(t, 1, file.Errors)
}
