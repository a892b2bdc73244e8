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
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// spoken is what came of an interface's scenarios under the dialects that the manifest declares.
type spoken struct {
	env      *steps.Env
	outcomes []outcome
}

// rounds plays one phase of an interface, first in the strict form and then, where something has fallen and a dialect
// is declared, once more under the dialects. So neither round reads what the other has changed. What a dialect shows
// to be absent is added to what the interface lacks.
func (r *run) rounds(ctx context.Context, t *trial, at phase) error {
	if at < last {
		t.env.Listen()
	}
	// Anew for each: what the dialects show to be absent is not wanted any more.
	wanted := inPhase(r.wanted(t.plan, t.absent), at)
	t.outcomes = append(t.outcomes, r.played(ctx, t.env, t.plan, wanted, at)...)
	if len(r.Target.Dialects) == 0 || !fell(t.env, t.outcomes) {
		return nil
	}
	if t.under == nil {
		env, err := r.env(t.plan, r.Target.Dialects)
		if err != nil {
			return err
		}
		env.Client = t.env.Client.Speaking(env.Speaker)
		t.under = &spoken{env: env}
	}
	t.under.env.Resume(t.env)
	if at == reading {
		r.probeSpoken(ctx, t.under.env, t.plan, t.absent)
	}
	t.under.outcomes = append(t.under.outcomes, r.played(ctx, t.under.env, t.plan, wanted, at)...)
	t.env.Resume(t.under.env)
	return nil
}

func fell(env *steps.Env, outcomes []outcome) bool {
	return len(env.Observations()) > 0 || slices.ContainsFunc(outcomes, func(o outcome) bool { return o.status == result.Failed })
}

// probeSpoken finds the capabilities whose absence the strict form could not show, since nothing is
// answered in it.
func (r *run) probeSpoken(ctx context.Context, env *steps.Env, p *plan, absent map[string]string) {
	claimed := append(lo.Keys(absent), r.Target.Interfaces[p.described.ID].Capabilities...)
	for capability, proof := range r.probe(ctx, env, p, claimed) {
		absent[capability] = proof
	}
	_, env.WithoutUpdate = absent["update"]
}

// explicable are the strict verdicts that a dialect can explain: what fell, and what was skipped since
// nothing was answered.
var explicable = []result.Verdict{result.Unmet, result.Skipped}

// explain tells what came of a requirement that does not hold in the strict form under the dialects, where one of them changed a message
// of its scenarios. It is settled by a dialect only if it then holds in full; where the suite itself failed,
// nothing is settled.
func (s *spoken) explain(row *result.Requirement, requirement specRequirement, strict []outcome) {
	own := lo.Map(strict, func(o outcome, _ int) outcome {
		again, played := lo.Find(s.outcomes, func(under outcome) bool { return under.scenario.ID == o.scenario.ID })
		return lo.Ternary(played, again, o)
	})
	seen := lo.Filter(append(s.env.Observations(), s.env.Loose()...), func(o steps.Observation, _ int) bool {
		return o.Requirement == requirement.ID
	})
	under := result.Requirement{ID: row.ID, Scenarios: []result.Scenario{}}
	decide(&under, requirement, own, seen)
	names := s.altered(append(lo.Map(own, func(o outcome, _ int) string { return o.scenario.ID }),
		lo.Map(row.Failures, func(f result.Failure, _ int) string { return f.Scenario })...))
	if under.Verdict == result.Error {
		if len(names) == 0 {
			names = strings.Fields(s.env.Speaker.Name())
		}
		row.Verdict, row.Reason = result.Error, "under a dialect: "+under.Reason
	}
	if len(names) == 0 {
		return
	}
	row.Spoken = &result.Spoken{Dialects: names, Scenarios: under.Scenarios, Failures: under.Failures}
	if under.Verdict == result.Met {
		row.Verdict = result.Dialect
		row.Reason = fmt.Sprintf("holds under %s; in the strict form: %s", strings.Join(names, ", "), row.Reason)
	}
}

