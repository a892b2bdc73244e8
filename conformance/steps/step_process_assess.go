package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

var comparedSteps = []definition{
	{`^the eligibility service decides on the applicant as the programme does$`,
		"asked about the same person, scheme, version and day, it comes to the decision that the programme came to", inWorld(decidesAlike)},
	{`^the eligibility service finds of each criterion what the programme finds$`,
		"asked as above, it tells every criterion of the scheme with the finding and the reason that the programme came to", inWorld(findsAlike)},
}

func decidesAlike(ctx context.Context, w *World) error {
	return w.serviceSays(ctx, func(item map[string]any, decided scheme.Decision, reply *Reply) *Fail {
		if got, want := text(item, "decision"), string(decided.Outcome); got != want {
			return failf("the decision "+want+", as the registries tell", reply.exchanges(), "%q", oneLine(got))
		}
		// Of a decision on somebody who is known the service may say why in a word of its scheme.
		got, want := text(item, "reason"), decided.Reason
		if got != want && (want != "" || got == scheme.PersonUnknown) {
			return failf(fmt.Sprintf("the decision %s for the reason %q", decided.Outcome, want), reply.exchanges(), "the reason %q", oneLine(got))
		}
		return nil
	})
}

func findsAlike(ctx context.Context, w *World) error {
	return w.serviceSays(ctx, func(item map[string]any, decided scheme.Decision, reply *Reply) *Fail {
		list, _ := item["criteria"].([]any)
		criteria := objects(list)
		if got, want := len(criteria), len(decided.Criteria); got != want {
			return failf(fmt.Sprintf("the %d criteria of the scheme", want), reply.exchanges(), "%d", got)
		}
		for _, want := range decided.Criteria {
			if departure := toldAlike(criteria, want, reply); departure != nil {
				return departure
			}
		}
		return nil
	})
}

func toldAlike(criteria []map[string]any, want scheme.Result, reply *Reply) *Fail {
	at := slices.IndexFunc(criteria, func(one map[string]any) bool { return text(one, "criterion") == want.Criterion })
	if at < 0 {
		return failf("the criterion "+want.Criterion, reply.exchanges(), "an answer without it")
	}
	finding, reason := text(criteria[at], "finding"), text(criteria[at], "reason")
	if finding != string(want.Finding) || reason != want.Reason {
		return failf(fmt.Sprintf("the criterion %s %s (%s), as the registries tell", want.Criterion, want.Finding, want.Reason), reply.exchanges(),
			"%s (%s)", oneLine(finding), oneLine(reason))
	}
	return nil
}

// serviceSays asks the service what the programme has decided on itself.
func (w *World) serviceSays(ctx context.Context, judge func(item map[string]any, decided scheme.Decision, reply *Reply) *Fail) error {
	if w.process.told == nil {
		return errors.New("the scenario asks the service before the programme has decided")
	}
	asked := w.process.applicant.Applicant
	asked.AsOf = w.process.asOf.String()
	return w.at(ctx, "eligibility", func(ctx context.Context, service *World) error {
		service.assessed = []population.Applicant{asked}
		reply, err := service.send(ctx, service.assessDraft(asked), spec.Sync)
		if err != nil {
			return err
		}
		item, departure := onlyItem(reply)
		if departure == nil && !isSuccess(item) {
			departure = failf("a decision", reply.exchanges(), "%s", statusesOf([]map[string]any{item}))
		}
		if departure != nil {
			return departure
		}
		departure = judge(item, w.process.decided, reply)
		// Where a registry writes moments in a zone of its own, the day that is written and the day in UTC are both read.
		if departure != nil && judge(item, scheme.Decide(w.process.scheme, w.process.told, w.process.asOf), reply) == nil {
			return nil
		}
		if departure != nil {
			return departure
		}
		return nil
	})
}
