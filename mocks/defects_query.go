package mocks

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const (
	classOperator = "operators"
	classDropped  = "condition dropped"
	classJoined   = "AND for OR"
	classFlaw     = "wrong queries answered"
	classNames    = "names beyond ASCII"
)

// operator reads one operator as another, in both languages.
func operator(is, read query.Op) func(*Vendor) {
	return compared(func(c query.Compare) query.Node {
		if c.Op == is && (c.Kind == query.Number || c.Kind == query.Time) {
			c.Op = read
		}
		return c
	})
}

// comparedAs compares the values of one kind in a way of its own.
func comparedAs(kind query.Kind, order func(held, asked string) int) func(*Vendor) {
	accepts := map[query.Op]func(int) bool{
		query.Eq: func(o int) bool { return o == 0 }, query.In: func(o int) bool { return o == 0 },
		query.Lt: func(o int) bool { return o < 0 }, query.Le: func(o int) bool { return o <= 0 },
		query.Gt: func(o int) bool { return o > 0 }, query.Ge: func(o int) bool { return o >= 0 },
	}
	return judged(func(node query.Node, record map[string]any) (met, decided bool) {
		c, ok := node.(query.Compare)
		if !ok || c.Kind != kind {
			return false, false
		}
		for _, held := range textsAt(c, record) {
			for _, value := range c.Values {
				met = met || accepts[c.Op](order(held, literally(value)))
			}
		}
		return met, true
	})
}

// literally is a value of a query as text.
func literally(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case *apd.Decimal:
		return value.Text('f')
	case time.Time:
		return value.UTC().Format(time.RFC3339)
	}
	return ""
}

// executedText also finds texts that an engine finds which executes the value.
func executedText(finds func(held, asked string) bool) func(*Vendor) {
	return judged(func(node query.Node, record map[string]any) (met, decided bool) {
		c, ok := node.(query.Compare)
		if !ok || c.Kind != query.Text {
			return false, false
		}
		for _, held := range textsAt(c, record) {
			for _, value := range c.Values {
				met = met || held == literally(value) || finds(held, literally(value))
			}
		}
		return met, met
	})
}

// joins reads every connective of a condition otherwise.
func joins(change func(node query.Node) query.Node) func(*Vendor) {
	return restated(func(q query.Query) query.Query { q.Where = rewritten(q.Where, change); return q })
}

// flattened lifts the parts of inner connectives to the outermost one.
func flattened(node query.Node) query.Node {
	parts := func(nodes []query.Node) []query.Node {
		var flat []query.Node
		for _, part := range nodes {
			switch part := part.(type) {
			case query.And:
				flat = append(flat, part...)
			case query.Or:
				flat = append(flat, part...)
			case query.Not:
				switch of := part.Of.(type) {
				case query.Or:
					for _, inner := range of {
						flat = append(flat, query.Not{Of: inner})
						break
					}
				case query.And:
					flat = append(flat, flattened(query.Not{Of: of[0]}))
				default:
					flat = append(flat, part)
				}
			default:
				flat = append(flat, part)
			}
		}
		return flat
	}
	switch node := node.(type) {
	case query.And:
		return query.And(parts(node))
	case query.Or:
		return query.Or(parts(node))
	}
	return node
}

const strange = "attribute_of_no_dictionary"

// withoutUnknown leaves conditions on an unknown attribute out of an expression.
func withoutUnknown(condition map[string]any) map[string]any {
	var clean func(any) any
	clean = func(value any) any {
		switch value := value.(type) {
		case []any:
			var kept []any
			for _, element := range value {
				if part, ok := clean(element).(map[string]any); ok && len(part) > 0 {
					kept = append(kept, part)
				}
			}
			return kept
		case map[string]any:
			made := map[string]any{}
			for name, held := range value {
				switch {
				case name == strange:
				case strings.HasPrefix(name, "$") && (name == "$and" || name == "$or" || name == "$not"):
					made[name] = clean(held)
				default:
					made[name] = held
				}
			}
			return made
		}
		return value
	}
	cleaned, _ := clean(condition).(map[string]any)
	if len(cleaned) == 0 {
		return everybody()
	}
	return cleaned
}

