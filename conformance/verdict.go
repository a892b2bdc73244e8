package conformance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec"
)

type specRequirement = spec.Requirement

// maxFailures is how many failures a requirement shows; the rest are counted.
const maxFailures = 5

// judge turns outcomes and observations into the verdicts of one interface.
func judge(env *steps.Env, p *plan, outcomes []outcome, absent map[string]string) result.Interface {
	tested := result.Interface{Interface: p.described.ID, Title: p.described.Title}
	for capability := range absent {
		tested.Absent = append(tested.Absent, capability)
	}
	slices.Sort(tested.Absent)
	observations := lo.GroupBy(append(env.Observations(), env.Loose()...), func(o steps.Observation) string { return o.Requirement })
	recorded := env.Recorded()
	for _, requirement := range p.owed {
		row := result.Requirement{
			ID: requirement.ID, Statement: requirement.Statement, Keyword: string(requirement.Keyword()), Area: requirement.Area,
			Operation: requirement.Operation, Dimension: string(requirement.Dimension), Band: requirement.Band,
			Capability: requirement.Capability, Basis: string(requirement.Basis), Source: requirement.Source,
			Critical: requirement.Critical, Experimental: requirement.Experimental, Recorded: recorded[requirement.ID],
			Scenarios: []result.Scenario{},
		}
		own := lo.Filter(outcomes, func(o outcome, _ int) bool { return slices.Contains(o.scenario.Requirements, requirement.ID) })
		if proof, gone := absent[requirement.Capability]; gone && requirement.Capability != "" {
			row.Verdict, row.Reason = result.NotApplicable, proof
		} else {
			decide(&row, requirement, own, observations[requirement.ID])
		}
		tested.Requirements = append(tested.Requirements, row)
	}
	return tested
}

// decide gives the verdict of one requirement from its scenarios and from what was seen elsewhere.
func decide(row *result.Requirement, requirement spec.Requirement, own []outcome, seen []steps.Observation) {
	statuses := map[result.Status]int{}
	for _, o := range own {
		statuses[o.status]++
		row.Scenarios = append(row.Scenarios, result.Scenario{ID: o.scenario.ID, Name: o.scenario.Name, Status: o.status,
			Reason: reason(o), DurationMS: o.duration.Milliseconds()})
		if o.status == result.Failed {
			row.Failures = append(row.Failures, failureOf(requirement, o))
		}
	}
	for _, o := range seen {
		row.Failures = append(row.Failures, observed(requirement, o))
	}
	row.Failures = lo.UniqBy(row.Failures, func(f result.Failure) string { return f.Actual + fmt.Sprint(f.Exchanges) })
	switch {
	case statuses[result.Errored] > 0:
		row.Verdict, row.Reason = result.Error, firstReason(row.Scenarios, result.Errored)
	case len(row.Failures) > 0:
		row.Verdict, row.Reason = result.Unmet, row.Failures[0].Actual
	case len(own) == 0:
		row.Verdict, row.Reason = result.Untested, "the suite has no scenario for it"
	case statuses[result.Skip] > 0:
		row.Verdict, row.Reason = result.Skipped, firstReason(row.Scenarios, result.Skip)
	default:
		row.Verdict = result.Met
	}
	if extra := len(row.Failures) - maxFailures; extra > 0 {
		row.Failures = row.Failures[:maxFailures]
		row.Reason = fmt.Sprintf("%s (and %d more failures)", row.Reason, extra)
	}
}

func reason(o outcome) string {
	if o.err == nil {
		return ""
	}
	return o.err.Error()
}

func firstReason(scenarios []result.Scenario, status result.Status) string {
	found, _ := lo.Find(scenarios, func(s result.Scenario) bool { return s.Status == status })
	return found.Reason
}

func failureOf(requirement spec.Requirement, o outcome) result.Failure {
	failure := result.Failure{Scenario: o.scenario.ID, Step: o.step, Mend: requirement.Mend}
	var departure *steps.Fail
	if errors.As(o.err, &departure) {
		failure.Expected, failure.Actual, failure.Attribute = departure.Expected, departure.Actual, departure.Attribute
	}
	show(&failure, o.evidence)
	return failure
}

func observed(requirement spec.Requirement, o steps.Observation) result.Failure {
	failure := result.Failure{Scenario: o.Scenario, Expected: o.Fail.Expected, Actual: o.Fail.Actual,
		Attribute: o.Fail.Attribute, Mend: requirement.Mend}
	show(&failure, o.Fail.Exchanges)
	return failure
}

// show names the exchanges of a failure and the line that repeats the first that can be repeated.
func show(failure *result.Failure, exchanges []*exchange.Exchange) {
	for _, e := range exchanges {
		if e == nil {
			continue
		}
		failure.Exchanges = append(failure.Exchanges, e.ID)
		if failure.Curl == "" {
			failure.Curl = exchange.Curl(e)
		}
	}
}
