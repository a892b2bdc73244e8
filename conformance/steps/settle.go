package steps

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
)

// A payment takes its way through several systems, so it may be told as received or pending first and as
// paid or rejected later (docs/wire.md, Payments). What a scenario judges is how it ended.

// isOpen says whether an item's outcome is still to come.
func isOpen(item map[string]any) bool {
	status := text(item, "status")
	return status == message.StatusPending || status == message.StatusReceived
}

// openReferences are the reference_ids of the answer's items whose outcome is to come, less those that were
// ordered for a time that has not come yet.
func (r *Reply) openReferences() []string {
	scheduled := map[string]bool{}
	for _, item := range objects(r.Draft.items()) {
		due, err := time.Parse(time.RFC3339, text(item, "scheduled_timestamp"))
		scheduled[text(item, "reference_id")] = err == nil && due.After(time.Now())
	}
	var open []string
	for _, item := range r.Answer.responseItems() {
		if reference := text(item, "reference_id"); isOpen(item) && !scheduled[reference] {
			open = append(open, reference)
		}
	}
	return open
}

// settles says whether the items of the draft have an outcome that may come later than the answer.
func (w *World) settles(d *Draft) bool {
	return w.env.Interface.Pattern == population.PatternPayment && itemLists[d.Kind] != "" && d.Kind != "payment-search"
}

// awaitOutcome asks for the status of a message that was answered while some of its items were open, until
// none is or the time for an answer is over, and puts the outcomes in their places. What was sent is judged
// before, as it came.
func (w *World) awaitOutcome(ctx context.Context, reply *Reply) error {
	if reply.Answer == nil || !w.settles(reply.Draft) || len(reply.openReferences()) == 0 {
		return nil
	}
	w.env.record("PAY-DSB-001", "told as "+message.StatusPending+" first")
	const soonest = 50 * time.Millisecond
	deadline := time.Now().Add(w.env.callbackWait())
	for wait := soonest; ; wait = min(2*wait, max(soonest, w.env.Waits.Quiet)) {
		if err := pause(ctx, wait); err != nil {
			return err
		}
		asked := w.statusOf(reply.Draft, "transaction_id", text(reply.Draft.Message, "transaction_id"))
		asked.From = reply.Draft.From
		told, err := w.sendAside(ctx, asked)
		if err != nil {
			return err
		}
		if reply.settle(told.toldItems()) || time.Now().After(deadline) {
			return nil
		}
	}
}

// settle puts outcomes that a status told into the answer, and says whether all are known by now.
func (r *Reply) settle(told []map[string]any) bool {
	name := r.Answer.responseList()
	open := r.openReferences()
	items := slices.Clone(r.Answer.Message[name].([]any))
	for at, element := range items {
		item, _ := element.(map[string]any)
		if !slices.Contains(open, text(item, "reference_id")) || !isOpen(item) {
			continue
		}
		if ended := outcomeOf(item, items, told); ended != nil {
			now := maps.Clone(item)
			delete(now, "status_reason_code")
			maps.Copy(now, ended)
			items[at] = now
		}
	}
	ended := *r.Answer
	ended.Message = maps.Clone(r.Answer.Message)
	ended.Message[name] = items
	r.Answer = &ended
	if len(r.openReferences()) > 0 {
		return false
	}
	if isOpen(ended.Header) {
		// The header told how the items stood; they have ended since.
		ended.Header = maps.Clone(ended.Header)
		ended.Header["status"] = message.StatusSuccess
		if r.itemRejected("") {
			ended.Header["status"] = message.StatusRejected
		}
	}
	return true
}

// outcomeOf is the outcome of an open item among what was told; nil where there is none yet. Of several items
// with one reference_id the others keep what they were answered with.
func outcomeOf(item map[string]any, answered []any, told []map[string]any) map[string]any {
	reference := text(item, "reference_id")
	known := map[string]int{}
	for _, other := range objects(answered) {
		if text(other, "reference_id") == reference && !isOpen(other) {
			known[text(other, "status")+text(other, "status_reason_code")]++
		}
	}
	for _, ended := range told {
		if text(ended, "reference_id") != reference || isOpen(ended) {
			continue
		}
		if as := text(ended, "status") + text(ended, "status_reason_code"); known[as] > 0 {
			known[as]--
			continue
		}
		return ended
	}
	return nil
}