// sideDropped keeps one side of a predicate's item where wrong says so of the other.
func sideDropped(wrong func(expression map[string]any) bool) func(*Vendor) {
	return misreadPredicate(func(item map[string]any) {
		if second, ok := item["expression2"].(map[string]any); ok && wrong(second) {
			delete(item, "condition")
			delete(item, "expression2")
		}
		if first, ok := item["expression1"].(map[string]any); ok && wrong(first) {
			item["expression1"] = map[string]any{"attribute_name": "registration_date", "operator": "gt", "attribute_value": "1800-01-01"}
		}
	})
}

func unfinished(expression map[string]any) bool {
	return expression["attribute_name"] == nil || expression["operator"] == nil || expression["attribute_value"] == nil
}

// unreadable says whether a value is none of the attribute's type, by the suite's published examples.
func unreadable(value any) bool {
	if text, ok := value.(string); ok {
		return text == "soon" || text == "few" || strings.Contains(text, "-02-30")
	}
	_, object := value.(map[string]any)
	return object
}

// comparisonDropped leaves a comparison whose value or operator is wrong out of an expression.
func comparisonDropped(wrong func(operator string, value any) bool) func(*Vendor) {
	return misreadExpression(func(condition map[string]any) map[string]any {
		conditionsIn(condition, func(of map[string]any, attribute string, comparisons map[string]any) {
			maps.DeleteFunc(comparisons, wrong)
			if len(comparisons) == 0 {
				delete(of, attribute)
				maps.Copy(of, everybody())
			}
		})
		return condition
	})
}

// emptyIsEverything answers a condition that says nothing with everybody.
func emptyIsEverything(condition map[string]any) map[string]any {
	for _, connective := range []string{"$and", "$not"} {
		switch inner := condition[connective].(type) {
		case []any:
			if len(inner) == 0 {
				return everybody()
			}
		case map[string]any:
			if len(inner) == 0 {
				return everybody()
			}
		}
	}
	if len(condition) == 0 {
		return everybody()
	}
	return condition
}

// unlikeInCallbacks leaves the last record out of answers of a query type in callbacks.
func unlikeInCallbacks(queryType string) func(*Vendor) {
	return func(v *Vendor) {
		v.Answers(func(out reference.Outgoing, all []map[string]any) []map[string]any {
			if !later(out) || !strings.Contains(string(out.Request.Body), `"query_type":"`+queryType+`"`) {
				return all
			}
			for _, item := range all {
				if own := found(item); len(own) > 2 {
					keep(item, own[:len(own)-1])
				}
			}
			return all
		})
	}
}

// composed writes letters with a combining accent as one letter where there is one for it.
var composed = strings.NewReplacer("n\u0303", "\u00f1", "e\u0301", "\u00e9", "u\u0301", "\u00fa", "i\u0301", "\u00ed", "a\u0301", "\u00e1", "o\u0301", "\u00f3")

// textValues changes the texts that queries ask for.
func textValues(change func(text string) string) func(*Vendor) {
	return values(func(attribute, _ string, value any) any {
		if text, ok := value.(string); ok && strings.Contains(attribute, "name") {
			return change(text)
		}
		return value
	})
}

