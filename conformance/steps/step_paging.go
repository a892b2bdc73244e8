package steps

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var pagingSteps = []definition{
	{`^it asks for no page$`, "without pagination: all matching records are wanted", inWorld(asksForNoPage)},
	{`^it asks for pages of (\d+) records$`, "pagination with that page_size, from page 1", withNumber(asksForPages)},
	{`^it asks for page (\d+) of pages of (\d+) records$`, "one page", func(ctx context.Context, page, size int) error {
		return asksForPage(ctx, worldOf(ctx), page, size)
	}},
	{`^every page is read$`, "page after page is asked for, until all that match have room", inWorld(readsPages)},
	{`^it is to be sorted by each sortable attribute, (ascending|descending)$`,
		"one search for each attribute of each record type that can be sorted by", withText(sortedBy)},
	{`^it is to be sorted by its first sortable attribute, (ascending|descending)$`,
		"the search is kept, and sorted", withText(sortedByFirst)},
	{`^it is to be sorted by two attributes, the second (ascending|descending)$`,
		"one search for each record type that can be sorted by two attributes, the first of which leaves records equal", withText(sortedByTwo)},
	{`^the records come in the order asked$`, "sorted as asked; equals may come in any order", inWorld(inOrder)},
	{`^the pages together hold exactly the matching records$`, "no record is missing, none comes twice", inWorld(pagesTogether)},
	{`^it is to be sorted by "([^"]+)"$`, "the search is kept, and sorted in ascending order", withText(sortedByName)},
	{`^the page holds the first of the records in the order asked$`, "as many as page_size, and none that sorts behind one left out", inWorld(pageHoldsFirst)},
	{`^the pages together are in the order asked$`, "the order goes on from page to page", inWorld(pagesInOrder)},
	{`^no page holds more than was asked$`, "at most page_size records a page", inWorld(pagesBounded)},
	{`^each page says how many records there are in all$`, "pagination.total_count, where there is pagination, is the number of matches", inWorld(pagesCounted)},
	{`^each page says which page it is$`, "pagination.page_number and page_size, where there is pagination, as asked", inWorld(pagesNumbered)},
	{`^each page has its pagination$`, "pagination with its three members", inWorld(pagesPaginated)},
	{`^the answer is either complete or refused with (.+)$`,
		"all records, a page that says how many there are, or an open refusal; never a part of them without a word", withText(completeOrRefused)},
}

func asksForNoPage(ctx context.Context, w *World) error { return asksForPage(ctx, w, 0, 0) }

func asksForPages(ctx context.Context, w *World, size int) error { return asksForPage(ctx, w, 1, size) }

