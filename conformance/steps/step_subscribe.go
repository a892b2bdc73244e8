package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

var lifecycleSteps = []definition{
	{`^a record that was just registered$`, "a new record is brought into the registry, known to this scenario alone", inWorld(givenFresh)},
	{`^a subscription to (?:changes of that record|its changes)$`, "a subscribe message with an idtype-value filter for that record", inWorld(givenSubscription)},
	{`^a subscription to records that meet a condition$`, "a subscribe message with a predicate filter that the scenario's own record will meet", inWorld(givenFilteredSubscription)},
	{`^the client has subscribed to (?:changes of that record|its changes)$`, "the subscription is made and confirmed by on-subscribe", inWorld(hasSubscribed)},
	{`^the client has subscribed to records that meet a condition$`, "the subscription is made and confirmed by on-subscribe", inWorld(hasSubscribedFiltered)},
	{`^the client has ended the subscription$`, "unsubscribe is sent and confirmed by on-unsubscribe", inWorld(hasUnsubscribed)},
	{`^an unsubscribe message for that subscription$`, "names the subscription's code", inWorld(givenUnsubscribe)},
	{`^an unsubscribe message for a code that nobody was given$`, "a code that the registry cannot know", inWorld(givenUnknownUnsubscribe)},
	{`^that record changes$`, "the event happens in the registry", inWorld(recordChanges)},
	{`^that record changes (\d+) times$`, "so many events one after another", withNumber(recordChangesOften)},
	{`^another record changes$`, "an event that the filter does not meet", inWorld(anotherChanges)},
	{`^a record that meets the condition is registered$`, "an event that the filter meets", inWorld(meetingRegistered)},
	{`^a record that does not meet the condition is registered$`, "an event that the filter does not meet", inWorld(otherRegistered)},
	{`^the client is notified of it$`, "notify arrives at the client's registered address with the record as it is now", inWorld(isNotified)},
	{`^the client is notified of each change in order$`, "one notification a change, in the order of the changes", inWorld(isNotifiedInOrder)},
	{`^the client is not notified$`, "nothing about the record arrives, while a control event is told", inWorld(isNotNotified)},
	{`^another client is not notified$`, "nothing about the record arrives at another client", inWorld(otherNotNotified)},
	{`^the answer gives a subscription code$`, "one subscription with a code and status subscribe", inWorld(givesCode)},
	{`^the answer says that the subscription has ended$`, "subscription_status with the code and status unsubscribe", inWorld(saysEnded)},
	{`^an update of that record$`, "a notify message of the client to the registry with the record's new content (PRS.SR.02)", inWorld(givenUpdate)},
	{`^the registry answers with the record as updated$`, "a search by the record's identifier gives the new content", inWorld(answersUpdated)},
	{`^the registry answers with the record as it was$`, "a search by the record's identifier gives the old content", inWorld(answersUnchanged)},
}

// subscription is one that the scenario holds.
type subscription struct {
	code  string
	owner *identity.Identity
	where *population.Condition
}

func (w *World) event() (spec.EventType, spec.RecordType, error) {
	if len(w.env.Interface.EventTypes) == 0 {
		return spec.EventType{}, spec.RecordType{}, fmt.Errorf("interface %s has no event types", w.env.Interface.ID)
	}
	event := w.env.Interface.EventTypes[0]
	record, ok := w.env.Interface.Record(event.Record)
	if !ok {
		return event, record, fmt.Errorf("event type %s tells of %s, which is no record type", event.Name, event.Record)
	}
	return event, record, nil
}

func (w *World) trigger(ctx context.Context, event spec.EventType, record population.Record) error {
	if w.env.Trigger == nil {
		return &Skip{"no way to make an event happen was given: name events.url in the manifest"}
	}
	return w.env.Trigger(ctx, fixture.Event{Interface: w.env.Interface.ID, RegEventType: event.Name,
		RegRecordType: record.RecordType, Data: record.Raw})
}

func (w *World) freshRecord(record spec.RecordType, of string) population.Record {
	return population.NewRecord(w.env.Population, w.env.Interface.ID, record.Name, w.salt(of)+w.env.RunID)
}

