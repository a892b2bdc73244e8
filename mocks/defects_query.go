package mocks

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
)

const (
	classDropped = "condition dropped"
	classJoined  = "AND for OR"
)

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

var _ = register(
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
	Defect{ID: "or-as-and-in-expressions", Class: classJoined, Breaks: []string{"REG-QEX-008"},
		Sentence: "reads or as and in expressions",
		Alter: misreadExpression(func(condition map[string]any) map[string]any {
			if list, ok := condition["$or"]; ok {
				return map[string]any{"$and": list}
			}
			return condition
		})},
	Defect{ID: "or-as-and-in-predicates", Class: classJoined, Breaks: []string{"REG-QPR-008"},
		Sentence: "reads or as and in predicates",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == "or" {
				item["condition"] = "and"
			}
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
	Defect{ID: "predicate-unknown-condition-as-and", Class: classJoined, Breaks: []string{"REG-QPR-013"},
		Sentence: "reads an unknown condition of a predicate as and",
		Alter: misreadPredicate(func(item map[string]any) {
			if item["condition"] == "xor" {
				item["condition"] = "and"
			}
		})},
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
