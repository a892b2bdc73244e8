package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

var lookupSteps = []definition{
	{`^the question "([a-z-]+)" about (.+)$`, "one criteria object, {attribute: {eq: value}}, about a person by an identifier", withTexts(givenLookup)},
	{`^it is asked$`, "the question is sent with the names of the data dictionary, and where they are refused with the published ones", inWorld(isAsked)},
	{`^the answer is "(yes|no)"$`, "one item with that status of the person", withText(answerIs)},
	{`^the answer says nothing else of the person$`, "neither records nor members besides those published", inWorld(saysNothingElse)},
	{`^the answer holds the (?:disabilities|support) of that person$`, "the attribute of the record, complete and unaltered, and of nobody else", inWorld(holdsShown)},
	{`^the answer holds nothing of anybody$`, "no records", inWorld(holdsNothing)},
}

// lookupSubjects are whom a question can be about.
var lookupSubjects = map[string]func(w *World, asked *spec.Lookup) (map[string]string, error){
	"somebody of whom it is true": func(w *World, asked *spec.Lookup) (map[string]string, error) {
		return w.lookupOf(asked, true)
	},
	"somebody of whom it is true no longer or not yet": func(w *World, asked *spec.Lookup) (map[string]string, error) {
		return w.lookupOf(asked, false)
	},
	"somebody on record": func(w *World, asked *spec.Lookup) (map[string]string, error) { return w.lookupOf(asked, true) },
	"somebody enrolled, but in another programme": func(w *World, asked *spec.Lookup) (map[string]string, error) {
		query, err := w.lookupOf(asked, true)
		if err != nil {
			return nil, err
		}
		return query, w.otherProgramme(query)
	},
	"an identifier that nobody holds": func(w *World, asked *spec.Lookup) (map[string]string, error) {
		query, err := w.lookupOf(asked, true)
		query[w.record.Identifier] = w.nobody("lookup").Value
		w.wanted = population.Record{}
		return query, err
	},
}

// programmeAttribute is what an enrolment is asked for by, beside the person.
const programmeAttribute = "programme_identifier.programme_identifier"

// lookupOf picks a record of which what is asked is true, or is not, and the query for it.
func (w *World) lookupOf(asked *spec.Lookup, holds bool) (map[string]string, error) {
	held := w.env.Population.All(w.env.Interface.ID, w.record.Name)
	if asked.Holds != nil {
		values := make([]any, len(asked.Holds.Values))
		for at, value := range asked.Holds.Values {
			values[at] = value
		}
		where := population.Where{Is: &population.Condition{Attribute: asked.Holds.Attribute, Operator: "in", Value: values}}
		if !holds {
			positive := where
			where = population.Where{Not: &positive}
		}
		held = w.env.Population.Matching(w.env.Interface.ID, w.record.Name, where)
	}
	if len(held) == 0 {
		return nil, fmt.Errorf("the population has no %s that the question can be about", w.record.Name)
	}
	at := slices.IndexFunc(held, func(r population.Record) bool {
		return r.IDValue == w.choose(idsOf(held))
	})
	w.wanted = held[at]
	query := map[string]string{w.record.Identifier: w.wanted.IDValue}
	if _, enrols := asked.Names[programmeAttribute]; enrols {
		query[programmeAttribute] = programmesOf(w.wanted)[0]
	}
	return query, nil
}

func idsOf(held []population.Record) []string {
	ids := make([]string, len(held))
	for at, record := range held {
		ids[at] = record.IDValue
	}
	return ids
}

// programmesOf are the codes of the programmes that a beneficiary's record names.
func programmesOf(record population.Record) []string {
	list, _ := record.Data["programme_identifier"].([]any)
	var codes []string
	for _, programme := range objects(list) {
		codes = append(codes, text(programme, "programme_identifier"))
	}
	return codes
}

// otherProgramme asks for a programme in which others are enrolled and the person is not.
func (w *World) otherProgramme(query map[string]string) error {
	own := programmesOf(w.wanted)
	for _, record := range w.env.Population.All(w.env.Interface.ID, w.record.Name) {
		for _, code := range programmesOf(record) {
			if !slices.Contains(own, code) {
				query[programmeAttribute] = code
				return nil
			}
		}
	}
	return errors.New("the population has one programme only")
}

func givenLookup(_ context.Context, w *World, kind, subject string) error {
	operation, err := w.lookupOperation(kind)
	if err != nil {
		return err
	}
	choose, known := lookupSubjects[subject]
	if !known {
		return fmt.Errorf("no person is called %q", subject)
	}
	query, err := choose(w, operation.Lookup)
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.lookupDraft(kind, operation.Lookup, query)}
	return nil
}

func (w *World) lookupOperation(kind string) (spec.Operation, error) {
	operation, ok := w.env.Interface.Taking(kind, spec.Sync)
	if !ok || operation.Lookup == nil {
		return operation, fmt.Errorf("%s has no question called %q", w.env.Interface.ID, kind)
	}
	return operation, nil
}

