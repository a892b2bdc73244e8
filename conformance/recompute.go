package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/spec"
)

// The names of the checks that Recompute makes, in their order.
const (
	CheckProfile   = "profile"
	CheckSuite     = "suite"
	CheckCatalogue = "catalogue"
	CheckVerdicts  = "verdicts"
	CheckExchanges = "exchanges"
)

// Recompute derives what a report says again, as far as this program can: that every requirement and
// scenario of the catalogue is in it, that each verdict follows from its scenarios and failures, and
// that the recorded exchanges show what the report says that they show. docs/statement.md says what
// remains the word of whoever signed. transcript is nil where exchanges.har is not there; by is what the
// run was judged by, whose profile must be the run's.
func Recompute(ctx context.Context, by Standard, report result.Report, transcript []result.Exchange) ([]statement.Check, error) {
	catalogue, err := spec.LoadCatalogue()
	if err != nil {
		return nil, err
	}
	featuresHash, err := features.Hash()
	if err != nil {
		return nil, err
	}
	checks := []statement.Check{verdictsFollow(report)}
	if same, told := sameProfile(by.profile(), report.Profile); told {
		if checks = append(checks, same); same.Outcome == statement.Refused {
			return checks, nil
		}
	}
	own := report.Suite.CatalogueHash == catalogue.Hash() && report.Suite.SpecHash == spec.Hash() && report.Suite.FeaturesHash == featuresHash
	if !own {
		const other = "the run was judged by another catalogue, specification or features: verify with the spconform that made it"
		return append(checks, statement.Check{Name: CheckSuite, Outcome: statement.NotChecked, Detail: other}), nil
	}
	checks = append(checks, statement.Check{Name: CheckSuite, Outcome: statement.Holds, Detail: "catalogue, specification and features are those of this program"})
	whole, err := catalogueWhole(catalogue, by, report)
	if err != nil {
		return nil, err
	}
	checks = append(checks, whole)
	if transcript == nil {
		return append(checks, statement.Check{Name: CheckExchanges, Outcome: statement.NotChecked, Detail: "exchanges.har is not there: give the results folder"}), nil
	}
	again, err := exchangesShow(ctx, by, report, transcript)
	return append(checks, again), err
}

// sameProfile says whether records can be judged by what the run judged them by; nothing is told where
// neither has a profile.
func sameProfile(given, ran *result.Profile) (statement.Check, bool) {
	const mend = "give --profile with the profile of the run"
	check := statement.Check{Name: CheckProfile, Outcome: statement.Refused}
	switch {
	case given == nil && ran == nil:
		return check, false
	case ran == nil:
		check.Detail = fmt.Sprintf("the run was judged by the standard alone, not under %s %s: verify without --profile", given.Name, given.Version)
	case given == nil:
		check.Detail = fmt.Sprintf("the run was judged under the profile %s %s, which is not here: %s", ran.Name, ran.Version, mend)
	case *given != *ran:
		check.Detail = fmt.Sprintf("the run was judged under the profile %s %s of SHA-256 %s, and this is %s %s of %s: %s",
			ran.Name, ran.Version, ran.Hash, given.Name, given.Version, given.Hash, mend)
	default:
		check.Outcome, check.Detail = statement.Holds, fmt.Sprintf("%s %s is the one that the run was judged under", ran.Name, ran.Version)
	}
	return check, true
}

// settledOtherwise are verdicts that follow from more than scenarios and failures.
var settledOtherwise = []result.Verdict{result.NotApplicable, result.Justified, result.SpecDefect}

func verdictsFollow(report result.Report) statement.Check {
	for _, tested := range report.Interfaces {
		for _, row := range tested.Requirements {
			if row.Verdict == result.NotApplicable && !slices.Contains(tested.Absent, row.Capability) {
				return refused(CheckVerdicts, tested, row, "is not applicable, and its capability is not among those shown to be absent")
			}
			if slices.Contains(settledOtherwise, row.Verdict) {
				continue
			}
			if row.Verdict == result.Dialect {
				if what := unspoken(row, report.Target.Dialects); what != "" {
					return refused(CheckVerdicts, tested, row, what)
				}
				continue
			}
			if row.Verdict == result.Error && row.Spoken != nil && erredUnder(*row.Spoken) {
				continue
			}
			if follows, _ := conclusion(row); follows != row.Verdict {
				return refused(CheckVerdicts, tested, row, fmt.Sprintf("is %s, and its scenarios and failures make it %s", row.Verdict, follows))
			}
		}
	}
	return statement.Check{Name: CheckVerdicts, Outcome: statement.Holds, Detail: "follow from the scenarios and failures"}
}

