package steps

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spconform/spconform/conformance/population"
)

// inOrder judges neighbours: a record must not come before one that sorts ahead of it. Equals are free.
func inOrder(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.matches(reply); departure != nil {
			return departure
		}
		for _, question := range reply.Draft.Questions {
			got := w.identified(question, records(reply.Answer.itemsFor(question.ReferenceID)[0]))
			for i := 1; i < len(got); i++ {
				pair := []population.Record{got[i], got[i-1]}
				sorted, total := population.SortBy(pair, question.SortBy, question.Descending)
				if total && sorted[0].IDValue == got[i].IDValue {
					return &Fail{Expected: "records sorted by " + question.SortBy, Actual: fmt.Sprintf("record %d comes after record %d that sorts behind it", i+1, i),
						Attribute: question.Record.Object + "." + question.SortBy}
				}
			}
		}
		return nil
	})
}

// identified turns records of an answer into the population's, in the answer's order.
func (w *World) identified(question *Question, got []map[string]any) []population.Record {
	var known []population.Record
	for _, data := range got {
		for _, id := range population.IdentifierOf(data, question.Record.Identifier) {
			if record, ok := w.env.Population.Find(w.env.Interface.ID, question.Record.Name, id.Type, id.Value); ok {
				known = append(known, record)
				break
			}
		}
	}
	return known
}

// page is the answer's item for a one-question search, or nil where there is none.
func (r *Reply) page() (*Question, map[string]any) {
	question := r.Draft.Questions[0]
	if r.Answer == nil {
		return question, nil
	}
	if items := r.Answer.itemsFor(question.ReferenceID); len(items) == 1 {
		return question, items[0]
	}
	return question, nil
}

func pagesTogether(_ context.Context, w *World) error {
	var all []map[string]any
	for _, reply := range w.replies {
		_, item := reply.page()
		if item == nil {
			departure := fail("an answer for each page", reply.describe())
			departure.Exchanges = reply.exchanges()
			return departure
		}
		all = append(all, records(item)...)
	}
	question := w.replies[0].Draft.Questions[0]
	if departure := w.compare(question, all, question.Expected); departure != nil {
		for _, reply := range w.replies {
			departure.Exchanges = append(departure.Exchanges, reply.Exchange)
		}
		departure.Expected += ", over all pages"
		return departure
	}
	return nil
}

func pagesBounded(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		question, item := reply.page()
		if item == nil {
			return fail("an answer for each page", reply.describe())
		}
		if count := len(records(item)); count > question.PageSize {
			return failf(fmt.Sprintf("at most %d records", question.PageSize), nil, "%d records", count)
		}
		return nil
	})
}

func pagesCounted(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		question, item := reply.page()
		if item == nil {
			return fail("an answer for each page", reply.describe())
		}
		told, _ := item["pagination"].(map[string]any)
		for _, row := range []struct {
			member string
			want   int
		}{{"total_count", len(question.Expected)}, {"page_number", question.PageNumber}, {"page_size", question.PageSize}} {
			number, ok := told[row.member].(json.Number)
			if !ok {
				return failf(fmt.Sprintf("pagination.%s %d", row.member, row.want), nil, "no pagination.%s", row.member)
			}
			got, err := number.Float64()
			// A short last page may say its own size.
			short := row.member == "page_size" && got == float64(len(records(item)))
			if err != nil || got != float64(row.want) && !short {
				return failf(fmt.Sprintf("pagination.%s %d", row.member, row.want), nil, "%s", oneLine(number.String()))
			}
		}
		return nil
	})
}
