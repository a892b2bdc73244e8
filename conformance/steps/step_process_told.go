package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
	"github.com/spconform/spconform/spec/scheme"
)

var toldSteps = []definition{
	{`^(the client|another client) has subscribed to "([A-Za-z]+)" events of the applicant at (civil registration|the social registry)$`,
		"a subscription by the person's identifier, or the household's at the social registry", func(ctx context.Context, who, event, at string) error {
			return subscribesOf(ctx, worldOf(ctx), who, event, at)
		}},
	{`^the client has subscribed to births at civil registration$`, "a subscription to LiveBirth with a predicate on the date of birth", inWorld(subscribesToBirths)},
	{`^a "Death" of the applicant is registered$`, "the event happens at civil registration", inWorld(applicantDies)},
	{`^a child of the applicant is born$`, "a new person whose parent1_identifier is the applicant's is registered", inWorld(childIsBorn)},
	{`^the household's score becomes ([0-9.]+) at the social registry$`, "the event happens at the social registry", withText(scoreBecomes)},
	{`^the programme posts a verified address of the household to the social registry$`, "notify from the SP-MIS to the registry (PRS.SR.02)", inWorld(postsAddress)},
	{`^(the client|another client) is told of it by (civil registration|the social registry)$`, "notify with the record as it is after the event", withTexts(isToldOfIt)},
	{`^the programme decides anew by what it was told$`, "the record that was told takes the place of the one that was found; a death also gives the day", inWorld(decidesAnew)},
	{`^the programme finds the applicant as a parent of the child$`, "parent1_identifier of the child that was told, and a search for its holder", inWorld(findsParent)},
	{`^the programme passes the household's score on to the beneficiary registry$`, "the enrolment is posted with the score that was told", inWorld(passesScoreOn)},
}

// registryCalled is how feature files call interfaces.
var registryCalled = map[string]string{"civil registration": "crvs", "the social registry": "social", "the beneficiary registry": "ibr",
	"the disability registry": "dr", "the farmer registry": "fr"}

// subscribesOf subscribes to the applicant's record of the type that the interface's events tell of first.
func subscribesOf(ctx context.Context, w *World, who, event, at string) error {
	return w.at(ctx, registryCalled[at], func(ctx context.Context, party *World) error {
		_, record, err := party.event()
		if err != nil {
			return err
		}
		sought := soughtBy(w.process.applicant, scheme.Source{Record: record.Name})
		held, known := w.env.Population.Find(party.env.Interface.ID, record.Name, sought.Type, sought.Value)
		if !known {
			return fmt.Errorf("the population has no %s of the applicant", record.Name)
		}
		party.record, party.fresh = record, held
		if err := givenSubscription(ctx, party); err != nil {
			return err
		}
		if err := party.drafts[0].set("criteria.reg_event_type", event); err != nil {
			return err
		}
		return party.subscribe(ctx, who)
	})
}

// subscribesToBirths asks for births from the day of the application on: nobody else is born then.
func subscribesToBirths(ctx context.Context, w *World) error {
	return w.at(ctx, "crvs", func(ctx context.Context, crvs *World) error {
		from := predicateQuery(population.Where{Is: &population.Condition{Attribute: "birth_date", Operator: "ge", Value: w.process.asOf.String() + "T00:00:00Z"}})
		item, err := crvs.subscribeItem(message.QueryPredicate, from)
		if err != nil {
			return err
		}
		crvs.drafts = []*Draft{crvs.subscribeDraft(item)}
		if err := crvs.drafts[0].set("criteria.reg_event_type", "LiveBirth"); err != nil {
			return err
		}
		return crvs.subscribe(ctx, "the client")
	})
}

func applicantDies(ctx context.Context, w *World) error {
	return w.at(ctx, "crvs", func(ctx context.Context, crvs *World) error {
		if err := eventHappens(ctx, crvs, "Death"); err != nil {
			return err
		}
		w.becomesTrue("crvs", crvs.fresh)
		return nil
	})
}

// becomesTrue replaces what the sources of an interface were given of the applicant.
func (w *World) becomesTrue(interfaceID string, record population.Record) {
	retell(w.process.truth, w.process.scheme, interfaceID, record.RecordType, record.Data)
}

func retell(facts *scheme.Facts, by scheme.Scheme, interfaceID, recordType string, record map[string]any) {
	for _, source := range by.Sources() {
		if facts != nil && source.Interface == interfaceID && source.Record == recordType {
			facts.Fail(source)
			facts.Tell(source, record)
		}
	}
}

