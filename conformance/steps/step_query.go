package steps

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var querySteps = []definition{
	{`^a search by (expression|predicate) with (or within and|and within or|or within not)$`,
		"three conditions, nested; dropping one, flattening or joining otherwise gives another answer", withTexts(givenNested)},
	{`^a search by expression with two conditions in one object$`, "both must hold, as in the language that the published example is written in",
		inWorld(givenOneObject)},
	{`^a search by expression with two comparisons of one attribute$`, "from a bound to another bound", inWorld(givenRange)},
	{`^a search by predicate with two items in its list$`, "both must hold", inWorld(givenTwoItems)},
	{`^a search by (expression|predicate) whose condition (.+)$`, "a condition with one flaw, which must not be overlooked", withTexts(givenFlaw)},
	{`^a search by (expression|predicate) for a name with (.+)$`, "a text that the registry holds, compared with eq", withTexts(givenName)},
	{`^a search by (expression|predicate) for a text that is written like (.+)$`, "a text that nobody holds and that a careless registry would execute",
		withTexts(givenHostileText)},
	{`^a search for an identifier that is written like (.+)$`, "an identifier_value that nobody holds and that a careless registry would execute",
		withText(givenHostileIdentifier)},
	{`^a search by expression on "([^"]+)" and "([^"]+)"$`, "two conditions that must both hold, on these attributes", withTexts(givenOn)},
	{`^a search for a record by an identifier that is not its first$`, "one search for each record type whose records have more than one", inWorld(givenOtherIdentifier)},
	{`^a search for a record of each type that has an attribute which few have$`,
		"one search for each record type, by identifier, for a record with the attribute that is rarest", inWorld(givenRare)},
	{`^a search for the record with most elements of "([^"]+)"$`, "one search, by identifier, for the record with the longest list", withText(givenLongest)},
	{`^a search for (?:a|the) record that holds "([^"]+)"$`, "one search, by identifier, for a record that has the attribute", withText(givenHolding)},
}

func givenNested(_ context.Context, w *World, queryType, nesting string) error {
	for _, record := range w.env.Interface.Records {
		where, err := w.env.Population.AskNested(w.env.Interface.ID, record.Name, nesting, w.salt(queryType))
		if err != nil {
			return err
		}
		w.drafts = append(w.drafts, w.searchFor(w.ask(record, queryType, where, record.Name+" "+nesting)))
	}
	return nil
}

func givenOneObject(_ context.Context, w *World) error {
	return w.pairs(message.QueryExpression, func(q *Question) {
		both := mongo(q.Where.All[0])
		for attribute, comparison := range mongo(q.Where.All[1]) {
			both[attribute] = comparison
		}
		q.Query = expressionForm(q.Record, both)
	})
}

func givenTwoItems(_ context.Context, w *World) error {
	return w.pairs(message.QueryPredicate, func(q *Question) { q.Query = predicateList(q.Where.All) })
}

// pairs asks each record type for two conditions that must both hold, in another form than the usual.
func (w *World) pairs(queryType string, write func(*Question)) error {
	for _, record := range w.env.Interface.Records {
		where, err := w.env.Population.AskPair(w.env.Interface.ID, record.Name, population.And, w.salt(queryType))
		if err != nil {
			return err
		}
		question := w.ask(record, queryType, where, record.Name+" and")
		write(question)
		w.drafts = append(w.drafts, w.searchFor(question))
	}
	return nil
}

// givenRange asks for the records between two bounds of one attribute: either bound alone has another answer.
func givenRange(_ context.Context, w *World) error {
	for _, record := range w.env.Interface.Records {
		where, err := w.env.Population.AskRange(w.env.Interface.ID, record.Name, w.salt("range"))
		if err != nil {
			continue
		}
		from, to := where.All[0].Is, where.All[1].Is
		question := w.ask(record, message.QueryExpression, where, record.Name+"."+from.Attribute+" from, to")
		question.Query = expressionForm(record, map[string]any{from.Attribute: map[string]any{
			mongoOperators[from.Operator]: from.Value, mongoOperators[to.Operator]: to.Value}})
		w.drafts = append(w.drafts, w.searchFor(question))
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("no attribute of %s can be asked for a range", w.env.Interface.ID)
	}
	return nil
}

// narrower says whether the parts together find some records and fewer than each alone.
func (w *World) narrower(q *Question) bool {
	if len(q.Expected) == 0 {
		return false
	}
	return !slices.ContainsFunc(q.Where.All, func(part population.Where) bool {
		return len(w.env.Population.Matching(w.env.Interface.ID, q.Record.Name, part)) == len(q.Expected)
	})
}

