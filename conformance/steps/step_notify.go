package steps

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
)

var notifySteps = []definition{
	{`^a record that was just registered$`, "a new record is brought into the registry, known to this scenario alone", inWorld(givenFresh)},
	{`^that record changes$`, "the event happens in the registry", inWorld(recordChanges)},
	{`^that record changes (\d+) times$`, "so many events one after another", withNumber(recordChangesOften)},
	{`^another record changes$`, "an event that the filter does not meet", inWorld(anotherChanges)},
	{`^a record that meets the condition is registered$`, "an event that the filter meets", inWorld(meetingRegistered)},
	{`^a record that does not meet the condition is registered$`, "an event that the filter does not meet", inWorld(otherRegistered)},
	{`^(the client|another client) (fails to take the first notification of it|takes no notification of it)$`,
		"what the receiver does with notifications of the scenario's record", withTexts(refusesToldOf)},
	{`^(the client|another client) is notified of it$`, "notify with that record arrives at the subscriber's registered address", withText(isNotified)},
	{`^the client is notified of it with its new content$`, "the record is told as it is after the change", inWorld(isNotifiedNow)},
	{`^the client is notified of it once$`, "one notification, and no second one in the time in which it would come", inWorld(isNotifiedOnce)},
	{`^the client is notified of each change in order$`, "one notification a change, in the order of the changes", inWorld(isNotifiedInOrder)},
	{`^the client is notified of it at its registered address and the published path$`, "CallbackBase and the path of notify", inWorld(isNotifiedAtPath)},
	{`^the notification names the event and the record type that were subscribed to$`, "reg_event_type and reg_record_type", inWorld(notificationNames)},
	{`^the notification is encrypted to the client$`, "the client's key decrypts it", inWorld(isNotifiedPrivately)},
	{`^the client is not notified$`, "nothing about the record arrives, while a control event is told", inWorld(isNotNotified)},
	{`^another client is not notified$`, "nothing about the record arrives at another client", inWorld(otherNotNotified)},
}

func givenFresh(ctx context.Context, w *World) error { return w.register(ctx, "fresh") }

// register brings a new record into the registry, which is the scenario's from then on.
func (w *World) register(ctx context.Context, of string) error {
	event, record, err := w.event()
	if err != nil {
		return err
	}
	w.record, w.fresh = record, w.freshRecord(record, of)
	return w.trigger(ctx, event, w.fresh)
}

func recordChanges(ctx context.Context, w *World) error { return recordChangesOften(ctx, w, 1) }

func recordChangesOften(ctx context.Context, w *World, times int) error {
	event, _, err := w.event()
	if err != nil {
		return err
	}
	for i := range times {
		w.fresh = w.changed(w.fresh, fmt.Sprint("change", i))
		w.versions = append(w.versions, w.fresh)
		if err := w.trigger(ctx, event, w.fresh); err != nil {
			return err
		}
	}
	return nil
}

func anotherChanges(ctx context.Context, w *World) error {
	event, record, err := w.event()
	if err != nil {
		return err
	}
	other := w.freshRecord(record, "another")
	w.unwanted = append(w.unwanted, other)
	if err := w.trigger(ctx, event, other); err != nil {
		return err
	}
	return w.trigger(ctx, event, w.changed(other, "another changes"))
}

func meetingRegistered(ctx context.Context, w *World) error {
	event, _, err := w.event()
	if err != nil {
		return err
	}
	w.versions = append(w.versions, w.fresh)
	return w.trigger(ctx, event, w.fresh)
}

func otherRegistered(ctx context.Context, w *World) error {
	event, _, err := w.event()
	if err != nil {
		return err
	}
	w.unwanted = append(w.unwanted, w.wanted)
	return w.trigger(ctx, event, w.wanted)
}

// told is a notification with the record of one of its events.
type told struct {
	exchange *exchange.Exchange
	event    map[string]any
	record   map[string]any
}

// notificationsOf are the notifications of a record among what has come, an entry for each time that
// the record is told. What the receiver did not take does not count: it comes again. What comes again
// because the receiver was slow to take it counts once.
func (w *World) notificationsOf(all []*exchange.Exchange, record population.Record) []told {
	var list []told
	tried := tries{}
	for _, e := range all {
		if !e.Taken() || !e.Mentions(record.IDValue) {
			continue
		}
		answer := readAnswer(e, "notify")
		if answer == nil || tried.again(e, answer.Message) {
			continue
		}
		events, _ := answer.Message["notify_event"].([]any)
		for _, event := range objects(events) {
			for _, data := range records(event) {
				if t := (told{e, event, data}); t.about(record, w.record.Identifier) {
					list = append(list, t)
				}
			}
		}
	}
	return list
}