func asksForPage(_ context.Context, w *World, page, size int) error {
	w.reask(func(q *Question) { q.PageSize, q.PageNumber = size, page })
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

// sortedBy makes a search for each attribute that can be sorted by.
func sortedBy(_ context.Context, w *World, order string) error {
	w.drafts = nil
	for _, record := range w.env.Interface.Records {
		for _, attribute := range sortables(record) {
			question := w.sortable(record, func(q *Question) bool { return reorders(q.Expected, attribute) })
			if question == nil {
				return fmt.Errorf("the population has no records of %s that %s puts in order", record.Name, attribute)
			}
			question.Sort = []SortKey{{attribute, order == "descending"}}
			w.drafts = append(w.drafts, w.searchFor(question))
		}
	}
	return nil
}

func sortedByFirst(_ context.Context, w *World, order string) error {
	by := sortables(w.record)
	if len(by) == 0 {
		return fmt.Errorf("%s cannot be sorted", w.record.Name)
	}
	w.reask(func(q *Question) { q.Sort = []SortKey{{by[0], order == "descending"}} })
	return nil
}

func sortedByName(_ context.Context, w *World, attribute string) error {
	w.reask(func(q *Question) { q.Sort = []SortKey{{Attribute: attribute}} })
	return nil
}

// sortedByTwo asks where the first attribute leaves records equal that the second puts in order.
func sortedByTwo(_ context.Context, w *World, order string) error {
	w.drafts = nil
	for _, record := range w.env.Interface.Records {
		if question := w.tied(record); question != nil {
			question.Sort[1].Descending = order == "descending"
			w.drafts = append(w.drafts, w.searchFor(question))
		}
	}
	if len(w.drafts) == 0 {
		return fmt.Errorf("no record type of %s can be sorted by two attributes so that the second matters", w.env.Interface.ID)
	}
	return nil
}

func (w *World) tied(record spec.RecordType) *Question {
	by := sortables(record)
	for _, first := range by {
		for _, second := range by {
			if first == second {
				continue
			}
			question := w.sortable(record, func(q *Question) bool { return breaksTies(q.Expected, first, second) })
			if question != nil {
				question.Sort = []SortKey{{Attribute: first}, {Attribute: second}}
				return question
			}
		}
	}
	return nil
}

func sortables(record spec.RecordType) []string {
	return lo.FilterMap(record.Query, func(a spec.QueryAttribute, _ int) (string, bool) { return a.Attribute, a.Sort })
}

// sortable is a search of the record type whose answer tells orders apart, of those that fit one page
// the one with most matches; nil where there is none.
func (w *World) sortable(record spec.RecordType, telling func(*Question) bool) *Question {
	var best *Question
	for _, attribute := range record.Query {
		for _, operator := range attribute.Operators {
			for attempt := range 4 {
				condition, err := w.env.Population.Ask(w.env.Interface.ID, record.Name, attribute.Attribute, operator, w.salt(fmt.Sprint("sort", attempt)))
				if err != nil {
					continue
				}
				question := w.ask(record, message.QueryExpression, population.Where{Is: &condition}, record.Name+", sorted")
				if matches := len(question.Expected); matches <= wide && (best == nil || matches > len(best.Expected)) && telling(question) {
					best = question
				}
			}
		}
	}
	return best
}

// reorders says whether both directions put another record first, and neither is the order in which
// the registry was given the records.
func reorders(found []population.Record, by string) bool {
	const tellingOrder = 3
	if len(found) < tellingOrder {
		return false
	}
	up, _ := population.SortBy(found, by, false)
	down, _ := population.SortBy(found, by, true)
	return up[0].IDValue != down[0].IDValue && up[0].IDValue != found[0].IDValue && down[0].IDValue != found[0].IDValue
}

// breaksTies says whether some records are equal by the first attribute and, as the registry was given
// them, in neither direction of the second.
func breaksTies(found []population.Record, first, second string) bool {
	up, down := false, false
	sorted, _ := population.SortBy(found, first, false)
	for i := 1; i < len(sorted); i++ {
		pair := []population.Record{sorted[i-1], sorted[i]}
		if _, total := population.SortBy(pair, first, false); total {
			continue
		}
		ordered, total := population.SortBy(pair, second, false)
		up = up || total && ordered[0].IDValue == pair[0].IDValue
		down = down || total && ordered[0].IDValue == pair[1].IDValue
	}
	return up && down
}

// inOrder judges neighbours: a record must not come before one that sorts ahead of it. Equals are free.
func inOrder(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.matches(reply); departure != nil {
			return departure
		}
		for _, question := range reply.Draft.Questions {
			got := w.identified(question, records(reply.Answer.itemsFor(question.ReferenceID)[0]))
			if departure := outOfOrder(question, got); departure != nil {
				return departure
			}
		}
		return nil
	})
}