// correct takes back what holds in the strict form only because nothing in that form is understood: a
// refusal that is expected says nothing of a product that refuses the form. Where the product was seen to
// speak the dialects, a scenario that fails under them, on a message that they changed, is the product's.
func (s *spoken) correct(tested *result.Interface, p *plan) {
	speaks := slices.ContainsFunc(tested.Requirements, func(r result.Requirement) bool { return r.Verdict == result.Dialect })
	if !speaks {
		return
	}
	for i := range tested.Requirements {
		row := &tested.Requirements[i]
		if row.Verdict != result.Met {
			continue
		}
		failed := lo.Filter(s.outcomes, func(o outcome, _ int) bool {
			return o.status == result.Failed && slices.Contains(o.scenario.Requirements, row.ID) && len(s.altered([]string{o.scenario.ID})) > 0
		})
		requirement, owed := lo.Find(p.owed, func(r specRequirement) bool { return r.ID == row.ID })
		if len(failed) == 0 || !owed {
			continue
		}
		for _, o := range failed[:min(len(failed), maxFailures)] {
			row.Failures = append(row.Failures, failureOf(requirement, o))
		}
		row.Verdict, row.Reason = conclusion(*row)
		row.Reason = "under " + strings.Join(s.altered([]string{failed[0].scenario.ID}), ", ") + ": " + row.Reason
	}
}

// altered lists the dialects that changed an exchange of the scenarios.
func (s *spoken) altered(scenarios []string) []string {
	by := s.env.Recorder.Altered(s.env.Speaker.Name())
	names := lo.Uniq(lo.FlatMap(scenarios, func(id string, _ int) []string { return by[id] }))
	slices.Sort(names)
	return names
}

// speaker translates for one interface.
func speaker(dialects []dialect.Dialect, identities identity.Identities, of spec.Interface, access Access) *dialect.Speaker {
	keys := dialect.Keys{Stranger: steps.StrangerKey, Of: func(senderID, keyID string) (message.Key, bool) {
		for _, who := range identities {
			if who.Participant.ID == senderID {
				return who.Published.Signing(keyID), true
			}
		}
		return message.Key{}, false
	}}
	return dialect.NewSpeaker(dialects, keys, strings.TrimRight(access.Base, "/"), lo.Values(access.Paths)...).To(of.Operations)
}

// dialectsTold are the dialects as the report names them.
func dialectsTold(declared []dialect.Dialect) []result.DialectUsed {
	return lo.Map(declared, func(d dialect.Dialect, _ int) result.DialectUsed {
		return result.DialectUsed{Name: d.ID, Title: d.Title, Digest: d.Digest, Description: d.Text}
	})
}

// dialectsOf reads the dialects of a report back.
func dialectsOf(report result.Report) ([]dialect.Dialect, error) {
	var all []dialect.Dialect
	for _, used := range report.Target.Dialects {
		read, err := dialect.Parse(used.Name, []byte(used.Description))
		if err != nil {
			return nil, err
		}
		if read.ID != used.Name || read.Digest != used.Digest {
			return nil, &dialect.Error{Name: used.Name, Detail: "is described otherwise in the report than its digest says"}
		}
		all = append(all, read)
	}
	return all, nil
}

// unspoken says why a verdict does not follow from what came of the requirement under its dialects, ""
// where it does.
func unspoken(row result.Requirement, declared []result.DialectUsed) string {
	strict, _ := conclusion(row)
	switch {
	case row.Spoken == nil || len(row.Spoken.Dialects) == 0:
		return "holds under a dialect, and none is named"
	case !lo.EveryBy(row.Spoken.Dialects, func(name string) bool {
		return lo.ContainsBy(declared, func(d result.DialectUsed) bool { return d.Name == name })
	}):
		return "holds under a dialect that is not declared"
	case !slices.Contains(explicable, strict):
		return fmt.Sprintf("holds under a dialect, and its scenarios and failures in the strict form make it %s", strict)
	case !sameScenarios(lo.Map(row.Scenarios, func(s result.Scenario, _ int) string { return s.ID }), row.Spoken.Scenarios):
		return "lacks some of its scenarios under the dialect"
	}
	if follows, _ := conclusion(result.Requirement{Scenarios: row.Spoken.Scenarios, Failures: row.Spoken.Failures}); follows != result.Met {
		return fmt.Sprintf("holds under a dialect, and its scenarios and failures there make it %s", follows)
	}
	return ""
}
