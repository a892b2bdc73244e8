package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

var whenSteps = []definition{
	{`^it is sent (synchronously|asynchronously)$`,
		"the message is sent; an asynchronous one is answered at the callback address, which is awaited", withText(sent)},
	{`^it is sent again unchanged$`, "the same bytes once more, as after a lost connection", inWorld(sentAgain)},
	{`^it is sent again with another content$`, "another search under the message_id that was used before", inWorld(sentAgainChanged)},
	{`^it asks for pages of (\d+) records$`, "pagination with that page_size, from page 1", withNumber(asksForPages)},
	{`^it asks for page (\d+) of pages of (\d+) records$`, "one page", func(ctx context.Context, page, size int) error {
		return asksForPage(ctx, worldOf(ctx), page, size)
	}},
	{`^every page is read$`, "page after page is asked for until the records counted in total_count have come", inWorld(readsPages)},
	{`^it is to be sorted by each sortable attribute, (ascending|descending)$`,
		"one search for each attribute of each record type that can be sorted by", withText(sortedBy)},
	{`^the client's callback address (fails once|is down)$`, "what the receiver does with callbacks of this scenario", withText(receiverDoes)},
	{`^the registry publishes its keys$`, "GET /.well-known/jwks.json", inWorld(getsKeys)},
	{`^the registry publishes its locations$`, "GET /.well-known/locations.json", inWorld(getsLocations)},
	{`^a token is asked for (.+)$`, "POST to the token endpoint by OAuth2 client credentials", withText(asksForToken)},
}

var modes = map[string]spec.Mode{"synchronously": spec.Sync, "asynchronously": spec.Async}

// sent sends every draft of the scenario.
func sent(ctx context.Context, w *World, how string) error {
	if len(w.drafts) == 0 {
		return errors.New("the scenario sends a message before it has one")
	}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	for _, draft := range w.drafts {
		if _, err := w.send(ctx, draft, modes[how]); err != nil {
			return err
		}
	}
	return nil
}

func sentAgain(ctx context.Context, w *World) error {
	if w.last == nil {
		return errors.New("the scenario repeats a message before it has sent one")
	}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	_, err := w.transmit(ctx, w.last)
	return err
}

func sentAgainChanged(ctx context.Context, w *World) error {
	if w.last == nil {
		return errors.New("the scenario repeats a message before it has sent one")
	}
	mode, used := w.last.Operation.Mode, w.last.Header["message_id"]
	draft := w.searchFor(w.oneRecord(w.record, "another"))
	if err := draft.set("header.message_id", used); err != nil {
		return err
	}
	w.drafts = []*Draft{draft}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	_, err := w.send(ctx, draft, mode)
	return err
}

func asksForPages(ctx context.Context, w *World, size int) error { return asksForPage(ctx, w, 1, size) }

func asksForPage(_ context.Context, w *World, page, size int) error {
	return w.reask(func(q *Question) { q.PageSize, q.PageNumber = size, page })
}

// reask changes the questions of the drafts and writes the messages anew.
func (w *World) reask(to func(*Question)) error {
	w.drafts = lo.Map(w.drafts, func(d *Draft, _ int) *Draft {
		for _, question := range d.Questions {
			to(question)
			question.ReferenceID = w.nextID("r")
		}
		return w.searchFor(d.Questions...)
	})
	return nil
}

// readsPages asks for page after page, at most as many as the population can fill.
func readsPages(ctx context.Context, w *World) error {
	question := *w.drafts[0].Questions[0]
	pages := (len(question.Expected) + question.PageSize - 1) / question.PageSize
	w.earlier, w.replies = append(w.earlier, w.replies...), nil
	for number := 1; number <= pages; number++ {
		page := question
		page.PageNumber, page.ReferenceID = number, w.nextID("r")
		if _, err := w.send(ctx, w.searchFor(&page), spec.Sync); err != nil {
			return err
		}
	}
	return nil
}

// sortedBy makes a search for each attribute that can be sorted by. The condition leaves only records
// whose order is total, so that there is one right order.
func sortedBy(_ context.Context, w *World, order string) error {
	w.drafts = nil
	for _, record := range w.env.Interface.Records {
		for _, attribute := range record.Query {
			if !attribute.Sort {
				continue
			}
			question := w.sortable(record, attribute)
			if question == nil {
				return fmt.Errorf("the population has no records of %s with one right order by %s", record.Name, attribute.Attribute)
			}
			question.SortBy, question.Descending = attribute.Attribute, order == "descending"
			question.Expected, _ = population.SortBy(question.Expected, attribute.Attribute, question.Descending)
			w.drafts = append(w.drafts, w.searchFor(question))
		}
	}
	return nil
}

func (w *World) sortable(record spec.RecordType, by spec.QueryAttribute) *Question {
	var best *Question
	for _, attribute := range record.Query {
		for _, operator := range attribute.Operators {
			for attempt := range 8 {
				condition, err := w.env.Population.Ask(w.env.Interface.ID, record.Name, attribute.Attribute, operator, w.salt(fmt.Sprint("sort", attempt)))
				if err != nil {
					continue
				}
				question := w.ask(record, "expression", population.Where{Is: &condition}, record.Name+" by "+by.Attribute)
				const tellingOrder = 3
				if len(question.Expected) < tellingOrder || best != nil && len(question.Expected) <= len(best.Expected) {
					continue
				}
				best = w.better(best, question, by.Attribute)
			}
		}
	}
	return best
}

// better takes a question whose answer has one right order, up to groups of equals that the check of
// the order leaves free.
func (w *World) better(best, question *Question, by string) *Question {
	sorted, _ := population.SortBy(question.Expected, by, false)
	reversed, _ := population.SortBy(question.Expected, by, true)
	if sorted[0].IDValue == reversed[0].IDValue {
		return best
	}
	return question
}

func receiverDoes(_ context.Context, w *World, what string) error {
	w.respond = map[string]func(int) int{
		"fails once": func(n int) int {
			if n == 0 {
				return http.StatusServiceUnavailable
			}
			return http.StatusOK
		},
		"is down": func(int) int { return 0 },
	}[what]
	return nil
}
