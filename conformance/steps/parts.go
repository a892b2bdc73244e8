package steps

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec/message"
)

// A batch may be answered in several callbacks (docs/wire.md, Batches): the published header counts how many
// requests there are in all, apart from those that are completed.

// partial says whether an answer counts more items than it has, so that the others are told apart from it.
func (a *Answer) partial() bool {
	items := len(a.responseItems())
	total, counted := whole64(a.header("total_count"))
	return counted && items > 0 && total > int64(items)
}

// lacksItems says whether a callback about payments that counts nothing has not all items of the batch: the count is
// optional.
func (w *World) lacksItems(reply *Reply, parts []*exchange.Exchange) bool {
	first := readAnswer(parts[0], reply.Draft.Operation.Answer)
	_, counted := first.header("total_count").(json.Number)
	return !counted && w.settles(reply.Draft) && len(first.responseItems()) > 0 && !reply.answeredBy(parts)
}

// header is a member of the answer's header, nil where there is no answer.
func (a *Answer) header(name string) any {
	if a == nil {
		return nil
	}
	return a.Header[name]
}

// whole64 reads a JSON number that has no fraction, however it is written: 3, 3.0 and 3e0 are one number.
func whole64(held any) (int64, bool) {
	number, ok := held.(json.Number)
	if !ok {
		return 0, false
	}
	value, err := number.Float64()
	if err != nil || value != float64(int64(value)) {
		return 0, false
	}
	return int64(value), true
}

// awaitParts waits for the callbacks with the other items of a batch where the first says that more are to come.
func (w *World) awaitParts(ctx context.Context, box *exchange.Box, reply *Reply, belongs func(*exchange.Exchange) bool) []*exchange.Exchange {
	all, _ := box.Await(ctx, w.env.callbackWait(), func(all []*exchange.Exchange) bool {
		return reply.answeredBy(partsOf(reply, all, belongs))
	})
	return partsOf(reply, all, belongs)
}

// partsOf are the callbacks that answer the message up to the one with which every item is answered: what comes
// after it is a repeat.
func partsOf(reply *Reply, all []*exchange.Exchange, belongs func(*exchange.Exchange) bool) []*exchange.Exchange {
	var parts []*exchange.Exchange
	for _, e := range all {
		if belongs(e) && !reply.answeredBy(parts) {
			parts = append(parts, e)
		}
	}
	return parts
}

// answeredBy says whether callbacks together have an item for each of the batch.
func (r *Reply) answeredBy(parts []*exchange.Exchange) bool {
	if len(parts) == 0 {
		return false
	}
	answered := map[string]bool{}
	for _, item := range r.joined(parts).responseItems() {
		answered[text(item, "reference_id")] = true
	}
	return !slices.ContainsFunc(objects(r.Draft.items()), func(item map[string]any) bool { return !answered[text(item, "reference_id")] })
}

// completes says whether the header of a callback is told later than that of another: it counts more items as
// completed. A batch may be pending until its last part. One that rejects says so of its own items alone.
func (a *Answer) completes(before *Answer) bool {
	rejected, wasRejected := text(a.Header, "status") == message.StatusRejected, text(before.Header, "status") == message.StatusRejected
	if rejected != wasRejected {
		return wasRejected
	}
	done, counted := whole64(a.header("completed_count"))
	earlier, wasCounted := whole64(before.header("completed_count"))
	return counted && wasCounted && done > earlier
}

// final says whether an answer is the last of its batch, by what it counts.
func (a *Answer) final() bool {
	total, counted := whole64(a.header("total_count"))
	done, completed := whole64(a.header("completed_count"))
	return !a.partial() || counted && completed && done >= total
}

// joined is the answer that callbacks make together: the items of all, what was open and ended but once, under the
// header that was told last. It is rejected as a whole where each of them is.
func (r *Reply) joined(parts []*exchange.Exchange) *Answer {
	answer := readAnswer(parts[0], r.Draft.Operation.Answer)
	for _, part := range parts[1:] {
		more := readAnswer(part, r.Draft.Operation.Answer)
		name := answer.responseList()
		if name == "" || more.responseList() != name {
			continue
		}
		here, _ := answer.Message[name].([]any)
		there, _ := more.Message[name].([]any)
		together := *answer
		together.Message = maps.Clone(answer.Message)
		together.Message[name] = followed(here, there)
		if more.completes(answer) {
			together.Header = more.Header
		}
		answer = &together
	}
	return answer
}

// followed are the items of a callback with those of a later one: an outcome takes the place of an item that was open.
func followed(here, there []any) []any {
	all := slices.Clone(here)
	for _, element := range there {
		later, _ := element.(map[string]any)
		at := slices.IndexFunc(all, func(earlier any) bool {
			item, _ := earlier.(map[string]any)
			return isOpen(item) && text(item, "reference_id") == text(later, "reference_id")
		})
		if at < 0 {
			all = append(all, element)
			continue
		}
		all[at] = element
	}
	return all
}
