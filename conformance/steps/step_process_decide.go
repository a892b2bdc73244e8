package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/scheme"
)

var decideSteps = []definition{
	{`^an applicant to "([a-z-]+)" ((?:who|whose|of whom) .+)$`,
		"somebody of the population who meets every criterion of a scheme (spec/schemes), or who differs from such a one in what is said",
		withTexts(givenApplicant)},
	{`^another applicant to "([a-z-]+)" ((?:who|whose|of whom) .+)$`, "somebody whom no other scenario takes, since the process changes what is true of the person",
		withTexts(givenOwnApplicant)},
	{`^the programme asks the registries about the applicant$`, "each source of the scheme is searched by the person's or the household's identifier",
		inWorld(asksSources)},
	{`^the registries tell of the applicant what is true$`, "each criterion comes out as it does by the records that the registries were given; else the source of the criterion is at fault",
		inWorld(tellTruth)},
	{`^the decision is "(eligible)"$`, "all criteria are met as of the day on which the population stands", withText(func(ctx context.Context, w *World, is string) error {
		return decisionIs(ctx, w, is, "")
	})},
	{`^the decision is "(not_eligible|undetermined)", because of "([a-z_]+)"$`, "and this criterion alone is not met", withTexts(decisionIs)},
}

// schemeVersion is the version of each scheme that processes go by.
const schemeVersion = "1.0"

func givenApplicant(_ context.Context, w *World, id, of string) error {
	return w.applies(id, of, func(all []population.Applicant) (population.Applicant, error) { return all[0], nil })
}

// givenOwnApplicant leaves the first to the scenarios that only read.
func givenOwnApplicant(_ context.Context, w *World, id, of string) error {
	return w.applies(id, of, func(all []population.Applicant) (population.Applicant, error) {
		w.env.mu.Lock()
		defer w.env.mu.Unlock()
		name := "applicant/" + id + "/" + of
		w.env.taken[name]++
		if w.env.taken[name] >= len(all) {
			return population.Applicant{}, fmt.Errorf("the population has no more applicants to %s %s: make it more", id, of)
		}
		return all[w.env.taken[name]], nil
	})
}

func (w *World) applies(id, of string, choose func([]population.Applicant) (population.Applicant, error)) error {
	schemes, err := scheme.Load()
	if err != nil {
		return err
	}
	if w.process.scheme, err = schemes.Find(id, schemeVersion); err != nil {
		return err
	}
	all := w.env.Population.Applicants(id, of)
	if len(all) == 0 {
		return fmt.Errorf("the population has no applicant to %s %s", id, of)
	}
	if w.process.applicant, err = choose(all); err != nil {
		return err
	}
	w.process.truth = w.truthOf(w.process.applicant)
	return nil
}

// person names the applicant as schemes do.
func person(of population.Applicant) scheme.Identifier {
	return scheme.Identifier{Type: of.Person.Type, Value: of.Person.Value}
}

// soughtBy is the identifier by which a source is searched: a household's where it tells of households.
func soughtBy(of population.Applicant, source scheme.Source) population.Identifier {
	if source.Record == "Group" {
		return of.Household
	}
	return of.Person
}

// truthOf is what the sources of the scheme were given of the applicant.
func (w *World) truthOf(of population.Applicant) *scheme.Facts {
	facts := scheme.NewFacts(person(of))
	for _, source := range w.process.scheme.Sources() {
		sought := soughtBy(of, source)
		held := w.env.Population.Matching(source.Interface, source.Record, population.Where{Identifier: &[2]string{sought.Type, sought.Value}})
		facts.Tell(source)
		for _, record := range held {
			facts.Tell(source, record.Data)
		}
	}
	return facts
}

func asksSources(ctx context.Context, w *World) error {
	if w.process.truth == nil {
		return errors.New("the scenario asks about an applicant before it has one")
	}
	facts := scheme.NewFacts(person(w.process.applicant))
	for _, source := range w.process.scheme.Sources() {
		err := w.at(ctx, source.Interface, func(ctx context.Context, party *World) error {
			found, _, err := party.holderOf(ctx, source.Record, soughtBy(w.process.applicant, source))
			facts.Tell(source)
			for _, record := range found {
				facts.Tell(source, record)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	w.process.told = facts
	w.process.decided = scheme.Decide(w.process.scheme, facts, scheme.DayOf(population.Today()))
	return nil
}

func tellTruth(_ context.Context, w *World) error {
	if w.process.told == nil {
		return errors.New("the scenario looks at what the registries told before it has asked")
	}
	return w.truthful()
}

// truthful holds each criterion to what comes out of the records that the registries were given.
func (w *World) truthful() error {
	want := scheme.Decide(w.process.scheme, w.process.truth, scheme.DayOf(population.Today()))
	for at, result := range w.process.decided.Criteria {
		if result == want.Criteria[at] {
			continue
		}
		departure := &Fail{
			Expected:  fmt.Sprintf("what makes the criterion %q %s (%s)", result.Criterion, want.Criteria[at].Finding, want.Criteria[at].Reason),
			Actual:    fmt.Sprintf("what makes it %s (%s)", result.Finding, result.Reason),
			Attribute: w.process.scheme.Criteria[at].Source.Record + "." + w.process.scheme.Criteria[at].Attribute,
		}
		party := w.process.parties[result.Interface]
		departure.Party = party.env.party()
		departure.Exchanges = party.lastExchanges()
		return departure
	}
	return nil
}

// lastExchanges are those of the last answer that the scenario got at an interface.
func (w *World) lastExchanges() []*exchange.Exchange {
	if reply, err := w.reply(); err == nil {
		return reply.exchanges()
	}
	return nil
}

// decisionIs holds the runner to the feature file: what is decided follows from what is true, so another
// decision is a failure of the suite.
func decisionIs(ctx context.Context, w *World, outcome, because string) error {
	if err := tellTruth(ctx, w); err != nil {
		return err
	}
	var reasons []string
	for _, result := range w.process.decided.Criteria {
		if result.Finding != scheme.Met {
			reasons = append(reasons, result.Criterion)
		}
	}
	wanted := []string{because}
	if because == "" {
		wanted = nil
	}
	if string(w.process.decided.Outcome) != outcome || !slices.Equal(reasons, wanted) {
		return fmt.Errorf("the applicant is not as the feature file says: %s because of %v", w.process.decided.Outcome, reasons)
	}
	return nil
}