func outOfOrder(question *Question, got []population.Record) *Fail {
	for i := 1; i < len(got); i++ {
		for _, key := range question.Sort {
			sorted, total := population.SortBy([]population.Record{got[i], got[i-1]}, key.Attribute, key.Descending)
			if !total {
				continue
			}
			if sorted[0].IDValue == got[i].IDValue {
				return &Fail{Expected: "records sorted by " + key.Attribute, Actual: fmt.Sprintf("record %d comes after record %d that sorts behind it", i+1, i),
					Attribute: question.Record.Object + "." + key.Attribute}
			}
			break
		}
	}
	return nil
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

// pagesInOrder judges the records of all pages as one answer.
func pagesInOrder(_ context.Context, w *World) error {
	var got []population.Record
	for _, reply := range w.replies {
		question, item := reply.page()
		if item == nil {
			return fail("an answer for each page", reply.describe(), reply.exchanges()...)
		}
		got = append(got, w.identified(question, records(item))...)
	}
	if departure := outOfOrder(w.replies[0].Draft.Questions[0], got); departure != nil {
		departure.Expected += ", over all pages"
		for _, reply := range w.replies {
			departure.Exchanges = append(departure.Exchanges, reply.Exchange)
		}
		return departure
	}
	return nil
}

func pageHoldsFirst(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		question, item := reply.page()
		if item == nil {
			return fail("an answer for the page", reply.describe())
		}
		got := w.identified(question, records(item))
		if want := min(question.PageSize, len(question.Expected)); len(got) != want {
			return failf(fmt.Sprintf("the first %d records", want), nil, "%d records", len(records(item)))
		}
		if departure := outOfOrder(question, got); departure != nil {
			return departure
		}
		last, shown := got[len(got)-1], map[string]bool{}
		for _, record := range got {
			shown[record.IDValue] = true
		}
		for _, other := range question.Expected {
			if !shown[other.IDValue] && outOfOrder(question, []population.Record{last, other}) != nil {
				return fail("the records that sort first", "a record that sorts behind one left out")
			}
		}
		return nil
	})
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
	return w.pagination(func(question *Question, _ map[string]any) map[string][]int {
		return map[string][]int{"total_count": {len(question.Expected)}}
	})
}

func pagesNumbered(_ context.Context, w *World) error {
	return w.pagination(func(question *Question, item map[string]any) map[string][]int {
		// A short last page may say its own size.
		return map[string][]int{"page_number": {question.PageNumber}, "page_size": {question.PageSize, len(records(item))}}
	})
}

func pagesPaginated(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		_, item := reply.page()
		if item == nil {
			return fail("an answer for each page", reply.describe())
		}
		told, _ := item["pagination"].(map[string]any)
		for _, member := range []string{"page_number", "page_size", "total_count"} {
			if _, given := told[member]; !given {
				return failf("pagination."+member+" with each page", nil, "no pagination.%s", member)
			}
		}
		return nil
	})
}

// pagination holds members of each answer's pagination to the numbers that are right for them.
func (w *World) pagination(right func(*Question, map[string]any) map[string][]int) error {
	return w.eachReply(func(reply *Reply) *Fail {
		question, item := reply.page()
		if item == nil {
			return fail("an answer for each page", reply.describe())
		}
		if text(item, "status") == message.StatusRejected {
			return fail("an answer for each page", reply.describe())
		}
		// It may be left out (ERR-166): what is there has to be right.
		if _, given := item["pagination"]; !given {
			return nil
		}
		told, _ := item["pagination"].(map[string]any)
		wanted := right(question, item)
		for _, member := range sortedKeys(wanted) {
			expected := fmt.Sprintf("pagination.%s %d", member, wanted[member][0])
			number, ok := told[member].(json.Number)
			if !ok {
				return failf(expected, nil, "no number at pagination.%s", member)
			}
			got, err := number.Float64()
			if err != nil || !lo.ContainsBy(wanted[member], func(n int) bool { return got == float64(n) }) {
				return failf(expected, nil, "pagination.%s %s", member, oneLine(number.String()))
			}
		}
		return nil
	})
}

// completeOrRefused lets a registry page by itself where its answer says so.
func completeOrRefused(_ context.Context, w *World, list string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if _, refused := reply.refusal(""); refused {
			return w.refusedWith(reply, "", codesIn(list))
		}
		if question, item := reply.page(); item != nil && len(reply.Draft.Questions) == 1 && openPage(question, item) {
			return nil
		}
		return w.matches(reply)
	})
}

// openPage says whether an item is a page of the answer that tells how many records there are.
func openPage(question *Question, item map[string]any) bool {
	told, _ := item["pagination"].(map[string]any)
	count, ok := whole64(told["total_count"])
	return ok && int(count) == len(question.Expected) && int(count) > len(records(item)) && len(records(item)) > 0
}
