package steps

import (
	"context"
	"errors"
	"fmt"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var intakeSteps = []definition{
	{`^an enrolment that the registry does not hold$`, "sync/enrollment/updates with one new beneficiary (PRS.IBR.02)", inWorld(givenEnrolment)},
	{`^(\d+) enrolments of which the second is not allowed by the data dictionary$`, "an attribute of it has an object for a value", withNumber(givenEnrolmentsWithFlaw)},
	{`^that enrolment is (suspended|active again)$`, "sync/enrollment/updates with the same beneficiary and another enrolment_status (PRS.IBR.03)", withText(enrolmentIs)},
	{`^every enrolment is taken$`, "an item for each, in order, with status succ, or rcvd or pdng, and then the enrolment is waited for", inWorld(everyTaken)},
	{`^enrolment (\d+) is rejected and the others are taken$`, "an item for each, with status rjct for that one alone", withNumber(oneRejected)},
	{`^the registry answers with the enrolments that were taken$`, "a search by each identifier finds what was posted, and nothing of what was rejected", inWorld(enrolmentsFound)},
	{`^the registry does not hold the enrolment$`, "a search by its identifier finds nobody", inWorld(enrolmentsNotFound)},
}

const kindIntake = "enrollment-updates"

func (w *World) intakeDraft(posted ...population.Record) *Draft {
	draft := w.newDraft(kindIntake)
	list := make([]any, len(posted))
	for at, record := range posted {
		list[at] = record.Data
	}
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "enrolled_updates": map[string]any{"beneficiaries": list}}
	draft.headerEdits = append(draft.headerEdits, func(header map[string]any) {
		header["status"], header["total_count"] = "succ", len(posted)
	})
	w.versions, w.contents = posted, append(w.contents, posted...)
	return draft
}

// givenEnrolment posts somebody whose enrolment is active.
func givenEnrolment(_ context.Context, w *World) error {
	w.fresh = w.enrolled("active", "1")
	w.drafts = []*Draft{w.intakeDraft(w.fresh)}
	return nil
}

func (w *World) enrolled(salt, status string) population.Record {
	return population.With(w.freshRecord(w.record, salt), "enrolment_status", status)
}

func givenEnrolmentsWithFlaw(_ context.Context, w *World, count int) error {
	var posted []population.Record
	for at := range count {
		posted = append(posted, w.enrolled(fmt.Sprint("enrolment", at), "1"))
	}
	posted[1] = population.With(posted[1], "enrolment_status", map[string]any{"not": "a value"})
	w.drafts = []*Draft{w.intakeDraft(posted...)}
	return nil
}

func enrolmentIs(ctx context.Context, w *World, how string) error {
	if w.fresh.IDValue == "" {
		return errors.New("the scenario changes an enrolment before it has posted one")
	}
	status := map[string]string{"suspended": "4", "active again": "1"}[how]
	w.fresh = population.With(w.fresh, "enrolment_status", status)
	w.drafts = []*Draft{w.intakeDraft(w.fresh)}
	if err := sent(ctx, w, "synchronously"); err != nil {
		return err
	}
	if err := everyTaken(ctx, w); err != nil {
		return err
	}
	w.wanted = w.fresh
	operation, err := w.lookupOperation("enrolled")
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.lookupDraft("enrolled", operation.Lookup, map[string]string{
		w.record.Identifier: w.fresh.IDValue, programmeAttribute: programmesOf(w.fresh)[0]})}
	return nil
}

func (w *World) intakeItems(reply *Reply) ([]map[string]any, *Fail) {
	told := reply.told(reply.Draft.Operation.Intake.Answer)
	if told == nil {
		return nil, failf("an answer", nil, "%s", reply.describe())
	}
	list, _ := told[reply.Draft.Operation.Intake.Answer].([]any)
	items := objects(list)
	if len(items) != len(w.versions) {
		return nil, failf(fmt.Sprintf("%d items", len(w.versions)), nil, "%d items; %s", len(items), reply.describe())
	}
	return items, nil
}

func everyTaken(ctx context.Context, w *World) error { return oneRejected(ctx, w, 0) }

// oneRejected also takes an enrolment that is received, and works on it later: what follows is asked of it then. That it
// never shows is judged by who asks for it.
func oneRejected(ctx context.Context, w *World, number int) error {
	var later []population.Record
	departure := w.eachReply(func(reply *Reply) *Fail {
		items, departure := w.intakeItems(reply)
		if departure != nil {
			return departure
		}
		for at, item := range items {
			status := text(item, "status")
			switch rejected := status == message.StatusRejected; {
			case rejected != (at+1 == number), status == "":
				return failf(fmt.Sprintf("item %d with status %s", at+1, outcome(at+1 == number)), nil, "%q", oneLine(status))
			case status == message.StatusReceived || status == message.StatusPending:
				later = append(later, w.versions[at])
			}
		}
		return nil
	})
	for _, posted := range later {
		_ = w.updated(ctx, posted)
	}
	return departure
}

func outcome(rejected bool) string {
	if rejected {
		return message.StatusRejected
	}
	return message.StatusSuccess
}

// search asks the registry for the holder of an identifier.
func (w *World) searchOne(ctx context.Context, record population.Record) ([]map[string]any, *Reply, error) {
	reply, err := w.send(ctx, w.searchFor(w.byIdentifier(w.record, record)), spec.Sync)
	if err != nil {
		return nil, nil, err
	}
	if departure := w.answered(reply); departure != nil {
		return nil, reply, departure
	}
	var found []map[string]any
	for _, item := range reply.Answer.responseItems() {
		found = append(found, records(item)...)
	}
	return found, reply, nil
}

func enrolmentsFound(ctx context.Context, w *World) error {
	for _, posted := range w.versions {
		_, wrong := posted.Data["enrolment_status"].(map[string]any)
		found, reply, err := w.searchOne(ctx, posted)
		if err != nil {
			return err
		}
		switch {
		case wrong && len(found) > 0:
			return fail("nothing of an enrolment that was rejected", "a record", reply.Exchange)
		case wrong:
		case len(found) != 1:
			return failf("the enrolment that was taken", reply.exchanges(), "%d records", len(found))
		default:
			for _, difference := range population.Compare(posted, found[0]) {
				if difference.Kind != "extra" {
					return &Fail{Expected: "the enrolment as it was posted", Actual: difference.Path + " is " + difference.Kind,
						Attribute: w.record.Object + "." + difference.Path, Exchanges: reply.exchanges()}
				}
			}
		}
	}
	return nil
}

func enrolmentsNotFound(ctx context.Context, w *World) error {
	for _, posted := range w.versions {
		found, reply, err := w.searchOne(ctx, posted)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fail("nobody", "a record", reply.Exchange)
		}
	}
	return nil
}
