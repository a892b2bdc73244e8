package steps

import (
	"context"
	"slices"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/scheme"
)

// departsFrom judges a decision by what an applicant was made for and, where it is another, by what the registries tell of
// the person.
func (w *World) departsFrom(ctx context.Context, applicant population.Applicant, judge func(population.Applicant) *Fail) *Fail {
	departure := judge(applicant)
	if departure == nil {
		return nil
	}
	told := w.toldOf(ctx, applicant)
	if slices.Equal(told.Fails, applicant.Fails) {
		return departure
	}
	return judge(told)
}

// toldOf is an applicant as the registries tell of the person: a registry may write a moment in a zone of its own, where it
// can be of another day. It is the applicant as made where they write the same days, where one of them tells another
// moment than it was given, and where the runner has no address of them.
func (w *World) toldOf(ctx context.Context, applicant population.Applicant) population.Applicant {
	schemes, err := scheme.Load()
	if err != nil {
		return applicant
	}
	rules, err := schemes.Find(applicant.Scheme, applicant.Version)
	if err != nil {
		return applicant
	}
	asOf, err := scheme.ParseDay(applicant.AsOf)
	if err != nil {
		return applicant
	}
	// What is told of a household has no moment that a scheme asks for.
	rules.Criteria = slices.DeleteFunc(slices.Clone(rules.Criteria), func(c scheme.Criterion) bool { return !w.ofPerson(c.Source) })
	told, given, ok := w.factsOf(ctx, applicant.Person, rules.Sources())
	if !ok {
		return applicant
	}
	written, made := scheme.Decide(rules, told, asOf).Criteria, scheme.Decide(rules, given, asOf).Criteria
	if !slices.Equal(scheme.Decide(rules, told.InUTC(), asOf).Criteria, scheme.Decide(rules, given.InUTC(), asOf).Criteria) {
		return applicant
	}
	applicant.Fails = slices.Clone(applicant.Fails)
	for at, result := range written {
		switch {
		case result.Finding == made[at].Finding:
		case result.Finding == scheme.NotMet:
			applicant.Fails = append(applicant.Fails, result.Criterion)
		default:
			applicant.Fails = slices.DeleteFunc(applicant.Fails, func(id string) bool { return id == result.Criterion })
		}
	}
	return applicant
}

// ofPerson says whether a source is asked by the identifier of its own records.
func (w *World) ofPerson(source scheme.Source) bool {
	party, served := w.env.Parties[source.Interface]
	if !served {
		return false
	}
	record, known := party.Interface.Record(source.Record)
	return known && record.Identifier == source.By
}

// factsOf are what the sources tell of a person, asked as by any client, and what they were given.
func (w *World) factsOf(ctx context.Context, person population.Identifier, sources []scheme.Source) (told, given *scheme.Facts, ok bool) {
	of := scheme.Identifier{Type: person.Type, Value: person.Value}
	told, given = scheme.NewFacts(of), scheme.NewFacts(of)
	for _, source := range sources {
		told.Tell(source)
		err := w.at(ctx, source.Interface, func(ctx context.Context, registry *World) error {
			found, _, err := registry.holderOf(ctx, source.Record, person)
			for _, record := range found {
				told.Tell(source, record)
			}
			return err
		})
		if err != nil {
			return nil, nil, false
		}
		given.Tell(source)
		for _, record := range w.env.Population.Matching(source.Interface, source.Record, population.Where{Identifier: &[2]string{person.Type, person.Value}}) {
			given.Tell(source, record.Data)
		}
	}
	return told, given, true
}
