package steps

import (
	"encoding/json"
	"fmt"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Question is one search item with the answer that the population gives to it.
type Question struct {
	ReferenceID string
	Record      spec.RecordType
	QueryType   string
	Where       population.Where
	Expected    []population.Record
	// Query is the wire form of the condition where it is another than that of Where.
	Query any
	// Sort and Page are as asked; PageSize 0 means that no paging is asked for.
	Sort                 []SortKey
	PageSize, PageNumber int
	// What it is about, for failure texts: "birth_date lt".
	About string
}

// SortKey is one attribute by which an answer is to be sorted.
type SortKey struct {
	Attribute  string
	Descending bool
}

// A scenario that wants all matches at once asks for one page of them: of the size that every registry
// is expected to have (REG-PAGE-010), or of a larger one where that cannot hold them.
const (
	wide  = 100
	wider = 500
)

func (w *World) ask(record spec.RecordType, queryType string, where population.Where, about string) *Question {
	question := &Question{ReferenceID: w.nextID("r"), Record: record, QueryType: queryType, Where: where, About: about,
		Expected: w.env.Population.Matching(w.env.Interface.ID, record.Name, where)}
	if queryType != message.QueryIDTypeValue {
		question.PageSize, question.PageNumber = wide, 1
		if len(question.Expected) > wide {
			question.PageSize = wider
		}
	}
	return question
}

// item is the question in wire form.
func (w *World) item(q *Question) map[string]any {
	name := q.Record.Name
	if spelling, ok := w.env.RecordTypes[name]; ok {
		name = spelling
	}
	criteria := map[string]any{"version": message.Version, "reg_type": w.env.Interface.RegType, "reg_record_type": name,
		"query_type": q.QueryType, "query": q.Query}
	if q.Query == nil {
		criteria["query"] = queryForms[q.QueryType](q)
	}
	if len(q.Sort) > 0 {
		criteria["sort"] = lo.Map(q.Sort, func(key SortKey, _ int) any {
			order := "asc"
			if key.Descending {
				order = "desc"
			}
			return map[string]any{"attribute_name": key.Attribute, "sort_order": order}
		})
	}
	if q.PageSize > 0 {
		criteria["pagination"] = map[string]any{"page_size": q.PageSize, "page_number": q.PageNumber}
	}
	return map[string]any{"reference_id": q.ReferenceID, "timestamp": now(), "search_criteria": criteria}
}

func (w *World) searchFor(questions ...*Question) *Draft {
	draft := w.newDraft("search")
	draft.Questions = questions
	draft.Message = map[string]any{"transaction_id": w.nextID("t"),
		"search_request": lo.Map(questions, func(q *Question, _ int) any { return w.item(q) })}
	return draft
}

// queryForms writes a question's condition in each published query type.
var queryForms = map[string]func(*Question) any{
	message.QueryIDTypeValue: func(q *Question) any {
		return map[string]any{"type": q.Where.Identifier[0], "value": q.Where.Identifier[1]}
	},
	message.QueryExpression: func(q *Question) any { return expressionQuery(q.Record, q.Where) },
	message.QueryPredicate:  func(q *Question) any { return predicateQuery(q.Where) },
}

func expressionQuery(record spec.RecordType, where population.Where) any {
	return expressionForm(record, mongo(where))
}

// expressionForm wraps a condition as the published example does.
func expressionForm(record spec.RecordType, condition any) any {
	return map[string]any{"type": "ns:org:QueryType:NoSql", "value": map[string]any{
		"expression": map[string]any{"collection": record.Name, "query": condition}}}
}

// mongoOperators spells the standard's operators as the published expression example does.
var mongoOperators = map[string]string{"eq": "$eq", "lt": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte", "in": "$in"}

func mongo(where population.Where) map[string]any {
	list := func(parts []population.Where) []any {
		return lo.Map(parts, func(part population.Where, _ int) any { return mongo(part) })
	}
	switch {
	case where.Is != nil:
		return map[string]any{where.Is.Attribute: map[string]any{mongoOperators[where.Is.Operator]: where.Is.Value}}
	case where.All != nil:
		return map[string]any{"$and": list(where.All)}
	case where.Any != nil:
		return map[string]any{"$or": list(where.Any)}
	case where.Not != nil:
		return map[string]any{"$not": mongo(*where.Not)}
	}
	return map[string]any{}
}

// predicateQuery writes what one item can hold as one item, and other conditions that must all hold as
// an item each.
func predicateQuery(where population.Where) any {
	if item, ok := predicateItem(where); ok {
		return []any{numbered(item, 1)}
	}
	return predicateList(where.All)
}

// predicateList writes each condition as an item of its own.
func predicateList(parts []population.Where) any {
	return lo.Map(parts, func(part population.Where, i int) any {
		item, _ := predicateItem(part)
		return numbered(item, i+1)
	})
}

func numbered(item map[string]any, number int) map[string]any {
	item["seq_num"] = number
	return item
}

// predicateItem writes one condition, or two joined by and, or, not; false for anything else.
func predicateItem(where population.Where) (map[string]any, bool) {
	join := func(condition string, first, second population.Where) (map[string]any, bool) {
		if first.Is == nil || second.Is == nil {
			return map[string]any{}, false
		}
		return map[string]any{"expression1": predicate(*first.Is), "condition": condition, "expression2": predicate(*second.Is)}, true
	}
	switch {
	case where.Is != nil:
		return map[string]any{"expression1": predicate(*where.Is)}, true
	case len(where.Any) == 2:
		return join("or", where.Any[0], where.Any[1])
	case len(where.All) == 2 && where.All[1].Not != nil:
		return join("not", where.All[0], *where.All[1].Not)
	case len(where.All) == 2:
		return join("and", where.All[0], where.All[1])
	}
	return map[string]any{}, false
}

func predicate(condition population.Condition) map[string]any {
	return map[string]any{"attribute_name": condition.Attribute, "operator": condition.Operator, "attribute_value": condition.Value}
}

// asJSON is a value as JSON text, to tell values apart.
func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
