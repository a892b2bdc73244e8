package mocks

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/spec/message"
)

const (
	classOperator = "operators"
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
	Defect{ID: "predicate-unknown-attribute-finds-nobody", Class: classFlaw, Breaks: []string{"REG-QPR-012"},
		Sentence: "answers a condition on an unknown attribute with no record",
		Alter: misreadPredicate(func(item map[string]any) {
			for _, expression := range expressionsIn(item) {
				if expression["attribute_name"] == strange {
					expression["attribute_name"], expression["operator"], expression["attribute_value"] = "registration_date", "lt", "1800-01-01"
				}
			}
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
	Defect{ID: "query-names-in-ascii", Class: classNames, Strength: BeyondASCII, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "reads letters beyond ASCII in a query as question marks", Alter: textValues(inASCII)},
	Defect{ID: "query-names-cut-at-apostrophe", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "doubles the apostrophes of names in a query",
		Alter:    textValues(func(text string) string { return strings.ReplaceAll(text, "'", "''") })},
	Defect{ID: "query-names-composed", Class: classNames, Strength: BeyondASCII, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "composes the letters of a query and not those of its records", Alter: textValues(composed.Replace)},
	Defect{ID: "query-names-first-word", Class: classNames, Breaks: []string{"REG-QEX-017", "REG-QPR-017"},
		Sentence: "reads the first word of a name only",
		Alter: textValues(func(text string) string {
			if at := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }); at > 0 {
				return text[:at]
			}
			return text
		})},
	Defect{ID: "expression-unlike-in-callbacks", Class: classSilentCut, Strength: AsyncOnly, Breaks: []string{"REG-QEX-018"},
		Sentence: "leaves the last record of an expression out in callbacks", Alter: unlikeInCallbacks("expression")},
	Defect{ID: "predicate-unlike-in-callbacks", Class: classSilentCut, Strength: AsyncOnly, Breaks: []string{"REG-QPR-018"},
		Sentence: "leaves the last record of a predicate out in callbacks", Alter: unlikeInCallbacks("predicate")},
	Defect{ID: "predicate-unjoined-side-as-and", Class: classFlaw, Breaks: []string{"REG-QPR-020"},
		Sentence: "joins two expressions by and where nothing is said",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == nil && item["expression2"] != nil {
				item["condition"] = "and"
			}
		})},
)