// erredUnder says whether the suite itself failed in the round under the dialects.
func erredUnder(spoken result.Spoken) bool {
	follows, _ := conclusion(result.Requirement{Scenarios: spoken.Scenarios, Failures: spoken.Failures})
	return follows == result.Error
}

func refused(check string, tested result.Interface, row result.Requirement, what string) statement.Check {
	return statement.Check{Name: check, Outcome: statement.Refused, Detail: fmt.Sprintf("%s %s %s", tested.Interface, row.ID, what)}
}

// catalogueWhole holds the report to the catalogue: no requirement left out or changed, no scenario
// left out.
func catalogueWhole(catalogue *spec.Catalogue, by Standard, report result.Report) (statement.Check, error) {
	words, err := by.words()
	if err != nil {
		return statement.Check{}, err
	}
	for _, tested := range report.Interfaces {
		described, err := spec.FindInterface(tested.Interface)
		if err != nil {
			return statement.Check{Name: CheckCatalogue, Outcome: statement.Refused, Detail: err.Error()}, nil
		}
		p, err := newPlan(catalogue, words, described, Selection{Tags: report.Selection.Tags, Requirements: report.Selection.Requirements})
		if err != nil {
			return statement.Check{}, err
		}
		if len(p.owed) != len(tested.Requirements) {
			return statement.Check{Name: CheckCatalogue, Outcome: statement.Refused,
				Detail: fmt.Sprintf("%s: %d requirements apply, and the report has %d", tested.Interface, len(p.owed), len(tested.Requirements))}, nil
		}
		for i, owed := range p.owed {
			row := tested.Requirements[i]
			if !sameRequirement(owed, row) {
				return refused(CheckCatalogue, tested, row, "is not as the catalogue has it"), nil
			}
			if played := scenariosOf(p, owed.ID); row.Verdict != result.NotApplicable && !sameScenarios(played, row.Scenarios) {
				return refused(CheckCatalogue, tested, row, "lacks some of its scenarios"), nil
			}
		}
	}
	return statement.Check{Name: CheckCatalogue, Outcome: statement.Holds, Detail: "every requirement and scenario is there"}, nil
}

func sameRequirement(owed spec.Requirement, row result.Requirement) bool {
	same := rowOf(owed)
	return same.ID == row.ID && same.Statement == row.Statement && same.Keyword == row.Keyword && same.Area == row.Area &&
		same.Operation == row.Operation && same.Dimension == row.Dimension && same.Band == row.Band && same.Capability == row.Capability &&
		same.Basis == row.Basis && same.Source == row.Source && same.Critical == row.Critical && same.Experimental == row.Experimental
}

func scenariosOf(p *plan, requirement string) []string {
	own := lo.Filter(p.scenarios, func(s features.Scenario, _ int) bool { return slices.Contains(s.Requirements, requirement) })
	return lo.Map(own, func(s features.Scenario, _ int) string { return s.ID })
}

func sameScenarios(planned []string, told []result.Scenario) bool {
	ids := lo.Map(told, func(s result.Scenario, _ int) string { return s.ID })
	slices.Sort(ids)
	slices.Sort(planned)
	return slices.Equal(ids, planned)
}

// exchangesShow makes the checks again on the recorded exchanges and compares what they find with what
// the report says.
func exchangesShow(ctx context.Context, by Standard, report result.Report, transcript []result.Exchange) (statement.Check, error) {
	if what := misquoted(report, transcript); what != "" {
		return statement.Check{Name: CheckExchanges, Outcome: statement.Refused, Detail: what}, nil
	}
	dialects, err := dialectsOf(report)
	if err != nil {
		return statement.Check{Name: CheckExchanges, Outcome: statement.Refused, Detail: err.Error()}, nil
	}
	judged, left := 0, 0
	for _, tested := range report.Interfaces {
		if tested.Interface == spec.PatternProcess {
			// What a process exchanges is judged as what the interface sent that it was exchanged with.
			continue
		}
		strict, under, err := by.rejudged(ctx, report, tested, dialects, transcript)
		if err != nil {
			return statement.Check{}, err
		}
		judged, left = judged+strict.Judged+under.Judged, left+strict.Left+under.Left
		for _, row := range tested.Requirements {
			what := disagrees(row, strict)
			if what == "" {
				what = disagreesSpoken(row, under)
			}
			if what != "" {
				return refused(CheckExchanges, tested, row, what), nil
			}
		}
	}
	return statement.Check{Name: CheckExchanges, Outcome: statement.Holds,
		Detail: fmt.Sprintf("%d exchanges judged again with the same outcome, %d not recomputable; the rest of a scenario is the word of who signed", judged, left)}, nil
}

