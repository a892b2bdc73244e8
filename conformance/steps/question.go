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
	// Sort and Page are as asked; PageSize 0 means that no paging is asked for.
	SortBy               string
	Descending           bool
	PageSize, PageNumber int
	// What it is about, for failure texts: "birth_date lt".
	About string
}

// wide is the page size that a scenario asks for where it wants all matches at once: more than any
// scenario expects.
const wide = 500

func (w *World) ask(record spec.RecordType, queryType string, where population.Where, about string) *Question {
	question := &Question{ReferenceID: w.nextID("r"), Record: record, QueryType: queryType, Where: where, About: about,
		Expected: w.env.Population.Matching(w.env.Interface.ID, record.Name, where)}
	if queryType != message.QueryIDTypeValue {
		question.PageSize, question.PageNumber = wide, 1
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
		"query_type": q.QueryType, "query": queryForms[q.QueryType](q)}
	if q.SortBy != "" {
		order := "asc"
		if q.Descending {
			order = "desc"
		}
		criteria["sort"] = []any{map[string]any{"attribute_name": q.SortBy, "sort_order": order}}
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
	return map[string]any{"type": "ns:org:QueryType:NoSql", "value": map[string]any{
		"expression": map[string]any{"collection": record.Name, "query": mongo(where)}}}
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

// predicateQuery writes one condition, or two joined by and, or, not.
func predicateQuery(where population.Where) any {
	one := func(condition *population.Condition) map[string]any {
		return map[string]any{"attribute_name": condition.Attribute, "operator": condition.Operator, "attribute_value": condition.Value}
	}
	item := map[string]any{"seq_num": 1}
	join := func(condition string, first, second population.Where) {
		item["expression1"], item["condition"], item["expression2"] = one(first.Is), condition, one(second.Is)
	}
	switch {
	case where.Is != nil:
		item["expression1"] = one(where.Is)
	case len(where.Any) == 2:
		join("or", where.Any[0], where.Any[1])
	case len(where.All) == 2 && where.All[1].Not != nil:
		join("not", where.All[0], *where.All[1].Not)
	case len(where.All) == 2:
		join("and", where.All[0], where.All[1])
	}
	return []any{item}
}

// number writes an integer condition as published examples do; kept here so that both forms share it.
func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
