package steps

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spconform/spconform/spec/message"
)

// scheduleSteps are about a payment whose time is to come.
var scheduleSteps = []definition{
	{`^it is scheduled for a time that is soon to come$`, "scheduled_timestamp at least as far ahead as timeouts.schedule says", inWorld(isScheduled)},
	{`^it is pending$`, "item status pdng", inWorld(isPending)},
	{`^it is paid when its time has come$`, "the status turns to succ then, and not before", inWorld(isPaidInTime)},
}

func isScheduled(_ context.Context, w *World) error {
	item, err := w.drafts[0].item("item")
	if err != nil {
		return err
	}
	item["scheduled_timestamp"] = time.Now().Add(w.env.Waits.Schedule + time.Second + w.env.ahead()).UTC().Format(time.RFC3339)
	return nil
}

// tooSoon says whether a system rejected an order for its time, which it may: nothing says how long before it an order
// has to come.
func (w *World) tooSoon(reply *Reply, item map[string]any) error {
	rejected := slices.Contains([]string{string(message.RejectSchedule), string(message.RejectTimestamp)}, text(item, "status_reason_code"))
	if due := dueOf(reply.Draft); !rejected || due.IsZero() || time.Until(due) > w.env.Waits.Schedule+time.Second+w.env.ahead() {
		return nil
	}
	return &Skip{fmt.Sprintf("it was rejected for its time, %s ahead: where orders have to come earlier, set timeouts.schedule in the manifest", w.env.Waits.Schedule)}
}

func isPending(_ context.Context, w *World) error {
	for _, reply := range w.replies {
		if item, departure := onlyItem(reply); departure == nil {
			if err := w.tooSoon(reply, item); err != nil {
				return err
			}
		}
	}
	return w.eachReply(func(reply *Reply) *Fail {
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		status := text(item, "status")
		if status == message.StatusPending || status == message.StatusReceived || status == message.StatusSuccess && reply.answeredAfter(dueOf(reply.Draft), w.env.ahead()) {
			return nil
		}
		return failf("item status pdng before its time", nil, "item status %q", oneLine(status))
	})
}

// dueOf is the time of the draft's first disbursement, or zero where it names none.
func dueOf(d *Draft) time.Time {
	item, err := d.item("item")
	if err != nil {
		return time.Time{}
	}
	due, _ := time.Parse(time.RFC3339, text(item, "scheduled_timestamp"))
	return due
}

// answeredAfter says whether the answer came when the time was over on a clock that is so far ahead: a slow system may
// have paid by then.
func (r *Reply) answeredAfter(due time.Time, ahead time.Duration) bool {
	came := r.Exchange
	if r.Answer != nil {
		came = r.Answer.Exchange
	}
	return !due.IsZero() && !came.StartedAt.Add(came.Duration).Before(due.Add(-ahead))
}

// isPaidInTime asks for the status until it is final: there is no event to await after a synchronous order.
func isPaidInTime(ctx context.Context, w *World) error {
	reply, err := w.reply()
	if err != nil {
		return err
	}
	item, err := reply.Draft.item("item")
	if err != nil {
		return err
	}
	due := dueOf(reply.Draft)
	if due.IsZero() {
		return fmt.Errorf("the scenario's disbursement has no scheduled_timestamp")
	}
	from := due
	if w.again.After(due) {
		from = w.again
	}
	for deadline := from.Add(w.env.behind() + w.env.Waits.Callback); ; {
		draft := w.statusOf(reply.Draft, "reference_id_list", []any{item["reference_id"]})
		asked := time.Now()
		told, err := w.sendAside(ctx, draft)
		if err != nil {
			return err
		}
		statuses := told.tells()[text(item, "reference_id")]
		switch {
		case len(statuses) == 1 && statuses[0] == message.StatusSuccess && time.Now().Before(due.Add(-w.env.ahead())):
			return fail("no payment before its time", "status succ before it", told.exchanges()...)
		case len(statuses) == 1 && statuses[0] == message.StatusSuccess:
			w.pay.orders[0].paid = true
			return nil
		case asked.After(deadline):
			return failf(fmt.Sprintf("status succ within %s after its time", w.env.Waits.Callback), told.exchanges(), "%s", statuses)
		}
		if err := pause(ctx, w.env.Waits.Quiet/2); err != nil {
			return err
		}
	}
}