// rejudged makes the checks again on the exchanges in the strict form and on those under the dialects.
func (by Standard) rejudged(ctx context.Context, report result.Report, tested result.Interface, dialects []dialect.Dialect, transcript []result.Exchange) (strict, under steps.Rejudged, err error) {
	plain, spoken := lo.FilterReject(transcript, func(e result.Exchange, _ int) bool { return e.Dialect == "" })
	env, err := by.recordedEnv(report, tested)
	if err != nil {
		return strict, under, err
	}
	strict = env.Rejudge(ctx, plain)
	if len(dialects) == 0 {
		return strict, under, nil
	}
	if env, err = by.recordedEnv(report, tested); err != nil {
		return strict, under, err
	}
	env.Speaker = speaker(dialects, env.Identities, env.Interface, Access{Base: env.Base})
	return strict, env.Rejudge(ctx, spoken), nil
}

// disagreesSpoken is disagrees for the exchanges under the dialects.
func disagreesSpoken(row result.Requirement, again steps.Rejudged) string {
	seen, noted := again.Seen[row.ID], again.Noted[row.ID]
	switch {
	case len(seen) > 0 && row.Verdict == result.Dialect:
		return fmt.Sprintf("holds under a dialect, and exchange %s departs from it there", seen[0])
	case len(seen) == 0 && len(noted) > 0:
		return fmt.Sprintf("is noted against exchange %s, which does not depart from it", noted[0])
	}
	return ""
}

// disagrees says what the recorded exchanges show of a requirement that the report does not, or the
// other way round.
func disagrees(row result.Requirement, again steps.Rejudged) string {
	seen, noted := again.Seen[row.ID], again.Noted[row.ID]
	switch {
	case len(seen) > 0 && slices.Contains([]result.Verdict{result.Met, result.Skipped, result.Untested}, row.Verdict):
		return fmt.Sprintf("is %s, and exchange %s departs from it", row.Verdict, seen[0])
	case len(seen) == 0 && len(noted) > 0:
		return fmt.Sprintf("is noted against exchange %s, which does not depart from it", noted[0])
	}
	return ""
}

// misquoted says which exchange of the report is not in the transcript as it is told.
func misquoted(report result.Report, transcript []result.Exchange) string {
	recorded := lo.KeyBy(transcript, func(e result.Exchange) string { return e.ID })
	for _, shown := range report.Exchanges {
		held, ok := recorded[shown.ID]
		if !ok {
			return "exchange " + shown.ID + " of the report is not in exchanges.har"
		}
		if held.Request.Body != shown.Request.Body || held.Response.Body != shown.Response.Body || held.Response.Status != shown.Response.Status {
			return "exchange " + shown.ID + " of the report is another one in exchanges.har"
		}
	}
	for _, tested := range report.Interfaces {
		for _, row := range tested.Requirements {
			for _, failure := range row.AllFailures() {
				for _, id := range failure.Exchanges {
					if _, ok := recorded[id]; !ok {
						return fmt.Sprintf("exchange %s, to which %s %s points, is not in exchanges.har", id, tested.Interface, row.ID)
					}
				}
			}
		}
	}
	return ""
}

// recordedEnv is what the checks need, without a target.
func (s Standard) recordedEnv(report result.Report, tested result.Interface) (*steps.Env, error) {
	described, err := spec.FindInterface(tested.Interface)
	if err != nil {
		return nil, err
	}
	document, err := spec.LoadDocument(described.Document)
	if err != nil {
		return nil, err
	}
	dictionary, err := s.words()
	if err != nil {
		return nil, err
	}
	return &steps.Env{Interface: described, Document: document, Dictionary: dictionary,
		Identities: identity.New(report.Seed, ""), Base: strings.TrimRight(report.Target.Bases[tested.Interface], "/")}, nil
}
