package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// tellsOfBoth is what civil registration and the social registry both tell of a person.
var tellsOfBoth = []string{"birth_date", "sex", "name", "death_date"}

var knownSteps = []definition{
	{`^civil registration and the social registry tell the same of the applicant$`, "name, sex, birth and death of the person; the one that differs from what it was given is at fault",
		inWorld(tellTheSame)},
	{`^the programme searches (the [a-z]+ registry) for everybody whose (.+)$`, `conditions such as "attribute" eq "value", joined by and; nobody may be missing`, withTexts(searchesFor)},
	{`^the applicant is among them$`, "the search found the applicant too", inWorld(foundApplicant)},
	{`^each of them is known to (civil registration|the social registry)$`, "a batch of searches by identifier, at most a dozen", withText(eachIsKnown)},
	{`^each of them is told to be enrolled in "([A-Z0-9-]+)" as is true$`, "sync/enrolled about each, at most a dozen", withText(eachEnrolled)},
	{`^each of them is told to be disabled as is true$`, "sync/disabled about each, at most a dozen", inWorld(eachDisabled)},
	{`^the disability registry says (yes|no) to whether the applicant is disabled$`, "sync/disabled about the person", withText(saysDisabled)},
}

func tellTheSame(ctx context.Context, w *World) error {
	for _, id := range []string{"crvs", "social"} {
		err := w.at(ctx, id, func(ctx context.Context, party *World) error {
			found, reply, err := party.holderOf(ctx, "Person", w.process.applicant.Person)
			if err != nil {
				return err
			}
			given, known := w.env.Population.Find(id, "Person", w.process.applicant.Person.Type, w.process.applicant.Person.Value)
			if !known || len(found) != 1 {
				return failf("one record of the person", reply.exchanges(), "%d records", len(found))
			}
			for _, difference := range population.Compare(given, found[0]) {
				for _, attribute := range tellsOfBoth {
					// A registry may tell more of a name, but not of a death.
					if difference.Kind == "extra" && difference.Path != "death_date" {
						continue
					}
					if difference.Path == attribute || strings.HasPrefix(difference.Path, attribute+".") {
						return &Fail{Expected: "what the other registry tells as well", Actual: difference.Path + " is " + difference.Kind,
							Attribute: party.record.Object + "." + difference.Path, Exchanges: reply.exchanges()}
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followedUp is how many of those found are asked about one by one.
const followedUp = 12

// searchesFor finds at least those whom the registry was given: others may have been registered since.
func searchesFor(ctx context.Context, w *World, registry, conditions string) error {
	id := registryCalled[registry]
	return w.at(ctx, id, func(ctx context.Context, party *World) error {
		where, err := whereOf(conditions)
		if err != nil {
			return err
		}
		question := party.ask(party.record, message.QueryExpression, where, "whose "+conditions)
		if len(question.Expected) == 0 {
			return fmt.Errorf("the population has nobody whose %s", conditions)
		}
		if len(question.Expected) > wide/2 {
			question.PageSize = wider // others may have been registered since, and must not push these off the page
		}
		found, reply, err := party.recordsFor(ctx, question)
		if err != nil {
			return err
		}
		told := map[string]bool{}
		w.process.searched = party
		for _, record := range found {
			for _, held := range population.IdentifierOf(record, party.record.Identifier) {
				told[held.Value] = true
			}
		}
		w.process.found, w.process.among = nil, told[w.process.applicant.Person.Value]
		missing := 0
		for _, one := range question.Expected {
			if !told[one.IDValue] {
				missing++
			} else if len(w.process.found) < followedUp {
				w.process.found = append(w.process.found, one.IDValue)
			}
		}
		if missing > 0 {
			return failf(fmt.Sprintf("all %d whose %s", len(question.Expected), conditions), reply.exchanges(), "%d of them missing", missing)
		}
		return nil
	})
}

// foundApplicant looks at the last search of a process.
func foundApplicant(_ context.Context, w *World) error {
	if w.process.searched == nil {
		return errors.New("the scenario looks for the applicant before it has searched")
	}
	if w.process.among {
		return nil
	}
	party := w.process.searched
	return &Fail{Expected: "the applicant among those found", Actual: "others alone", Party: party.env.party(), Exchanges: party.lastExchanges()}
}

// whereOf reads "attribute" operator value, joined by and.
func whereOf(conditions string) (population.Where, error) {
	var all []population.Where
	for part := range strings.SplitSeq(conditions, " and ") {
		fields := strings.SplitN(strings.TrimSpace(part), " ", 3)
		if len(fields) != 3 {
			return population.Where{}, fmt.Errorf("the feature file says %q, which is no condition", part)
		}
		var value any
		decoder := json.NewDecoder(strings.NewReader(fields[2]))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			return population.Where{}, fmt.Errorf("the feature file says %q, whose value is no JSON", part)
		}
		all = append(all, population.Where{Is: &population.Condition{Attribute: strings.Trim(fields[0], `"`), Operator: fields[1], Value: value}})
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return population.Where{All: all}, nil
}

func eachIsKnown(ctx context.Context, w *World, registry string) error {
	return w.at(ctx, registryCalled[registry], func(ctx context.Context, party *World) error {
		record, known := party.env.Interface.Record("Person")
		if !known {
			return errors.New("the interface tells of no persons")
		}
		var questions []*Question
		for _, value := range w.process.found {
			questions = append(questions, party.byIdentifier(record, population.Record{IDType: "UIN", IDValue: value}))
		}
		reply, err := party.send(ctx, party.searchFor(questions...), spec.Sync)
		if err != nil {
			return err
		}
		if departure := party.matches(reply); departure != nil {
			departure.Exchanges = reply.exchanges()
			return departure
		}
		return nil
	})
}

// eachEnrolled leaves out whose enrolment is not active: whether that is a no is the registry's own matter.
func eachEnrolled(ctx context.Context, w *World, programme string) error {
	in := population.Where{Is: &population.Condition{Attribute: programmeAttribute, Operator: "eq", Value: programme}}
	active := population.Where{Is: &population.Condition{Attribute: "enrolment_status", Operator: "eq", Value: enrolmentCodes["active"]}}
	for _, value := range w.process.found {
		answer, settled := w.isTrue("ibr", value, active, in)
		if !settled {
			continue
		}
		if err := w.asksEnrolled(ctx, population.Identifier{Type: "UIN", Value: value}, programme, answer); err != nil {
			return err
		}
	}
	return nil
}

// isTrue answers by what a registry was given of a person: yes where the condition holds as well, no where it
// was given nothing, and unsettled in between.
func (w *World) isTrue(interfaceID, uin string, holds population.Where, of ...population.Where) (answer string, settled bool) {
	about := append([]population.Where{{Identifier: &[2]string{"UIN", uin}}}, of...)
	switch {
	case len(w.env.Population.Matching(interfaceID, "", population.Where{All: append(about, holds)})) > 0:
		return "yes", true
	case len(w.env.Population.Matching(interfaceID, "", population.Where{All: about})) > 0:
		return "", false
	}
	return "no", true
}

// approved is the condition of a disability that is recognised.
var approved = population.Where{Is: &population.Condition{Attribute: "disability_status", Operator: "eq", Value: "0"}}

// eachDisabled leaves out whose disability is pending or was: whether that is a no is the registry's own matter.
func eachDisabled(ctx context.Context, w *World) error {
	for _, value := range w.process.found {
		answer, settled := w.isTrue("dr", value, approved)
		if !settled {
			continue
		}
		if err := w.asksDisabled(ctx, value, answer); err != nil {
			return err
		}
	}
	return nil
}

func saysDisabled(ctx context.Context, w *World, want string) error {
	if truth, _ := w.isTrue("dr", w.process.applicant.Person.Value, approved); truth != want {
		return fmt.Errorf("the applicant is not as the feature file says: %s", truth)
	}
	return w.asksDisabled(ctx, w.process.applicant.Person.Value, want)
}

func (w *World) asksDisabled(ctx context.Context, uin, want string) error {
	return w.at(ctx, "dr", func(ctx context.Context, dr *World) error {
		operation, err := dr.lookupOperation("disabled")
		if err != nil {
			return err
		}
		dr.drafts = []*Draft{dr.lookupDraft("disabled", operation.Lookup, map[string]string{dr.record.Identifier: uin})}
		if err := isAsked(ctx, dr); err != nil {
			return err
		}
		dr.replies = dr.replies[len(dr.replies)-1:]
		return answerIs(ctx, dr, want)
	})
}