func givenFresh(ctx context.Context, w *World) error {
	event, record, err := w.event()
	if err != nil {
		return err
	}
	w.record, w.fresh = record, w.freshRecord(record, "fresh")
	return w.trigger(ctx, event, w.fresh)
}

func (w *World) subscribeDraft(filterType string, filter any) (*Draft, error) {
	event, record, err := w.event()
	if err != nil {
		return nil, err
	}
	name := record.Name
	if spelling, ok := w.env.RecordTypes[name]; ok {
		name = spelling
	}
	draft := w.newDraft("subscribe")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "subscribe_request": []any{map[string]any{
		"reference_id": w.nextID("r"), "timestamp": now(), "subscribe_criteria": map[string]any{
			"version": message.Version, "reg_type": w.env.Interface.RegType, "reg_event_type": event.Name,
			"filter_type": filterType, "filter": filter, "notify_record_type": name}}}}
	return draft, nil
}

func givenSubscription(_ context.Context, w *World) error {
	draft, err := w.subscribeDraft(message.QueryIDTypeValue, map[string]any{"type": w.fresh.IDType, "value": w.fresh.IDValue})
	w.drafts = []*Draft{draft}
	return err
}

// givenFilteredSubscription takes an attribute with eq and a value of a record that is still to come.
func givenFilteredSubscription(_ context.Context, w *World) error {
	_, record, err := w.event()
	if err != nil {
		return err
	}
	w.record = record
	for attempt := range 40 {
		met, unmet := w.freshRecord(record, fmt.Sprint("meets", attempt)), w.freshRecord(record, fmt.Sprint("fails", attempt))
		for _, attribute := range record.Query {
			condition := conditionOn(attribute, met, unmet)
			if condition == nil {
				continue
			}
			w.fresh, w.wanted = met, unmet
			draft, err := w.subscribeDraft(message.QueryPredicate, predicateQuery(population.Where{Is: condition}))
			w.drafts = []*Draft{draft}
			w.subs = []subscription{{where: condition}}
			return err
		}
	}
	return fmt.Errorf("no condition tells two new records of %s apart", record.Name)
}

// conditionOn is attribute = the value of one record, where the other record has another.
func conditionOn(attribute spec.QueryAttribute, met, unmet population.Record) *population.Condition {
	if !slices.Contains(attribute.Operators, "eq") {
		return nil
	}
	value, other := met.Data[attribute.Attribute], unmet.Data[attribute.Attribute]
	if value == nil || other == nil || asJSON(value) == asJSON(other) {
		return nil
	}
	return &population.Condition{Attribute: attribute.Attribute, Operator: "eq", Value: value}
}

func hasSubscribed(ctx context.Context, w *World) error {
	if err := givenSubscription(ctx, w); err != nil {
		return err
	}
	return w.subscribe(ctx)
}

func hasSubscribedFiltered(ctx context.Context, w *World) error {
	if err := givenFilteredSubscription(ctx, w); err != nil {
		return err
	}
	return w.subscribe(ctx)
}

func (w *World) subscribe(ctx context.Context) error {
	if err := sent(ctx, w, "asynchronously"); err != nil {
		return err
	}
	if err := givesCode(ctx, w); err != nil {
		return err
	}
	w.noted = len(w.notifications())
	return nil
}

func givesCode(_ context.Context, w *World) error {
	w.subs = slices.DeleteFunc(w.subs, func(s subscription) bool { return s.code == "" })
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		items := reply.Answer.responseItems()
		if len(items) != 1 || text(items[0], "status") != message.StatusSuccess {
			return fail("an item with status succ", reply.describe())
		}
		list, _ := items[0]["subscriptions"].([]any)
		subscribed := objects(list)
		if len(subscribed) != 1 || text(subscribed[0], "code") == "" {
			return failf("one subscription with a code", nil, "%d subscriptions", len(subscribed))
		}
		if status := text(subscribed[0], "status"); status != message.SubscriptionActive {
			return failf("subscription status subscribe", nil, "%q", oneLine(status))
		}
		w.subs = append(w.subs, subscription{code: text(subscribed[0], "code"), owner: reply.Draft.From})
		return nil
	})
}

