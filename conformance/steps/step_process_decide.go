package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/scheme"
)

var decideSteps = []definition{
	{`^the applicant to "([a-z-]+)" is (.+)$`,
		"somebody of the population, and the day of which it is asked: one who meets every criterion of a scheme (spec/schemes), or is a decoy at a boundary",
		withTexts(givenApplicant)},
	{`^an applicant to "([a-z-]+)" who meets every criterion$`, "somebody whom no other scenario takes, since the process changes what is true of the person",
		withText(givenOwnApplicant)},
	{`^the programme asks the registries about the applicant$`, "each source of the scheme is searched by the person's or the household's identifier",
		inWorld(asksSources)},
	{`^the registries tell of the applicant what is true$`, "each criterion comes out as it does by the records that the registries were given; else the source of the criterion is at fault",
		inWorld(tellTruth)},
	{`^the decision is "(eligible)"$`, "all criteria are met as of the day on which the population stands", withText(func(ctx context.Context, w *World, is string) error {
		return decisionIs(ctx, w, is, "")
	})},
	{`^the decision is "(not_eligible|undetermined)", because of "([a-z_, ]+)"$`, "these criteria are not met, and all others are", withTexts(decisionIs)},
}

// givenApplicant is for scenarios that only read: others ask about the same.
func givenApplicant(_ context.Context, w *World, id, what string) error {
	found, known := w.env.Population.Claiming(what)
	if !known || found.Scheme != id {
		return fmt.Errorf("the population has no applicant to %s who is %s", id, what)
	}
	return w.applies(found)
}

func givenOwnApplicant(_ context.Context, w *World, id string) error {
	all := w.env.Population.Claimants(id)
	w.env.mu.Lock()
	at := w.env.taken["claimant/"+id]
	w.env.taken["claimant/"+id]++
	w.env.mu.Unlock()
	if at >= len(all) {
		return fmt.Errorf("the population has no more claimants of %s: make it more", id)
	}
	return w.applies(all[at])
}

func (w *World) applies(who population.Claimant) error {
	schemes, err := scheme.Load()
	if err != nil {
		return err
	}
	if w.process.scheme, err = schemes.Find(who.Scheme, who.Version); err != nil {
		return err
	}
	if w.process.asOf, err = scheme.ParseDay(who.AsOf); err != nil {
		return err
	}
	w.process.applicant = who
	w.process.truth = w.truthOf(who)
	return nil
}

// person names the applicant as schemes do.
func person(of population.Claimant) scheme.Identifier {
	return scheme.Identifier{Type: of.Person.Type, Value: of.Person.Value}
}

// soughtBy is the identifier by which a source is searched: a household's where it tells of households.
func soughtBy(of population.Claimant, source scheme.Source) population.Identifier {
	if source.Record == "Group" {
		return of.Household
	}
	return of.Person
}

// truthOf is what the sources of the scheme were given of the applicant.
func (w *World) truthOf(of population.Claimant) *scheme.Facts {
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
	w.process.decided = scheme.Decide(w.process.scheme, facts, w.process.asOf)
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
	want := scheme.Decide(w.process.scheme, w.process.truth, w.process.asOf)
	if !slices.Equal(w.process.decided.Criteria, want.Criteria) {
		// A registry may write a moment in a zone of its own, where it can be of another day.
		inUTC := scheme.Decide(w.process.scheme, w.process.told.InUTC(), w.process.asOf)
		if slices.Equal(inUTC.Criteria, scheme.Decide(w.process.scheme, w.process.truth.InUTC(), w.process.asOf).Criteria) {
			w.process.decided = inUTC
			return nil
		}
	}
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
	if string(w.process.decided.Outcome) != outcome || strings.Join(reasons, ", ") != because {
		return fmt.Errorf("the applicant is not as the feature file says: %s because of %v", w.process.decided.Outcome, reasons)
	}
	return nil
}
