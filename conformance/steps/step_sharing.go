package steps

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/sharing"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

var sharingSteps = []definition{
	{`^the registry answers a search within the agreement$`,
		"the agency asks for a person who has consented and is answered; a refusal that follows then means something", inWorld(answersAgreed)},
	{`^a search within the agreement for a person who (has .+|gave .+)$`,
		"a search of the agency by identifier that states purpose and consent, for a person of whom that is true", withText(givenAgreed)},
	{`^a search within the agreement that needs no consent$`, "a search of the agency by identifier for a purpose that the law allows", inWorld(givenLawful)},
	{`^a search within the agreement that persons with and without consent meet$`,
		"a search by expression of which only those who have consented may be shown", inWorld(givenMixed)},
	{`^a batch within the agreement for persons with and without consent$`, "one message with an item for each person", inWorld(givenMixedBatch)},
	{`^a search by an attribute that the agreement does not name$`, "a search of the agency by expression", inWorld(givenWithheld)},
	{`^a subscription by which the agreement does not let ask$`, "a subscribe message of the agency to changes of a person's record", inWorld(givenAgencySubscription)},
	{`^its purpose is (.+)$`, "the code in consent and authorize; without this step it is agreed", withText(purposeIs)},
	{`^it states no (consent|purpose)$`, "consent, or consent and authorize, are left out", withText(statesNo)},
	{`^that person (gives|refuses|withdraws) consent$`, "the product is told the decision in the middle of the run", withText(personDecides)},
	{`^the agency asks the same (synchronously|asynchronously)$`, "the same search once more, as a message of its own", withText(agencyAsks)},
	{`^the records hold only what the agreement names$`, "the agreed attributes, unaltered, and no others", inWorld(holdAgreed)},
	{`^of the batch only those who have consented are shown$`, "an item for one without consent is empty or refused", inWorld(batchConsented)},
	{`^nobody without consent is shown or counted$`, "every record is of one who has consented, and so is total_count", inWorld(onlyConsented)},
}

// noSharing is said where a product was given no way to take agreements.
const noSharing = "no way to give the product data-sharing agreements was named: name sharing in the manifest"

func (w *World) sharing() (*Sharing, error) {
	if w.env.Sharing == nil {
		return nil, &Skip{noSharing}
	}
	return w.env.Sharing, nil
}

// person is one of whom the case is true.
func (w *World) person(of sharing.Case) (population.Record, error) {
	if _, err := w.sharing(); err != nil {
		return population.Record{}, err
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(w.ID))
	found, ok := sharing.Person(w.env.Population, w.env.Interface, of, int(sum.Sum32()%1024))
	if !ok {
		return found, &Skip{"too few records are held for persons with and without consent"}
	}
	return found, nil
}

// freePerson is one whom no other scenario of the run speaks of.
func (w *World) freePerson() (population.Record, error) {
	if _, err := w.sharing(); err != nil {
		return population.Record{}, err
	}
	w.env.mu.Lock()
	number := w.env.persons
	w.env.persons++
	w.env.mu.Unlock()
	found, ok := sharing.Free(w.env.Population, w.env.Interface, number)
	if !ok {
		return found, &Skip{"too few records are held for persons of whom no other scenario speaks"}
	}
	return found, nil
}

// granted is what consent and authorize hold for a purpose.
func granted(purpose string) map[string]any {
	return map[string]any{"ts": now(), "purpose": map[string]any{"text": purpose, "code": purpose,
		"ref_uri": "https://agreements.example.org/" + purpose}}
}

// fromAgency makes a search one of the agency that states its purpose, and consent where that is needed.
func (w *World) fromAgency(draft *Draft, purpose string, consent bool) *Draft {
	draft.From = w.env.Identities[identity.Agency]
	for i := range draft.items() {
		criteria, err := draft.item(fmt.Sprintf("criteria %d", i+1))
		if err != nil {
			continue
		}
		criteria["authorize"] = granted(purpose)
		if consent {
			criteria["consent"] = granted(purpose)
		}
	}
	return draft
}

func (w *World) askAbout(people ...population.Record) *Draft {
	return w.searchFor(lo.Map(people, func(one population.Record, _ int) *Question { return w.byIdentifier(w.record, one) })...)
}

// answersAgreed leaves no trace in the scenario's state.
func answersAgreed(ctx context.Context, w *World) error {
	person, err := w.person(sharing.Consented)
	if err != nil {
		return err
	}
	reply, err := w.send(ctx, w.fromAgency(w.askAbout(person), sharing.Enrolment, true), spec.Sync)
	if err != nil {
		return err
	}
	if departure := w.matches(reply); departure != nil {
		departure.Expected = "a search within the agreement is answered: " + departure.Expected
		return departure
	}
	w.replies, w.last = nil, nil
	return nil
}