func (w *World) unsubscribeDraft(codes ...any) *Draft {
	draft := w.newDraft("unsubscribe")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "timestamp": now(), "subscription_codes": codes}
	return draft
}

func givenUnsubscribe(_ context.Context, w *World) error {
	if len(w.subs) == 0 {
		return errors.New("the scenario ends a subscription that it does not have")
	}
	w.drafts = []*Draft{w.unsubscribeDraft(w.subs[len(w.subs)-1].code)}
	return nil
}

func givenUnknownUnsubscribe(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.unsubscribeDraft(w.nextID("code"))}
	return nil
}

func hasUnsubscribed(ctx context.Context, w *World) error {
	if err := givenUnsubscribe(ctx, w); err != nil {
		return err
	}
	if err := sent(ctx, w, "asynchronously"); err != nil {
		return err
	}
	return saysEnded(ctx, w)
}

func saysEnded(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		list, _ := reply.Answer.Message["subscription_status"].([]any)
		for _, told := range objects(list) {
			if len(w.subs) > 0 && text(told, "code") == w.subs[len(w.subs)-1].code && text(told, "status") == message.SubscriptionEnded {
				return nil
			}
		}
		return fail("subscription_status with the code and status unsubscribe", reply.describe())
	})
}

func recordChanges(ctx context.Context, w *World) error { return recordChangesOften(ctx, w, 1) }

