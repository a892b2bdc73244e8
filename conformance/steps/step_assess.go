package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

// patternAssessment is the pattern of eligibility, kindAssess what its messages are.
const (
	patternAssessment = "assessment"
	kindAssess        = "assess"
)

var assessSteps = []definition{
	{`^the service answers a correct question$`, "an applicant's eligibility is asked for and decided; a refusal that follows then means something",
		inWorld(answersAssessControl)},
	{`^a question whether "([^"]+)" is eligible$`,
		"the applicant whom the population holds under these words, with the scheme, its version and the as-of day that the words are true of", withText(givenAssessedApplicant)},
	{`^a question about an applicant$`, "about somebody who is eligible", inWorld(givenAnyApplicant)},
	{`^a question about somebody whom no registry knows$`, "an identifier of the usual form that nobody holds", inWorld(givenNobody)},
	{`^questions about (\d+) applicants in one message$`, "of several schemes, some of whom are eligible and some not", withNumber(givenApplicants)},
	{`^it asks for the decision alone$`, "the minimised form", inWorld(asksMinimised)},
	{`^it is decided "(eligible|not_eligible|undetermined)"$`, "status succ with that decision", withText(isDecided)},
	{`^each question is decided by its own person$`, "each item with the decision that its applicant was made for", inWorld(eachDecided)},
	{`^the other questions are decided by their own persons$`, "all items but the second, as above", inWorld(othersDecided)},
	{`^what is not met is "([^"]*)"$`, "these criteria, divided by commas, are not met; all others are", withText(notMetAre)},
	{`^each criterion is told with its reason$`, "every criterion of the scheme once, with the reason code that the scheme gives to the finding", inWorld(tellsReasons)},
	{`^each criterion is told with its source$`, "every criterion of the scheme once, with the interface that the scheme asks for it", inWorld(tellsSources)},
	{`^the person is told to be unknown$`, "undetermined with elg.person.unknown", inWorld(tellsUnknown)},
	{`^the answer holds the decision alone$`, "no criteria, no reasons, no sources", inWorld(holdsDecisionAlone)},
}

// assessDraft asks about applicants, an item for each.
func (w *World) assessDraft(about ...population.Applicant) *Draft {
	draft := w.newDraft(kindAssess)
	var items []any
	for _, applicant := range about {
		items = append(items, map[string]any{"reference_id": w.nextID("r"), "timestamp": now(), "assess_criteria": map[string]any{
			"scheme": map[string]any{"id": applicant.Scheme, "version": applicant.Version},
			"person": map[string]any{"identifier_type": applicant.Person.Type, "identifier_value": applicant.Person.Value},
			"as_of":  applicant.AsOf}})
	}
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "assess_request": items}
	return draft
}

func (w *World) asks(about ...population.Applicant) {
	w.assessed, w.drafts = about, []*Draft{w.assessDraft(about...)}
}

func givenAssessedApplicant(_ context.Context, w *World, what string) error {
	for _, applicant := range w.env.Population.Applicants() {
		if applicant.What == what {
			w.asks(applicant)
			return nil
		}
	}
	return fmt.Errorf("the population holds no applicant called %q", what)
}

// anyApplicant is one who is eligible, another for each scenario.
func (w *World) anyApplicant() (population.Applicant, error) {
	all := slices.DeleteFunc(w.env.Population.Applicants(), func(a population.Applicant) bool { return len(a.Fails) > 0 })
	if len(all) == 0 {
		return population.Applicant{}, errors.New("the population holds no applicant")
	}
	return take(w.env, "applicant", all), nil
}

func givenAnyApplicant(_ context.Context, w *World) error {
	applicant, err := w.anyApplicant()
	w.asks(applicant)
	return err
}

func givenNobody(_ context.Context, w *World) error {
	applicant, err := w.anyApplicant()
	applicant.Person.Type, applicant.Person.Value = w.env.Population.Absent(w.salt("nobody"))
	w.asks(applicant)
	return err
}

