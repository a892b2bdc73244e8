package steps

import (
	"context"
	"fmt"
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var givenSteps = []definition{
	{`^the registry answers a correct search$`,
		"a search that is right in every way is answered with the right record; a refusal that follows then means something",
		inWorld(answersControl)},
	{`^a search for a record by its identifier$`, "one search, of query_type idtype-value, for a record that the registry holds",
		inWorld(givenSearch)},
	{`^a search by identifier for a record of each type$`, "one search for each record type of the interface",
		inWorld(givenSearchOfEachType)},
	{`^a search for an identifier that nobody holds$`, "one search for which the right answer is no record",
		inWorld(givenAbsent)},
	{`^a search for (?:its|a record's) identifier under another type$`, "the value is held, but under another identifier_type",
		inWorld(givenOtherType)},
	{`^a search by (expression|predicate) with "([a-z]+)" on each attribute$`,
		"one search for each queryable attribute of each record type that has the operator; the population holds matches and near misses",
		withTexts(givenOperator)},
	{`^a search by (expression|predicate) with two conditions joined by "(and|or|not)"$`,
		"one search for each record type; joining the conditions otherwise, or dropping one, gives another answer",
		withTexts(givenPair)},
	{`^a search by (expression|predicate) that nobody meets$`, "a valid condition for which the right answer is no record",
		withText(givenNoMatch)},
	{`^a search by (expression|predicate) that many records meet$`, "a condition that at least a dozen records meet, and at most a hundred",
		withText(givenMany)},
}

// oneRecord makes the question for a single record by its identifier.
func (w *World) oneRecord(record spec.RecordType, salt string) *Question {
	wanted := w.env.Population.Pick(w.env.Interface.ID, record.Name, w.salt(salt))
	if w.wanted.IDValue == "" {
		w.wanted = wanted
	}
	return w.byIdentifier(record, wanted)
}

func (w *World) byIdentifier(record spec.RecordType, wanted population.Record) *Question {
	return w.ask(record, message.QueryIDTypeValue,
		population.Where{Identifier: &[2]string{wanted.IDType, wanted.IDValue}}, "identifier")
}

// answersControl sends a correct search of its own and leaves no trace in the scenario's state.
func answersControl(ctx context.Context, w *World) error {
	draft := w.searchFor(w.oneRecord(w.record, "control"))
	w.wanted = population.Record{}
	reply, err := w.send(ctx, draft, spec.Sync)
	if err != nil {
		return err
	}
	if departure := w.matches(reply); departure != nil {
		departure.Expected = "a correct search is answered: " + departure.Expected
		return departure
	}
	w.replies, w.shown, w.last = nil, []*exchange.Exchange{reply.Exchange}, nil
	return nil
}

func givenSearch(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.searchFor(w.oneRecord(w.record, "wanted"))}
	return nil
}

func givenSearchOfEachType(_ context.Context, w *World) error {
	for _, record := range w.env.Interface.Records {
		w.drafts = append(w.drafts, w.searchFor(w.oneRecord(record, record.Name)))
	}
	return nil
}

func givenAbsent(_ context.Context, w *World) error {
	idType, idValue := w.env.Population.Absent(w.salt("absent"))
	w.drafts = []*Draft{w.searchFor(w.ask(w.record, message.QueryIDTypeValue,
		population.Where{Identifier: &[2]string{idType, idValue}}, "identifier"))}
	return nil
}

// identifierTypes are the types that may be asked for: those of the standard that the dictionary lists, then
// those that a country adds.
func identifierTypes(words *datadictionary.Dictionary) []string {
	list, ok := words.CodeList("identifier_type")
	if !ok {
		return nil
	}
	added := lo.FilterMap(list.Codes, func(c datadictionary.ListedCode, _ int) (string, bool) { return c.Code, !c.Deprecated })
	known := lo.Filter([]string{"BRN", "MRN", "DRN", "UIN"}, func(code string, _ int) bool { return slices.Contains(added, code) })
	return lo.Uniq(append(known, added...))
}