var _ = register(
	Defect{ID: "eq-as-ge", Class: classOperator, Breaks: []string{"REG-QEX-001", "REG-QPR-001"},
		Sentence: "reads eq on dates and numbers as ge", Alter: operator(query.Eq, query.Ge)},
	Defect{ID: "eq-by-its-beginning", Class: classOperator, Breaks: []string{"REG-QEX-001", "REG-QPR-001"},
		Sentence: "finds texts that begin with the one asked for", Alter: executedText(strings.HasPrefix)},
	Defect{ID: "eq-of-a-part", Class: classOperator, Breaks: []string{"REG-QEX-001", "REG-QPR-001"},
		Sentence: "finds texts that hold the one asked for", Alter: executedText(strings.Contains)},
	Defect{ID: "eq-of-dates-as-text", Class: classOperator, Breaks: []string{"REG-QEX-005", "REG-QPR-005"},
		Sentence: "compares moments as texts", Alter: comparedAs(query.Time, strings.Compare)},
	Defect{ID: "numbers-as-text", Class: classOperator, Breaks: []string{"REG-QEX-002", "REG-QPR-002"},
		Sentence: "compares numbers as texts, in which 9 is more than 10", Alter: comparedAs(query.Number, strings.Compare)},
	Defect{ID: "lt-as-le", Class: classOperator, Breaks: []string{"REG-QEX-002", "REG-QPR-002"},
		Sentence: "reads lt as le", Alter: operator(query.Lt, query.Le)},
	Defect{ID: "lt-as-gt", Class: classOperator, Breaks: []string{"REG-QEX-002", "REG-QPR-002"},
		Sentence: "reads lt as gt", Alter: operator(query.Lt, query.Gt)},
	Defect{ID: "le-as-lt", Class: classOperator, Breaks: []string{"REG-QEX-003", "REG-QPR-003"},
		Sentence: "reads le as lt", Alter: operator(query.Le, query.Lt)},
	Defect{ID: "gt-as-ge", Class: classOperator, Breaks: []string{"REG-QEX-004", "REG-QPR-004"},
		Sentence: "reads gt as ge", Alter: operator(query.Gt, query.Ge)},
	Defect{ID: "ge-as-gt", Class: classOperator, Breaks: []string{"REG-QEX-005", "REG-QPR-005"},
		Sentence: "reads ge as gt", Alter: operator(query.Ge, query.Gt)},
	Defect{ID: "in-first-value-only", Class: classOperator, Breaks: []string{"REG-QEX-006", "REG-QPR-006"},
		Sentence: "looks at the first value of in only",
		Alter: compared(func(c query.Compare) query.Node {
			if c.Op == query.In {
				c.Values = c.Values[:1]
			}
			return c
		})},
	Defect{ID: "in-last-value-lost", Class: classOperator, Breaks: []string{"REG-QEX-006", "REG-QPR-006"},
		Sentence: "leaves the last value of in out",
		Alter: compared(func(c query.Compare) query.Node {
			if c.Op == query.In && len(c.Values) > 1 {
				c.Values = c.Values[:len(c.Values)-1]
			}
			return c
		})},
	Defect{ID: "in-as-everything", Class: classOperator, Breaks: []string{"REG-QEX-006", "REG-QPR-006"},
		Sentence: "does not know in and leaves the condition out",
		Alter: compared(func(c query.Compare) query.Node {
			if c.Op == query.In {
				return query.Or{c, query.Not{Of: c}}
			}
			return c
		})},

	Defect{ID: "and-as-or", Class: classJoined, Breaks: []string{"REG-QEX-007", "REG-QPR-007"},
		Sentence: "reads and as or",
		Alter: joins(func(node query.Node) query.Node {
			if and, ok := node.(query.And); ok {
				return query.Or(and)
			}
			return node
		})},
	Defect{ID: "and-last-condition-dropped", Class: classDropped, Breaks: []string{"REG-QEX-007", "REG-QPR-007"},
		Sentence: "drops the last of the conditions that must all hold",
		Alter: joins(func(node query.Node) query.Node {
			if and, ok := node.(query.And); ok && len(and) > 1 {
				return and[:len(and)-1]
			}
			return node
		})},
	Defect{ID: "and-first-condition-dropped", Class: classDropped, Breaks: []string{"REG-QEX-007", "REG-QPR-007", "REG-QEX-019"},
		Sentence: "drops the first of the conditions that must all hold",
		Alter: joins(func(node query.Node) query.Node {
			if and, ok := node.(query.And); ok && len(and) > 1 {
				return and[1:]
			}
			return node
		})},
	Defect{ID: "or-as-and", Class: classJoined, Breaks: []string{"REG-QEX-008", "REG-QPR-008"},
		Sentence: "reads or as and",
		Alter: joins(func(node query.Node) query.Node {
			if or, ok := node.(query.Or); ok {
				return query.And(or)
			}
			return node
		})},
	Defect{ID: "or-second-dropped", Class: classDropped, Breaks: []string{"REG-QEX-008", "REG-QPR-008"},
		Sentence: "drops the alternatives behind the first",
		Alter: joins(func(node query.Node) query.Node {
			if or, ok := node.(query.Or); ok {
				return or[:1]
			}
			return node
		})},
	Defect{ID: "not-ignored", Class: classJoined, Breaks: []string{"REG-QEX-009", "REG-QPR-009"},
		Sentence: "reads not as and",
		Alter: joins(func(node query.Node) query.Node {
			if not, ok := node.(query.Not); ok {
				return not.Of
			}
			return node
		})},
	Defect{ID: "not-dropped", Class: classDropped, Breaks: []string{"REG-QEX-009", "REG-QPR-009"},
		Sentence: "drops the denied condition",
		Alter: joins(func(node query.Node) query.Node {
			if not, ok := node.(query.Not); ok {
				return query.Or{not, not.Of}
			}
			return node
		})},
	Defect{ID: "nesting-flattened", Class: classJoined, Breaks: []string{"REG-QEX-010"},
		Sentence: "reads nested conditions as though they stood side by side", Alter: joins(flattened)},
	Defect{ID: "nested-conditions-dropped", Class: classDropped, Breaks: []string{"REG-QEX-010"},
		Sentence: "reads the first of nested conditions only",
		Alter: restated(func(q query.Query) query.Query {
			switch outer := q.Where.(type) {
			case query.And:
				q.Where = rewritten(outer, firstOfOr)
			case query.Or:
				q.Where = query.Or(slices.Collect(func(yield func(query.Node) bool) {
					for _, part := range outer {
						if and, ok := part.(query.And); ok {
							part = and[0]
						}
						if !yield(part) {
							return
						}
					}
				}))
			}
			return q
		})},
	Defect{ID: "predicate-items-as-alternatives", Class: classJoined, Breaks: []string{"REG-QPR-010"},
		Sentence: "finds whoever meets one item of a predicate list",
		Alter: misreadPredicates(func(list []any) []any {
			if len(list) != 2 {
				return list
			}
			first, _ := list[0].(map[string]any)
			second, _ := list[1].(map[string]any)
			if first["expression2"] != nil || second["expression2"] != nil {
				return list
			}
			return []any{map[string]any{"expression1": first["expression1"], "condition": "or", "expression2": second["expression1"]}}
		})},
	Defect{ID: "predicate-first-item-only", Class: classDropped, Breaks: []string{"REG-QPR-010"},
		Sentence: "reads the first item of a predicate list only",
		Alter:    misreadPredicates(func(list []any) []any { return list[:min(1, len(list))] })},
	Defect{ID: "predicate-last-item-only", Class: classDropped, Breaks: []string{"REG-QPR-010"},
		Sentence: "reads the last item of a predicate list only",
		Alter:    misreadPredicates(func(list []any) []any { return list[max(0, len(list)-1):] })},
	Defect{ID: "query-no-match-is-everything", Class: classIgnored, Breaks: []string{"REG-QEX-011", "REG-QPR-011"},
		Sentence: "leaves the condition out where nobody meets it", Alter: whereNobody},
	Defect{ID: "query-no-match-rejected", Class: classItem, Breaks: []string{"REG-QEX-011", "REG-QPR-011"},
		Sentence: "rejects a condition that nobody meets",
		Alter: items(func(_ reference.Outgoing, _ int, item map[string]any) {
			if item["status"] == message.StatusSuccess && len(found(item)) == 0 {
				delete(item, "data")
				item["status"], item["status_reason_code"] = message.StatusRejected, message.RejectFilter
			}
		})},

	Defect{ID: "expression-unknown-attribute-dropped", Class: classDropped, Breaks: []string{"REG-QEX-012"},
		Sentence: "leaves conditions on unknown attributes out of an expression", Alter: misreadExpression(withoutUnknown)},
	Defect{ID: "expression-unknown-attribute-dropped-in-or", Class: classDropped, Breaks: []string{"REG-QEX-012"},
		Sentence: "leaves an alternative on an unknown attribute out of an expression",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			if condition["$or"] != nil {
				return withoutUnknown(condition)
			}
			return condition
		})},
	Defect{ID: "predicate-unknown-attribute-dropped", Class: classDropped, Breaks: []string{"REG-QPR-012"},
		Sentence: "leaves conditions on unknown attributes out of a predicate",
		Alter:    sideDropped(func(expression map[string]any) bool { return expression["attribute_name"] == strange })},
	Defect{ID: "predicate-unknown-attribute-finds-nobody", Class: classFlaw, Breaks: []string{"REG-QPR-012"},
		Sentence: "answers a condition on an unknown attribute with no record",
		Alter: misreadPredicate(func(item map[string]any) {
			for _, expression := range expressionsIn(item) {
				if expression["attribute_name"] == strange {
					expression["attribute_name"], expression["operator"], expression["attribute_value"] = "registration_date", "lt", "1800-01-01"
				}
			}
		})},
	Defect{ID: "predicate-second-item-unknown-dropped", Class: classDropped, Breaks: []string{"REG-QPR-012"},
		Sentence: "leaves a second item on an unknown attribute out",
		Alter: misreadPredicates(func(list []any) []any {
			return slices.DeleteFunc(list, func(element any) bool {
				item, _ := element.(map[string]any)
				first, _ := item["expression1"].(map[string]any)
				return len(list) > 1 && first["attribute_name"] == strange
			})
		})},
	Defect{ID: "expression-unknown-operator-dropped", Class: classDropped, Breaks: []string{"REG-QEX-013"},
		Sentence: "leaves comparisons with an unknown operator out",
		Alter:    comparisonDropped(func(operator string, _ any) bool { return operator == "$resembles" })},
	Defect{ID: "expression-unknown-operator-dropped-beside", Class: classDropped, Breaks: []string{"REG-QEX-013"},
		Sentence: "leaves an unknown operator out where a known one stands beside it",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			conditionsIn(condition, func(_ map[string]any, _ string, comparisons map[string]any) {
				if len(comparisons) > 1 {
					delete(comparisons, "$resembles")
				}
			})
			return condition
		})},
	Defect{ID: "expression-unknown-connective-as-or", Class: classJoined, Breaks: []string{"REG-QEX-013"},
		Sentence: "reads an unknown connective as or",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			if list, ok := condition["$neither"]; ok {
				return map[string]any{"$or": list}
			}
			return condition
		})},
	Defect{ID: "predicate-unknown-operator-as-eq", Class: classOperator, Breaks: []string{"REG-QPR-013"},
		Sentence: "reads an unknown operator of a predicate as eq",
		Alter: misreadPredicate(func(item map[string]any) {
			for _, expression := range expressionsIn(item) {
				if expression["operator"] == "resembles" {
					expression["operator"] = "eq"
				}
			}
		})},
	Defect{ID: "predicate-unknown-condition-as-and", Class: classJoined, Breaks: []string{"REG-QPR-013"},
		Sentence: "reads an unknown condition of a predicate as and",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == "xor" {
				item["condition"] = "and"
			}
		})},
	Defect{ID: "wrong-type-comparison-dropped", Class: classFlaw, Breaks: []string{"REG-QEX-014", "REG-QPR-014"},
		Sentence: "leaves a comparison out whose value it cannot read",
		Alter: altogether(comparisonDropped(func(_ string, value any) bool { return unreadable(value) }),
			sideDropped(func(expression map[string]any) bool { return unreadable(expression["attribute_value"]) }))},
	Defect{ID: "february-30-as-march", Class: classDates, Breaks: []string{"REG-QEX-014", "REG-QPR-014"},
		Sentence: "reads a day that does not exist as one that does",
		Alter: values(func(_, _ string, value any) any {
			if text, ok := value.(string); ok {
				return strings.Replace(text, "-02-30", "-03-02", 1)
			}
			return value
		})},
	Defect{ID: "word-as-zero", Class: classFlaw, Breaks: []string{"REG-QEX-014", "REG-QPR-014"},
		Sentence: "reads a word as the number 0",
		Alter: values(func(_, _ string, value any) any {
			if value == "few" {
				return 0
			}
			return value
		})},
	Defect{ID: "in-with-one-value-accepted", Class: classFlaw, Breaks: []string{"REG-QEX-014", "REG-QPR-014"},
		Sentence: "takes one value for the list of in",
		Alter: values(func(_, operator string, value any) any {
			if _, list := value.([]any); operator == "in" && !list {
				return []any{value}
			}
			return value
		})},
	Defect{ID: "empty-condition-is-everything", Class: classFlaw, Breaks: []string{"REG-QEX-015"},
		Sentence: "answers an empty condition with everybody", Alter: misreadExpression(emptyIsEverything)},
	Defect{ID: "empty-connective-is-everything", Class: classFlaw, Breaks: []string{"REG-QEX-015"},
		Sentence: "answers a connective without conditions with everybody",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			if len(condition) == 0 {
				return condition
			}
			return emptyIsEverything(condition)
		})},
	Defect{ID: "empty-predicate-is-everything", Class: classFlaw, Breaks: []string{"REG-QPR-015"},
		Sentence: "answers an empty predicate list with everybody",
		Alter: misreadPredicates(func(list []any) []any {
			if len(list) > 0 {
				return list
			}
			return []any{map[string]any{"expression1": map[string]any{
				"attribute_name": "registration_date", "operator": "gt", "attribute_value": "1800-01-01"}}}
		})},
	Defect{ID: "empty-predicate-item-is-everything", Class: classFlaw, Breaks: []string{"REG-QPR-015"},
		Sentence: "answers an empty item of a predicate list with everybody",
		Alter: misreadPredicate(func(item map[string]any) {
			if len(item) == 0 {
				item["expression1"] = map[string]any{"attribute_name": "registration_date", "operator": "gt", "attribute_value": "1800-01-01"}
			}
		})},

	Defect{ID: "texts-by-like", Class: classInjection, Breaks: []string{"REG-QEX-016", "REG-QPR-016"},
		Sentence: "compares texts by LIKE", Alter: executedText(func(held, asked string) bool { return likePattern(asked, held) })},
	Defect{ID: "texts-by-regular-expression", Class: classInjection, Breaks: []string{"REG-QEX-016", "REG-QPR-016"},
		Sentence: "compares texts as regular expressions",
		Alter: executedText(func(held, asked string) bool {
			pattern, err := regexp.Compile("^(?:" + asked + ")$")
			return err == nil && pattern.MatchString(held)
		})},
	Defect{ID: "texts-in-sql", Class: classInjection, Breaks: []string{"REG-QEX-016", "REG-QPR-016"},
		Sentence: "writes texts into its SQL",
		Alter:    executedText(func(_, asked string) bool { return strings.Contains(asked, "' OR ") })},
	Defect{ID: "texts-with-wildcard", Class: classInjection, Breaks: []string{"REG-QEX-016", "REG-QPR-016"},
		Sentence: "takes a star in a text for anything",
		Alter: executedText(func(held, asked string) bool {
			before, _, starred := strings.Cut(asked, "*")
			return starred && strings.HasPrefix(held, before)
		})},

	Defect{ID: "query-names-in-ascii", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "reads letters beyond ASCII in a query as question marks", Alter: textValues(inASCII)},
	Defect{ID: "query-names-cut-at-apostrophe", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "doubles the apostrophes of names in a query",
		Alter:    textValues(func(text string) string { return strings.ReplaceAll(text, "'", "''") })},
	Defect{ID: "query-names-composed", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "composes the letters of a query and not those of its records", Alter: textValues(composed.Replace)},
	Defect{ID: "query-names-first-word", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "reads the first word of a name only",
		Alter: textValues(func(text string) string {
			if at := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }); at > 0 {
				return text[:at]
			}
			return text
		})},
	Defect{ID: "expression-unlike-in-callbacks", Class: classSilentCut, Breaks: []string{"REG-QEX-018"},
		Sentence: "leaves the last record of an expression out in callbacks", Alter: unlikeInCallbacks("expression")},
	Defect{ID: "predicate-unlike-in-callbacks", Class: classSilentCut, Breaks: []string{"REG-QPR-018"},
		Sentence: "leaves the last record of a predicate out in callbacks", Alter: unlikeInCallbacks("predicate")},
	Defect{ID: "expression-members-first-only", Class: classDropped, Breaks: []string{"REG-QEX-019"},
		Sentence: "reads the first member of a condition's object only",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			for _, name := range slices.Sorted(maps.Keys(condition))[:min(1, len(condition))] {
				return map[string]any{name: condition[name]}
			}
			return condition
		})},
	Defect{ID: "expression-comparisons-last-only", Class: classDropped, Breaks: []string{"REG-QEX-019"},
		Sentence: "reads the last comparison of an attribute only",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			conditionsIn(condition, func(_ map[string]any, _ string, comparisons map[string]any) {
				operators := slices.Sorted(maps.Keys(comparisons))
				for _, operator := range operators[:max(0, len(operators)-1)] {
					delete(comparisons, operator)
				}
			})
			return condition
		})},

	Defect{ID: "predicate-unfinished-side-dropped", Class: classDropped, Breaks: []string{"REG-QPR-019"},
		Sentence: "drops a side of a predicate that lacks a part", Alter: sideDropped(unfinished)},
	Defect{ID: "predicate-missing-first-side", Class: classDropped, Breaks: []string{"REG-QPR-019"},
		Sentence: "reads the second expression only where the first is missing",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["expression1"] == nil && item["expression2"] != nil {
				item["expression1"] = item["expression2"]
				delete(item, "expression2")
				delete(item, "condition")
			}
		})},
	Defect{ID: "predicate-missing-side-is-everything", Class: classDropped, Breaks: []string{"REG-QPR-020"},
		Sentence: "drops the condition where one side is missing, so that everything matches",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] != nil && item["expression2"] == nil {
				delete(item, "condition")
				item["expression1"] = map[string]any{"attribute_name": "registration_date", "operator": "gt", "attribute_value": "1800-01-01"}
			}
		})},
	Defect{ID: "predicate-missing-second-side-dropped", Class: classDropped, Breaks: []string{"REG-QPR-020"},
		Sentence: "reads the first expression only where the second is missing",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["expression2"] == nil {
				delete(item, "condition")
			}
		})},
	Defect{ID: "predicate-unjoined-side-dropped", Class: classDropped, Breaks: []string{"REG-QPR-020"},
		Sentence: "drops a second expression that nothing joins",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == nil {
				delete(item, "expression2")
			}
		})},
	Defect{ID: "predicate-unjoined-side-as-and", Class: classFlaw, Breaks: []string{"REG-QPR-020"},
		Sentence: "joins two expressions by and where nothing is said",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == nil && item["expression2"] != nil {
				item["condition"] = "and"
			}
		})},
	Defect{ID: "predicate-third-expression-dropped", Class: classDropped, Breaks: []string{"REG-QPR-021"},
		Sentence: "drops a third expression", Alter: misreadPredicate(func(item map[string]any) { delete(item, "expression3") })},
	Defect{ID: "poverty-score-condition-dropped", Class: classDropped, Breaks: []string{"SR-QRY-001"},
		Sentence: "cannot search by poverty score and leaves that condition out",
		Alter: compared(func(c query.Compare) query.Node {
			if c.Path == "poverty_score" {
				return query.Or{c, query.Not{Of: c}}
			}
			return c
		})},
)

func firstOfOr(node query.Node) query.Node {
	if or, ok := node.(query.Or); ok {
		return or[0]
	}
	return node
}

// whereNobody answers a condition that nobody meets with everybody.
func whereNobody(v *Vendor) {
	v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
		found, err := next(ctx, q)
		if err != nil || found.Total > 0 {
			return found, err
		}
		q.Where = nil
		return next(ctx, q)
	})
}