// givenApplicants takes some who are eligible and some who are not, in turn.
func givenApplicants(_ context.Context, w *World, count int) error {
	var of [2][]population.Applicant
	for _, applicant := range w.env.Population.Applicants() {
		kind := min(len(applicant.Fails), 1)
		of[kind] = append(of[kind], applicant)
	}
	if len(of[0]) == 0 || len(of[1]) == 0 {
		return errors.New("the population holds no applicants")
	}
	var about []population.Applicant
	for at := range count {
		among := of[at%2]
		about = append(about, among[(at*7)%len(among)])
	}
	w.asks(about...)
	return nil
}

func asksMinimised(_ context.Context, w *World) error {
	for _, draft := range w.drafts {
		for _, item := range objects(draft.items()) {
			criteria, _ := item["assess_criteria"].(map[string]any)
			criteria["minimised"] = true
		}
	}
	return nil
}

// answersAssessControl leaves no trace in the scenario's state.
func answersAssessControl(ctx context.Context, w *World) error {
	applicant, err := w.anyApplicant()
	if err != nil {
		return err
	}
	reply, err := w.send(ctx, w.assessDraft(applicant), spec.Sync)
	if err != nil {
		return err
	}
	departure := w.answered(reply)
	if departure == nil {
		departure = w.decidedFor(ctx, reply, applicant)
	}
	if departure != nil {
		departure.Expected = "a correct question is answered: " + departure.Expected
		return departure
	}
	w.replies, w.shown, w.last = nil, []*exchange.Exchange{reply.Exchange}, nil
	return nil
}

// decidedAs judges the decision of an answer with one item.
func decidedAs(reply *Reply, want string) *Fail {
	item, departure := onlyItem(reply)
	switch {
	case departure != nil:
		return departure
	case !isSuccess(item) || text(item, "decision") != want:
		return failf(want, reply.exchanges(), "status %q with the decision %q", oneLine(text(item, "status")), oneLine(text(item, "decision")))
	}
	return nil
}

// decidedFor judges the decision of an answer with one item by its applicant.
func (w *World) decidedFor(ctx context.Context, reply *Reply, applicant population.Applicant) *Fail {
	return w.departsFrom(ctx, applicant, func(a population.Applicant) *Fail { return decidedAs(reply, string(decisionOn(a))) })
}

func isDecided(ctx context.Context, w *World, want string) error {
	if err := w.answeredByTheRunner(); err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		departure := decidedAs(reply, want)
		if departure != nil && len(w.assessed) == 1 && string(decisionOn(w.assessed[0])) == want {
			return w.decidedFor(ctx, reply, w.assessed[0])
		}
		return departure
	})
}

func eachDecided(ctx context.Context, w *World) error { return w.decidedBut(ctx, -1) }

func othersDecided(ctx context.Context, w *World) error { return w.decidedBut(ctx, 1) }

// decidedBut judges all items but the one at an index.
func (w *World) decidedBut(ctx context.Context, flawed int) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for at, item := range objects(reply.Draft.items()) {
			if at == flawed {
				continue
			}
			said := reply.Answer.itemsFor(text(item, "reference_id"))
			departure := w.departsFrom(ctx, w.assessed[at], func(a population.Applicant) *Fail {
				if want := string(decisionOn(a)); len(said) != 1 || text(said[0], "decision") != want {
					return failf(fmt.Sprintf("item %d once, %s", at+1, want), reply.exchanges(), "%d answers to it, or another decision", len(said))
				}
				return nil
			})
			if departure != nil {
				return departure
			}
		}
		if got, want := len(reply.Answer.responseItems()), len(w.assessed); got != want {
			return failf(fmt.Sprintf("%d items, one for each of the request", want), reply.exchanges(), "%d items", got)
		}
		return nil
	})
}

// decisionOn is what an applicant was made for.
func decisionOn(applicant population.Applicant) scheme.Outcome {
	if len(applicant.Fails) > 0 {
		return scheme.NotEligible
	}
	return scheme.Eligible
}