func givenFlaw(_ context.Context, w *World, queryType, flaw string) error {
	question, err := w.flawed(queryType, flaw)
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.searchFor(question)}
	return nil
}

// kindsOfName are the texts that registries are known to lose or to confuse with others that are held.
var kindsOfName = map[string]func(text string, others []string) bool{
	// The sign that languages and databases quote with; another one where no name has it.
	"an apostrophe": func(text string, others []string) bool {
		quoting := func(text string) bool { return strings.Contains(text, "'") }
		return quoting(text) || strings.Contains(text, "’") && !slices.ContainsFunc(others, quoting)
	},
	"letters beyond ASCII": func(text string, _ []string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
	},
	"a combining accent": func(text string, _ []string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x300 && r <= 0x36f })
	},
	"a blank or a hyphen": func(text string, _ []string) bool { return strings.ContainsAny(text, " -") },
	"longer names around it": func(text string, others []string) bool {
		begins, ends := false, false
		for _, other := range others {
			begins = begins || other != text && strings.HasPrefix(other, text)
			ends = ends || other != text && strings.HasSuffix(other, text)
		}
		return begins && ends
	},
}

func givenName(_ context.Context, w *World, queryType, kind string) error {
	fits, known := kindsOfName[kind]
	if !known {
		return fmt.Errorf("no kind of name is called %q", kind)
	}
	record, attribute, held := w.texts()
	var texts []string
	for _, text := range held {
		if fits(text, held) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return fmt.Errorf("the population has no name with %s", kind)
	}
	return w.forText(queryType, record, attribute, w.choose(texts), "a name with "+kind)
}

// hostile are texts that mean something to an engine behind a registry. Each is made from a value that
// is held, so that a registry which lets the text be executed finds somebody.
var hostile = map[string]func(held string) string{
	"SQL":                               func(string) string { return "' OR '1'='1" },
	"SQL with a comment":                func(held string) string { return held + "' OR 1=1 -- " },
	"a pattern of SQL":                  func(held string) string { return shortened(held) + "%" },
	"a pattern of SQL for one sign":     func(held string) string { return shortened(held) + "_" },
	"a wildcard":                        func(string) string { return "*" },
	"a beginning with a wildcard":       func(held string) string { return shortened(held) + "*" },
	"a regular expression":              func(held string) string { return shortened(held) + ".+" },
	"an operator of the query":          func(string) string { return `{"$ne": null}` },
	"a quotation mark":                  func(string) string { return `"` },
	"the beginning of one that is held": shortened,
}

// shortened is a text without its last letter.
func shortened(text string) string {
	runes := []rune(text)
	return string(runes[:max(0, len(runes)-1)])
}

func givenHostileText(_ context.Context, w *World, queryType, kind string) error {
	write, known := hostile[kind]
	if !known {
		return fmt.Errorf("no hostile text is called %q", kind)
	}
	record, attribute, texts := w.texts()
	// A text of plain letters, so that the hostile part of what is made of it is the one that was added.
	texts = slices.DeleteFunc(texts, func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) })
	})
	if len(texts) == 0 {
		return fmt.Errorf("the population has no plain text to make a hostile one of")
	}
	return w.forText(queryType, record, attribute, write(w.choose(texts)), "a text like "+kind)
}

func givenHostileIdentifier(_ context.Context, w *World, kind string) error {
	write, known := hostile[kind]
	if !known {
		return fmt.Errorf("no hostile text is called %q", kind)
	}
	held := w.env.Population.Pick(w.env.Interface.ID, w.record.Name, w.salt(kind))
	question := w.ask(w.record, message.QueryIDTypeValue,
		population.Where{Identifier: &[2]string{held.IDType, write(held.IDValue)}}, "an identifier like "+kind)
	w.drafts = []*Draft{w.searchFor(question)}
	return nil
}

// texts are the texts of the first attribute that holds some and can be asked for with eq.
func (w *World) texts() (spec.RecordType, string, []string) {
	for _, record := range w.env.Interface.Records {
		for _, attribute := range record.Query {
			if texts := w.env.Population.Texts(w.env.Interface.ID, record.Name, attribute.Attribute); len(texts) > 0 && slices.Contains(attribute.Operators, "eq") {
				return record, attribute.Attribute, texts
			}
		}
	}
	return spec.RecordType{}, "", nil
}

