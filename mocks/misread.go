package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
)

// Misreads makes the vendor understand a request as another one. The signature is verified as it came:
// only what is done afterwards is done with the changed message.
func (v *Vendor) Misreads(change func(in *reference.Incoming, body map[string]any)) {
	v.checks = append(v.checks, func(checks []reference.Check) []reference.Check {
		named := func(name string) int {
			return slices.IndexFunc(checks, func(c reference.Check) bool { return c.Name == name })
		}
		parse, verified := checks[named("envelope")].Run, named("signature")
		verify := checks[verified].Run
		changed := slices.Clone(checks)
		changed[verified].Run = func(ctx context.Context, in *reference.Incoming) error {
			if err := verify(ctx, in); err != nil {
				return err
			}
			if body, ok := reread(in, change); ok {
				in.Body = body
				return parse(ctx, in)
			}
			return nil
		}
		return changed
	})
}

// reread is the request's body with its message changed; false where it cannot be read.
func reread(in *reference.Incoming, change func(*reference.Incoming, map[string]any)) ([]byte, bool) {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(in.Body, &envelope) != nil {
		return nil, false
	}
	body, err := tree(envelope["message"])
	if err != nil || body == nil {
		return nil, false
	}
	change(in, body)
	if envelope["message"], err = json.Marshal(body); err != nil {
		return nil, false
	}
	whole, err := json.Marshal(envelope)
	return whole, err == nil
}

// misreadItems changes how the items of a search are understood; number counts from 1.
func misreadItems(change func(in *reference.Incoming, number int, item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Misreads(func(in *reference.Incoming, body map[string]any) {
			list, _ := body["search_request"].([]any)
			for i, element := range list {
				if item, ok := element.(map[string]any); ok {
					change(in, i+1, item)
				}
			}
		})
	}
}

// misreadCriteria changes how the criteria of a search are understood.
func misreadCriteria(change func(in *reference.Incoming, criteria map[string]any)) func(*Vendor) {
	return misreadItems(func(in *reference.Incoming, _ int, item map[string]any) {
		if criteria, ok := item["search_criteria"].(map[string]any); ok {
			change(in, criteria)
		}
	})
}

// misreadExpression changes how the condition of an expression is understood.
func misreadExpression(change func(condition map[string]any) map[string]any) func(*Vendor) {
	return misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
		within, _ := criteria["query"].(map[string]any)
		value, _ := within["value"].(map[string]any)
		expression, _ := value["expression"].(map[string]any)
		if expression == nil || criteria["query_type"] != "expression" {
			return
		}
		condition, _ := expression["query"].(map[string]any)
		expression["query"] = change(condition)
	})
}

// misreadPredicates changes how a predicate list is understood.
func misreadPredicates(change func(list []any) []any) func(*Vendor) {
	return misreadCriteria(func(_ *reference.Incoming, criteria map[string]any) {
		if list, ok := criteria["query"].([]any); ok && criteria["query_type"] == "predicate" {
			criteria["query"] = change(list)
		}
	})
}

// misreadPredicate changes how each item of a predicate list is understood.
func misreadPredicate(change func(item map[string]any)) func(*Vendor) {
	return misreadPredicates(func(list []any) []any {
		for _, element := range list {
			if item, ok := element.(map[string]any); ok {
				change(item)
			}
		}
		return list
	})
}

// altogether applies several alterations.
func altogether(all ...func(*Vendor)) func(*Vendor) {
	return func(v *Vendor) {
		for _, alter := range all {
			alter(v)
		}
	}
}

// everybody is a condition that every record of a registry meets, whatever its type.
func everybody() map[string]any {
	return map[string]any{"registration_date": map[string]any{"$gt": "1800-01-01T00:00:00Z"}}
}

// conditionsIn calls look for every object of an expression's condition that compares an attribute.
func conditionsIn(condition any, look func(of map[string]any, attribute string, comparisons map[string]any)) {
	switch part := condition.(type) {
	case []any:
		for _, element := range part {
			conditionsIn(element, look)
		}
	case map[string]any:
		for name, held := range part {
			comparisons, _ := held.(map[string]any)
			switch {
			case strings.HasPrefix(name, "$"):
				conditionsIn(held, look)
			case comparisons != nil:
				look(part, name, comparisons)
			}
		}
	}
}

// expressionsIn lists the one or two expressions of a predicate's item.
func expressionsIn(item map[string]any) []map[string]any {
	var found []map[string]any
	for _, side := range []string{"expression1", "expression2"} {
		if expression, ok := item[side].(map[string]any); ok {
			found = append(found, expression)
		}
	}
	return found
}

// values lets the values of queries be changed before they are compared, in both languages.
func values(change func(attribute, operator string, value any) any) func(*Vendor) {
	return altogether(
		misreadExpression(func(condition map[string]any) map[string]any {
			conditionsIn(condition, func(_ map[string]any, attribute string, comparisons map[string]any) {
				for operator, value := range comparisons {
					comparisons[operator] = change(attribute, strings.TrimPrefix(operator, "$"), value)
				}
			})
			return condition
		}),
		misreadPredicate(func(item map[string]any) {
			for _, expression := range expressionsIn(item) {
				name, _ := expression["attribute_name"].(string)
				operator, _ := expression["operator"].(string)
				expression["attribute_value"] = change(name, operator, expression["attribute_value"])
			}
		}))
}

