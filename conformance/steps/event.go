package steps

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// trigger makes an event happen: by the hook that was named, or by the published write, a notify
// message to the registry (PRS.SR.02).
func (w *World) trigger(ctx context.Context, event spec.EventType, record population.Record) error {
	w.contents = append(w.contents, record)
	w.env.Recorder.Knows(record.Data)
	w.env.Brought.note(record, w.env.Interface.ID)
	w.env.doubt(record)
	if w.env.Trigger != nil {
		return w.env.Trigger(ctx, fixture.Event{Interface: w.env.Interface.ID, RegEventType: event.Name,
			RegRecordType: record.RecordType, Data: record.Raw})
	}
	const noWay = "no way to make an event happen was given: name events.url in the manifest"
	if w.env.WithoutUpdate {
		return &Skip{noWay}
	}
	keep := *w
	defer func() { w.drafts, w.last, w.replies, w.earlier = keep.drafts, keep.last, keep.replies, keep.earlier }()
	reply, err := w.send(ctx, w.updateDraft(event, record), spec.Async)
	if err != nil {
		return err
	}
	if !reply.takenIn() {
		return &Skip{noWay + "; an update by notify was not taken in (" + reply.describe() + ")"}
	}
	// What follows is asked of the record as it is then. That the update never shows is judged by the requirements
	// on updates.
	if w.record.Name == record.RecordType {
		_ = w.updated(ctx, record)
	}
	return nil
}

// updateDraft is a notify message of the client to the registry with a record's content.
func (w *World) updateDraft(event spec.EventType, record population.Record) *Draft {
	name := record.RecordType
	if spelling, ok := w.env.RecordTypes[name]; ok {
		name = spelling
	}
	draft := w.newDraft("update")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "notify_event": []any{map[string]any{
		"reference_id": w.nextID("r"), "timestamp": now(), "data": map[string]any{"version": message.Version,
			"reg_type": w.env.Interface.RegType, "reg_event_type": event.Name, "reg_record_type": name,
			"reg_records": maps.Clone(record.Data)}}}}
	draft.headerEdits = append(draft.headerEdits, func(header map[string]any) { header["status"] = message.StatusSuccess })
	return draft
}

func (w *World) freshRecord(record spec.RecordType, of string) population.Record {
	return w.env.apart.bring(func(attempt int) population.Record {
		salt := w.salt(of) + w.env.RunID
		if attempt > 0 {
			salt += fmt.Sprint("#", attempt)
		}
		return population.NewRecord(w.env.Population, w.env.Interface.ID, record.Name, salt)
	})
}

// changed is a record with another content, which no other scenario has subscribed to.
func (w *World) changed(record population.Record, how string) population.Record {
	return w.env.apart.change(record, func(attempt int) population.Record {
		return population.Update(record, w.salt(how)+strings.Repeat("#", attempt))
	})
}