func givenAgreed(_ context.Context, w *World, of string) (err error) {
	if of == "has decided nothing yet" {
		w.wanted, err = w.freePerson()
	} else {
		w.wanted, err = w.person(sharing.Case(of))
	}
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.fromAgency(w.askAbout(w.wanted), sharing.Enrolment, true)}
	return nil
}

func givenLawful(_ context.Context, w *World) (err error) {
	if w.wanted, err = w.freePerson(); err != nil {
		return err
	}
	w.drafts = []*Draft{w.fromAgency(w.askAbout(w.wanted), sharing.Eligibility, false)}
	return nil
}

func givenWithheld(_ context.Context, w *World) error {
	if _, err := w.sharing(); err != nil {
		return err
	}
	_, withheld := sharing.Attributes(w.env.Interface)
	if withheld.Attribute == "" {
		return &Skip{"the record type has no attribute to withhold"}
	}
	condition, err := w.env.Population.Ask(w.env.Interface.ID, w.record.Name, withheld.Attribute, withheld.Operators[0], w.salt("withheld"))
	if err != nil {
		return err
	}
	question := w.ask(w.record, message.QueryExpression, population.Where{Is: &condition}, w.record.Name+"."+withheld.Attribute)
	w.drafts = []*Draft{w.fromAgency(w.searchFor(question), sharing.Eligibility, false)}
	return nil
}

func givenAgencySubscription(_ context.Context, w *World) (err error) {
	if w.fresh, err = w.freePerson(); err != nil {
		return err
	}
	at := slices.IndexFunc(w.env.Interface.EventTypes, func(event spec.EventType) bool { return event.Record == w.record.Name })
	if at < 0 {
		return &Skip{"no event type tells of the records that are shared"}
	}
	item, err := w.subscribeItem(message.QueryIDTypeValue, map[string]any{"type": w.fresh.IDType, "value": w.fresh.IDValue})
	if err != nil {
		return err
	}
	put(item, "subscribe_criteria.reg_event_type", w.env.Interface.EventTypes[at].Name)
	put(item, "subscribe_criteria.notify_record_type", w.record.Name)
	put(item, "subscribe_criteria.authorize", granted(sharing.Eligibility))
	draft := w.subscribeDraft(item)
	draft.From = w.env.Identities[identity.Agency]
	w.drafts = []*Draft{draft}
	return nil
}

// purposes are what a search can be said to be for.
var purposes = map[string]string{
	"one that no agreement names":               sharing.Unknown,
	"one that was agreed with another party":    sharing.Foreign,
	"one whose agreement has ended":             sharing.Past,
	"one whose agreement has not begun":         sharing.Future,
	"one to which the person has not consented": sharing.Enrolment,
}

func purposeIs(_ context.Context, w *World, which string) error {
	purpose, ok := purposes[which]
	if !ok {
		return fmt.Errorf("no purpose is called %q", which)
	}
	return w.each(func(d *Draft) error { w.fromAgency(d, purpose, true); return nil })
}

func statesNo(_ context.Context, w *World, what string) error {
	return w.each(func(d *Draft) error {
		for i := range d.items() {
			criteria, err := d.item(fmt.Sprintf("criteria %d", i+1))
			if err != nil {
				return err
			}
			delete(criteria, "consent")
			if what == "purpose" {
				delete(criteria, "authorize")
			}
		}
		return nil
	})
}

var decided = map[string]string{"gives": fixture.Given, "refuses": fixture.Refused, "withdraws": fixture.Withdrawn}

func personDecides(ctx context.Context, w *World, does string) error {
	shared, err := w.sharing()
	if err != nil {
		return err
	}
	if shared.Decide == nil {
		return &Skip{"no way to tell the product a person's decision was named: name sharing.consents in the manifest"}
	}
	return shared.Decide(ctx, sharing.Decision(w.wanted, fixture.Consent{Purpose: sharing.Enrolment, Decision: decided[does]}))
}

// agencyAsks sends the drafts as messages of their own, with new ids throughout.
func agencyAsks(ctx context.Context, w *World, how string) error {
	for _, draft := range w.drafts {
		draft.Message = maps.Clone(draft.Message)
		draft.Message["transaction_id"] = w.nextID("t")
		for i := range draft.items() {
			if err := draft.set(fmt.Sprintf("item %d.reference_id", i+1), w.nextID("r")); err != nil {
				return err
			}
		}
	}
	return sent(ctx, w, how)
}