// search is a store's search.
type search = func(context.Context, query.Query) (store.Found, error)

// restated searches for something else than was asked.
func restated(change func(q query.Query) query.Query) func(*Vendor) {
	return func(v *Vendor) {
		v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			return next(ctx, change(q))
		})
	}
}

// rewritten changes the parts of a condition from the innermost out.
func rewritten(node query.Node, change func(query.Node) query.Node) query.Node {
	parts := func(nodes []query.Node) []query.Node {
		made := make([]query.Node, len(nodes))
		for i, part := range nodes {
			made[i] = rewritten(part, change)
		}
		return made
	}
	switch node := node.(type) {
	case query.And:
		return change(query.And(parts(node)))
	case query.Or:
		return change(query.Or(parts(node)))
	case query.Not:
		return change(query.Not{Of: rewritten(node.Of, change)})
	}
	return change(node)
}

// compared changes the comparisons of every condition.
func compared(change func(query.Compare) query.Node) func(*Vendor) {
	return restated(func(q query.Query) query.Query {
		q.Where = rewritten(q.Where, func(node query.Node) query.Node {
			if comparison, ok := node.(query.Compare); ok {
				return change(comparison)
			}
			return node
		})
		return q
	})
}

// readAll is every record of the query's type in the query's order.
func readAll(ctx context.Context, q query.Query, next search) ([]json.RawMessage, error) {
	q.Where, q.Page = nil, &query.Page{Size: query.MaxPageSize, Number: 1}
	found, err := next(ctx, q)
	return found.Records, err
}

// judged decides by itself which records meet a comparison or hold an identifier; where decided is
// false the right way decides.
func judged(meets func(node query.Node, record map[string]any) (met, decided bool)) func(*Vendor) {
	return func(v *Vendor) {
		v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
			all, err := readAll(ctx, q, next)
			if err != nil {
				return store.Found{}, err
			}
			var found []json.RawMessage
			for _, raw := range all {
				record, err := tree(raw)
				if err != nil {
					return store.Found{}, err
				}
				if holds(q.Where, record, meets) {
					found = append(found, raw)
				}
			}
			return paged(found, q.Page), nil
		})
	}
}

func holds(node query.Node, record map[string]any, meets func(query.Node, map[string]any) (bool, bool)) bool {
	if met, decided := meets(node, record); decided {
		return met
	}
	part := func(node query.Node) bool { return holds(node, record, meets) }
	switch node := node.(type) {
	case query.And:
		return !slices.ContainsFunc(node, func(n query.Node) bool { return !part(n) })
	case query.Or:
		return slices.ContainsFunc(node, part)
	case query.Not:
		return !part(node.Of)
	}
	return query.Matches(node, record)
}

// paged cuts a page out of records.
func paged(all []json.RawMessage, asked *query.Page) store.Found {
	found := store.Found{Records: all, Total: len(all)}
	if asked != nil {
		from := min(len(all), (asked.Number-1)*asked.Size)
		found.Records = all[from:min(len(all), from+asked.Size)]
	}
	return found
}

// textsAt are the scalars that a record holds at a comparison's attribute, as they are written.
func textsAt(c query.Compare, record map[string]any) []string {
	var texts []string
	query.Leaves(record, func(path string, scalar any) {
		if path != c.Path {
			return
		}
		if text, ok := scalar.(string); ok {
			texts = append(texts, text)
		} else if raw, err := json.Marshal(scalar); err == nil {
			texts = append(texts, string(bytes.Trim(raw, `"`)))
		}
	})
	return texts
}

// identifiersOf calls for each identifier that a record holds at the attribute.
func identifiersOf(record map[string]any, attribute string, look func(kind, value string)) {
	query.Identifiers(record, func(at, kind, value string) {
		if at == attribute {
			look(kind, value)
		}
	})
}

// later is true for an answer that goes out as a callback.
func later(out reference.Outgoing) bool { return out.Kind == reference.KindCallback }

// askedLater is true for a request that is answered by a callback.
func askedLater(in *reference.Incoming) bool { return in.Operation.Mode == spec.Async }

// items changes every item of the answers to searches; number counts from 1.
func items(change func(out reference.Outgoing, number int, item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Answers(func(out reference.Outgoing, all []map[string]any) []map[string]any {
			for i, item := range all {
				change(out, i+1, item)
			}
			return all
		})
	}
}

// found are the records of an item.
func found(item map[string]any) []any {
	data, _ := item["data"].(map[string]any)
	records, _ := data["reg_records"].([]any)
	return records
}

// keep replaces the records of an item.
func keep(item map[string]any, records []any) {
	if data, ok := item["data"].(map[string]any); ok {
		data["reg_records"] = records
	}
}
