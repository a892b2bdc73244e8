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

// judge turns outcomes and observations into the verdicts of one interface; under is nil where no
// dialect was spoken.
func judge(env *steps.Env, p *plan, outcomes []outcome, absent map[string]string, under *spoken) result.Interface {
	tested := result.Interface{Interface: p.described.ID, Title: p.described.Title}
	for capability := range absent {
		tested.Absent = append(tested.Absent, capability)
	}
	slices.Sort(tested.Absent)
	observations := lo.GroupBy(append(env.Observations(), env.Loose()...), func(o steps.Observation) string { return o.Requirement })
	recorded := env.Recorded()
	for _, requirement := range p.owed {
		row := rowOf(requirement)
		row.Recorded = recorded[requirement.ID]
		own := lo.Filter(outcomes, func(o outcome, _ int) bool { return slices.Contains(o.scenario.Requirements, requirement.ID) })
		if proof, gone := absent[requirement.Capability]; gone && requirement.Capability != "" {
			row.Verdict, row.Reason = result.NotApplicable, proof
		} else {
			decide(&row, requirement, own, observations[requirement.ID])
			if under != nil && slices.Contains(explicable, row.Verdict) {
				under.explain(&row, requirement, own)
			}
		}
		tested.Requirements = append(tested.Requirements, row)
	}
	if under != nil {
		under.correct(&tested, p)
	}
	return tested
}

// rowOf is a requirement of the catalogue as a report tells it, without a verdict.
func rowOf(requirement spec.Requirement) result.Requirement {
	return result.Requirement{
		ID: requirement.ID, Statement: requirement.Statement, Keyword: string(requirement.Keyword()), Area: requirement.Area,
		Operation: requirement.Operation, Dimension: string(requirement.Dimension), Band: requirement.Band,
		Capability: requirement.Capability, Basis: string(requirement.Basis), Source: requirement.Source,
		Critical: requirement.Critical, Experimental: requirement.Experimental, Scenarios: []result.Scenario{},
	}
}

// decide gives the verdict of one requirement from its scenarios and from what was seen elsewhere.
func decide(row *result.Requirement, requirement spec.Requirement, own []outcome, seen []steps.Observation) {
	for _, o := range own {
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
	row.Verdict, row.Reason = conclusion(*row)
	if extra := len(row.Failures) - maxFailures; extra > 0 {
		row.Failures = row.Failures[:maxFailures]
		row.Reason = fmt.Sprintf("%s (and %d more failures)", row.Reason, extra)
	}
}

// conclusion is the verdict that follows from the scenarios and failures of a requirement, and why.
func conclusion(row result.Requirement) (result.Verdict, string) {
	ended := func(status result.Status) bool {
		return slices.ContainsFunc(row.Scenarios, func(s result.Scenario) bool { return s.Status == status })
	}
	switch {
	case ended(result.Errored):
		return result.Error, firstReason(row.Scenarios, result.Errored)
	case len(row.Failures) > 0:
		return result.Unmet, row.Failures[0].Actual
	case len(row.Scenarios) == 0:
		return result.Untested, "the suite has no scenario for it"
	case ended(result.Skip):
		return result.Skipped, firstReason(row.Scenarios, result.Skip)
	default:
		return result.Met, ""
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
		if failure.Party = departure.Party; failure.Party != nil {
			failure.Actual = named(*failure.Party) + ": " + failure.Actual
		}
	}
	show(&failure, o.evidence)
	return failure
}

// named is how a failure of a process calls who broke it.
func named(party result.Party) string {
	if party.Product == "" {
		return party.Interface
	}
	return fmt.Sprintf("%s (%s)", party.Interface, party.Product)
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