// givenOtherType asks for a value that is held, under a type under which its holder does not hold it. Where a country
// has few types, somebody else may hold it so.
func givenOtherType(_ context.Context, w *World) error {
	for _, within := range [][]spec.RecordType{w.env.Interface.Records, {w.record}} {
		for attempt := range 50 {
			wanted := w.env.Population.Pick(w.env.Interface.ID, w.record.Name, w.salt(fmt.Sprint("type", attempt)))
			if question := w.underOtherType(wanted, within); question != nil {
				w.drafts = []*Draft{w.searchFor(question)}
				return nil
			}
		}
	}
	return fmt.Errorf("the population has no identifier whose type matters")
}

// underOtherType asks for a record's value under a type under which nobody holds it but those that are expected; nil
// where there is no such type.
func (w *World) underOtherType(wanted population.Record, within []spec.RecordType) *Question {
	for _, other := range identifierTypes(w.env.Dictionary) {
		if other == wanted.IDType {
			continue
		}
		question := w.ask(w.record, message.QueryIDTypeValue, population.Where{Identifier: &[2]string{other, wanted.IDValue}}, "identifier_type")
		if !among(question.Expected, wanted) && w.heldOnlyBy(question.Expected, within, other, wanted.IDValue) {
			return question
		}
	}
	return nil
}

func among(list []population.Record, record population.Record) bool {
	return slices.ContainsFunc(list, func(one population.Record) bool { return one.IDValue == record.IDValue })
}

// heldOnlyBy says whether no other record of the types has an identifier in whatever place. A registry may find a
// person by each identifier that the record has of the person, not only by those of the record itself.
func (w *World) heldOnlyBy(holders []population.Record, within []spec.RecordType, idType, idValue string) bool {
	for _, record := range within {
		for _, held := range w.env.Population.All(w.env.Interface.ID, record.Name) {
			if identifiedBy(held.Data, idType, idValue) && !among(holders, held) {
				return false
			}
		}
	}
	return true
}

func identifiedBy(value any, idType, idValue string) bool {
	switch held := value.(type) {
	case []any:
		return slices.ContainsFunc(held, func(one any) bool { return identifiedBy(one, idType, idValue) })
	case map[string]any:
		if held["identifier_type"] == idType && held["identifier_value"] == idValue {
			return true
		}
		for _, inner := range held {
			if identifiedBy(inner, idType, idValue) {
				return true
			}
		}
	}
	return false
}

func givenOperator(_ context.Context, w *World, queryType, operator string) error {
	for _, record := range w.env.Interface.Records {
		for _, attribute := range record.Query {
			for _, offered := range attribute.Operators {
				if offered != operator {
					continue
				}
				condition, err := w.env.Population.Ask(w.env.Interface.ID, record.Name, attribute.Attribute, operator, w.salt(queryType))
				if err != nil {
					return err
				}
				w.drafts = append(w.drafts, w.searchFor(w.ask(record, queryType, population.Where{Is: &condition},
					record.Name+"."+attribute.Attribute+" "+operator)))
			}
		}
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("no attribute of %s is queried with %s", w.env.Interface.ID, operator)
	}
	return nil
}

func givenPair(_ context.Context, w *World, queryType, connective string) error {
	for _, record := range w.env.Interface.Records {
		where, err := w.env.Population.AskPair(w.env.Interface.ID, record.Name, connective, w.salt(queryType))
		if err != nil {
			return err
		}
		w.drafts = append(w.drafts, w.searchFor(w.ask(record, queryType, where, record.Name+" "+connective)))
	}
	return nil
}

func givenNoMatch(_ context.Context, w *World, queryType string) error {
	where, err := w.env.Population.AskNoMatch(w.env.Interface.ID, w.record.Name, w.salt(queryType))
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.searchFor(w.ask(w.record, queryType, where, "no match"))}
	return nil
}

// givenMany looks for a single condition that many records meet, but not more than fit one page.
func givenMany(_ context.Context, w *World, queryType string) error {
	const many = 12
	condition, err := w.env.Population.AskMany(w.env.Interface.ID, w.record.Name, wide)
	if err != nil {
		return err
	}
	question := w.ask(w.record, queryType, population.Where{Is: &condition}, w.record.Name+"."+condition.Attribute+" "+condition.Operator)
	if len(question.Expected) < many {
		return fmt.Errorf("the population has no condition that %d records of %s meet", many, w.record.Name)
	}
	w.drafts = []*Draft{w.searchFor(question)}
	return nil
}
