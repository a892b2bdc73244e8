package steps

import (
	"context"
	"maps"
	"slices"

	"github.com/spconform/spconform/spec"
)

// A registry may give smaller pages than are asked for, where it says so (docs/wire.md, Too many): pagination.page_size
// tells how large they are, and total_count how many records there are.

// mostPages bounds what one answer can make the suite ask.
const mostPages = 50

// smaller is the size of the pages that a registry gives in place of one for all matches; 0 where it gives what
// was asked for, or does not say openly that there is more.
func smaller(question *Question, item map[string]any) int {
	told, _ := item["pagination"].(map[string]any)
	size, sized := whole64(told["page_size"])
	total, counted := whole64(told["total_count"])
	if !sized || !counted || size < 1 || size >= int64(question.PageSize) || total <= size || total > size*mostPages {
		return 0
	}
	if question.PageNumber != 1 || int64(len(records(item))) != size {
		return 0
	}
	return int(size)
}

// readOn asks for what did not fit the smaller page, so that the answer holds all matches as it was asked to.
func (w *World) readOn(ctx context.Context, reply *Reply, mode spec.Mode) error {
	if reply.Answer == nil || reply.Draft.Kind != "search" {
		return nil
	}
	for _, question := range reply.Draft.Questions {
		items := reply.Answer.itemsFor(question.ReferenceID)
		if question.PageSize < wide || len(items) != 1 {
			continue
		}
		if size := smaller(question, items[0]); size > 0 {
			rest, err := w.pagesFrom(ctx, reply, question, size, mode)
			if err != nil {
				return err
			}
			reply.Answer = reply.Answer.with(items[0], rest)
		}
	}
	return nil
}

// pagesFrom are the records of the second and all further pages, up to one that holds none.
func (w *World) pagesFrom(ctx context.Context, reply *Reply, question *Question, size int, mode spec.Mode) ([]any, error) {
	last, replies := w.last, w.replies
	defer func() { w.last, w.replies = last, replies }()
	var rest []any
	for number := 2; number <= mostPages && len(rest)+size < question.PageSize; number++ {
		page := *question
		page.PageSize, page.PageNumber, page.ReferenceID = size, number, w.nextID("r")
		draft := w.searchFor(&page)
		draft.From = reply.Draft.From
		more, err := w.send(ctx, draft, mode)
		if err != nil {
			return nil, err
		}
		items := more.Answer.itemsFor(page.ReferenceID)
		if len(items) != 1 || len(records(items[0])) == 0 {
			return rest, nil
		}
		for _, record := range records(items[0]) {
			rest = append(rest, record)
		}
		if len(records(items[0])) < size {
			return rest, nil
		}
	}
	return rest, nil
}

// with is the answer with further records in one of its items. What was read is shared, and stays as it is.
func (a *Answer) with(item map[string]any, further []any) *Answer {
	name := a.responseList()
	list, _ := a.Message[name].([]any)
	whole := *a
	whole.Message = maps.Clone(a.Message)
	whole.Message[name] = slices.Clone(list)
	for at, element := range list {
		if one, ok := element.(map[string]any); ok && text(one, "reference_id") == text(item, "reference_id") {
			one = maps.Clone(one)
			data, _ := one["data"].(map[string]any)
			data = maps.Clone(data)
			held := make([]any, 0, len(further))
			for _, record := range records(item) {
				held = append(held, record)
			}
			data["reg_records"] = append(held, further...)
			one["data"] = data
			whole.Message[name].([]any)[at] = one
		}
	}
	return &whole
}