// about says whether a notification tells of the record.
func (t told) about(record population.Record, identifier string) bool {
	for _, id := range population.IdentifierOf(t.record, identifier) {
		if id.Type == record.IDType && id.Value == record.IDValue {
			return true
		}
	}
	return false
}

// awaitTold waits for count notifications of the scenario's record, wherever at the participant's
// address they come, and holds each to the checks. Each has the whole time from the one before it: a slow
// registry that tells many changes one after another is slow.
func (w *World) awaitTold(ctx context.Context, who identity.Name, count int) []told {
	var all []*exchange.Exchange
	var list []told
	came := true
	for came && len(list) < count {
		seen := len(list)
		all, came = w.env.shared[who].Await(ctx, w.env.Waits.Notify, func(all []*exchange.Exchange) bool {
			return len(w.notificationsOf(all, w.fresh)) > seen
		})
		list = w.notificationsOf(all, w.fresh)
	}
	for _, t := range list {
		if t.exchange.Scenario == "" {
			t.exchange.Scenario, t.exchange.Operation = w.ID, "notify"
			w.judge(ctx, &Sent{World: w, Kind: KindNotify, Exchange: t.exchange, Answer: readAnswer(t.exchange, "notify"), Operation: "notify"})
		}
		w.show(t.exchange)
	}
	if !came {
		w.judgeUntold(ctx, all)
	}
	return list
}

// silent waits whether a notification of the record comes to the participant within the quiet time.
func (w *World) silent(ctx context.Context, who identity.Name, record population.Record, most int) *Fail {
	all, more := w.env.shared[who].Await(ctx, w.env.Waits.Quiet, func(all []*exchange.Exchange) bool {
		return len(w.notificationsOf(all, record)) > most
	})
	if !more {
		w.env.believe(silence{world: w, who: who, record: record, most: most})
		return nil
	}
	list := w.notificationsOf(all, record)
	return failf(fmt.Sprintf("%d notifications of the record", most), []*exchange.Exchange{list[len(list)-1].exchange}, "%d of them", len(list))
}

// refusesToldOf makes the receiver refuse notifications of the scenario's record.
func refusesToldOf(_ context.Context, w *World, who, what string) error {
	record := w.fresh
	refused := 0
	w.env.shared[senders[who]].Intercept(func(e *exchange.Exchange) (exchange.Treatment, bool) {
		if !e.Mentions(record.IDValue) || what != "takes no notification of it" && refused > 0 {
			return exchange.Treatment{}, false
		}
		refused++
		return exchange.Treatment{Status: http.StatusServiceUnavailable}, true
	})
	return nil
}

func isNotified(ctx context.Context, w *World, who string) error {
	_, err := w.toldNow(ctx, who)
	return err
}

// isNotifiedNow waits for the new content: what the record was before may be told before it, where its
// registration was still on its way when the subscription was made.
func isNotifiedNow(ctx context.Context, w *World) error {
	last, err := w.toldNow(ctx, "the client")
	if err != nil {
		return err
	}
	want := w.versions[len(w.versions)-1]
	for departure := differs(w, last, want, "the record as it is after the change"); departure != nil; {
		before := len(w.notificationsOf(w.env.shared[identity.Client].All(), w.fresh))
		list := w.awaitTold(ctx, identity.Client, before+1)
		if len(list) <= before {
			return departure
		}
		departure = differs(w, list[len(list)-1], want, "the record as it is after the change")
	}
	return nil
}

// toldNow awaits a notification of the record: the last one of those that have come.
func (w *World) toldNow(ctx context.Context, who string) (told, error) {
	list := w.awaitTold(ctx, senders[who], max(1, len(w.versions)))
	if len(list) == 0 {
		return told{}, w.untold(fmt.Sprintf("a notification of the record within %s", w.env.Waits.Notify), senders[who])
	}
	return list[len(list)-1], nil
}

