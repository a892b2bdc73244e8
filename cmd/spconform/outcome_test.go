package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/conformance/result"
)

func TestOutcome(t *testing.T) {
	yes, no := true, false
	tested := func(conformant *bool, verdicts ...result.Verdict) []result.Interface {
		one := result.Interface{Interface: "social", Conformant: conformant}
		for _, verdict := range verdicts {
			one.Requirements = append(one.Requirements, result.Requirement{Verdict: verdict})
		}
		return []result.Interface{one}
	}
	partial := result.Selection{Partial: true}
	cases := map[string]struct {
		report result.Report
		code   int
	}{
		"conformant":             {result.Report{Interfaces: tested(&yes, result.Met, result.Untested)}, exitHolds},
		"not conformant":         {result.Report{Interfaces: tested(&no, result.Unmet)}, exitDoesNotHold},
		"one of two":             {result.Report{Interfaces: append(tested(&yes), tested(&no)...)}, exitDoesNotHold},
		"partial, all met":       {result.Report{Selection: partial, Interfaces: tested(nil, result.Met)}, exitHolds},
		"partial, one skipped":   {result.Report{Selection: partial, Interfaces: tested(nil, result.Met, result.Skipped)}, exitDoesNotHold},
		"the suite failed":       {result.Report{Interfaces: tested(nil, result.Unmet, result.Error)}, exitCouldNotRun},
		"the run failed":         {result.Report{Error: &result.RunError{Code: "target.refused", Message: "nothing answers"}}, exitCouldNotRun},
		"no interface was asked": {result.Report{}, exitDoesNotHold},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			failure := failureOf(outcomeOf(c.report), true, nil)
			assert.Equal(t, c.code, failure.code)
			assert.Equal(t, c.code == exitCouldNotRun, failure.message != "")
		})
	}
}