func (w *World) lookupDraft(kind string, asked *spec.Lookup, query map[string]string) *Draft {
	draft := w.newDraft(kind)
	conditions := map[string]any{}
	for name, value := range query {
		conditions[name] = map[string]any{"eq": value}
	}
	draft.Message = map[string]any{"transaction_id": w.nextID("t"),
		asked.Criteria: map[string]any{"query_type": "expression", "query": conditions}}
	return draft
}

// isAsked sends the question as it is; a product may know only the names of the published example.
func isAsked(ctx context.Context, w *World) error {
	if err := sent(ctx, w, "synchronously"); err != nil {
		return err
	}
	first := w.replies[0]
	if _, refused := first.refusal(""); !refused || first.Draft.credential != nil || first.Draft.From.Name != "client" {
		return nil
	}
	operation, err := w.lookupOperation(first.Draft.Kind)
	if err != nil {
		return err
	}
	again := first.Draft.again()
	again.Message["transaction_id"] = w.nextID("t")
	given, _ := again.Message[operation.Lookup.Criteria].(map[string]any)
	conditions, _ := given["query"].(map[string]any)
	renamed := map[string]any{}
	for name, condition := range conditions {
		if others := operation.Lookup.Names[name]; len(others) > 0 {
			name = others[0]
		}
		renamed[name] = condition
	}
	given = maps.Clone(given)
	given["query"] = renamed
	again.Message[operation.Lookup.Criteria] = given
	w.drafts = []*Draft{again}
	return sent(ctx, w, "synchronously")
}

// lookupItem is the one item of the answer.
func (w *World) lookupItem(reply *Reply) (map[string]any, *Fail) {
	asked := reply.Draft.Operation.Lookup
	told := reply.told(asked.Answer)
	if told == nil {
		return nil, failf("an answer", nil, "%s", reply.describe())
	}
	list, _ := told[asked.Answer].([]any)
	items := objects(list)
	if len(items) != 1 {
		return nil, failf("one item in "+asked.Answer, nil, "%d items; %s", len(items), reply.describe())
	}
	if status := text(items[0], "status"); status != "succ" {
		return nil, failf("an item with status succ", nil, "status %q", oneLine(status))
	}
	return items[0], nil
}

func answerIs(_ context.Context, w *World, want string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := w.lookupItem(reply)
		if departure != nil {
			return departure
		}
		member := reply.Draft.Operation.Lookup.Status
		if said := text(item, member); said != want {
			return failf(member+" "+want, nil, "%q", oneLine(said))
		}
		return nil
	})
}

func saysNothingElse(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := w.lookupItem(reply)
		if departure != nil {
			return departure
		}
		asked := reply.Draft.Operation.Lookup
		published := []string{"reference_id", "timestamp", "status", "status_reason_code", "status_reason_message",
			asked.Status, "data", "pagination", "locale"}
		for name := range item {
			if !slices.Contains(published, name) || asked.Status != "" && name == "data" {
				return failf("nothing of the person but "+orShown(asked), nil, "a member %q", oneLine(name))
			}
		}
		for _, record := range records(item) {
			for name := range record {
				if name != asked.Shows && name[0] != '@' {
					return failf("nothing of the person but "+orShown(asked), nil, "an attribute %q", oneLine(name))
				}
			}
		}
		return nil
	})
}

func orShown(asked *spec.Lookup) string {
	if asked.Status != "" {
		return asked.Status
	}
	return asked.Shows
}

// shownOf are the values that the answer shows of each person found, in either published form.
func shownOf(asked *spec.Lookup, item map[string]any) []any {
	data, _ := item["data"].(map[string]any)
	list, _ := data["reg_records"].([]any)
	var values []any
	for _, element := range list {
		if object, ok := element.(map[string]any); ok && object[asked.Shows] != nil {
			element = object[asked.Shows]
		}
		values = append(values, element)
	}
	return values
}

func holdsShown(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := w.lookupItem(reply)
		if departure != nil {
			return departure
		}
		asked := reply.Draft.Operation.Lookup
		values := shownOf(asked, item)
		if len(values) != 1 {
			return failf(asked.Shows+" of one person", nil, "%d records", len(values))
		}
		told := w.wanted
		told.Data = map[string]any{asked.Shows: w.wanted.Data[asked.Shows]}
		for _, difference := range population.Compare(told, map[string]any{asked.Shows: values[0]}) {
			return &Fail{Expected: asked.Shows + " as the registry was given it", Actual: difference.Path + " is " + difference.Kind,
				Attribute: w.record.Object + "." + difference.Path}
		}
		return nil
	})
}

func holdsNothing(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := w.lookupItem(reply)
		if departure != nil {
			return departure
		}
		if values := shownOf(reply.Draft.Operation.Lookup, item); len(values) > 0 {
			return failf("no records", nil, "%d", len(values))
		}
		return nil
	})
}