// tells gives what an answer with one item tells of each criterion.
func criteriaOf(reply *Reply) ([]map[string]any, *Fail) {
	item, departure := onlyItem(reply)
	if departure != nil {
		return nil, departure
	}
	list, _ := item["criteria"].([]any)
	return objects(list), nil
}

func notMetAre(ctx context.Context, w *World, list string) error {
	want := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	return w.eachReply(func(reply *Reply) *Fail {
		criteria, departure := criteriaOf(reply)
		if departure != nil {
			return departure
		}
		if departure := notMet(reply, criteria, want); departure == nil || len(w.assessed) != 1 {
			return departure
		}
		return w.departsFrom(ctx, w.assessed[0], func(a population.Applicant) *Fail { return notMet(reply, criteria, a.Fails) })
	})
}

// notMet compares the criteria that are told as not met, or undetermined, with those that are not.
func notMet(reply *Reply, criteria []map[string]any, are []string) *Fail {
	want := slices.Sorted(slices.Values(are))
	var got []string
	for _, told := range criteria {
		if text(told, "finding") != string(scheme.Met) {
			got = append(got, text(told, "criterion"))
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		return failf("not met: "+orNothing(want), reply.exchanges(), "not met or undetermined: %s", orNothing(got))
	}
	return nil
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return oneLine(strings.Join(names, ", "))
}

// eachToldOf judges what each answer tells of the criteria by the scheme that it was asked about.
func (w *World) eachToldOf(judge func(rules scheme.Scheme, criteria []map[string]any, reply *Reply) *Fail) error {
	rules, err := w.rulesAsked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		criteria, departure := criteriaOf(reply)
		if departure != nil {
			return departure
		}
		return judge(rules, criteria, reply)
	})
}

// eachCriterion compares what is told of each criterion of the scheme with what the scheme says of it.
func (w *World) eachCriterion(what string, told func(map[string]any) string, want func(scheme.Criterion, string) string) error {
	return w.eachToldOf(func(rules scheme.Scheme, criteria []map[string]any, reply *Reply) *Fail {
		if got, want := len(criteria), len(rules.Criteria); got != want {
			return failf(fmt.Sprintf("the %d criteria of the scheme", want), reply.exchanges(), "%d", got)
		}
		for _, criterion := range rules.Criteria {
			at := slices.IndexFunc(criteria, func(one map[string]any) bool { return text(one, "criterion") == criterion.ID })
			if at < 0 {
				return failf("the criterion "+criterion.ID, reply.exchanges(), "an answer without it")
			}
			if got, want := told(criteria[at]), want(criterion, text(criteria[at], "finding")); got != want {
				return failf(fmt.Sprintf("%s with the %s %s", criterion.ID, what, want), reply.exchanges(), "%q", oneLine(got))
			}
		}
		return nil
	})
}

func tellsReasons(_ context.Context, w *World) error {
	return w.eachCriterion("reason", func(told map[string]any) string { return text(told, "reason") },
		func(c scheme.Criterion, found string) string {
			return map[string]string{string(scheme.Met): c.Reasons.Met, string(scheme.NotMet): c.Reasons.NotMet}[found]
		})
}

func tellsSources(_ context.Context, w *World) error {
	return w.eachCriterion("source", func(told map[string]any) string { return text(told, "source.interface") },
		func(c scheme.Criterion, _ string) string { return c.Source.Interface })
}

func tellsUnknown(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := decidedAs(reply, string(scheme.Undetermined)); departure != nil {
			return departure
		}
		if got := text(reply.Answer.responseItems()[0], "reason"); got != scheme.PersonUnknown {
			return failf("the reason "+scheme.PersonUnknown, reply.exchanges(), "%q", oneLine(got))
		}
		return nil
	})
}

// decisionMembers are what an item of the minimised form may hold.
var decisionMembers = []string{"reference_id", "timestamp", "status", "decision", "locale"}

func holdsDecisionAlone(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		for _, name := range sortedKeys(item) {
			if !slices.Contains(decisionMembers, name) {
				return failf("the decision and no more", reply.exchanges(), "the member %s", oneLine(name))
			}
		}
		return nil
	})
}