func differs(w *World, t told, want population.Record, expected string) error {
	for _, difference := range population.Compare(want, t.record) {
		if difference.Kind != "extra" {
			return &Fail{Expected: expected, Actual: difference.Path + " is " + difference.Kind,
				Attribute: w.record.Object + "." + difference.Path, Exchanges: []*exchange.Exchange{t.exchange}}
		}
	}
	return nil
}

func isNotifiedOnce(ctx context.Context, w *World) error {
	if _, err := w.toldNow(ctx, "the client"); err != nil {
		return err
	}
	if departure := w.silent(ctx, identity.Client, w.fresh, 1); departure != nil {
		return departure
	}
	return nil
}

func isNotifiedInOrder(ctx context.Context, w *World) error {
	list := w.awaitTold(ctx, identity.Client, len(w.versions))
	if len(list) != len(w.versions) {
		return failf(fmt.Sprintf("%d notifications of the record", len(w.versions)), w.shown, "%d came in time", len(list))
	}
	for i, want := range w.versions {
		if err := differs(w, list[i], want, fmt.Sprintf("change %d in place %d", i+1, i+1)); err != nil {
			return err
		}
	}
	if departure := w.silent(ctx, identity.Client, w.fresh, len(w.versions)); departure != nil {
		return departure
	}
	return nil
}

func isNotifiedAtPath(ctx context.Context, w *World) error {
	last, err := w.toldNow(ctx, "the client")
	if err != nil {
		return err
	}
	operation, _ := w.env.Interface.Operation("notify")
	if last.exchange.Request.URL != w.env.Identities[identity.Client].Participant.CallbackBase+operation.Path {
		return fail("a notification at the registered base and "+operation.Path, "a notification at another address of the subscriber", last.exchange)
	}
	return nil
}

func notificationNames(ctx context.Context, w *World) error {
	last, err := w.toldNow(ctx, "the client")
	if err != nil {
		return err
	}
	event, record, err := w.event()
	if err != nil {
		return err
	}
	// The schema lets the event type be left out, and editions spell it with and without a name space.
	if given := text(last.event, "data.reg_event_type"); given != "" && !strings.HasSuffix(":"+given, ":"+event.Name) {
		return failf("data.reg_event_type "+event.Name, []*exchange.Exchange{last.exchange}, "it says %q", oneLine(given))
	}
	given := text(last.event, "data.reg_record_type")
	if named, known := w.env.Interface.Record(given); !known || named.Name != record.Name {
		return failf("data.reg_record_type "+record.Name, []*exchange.Exchange{last.exchange}, "it says %q", oneLine(given))
	}
	return nil
}

// isNotNotified makes a second event that must be told, so that silence is not mistaken for waiting
// too little.
func isNotNotified(ctx context.Context, w *World) error {
	watched := w.unwanted
	if len(watched) == 0 {
		watched = []population.Record{w.fresh}
	}
	if err := w.control(ctx); err != nil {
		return err
	}
	for _, record := range watched {
		if departure := w.silent(ctx, identity.Client, record, 0); departure != nil {
			return departure
		}
	}
	return nil
}

// control subscribes to another new record, lets it change and awaits its notification.
func (w *World) control(ctx context.Context) error {
	keep := *w
	if err := w.register(ctx, "control event"); err != nil {
		return err
	}
	if err := hasSubscribed(ctx, w, "the client"); err != nil {
		return err
	}
	w.versions = nil
	if err := recordChanges(ctx, w); err != nil {
		return err
	}
	err := isNotified(ctx, w, "the client")
	w.fresh, w.subs, w.versions, w.drafts, w.replies = keep.fresh, keep.subs, keep.versions, keep.drafts, keep.replies
	return err
}

// otherNotNotified first lets the other client be notified of what it has subscribed to, where the scenario
// has such a record: what it should not be told of would have come by then.
func otherNotNotified(ctx context.Context, w *World) error {
	if w.others.IDValue != "" {
		keep := *w
		w.fresh, w.versions = w.others, nil
		err := recordChanges(ctx, w)
		if err == nil {
			err = isNotified(ctx, w, "another client")
		}
		w.fresh, w.versions = keep.fresh, keep.versions
		if err != nil {
			return err
		}
	}
	if departure := w.silent(ctx, identity.Other, w.fresh, 0); departure != nil {
		return departure
	}
	return nil
}
