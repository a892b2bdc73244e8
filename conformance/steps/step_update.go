package steps

import (
	"context"
	"fmt"
	"time"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

var updateSteps = []definition{
	{`^an update of that record$`, "a notify message of the client to the registry with the record's new content (PRS.SR.02)", inWorld(givenUpdate)},
	{`^an update of that record that its data dictionary does not allow$`, "an attribute has a value of another type", inWorld(givenWrongUpdate)},
	{`^the registry has taken in an update of that record$`, "the update is sent and acknowledged; without it there is nothing to see here", inWorld(updateTaken)},
	{`^the registry answers with the record as updated$`, "a search by the record's identifier gives the new content", inWorld(answersUpdated)},
	{`^the registry answers with the record as it was$`, "a search by the record's identifier gives the old content", inWorld(answersUnchanged)},
}

func givenUpdate(_ context.Context, w *World) error {
	w.before = w.fresh
	updated := w.changed(w.fresh, "update")
	event, _, err := w.event()
	if err != nil {
		return err
	}
	w.versions = append(w.versions, updated)
	w.fresh = updated
	w.drafts = []*Draft{w.updateDraft(event, updated)}
	return nil
}

// updateTaken skips where no update is taken in: that is judged by the requirements on updates.
func updateTaken(ctx context.Context, w *World) error {
	if err := givenUpdate(ctx, w); err != nil {
		return err
	}
	if err := sent(ctx, w, "asynchronously"); err != nil {
		return err
	}
	if isAcknowledged(ctx, w) != nil {
		return &Skip{"the registry took in no update"}
	}
	return nil
}

// givenWrongUpdate puts an object where the dictionary has a scalar, beside a change that is right: an
// update is taken in as a whole or not at all.
func givenWrongUpdate(ctx context.Context, w *World) error {
	if err := givenUpdate(ctx, w); err != nil {
		return err
	}
	for _, attribute := range w.env.Dictionary.Queryable(w.record.Object) {
		now, held := w.fresh.Data[attribute.Path]
		if held && !attribute.Repeated && asJSON(now) == asJSON(w.before.Data[attribute.Path]) {
			return w.drafts[0].set("criteria.reg_records."+attribute.Path, map[string]any{"not": "a value"})
		}
	}
	return fmt.Errorf("no attribute of %s can be made wrong", w.record.Name)
}

// answersUpdated gives the registry the callback's time: an update takes effect after its
// acknowledgement, and no message says when.
func answersUpdated(ctx context.Context, w *World) error { return w.updated(ctx, w.fresh) }

// updated waits until a search gives a record as it was posted, and says what is amiss where it does not in time.
func (w *World) updated(ctx context.Context, record population.Record) error {
	const between = 100 * time.Millisecond
	deadline := time.Now().Add(w.env.Waits.Callback)
	for {
		err := w.answersWith(ctx, record)
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		_ = pause(ctx, between)
	}
}

// answersUnchanged gives a change that must not come the time in which it would.
func answersUnchanged(ctx context.Context, w *World) error {
	if err := momentPasses(ctx, w); err != nil {
		return err
	}
	return w.answersWith(ctx, w.before)
}

// answersWith searches for the scenario's record and holds the answer to the content.
func (w *World) answersWith(ctx context.Context, want population.Record) error {
	question := w.byIdentifier(w.record, want)
	question.Expected = []population.Record{want}
	replies := w.replies
	reply, err := w.send(ctx, w.searchFor(question), spec.Sync)
	w.replies = replies
	if err != nil {
		return err
	}
	if departure := w.matches(reply); departure != nil {
		departure.Exchanges = reply.exchanges()
		return departure
	}
	for _, data := range records(reply.Answer.itemsFor(question.ReferenceID)[0]) {
		for _, difference := range population.Compare(want, data) {
			if difference.Kind != "extra" {
				return &Fail{Expected: "the record with the content that was given last", Actual: difference.Path + " is " + difference.Kind,
					Attribute: w.record.Object + "." + difference.Path, Exchanges: reply.exchanges()}
			}
		}
	}
	return nil
}