func childIsBorn(ctx context.Context, w *World) error {
	return w.at(ctx, "crvs", func(ctx context.Context, crvs *World) error {
		event, known := crvs.env.Interface.Event("LiveBirth")
		record, ok := crvs.env.Interface.Record("Person")
		if !known || !ok {
			return errors.New("civil registration has no births")
		}
		born := time.Date(w.process.asOf.Year, w.process.asOf.Month, w.process.asOf.Date+3, 0, 0, 0, 0, time.UTC)
		child := population.With(crvs.freshRecord(record, "child"), "birth_date", born.Format(time.RFC3339))
		for attribute, value := range map[string]any{"marital_status": "S", "registration_date": born.AddDate(0, 0, 2).Format(time.RFC3339),
			"parent1_identifier": map[string]any{"identifier_type": w.process.applicant.Person.Type, "identifier_value": w.process.applicant.Person.Value}} {
			child = population.With(child, attribute, value)
		}
		crvs.record, crvs.fresh, crvs.versions = record, child, []population.Record{child}
		return crvs.trigger(ctx, event, child)
	})
}

func scoreBecomes(ctx context.Context, w *World, score string) error {
	return w.at(ctx, "social", func(ctx context.Context, social *World) error {
		event, _, err := social.event()
		if err != nil {
			return err
		}
		social.fresh = population.With(social.fresh, "poverty_score", json.Number(score))
		social.versions = append(social.versions, social.fresh)
		w.becomesTrue("social", social.fresh)
		return social.trigger(ctx, event, social.fresh)
	})
}

func postsAddress(ctx context.Context, w *World) error {
	return w.at(ctx, "social", func(ctx context.Context, social *World) error {
		event, _, err := social.event()
		if err != nil {
			return err
		}
		social.before = social.fresh
		social.fresh = population.With(social.fresh, "address", []any{map[string]any{"address_line_1": "7 Verified Lane", "locality": "Newtown", "postal_code": "00007"}})
		social.versions = append(social.versions, social.fresh)
		social.drafts = []*Draft{social.updateDraft(event, social.fresh)}
		if err := sent(ctx, social, "asynchronously"); err != nil {
			return err
		}
		return isAcknowledged(ctx, social)
	})
}

func isToldOfIt(ctx context.Context, w *World, who, by string) error {
	return w.at(ctx, registryCalled[by], func(ctx context.Context, party *World) error {
		came, err := party.toldNow(ctx, who)
		if err != nil {
			return err
		}
		w.process.notified, w.process.notifier = came.record, party
		return differs(party, came, party.fresh, "the record as it is after the event")
	})
}

// decidesAnew puts what was told in the place of what was found.
func decidesAnew(_ context.Context, w *World) error {
	if w.process.notified == nil || w.process.told == nil {
		return errors.New("the scenario decides anew before it was told of anything")
	}
	party := w.process.notifier
	retell(w.process.told, w.process.scheme, party.env.Interface.ID, party.record.Name, w.process.notified)
	if died := text(party.fresh.Data, "death_date"); len(died) >= len(time.DateOnly) {
		day, err := scheme.ParseDay(died[:len(time.DateOnly)])
		if err != nil {
			return err
		}
		w.process.asOf = day
	}
	w.process.decided = scheme.Decide(w.process.scheme, w.process.told, w.process.asOf)
	return nil
}

func findsParent(ctx context.Context, w *World) error {
	return w.at(ctx, "crvs", func(ctx context.Context, crvs *World) error {
		parents := population.IdentifierOf(w.process.notified, "parent1_identifier")
		if len(parents) != 1 || parents[0] != w.process.applicant.Person {
			return &Fail{Expected: "the parent of the child that was told", Actual: fmt.Sprintf("%d parents, or another", len(parents)),
				Attribute: crvs.record.Object + ".parent1_identifier"}
		}
		found, reply, err := crvs.holderOf(ctx, "Person", parents[0])
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return failf("the parent's record", reply.exchanges(), "%d records", len(found))
		}
		return nil
	})
}

func passesScoreOn(ctx context.Context, w *World) error {
	w.process.enrolment = population.With(w.process.enrolment, "group", map[string]any{
		"group_identifier": []any{map[string]any{"identifier_type": w.process.applicant.Household.Type, "identifier_value": w.process.applicant.Household.Value}},
		"poverty_score":    w.process.notified["poverty_score"]})
	return w.postEnrolment(ctx)
}