// choose takes one of several by the scenario and the seed.
func (w *World) choose(among []string) string {
	sum := fnv.New32a()
	fmt.Fprint(sum, w.ID, w.env.Population.Seed)
	return among[int(sum.Sum32())%len(among)]
}

func (w *World) forText(queryType string, record spec.RecordType, attribute, text, about string) error {
	condition := population.Condition{Attribute: attribute, Operator: "eq", Value: text}
	w.drafts = []*Draft{w.searchFor(w.ask(record, queryType, population.Where{Is: &condition}, record.Name+"."+attribute+" eq "+about))}
	return nil
}

func givenHolding(_ context.Context, w *World, path string) error {
	for _, record := range w.env.Interface.Records {
		if found := w.env.Population.Holding(w.env.Interface.ID, record.Name, path); len(found) > 0 {
			w.record = record
			w.drafts = append(w.drafts, w.searchFor(w.byIdentifier(record, found[0])))
		}
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("no record of the population holds %s", path)
	}
	return nil
}

// givenOn takes the conditions that find some records, and fewer than each alone.
func givenOn(_ context.Context, w *World, first, second string) error {
	for _, record := range w.env.Interface.Records {
		for _, one := range w.conditions(record, first) {
			for _, other := range w.conditions(record, second) {
				where := population.Where{All: []population.Where{{Is: &one}, {Is: &other}}}
				question := w.ask(record, message.QueryExpression, where, record.Name+"."+first+" and "+second)
				const telling = 3
				if len(question.Expected) >= telling && len(question.Expected) <= wide && w.narrower(question) {
					w.record, w.drafts = record, []*Draft{w.searchFor(question)}
					return nil
				}
			}
		}
	}
	return fmt.Errorf("no conditions on %s and %s find some records together", first, second)
}

// conditions are some on the attribute, by each of its operators, those with a bound first.
func (w *World) conditions(record spec.RecordType, name string) []population.Condition {
	var made []population.Condition
	for _, attribute := range record.Query {
		if attribute.Attribute != name {
			continue
		}
		for _, operator := range []string{"le", "lt", "ge", "gt", "in", "eq"} {
			for attempt := range 12 {
				condition, err := w.env.Population.Ask(w.env.Interface.ID, record.Name, name, operator, w.salt(fmt.Sprint("on", attempt)))
				if err == nil && slices.Contains(attribute.Operators, operator) {
					made = append(made, condition)
				}
			}
		}
	}
	return made
}

func givenOtherIdentifier(_ context.Context, w *World) error {
	for _, record := range w.env.Interface.Records {
		held := w.env.Population.Pick(w.env.Interface.ID, record.Name, w.salt(record.Name))
		if ids := population.IdentifierOf(held.Data, record.Identifier); len(ids) > 1 {
			second := ids[1]
			w.drafts = append(w.drafts, w.searchFor(w.ask(record, message.QueryIDTypeValue,
				population.Where{Identifier: &[2]string{second.Type, second.Value}}, "another identifier")))
		}
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("no record of %s has two identifiers", w.env.Interface.ID)
	}
	return nil
}

func givenRare(_ context.Context, w *World) error {
	for _, record := range w.env.Interface.Records {
		all := len(w.env.Population.All(w.env.Interface.ID, record.Name))
		var rarest []population.Record
		for _, attribute := range w.env.Dictionary.Queryable(record.Object) {
			const shallow = 2
			if strings.Count(attribute.Path, ".") > shallow {
				continue
			}
			holding := w.env.Population.Holding(w.env.Interface.ID, record.Name, attribute.Path)
			if len(holding) > 0 && len(holding) < all && (rarest == nil || len(holding) < len(rarest)) {
				rarest = holding
			}
		}
		if len(rarest) > 0 {
			w.drafts = append(w.drafts, w.searchFor(w.byIdentifier(record, rarest[0])))
		}
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("the records of %s all have the same attributes", w.env.Interface.ID)
	}
	return nil
}

func givenLongest(_ context.Context, w *World, attribute string) error {
	var longest population.Record
	most := 0
	for _, record := range w.env.Interface.Records {
		for _, held := range w.env.Population.All(w.env.Interface.ID, record.Name) {
			if list, ok := held.Data[attribute].([]any); ok && len(list) > most {
				longest, most, w.record = held, len(list), record
			}
		}
	}
	if most < 2 {
		return fmt.Errorf("no record of the population has several elements of %s", attribute)
	}
	w.drafts = []*Draft{w.searchFor(w.byIdentifier(w.record, longest))}
	return nil
}