func recordChangesOften(ctx context.Context, w *World, times int) error {
	event, _, err := w.event()
	if err != nil {
		return err
	}
	for i := range times {
		w.fresh = population.Update(w.fresh, w.salt(fmt.Sprint("change", i)))
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
	return w.trigger(ctx, event, population.Update(other, w.salt("another changes")))
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
	record   map[string]any
}

// notifications are the notify messages that have come to the client, an entry for each record.
func (w *World) notifications() []told { return w.notificationsOf(identity.Client) }

func (w *World) notificationsOf(who identity.Name) []told {
	return readNotifications(w.env.shared[who].All())
}

func readNotifications(all []*exchange.Exchange) []told {
	var list []told
	for _, e := range all {
		answer := readAnswer(e, "notify")
		if answer == nil || text(answer.Header, "action") != "notify" {
			continue
		}
		for _, event := range answer.responseItems() {
			for _, record := range records(event) {
				list = append(list, told{e, record})
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

// awaitTold waits for count notifications of a record.
func (w *World) awaitTold(ctx context.Context, who identity.Name, record population.Record, count int) []told {
	pick := func(all []*exchange.Exchange) []told {
		return slices.DeleteFunc(readNotifications(all), func(t told) bool { return !t.about(record, w.record.Identifier) })
	}
	all, _ := w.env.shared[who].Await(ctx, w.env.Waits.Notify, func(all []*exchange.Exchange) bool { return len(pick(all)) >= count })
	list := pick(all)
	for _, t := range list {
		if t.exchange.Scenario == "" {
			t.exchange.Scenario, t.exchange.Operation = w.ID, "notify"
			w.judge(ctx, &Sent{World: w, Kind: KindNotify, Exchange: t.exchange, Answer: readAnswer(t.exchange, "notify"), Operation: "notify"})
		}
		w.show(t.exchange)
	}
	return list
}

func isNotified(ctx context.Context, w *World) error {
	list := w.awaitTold(ctx, identity.Client, w.fresh, 1)
	if len(list) == 0 {
		return fail(fmt.Sprintf("a notification of the record within %s", w.env.Waits.Notify), "none")
	}
	want := w.versions[len(w.versions)-1]
	for _, difference := range population.Compare(want, list[len(list)-1].record) {
		if difference.Kind != "extra" {
			return &Fail{Expected: "the record as it is after the change", Actual: difference.Path + " is " + difference.Kind,
				Attribute: w.record.Object + "." + difference.Path, Exchanges: []*exchange.Exchange{list[len(list)-1].exchange}}
		}
	}
	return nil
}

func isNotifiedInOrder(ctx context.Context, w *World) error {
	list := w.awaitTold(ctx, identity.Client, w.fresh, len(w.versions))
	if len(list) != len(w.versions) {
		return failf(fmt.Sprintf("%d notifications of the record", len(w.versions)), w.shown, "%d", len(list))
	}
	for i, want := range w.versions {
		for _, difference := range population.Compare(want, list[i].record) {
			if difference.Kind != "extra" {
				return failf(fmt.Sprintf("change %d in place %d", i+1, i+1), []*exchange.Exchange{list[i].exchange}, "another state of the record (%s)", difference.Path)
			}
		}
	}
	return nil
}

// isNotNotified makes a second event that must be told, so that silence is not mistaken for waiting
// too little: what comes before the control event is all that there is.
func isNotNotified(ctx context.Context, w *World) error {
	watched := w.unwanted
	if len(watched) == 0 {
		watched = []population.Record{w.fresh}
	}
	if err := w.control(ctx); err != nil {
		return err
	}
	for _, record := range watched {
		for _, t := range w.notifications() {
			if t.about(record, w.record.Identifier) {
				return fail("no notification of that record", "one came", t.exchange)
			}
		}
	}
	return nil
}

// control subscribes to another new record, lets it change and awaits its notification.
func (w *World) control(ctx context.Context) error {
	event, record, err := w.event()
	if err != nil {
		return err
	}
	keep := *w
	w.fresh = w.freshRecord(record, "control event")
	if err := w.trigger(ctx, event, w.fresh); err != nil {
		return err
	}
	if err := hasSubscribed(ctx, w); err != nil {
		return err
	}
	w.versions = nil
	if err := recordChanges(ctx, w); err != nil {
		return err
	}
	err = isNotified(ctx, w)
	w.fresh, w.subs, w.versions, w.drafts, w.replies = keep.fresh, keep.subs, keep.versions, keep.drafts, keep.replies
	return err
}

func otherNotNotified(_ context.Context, w *World) error {
	for _, t := range w.notificationsOf(identity.Other) {
		if t.about(w.fresh, w.record.Identifier) {
			return fail("no notification to another client", "one came", t.exchange)
		}
	}
	return nil
}

func givenUpdate(_ context.Context, w *World) error {
	w.before = w.fresh
	updated := population.Update(w.fresh, w.salt("update"))
	w.versions = append(w.versions, updated)
	event, _, err := w.event()
	if err != nil {
		return err
	}
	draft := w.newDraft("update")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "notify_event": []any{map[string]any{
		"reference_id": w.nextID("r"), "timestamp": now(), "data": map[string]any{"version": message.Version,
			"reg_type": w.env.Interface.RegType, "reg_event_type": event.Name, "reg_record_type": w.record.Name,
			"reg_records": json.RawMessage(updated.Raw)}}}}
	draft.headerEdits = append(draft.headerEdits, func(header map[string]any) { header["status"] = message.StatusSuccess })
	w.fresh = updated
	w.drafts = []*Draft{draft}
	return nil
}

func answersUpdated(ctx context.Context, w *World) error   { return w.answersWith(ctx, w.fresh) }
func answersUnchanged(ctx context.Context, w *World) error { return w.answersWith(ctx, w.before) }

// answersWith searches for the scenario's record until the answer shows the content, at most for the
// callback's time: an asynchronous update may take effect a moment after its acknowledgement.
func (w *World) answersWith(ctx context.Context, want population.Record) error {
	question := w.byIdentifier(w.record, want)
	question.Expected = []population.Record{want}
	w.fresh = want
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
				return &Fail{Expected: "the record with the content that was sent", Actual: difference.Path + " is " + difference.Kind,
					Attribute: w.record.Object + "." + difference.Path, Exchanges: reply.exchanges()}
			}
		}
	}
	return nil
}

func contains(raw, part []byte) bool { return bytes.Contains(raw, part) }

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
