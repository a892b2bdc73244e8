package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var subscribeSteps = []definition{
	{`^a subscription to (?:changes of that record|its changes)$`, "a subscribe message with an idtype-value filter for that record", inWorld(givenSubscription)},
	{`^a subscription to records that meet a condition$`, "a subscribe message with a predicate filter that the scenario's own record will meet", inWorld(givenFilteredSubscription)},
	{`^a subscription to changes of a record that nobody holds$`, "an idtype-value filter that names nobody", inWorld(givenAbsentSubscription)},
	{`^a batch of (\d+) subscriptions$`, "one subscribe message with so many items, each for a new record", withNumber(givenSubscriptions)},
	{`^a batch of 3 subscriptions of which the second cannot be followed$`, "the filter of the second is by an attribute that no record has", inWorld(givenSubscriptionsWithFlaw)},
	{`^its filter (.+)$`, "the filter of the subscription is made one that cannot be used", withText(filterIs)},
	{`^(the client|another client) has subscribed to (?:changes of that record|its changes)$`, "the subscription is made and confirmed by on-subscribe", withText(hasSubscribed)},
	{`^another client has subscribed to changes of another record$`, "a subscription that has nothing to do with the scenario's record", inWorld(otherHasSubscribed)},
	{`^the client has subscribed to records that meet a condition$`, "the subscription is made and confirmed by on-subscribe", inWorld(hasSubscribedFiltered)},
	{`^the client has made a batch of (\d+) subscriptions$`, "made and confirmed by on-subscribe", withNumber(hasSubscribedBatch)},
	{`^the client has ended the subscription$`, "unsubscribe is sent and confirmed by on-unsubscribe", inWorld(hasUnsubscribed)},
	{`^an unsubscribe message for (that subscription|all subscriptions)$`, "names the subscription's code, or each of them", withText(givenUnsubscribe)},
	{`^an unsubscribe message for a code that nobody was given$`, "a code that the registry cannot know", inWorld(givenUnknownUnsubscribe)},
	{`^the answer gives a subscription code$`, "one subscription with a code and status subscribe", inWorld(givesCode)},
	{`^the answer gives (\d+) different subscription codes$`, "a subscription with a code of its own for each item", withNumber(givesCodes)},
	{`^no second subscription is made, by a refusal with (.+) or by the code that there is$`,
		"it is rejected with one of these codes, or answered with the code of the subscription that the party has", withText(notSubscribedTwice)},
	{`^the other items are subscribed$`, "every item that was right has a subscription code", inWorld(othersSubscribed)},
	{`^the answer says that (?:the subscription has|all subscriptions have) ended$`, "status succ, and subscription_status, where it is there, with each code and status unsubscribe", inWorld(saysEnded)},
}

// subscription is one that the scenario holds.
type subscription struct {
	code  string
	owner *identity.Identity
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

// subscribeItem is one item of a subscribe message.
func (w *World) subscribeItem(filterType string, filter any) (map[string]any, error) {
	event, record, err := w.event()
	if err != nil {
		return nil, err
	}
	name := record.Name
	if spelling, ok := w.env.RecordTypes[name]; ok {
		name = spelling
	}
	return map[string]any{"reference_id": w.nextID("r"), "timestamp": now(), "subscribe_criteria": map[string]any{
		"version": message.Version, "reg_type": w.env.Interface.RegType, "reg_event_type": event.Name,
		"filter_type": filterType, "filter": filter, "notify_record_type": name}}, nil
}

func (w *World) subscribeDraft(items ...any) *Draft {
	draft := w.newDraft("subscribe")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "subscribe_request": items}
	return draft
}

// subscribeTo makes the draft of a subscription to each of the named records.
func (w *World) subscribeTo(named ...population.Identifier) error {
	items := make([]any, 0, len(named))
	for _, id := range named {
		item, err := w.subscribeItem(message.QueryIDTypeValue, map[string]any{"type": id.Type, "value": id.Value})
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	w.drafts = []*Draft{w.subscribeDraft(items...)}
	return nil
}

func idOf(record population.Record) population.Identifier {
	return population.Identifier{Type: record.IDType, Value: record.IDValue}
}

func (w *World) nobody(salt string) population.Identifier {
	kind, value := w.env.Population.Absent(w.salt(salt))
	return population.Identifier{Type: kind, Value: value}
}

func givenSubscription(_ context.Context, w *World) error { return w.subscribeTo(idOf(w.fresh)) }

func givenAbsentSubscription(_ context.Context, w *World) error {
	return w.subscribeTo(w.nobody("nobody subscribed to"))
}

func givenSubscriptions(ctx context.Context, w *World, count int) error {
	ids := make([]population.Identifier, 0, count)
	for i := range count {
		if err := w.register(ctx, fmt.Sprint("batch", i)); err != nil {
			return err
		}
		ids = append(ids, idOf(w.fresh))
	}
	return w.subscribeTo(ids...)
}

func givenSubscriptionsWithFlaw(ctx context.Context, w *World) error {
	if err := givenSubscriptions(ctx, w, 3); err != nil {
		return err
	}
	second, err := w.drafts[0].item("item 2")
	if err != nil {
		return err
	}
	flaw := filters["names an attribute that no record has"]
	put(second, "subscribe_criteria.filter_type", flaw.kind)
	put(second, "subscribe_criteria.filter", flaw.filter)
	return nil
}

// filters are filters that a registry cannot follow: "its filter …". To ignore one would tell of everybody.
var filters = map[string]struct {
	kind   string
	filter any
}{
	"names an attribute that no record has": {message.QueryPredicate, predicateOf("shoe_size_of_the_cat", "eq", "42")},
	"has an operator that is not published": {message.QueryPredicate, predicateOf("registration_date", "resembles", "2020-01-01T00:00:00Z")},
	"is an empty list":                      {message.QueryPredicate, []any{}},
	"is an empty object":                    {message.QueryIDTypeValue, map[string]any{}},
	"is missing":                            {message.QueryPredicate, absent{}},
	"is of a type that is not published":    {"by-guess", predicateOf("registration_date", "gt", "2020-01-01T00:00:00Z")},
}

func predicateOf(attribute, operator string, value any) any {
	return predicateQuery(population.Where{Is: &population.Condition{Attribute: attribute, Operator: operator, Value: value}})
}

func filterIs(_ context.Context, w *World, what string) error {
	filter, ok := filters[what]
	if !ok {
		return fmt.Errorf("no filter is called %q", what)
	}
	return w.each(func(d *Draft) error {
		return errors.Join(d.set("criteria.filter_type", filter.kind), d.set("criteria.filter", filter.filter))
	})
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
			if about, err := w.env.Dictionary.Attribute(record.Object, attribute.Attribute); err != nil || about.Attribute.CodeList != "" {
				// The records of other scenarios have few codes: they would meet the condition as well.
				continue
			}
			condition := conditionOn(attribute, met, unmet)
			if condition == nil || !w.env.apart.subscribe(*condition, met) {
				continue
			}
			w.fresh, w.wanted = met, unmet
			item, err := w.subscribeItem(message.QueryPredicate, predicateQuery(population.Where{Is: condition}))
			w.drafts = []*Draft{w.subscribeDraft(item)}
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

func hasSubscribed(ctx context.Context, w *World, who string) error {
	if err := givenSubscription(ctx, w); err != nil {
		return err
	}
	return w.subscribe(ctx, who)
}

// otherHasSubscribed keeps the scenario's record.
func otherHasSubscribed(ctx context.Context, w *World) error {
	ours := w.fresh
	defer func() { w.fresh = ours }()
	if err := w.register(ctx, "of another client"); err != nil {
		return err
	}
	w.others = w.fresh
	return hasSubscribed(ctx, w, "another client")
}

func hasSubscribedFiltered(ctx context.Context, w *World) error {
	if err := givenFilteredSubscription(ctx, w); err != nil {
		return err
	}
	return w.subscribe(ctx, "the client")
}

func hasSubscribedBatch(ctx context.Context, w *World, count int) error {
	if err := givenSubscriptions(ctx, w, count); err != nil {
		return err
	}
	if err := sent(ctx, w, "asynchronously"); err != nil {
		return err
	}
	return givesCodes(ctx, w, count)
}

func (w *World) subscribe(ctx context.Context, who string) error {
	if err := comesFrom(ctx, w, who); err != nil {
		return err
	}
	if err := sent(ctx, w, "asynchronously"); err != nil {
		return err
	}
	return givesCode(ctx, w)
}

func givesCode(ctx context.Context, w *World) error { return givesCodes(ctx, w, 1) }

func givesCodes(_ context.Context, w *World, count int) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		items := reply.Answer.responseItems()
		if len(items) != count {
			return failf(fmt.Sprintf("%d items in on-subscribe", count), nil, "%d items; %s", len(items), reply.describe())
		}
		for _, item := range items {
			code, departure := codeOf(item)
			switch {
			case departure != nil:
				return departure
			case slices.ContainsFunc(w.subs, func(s subscription) bool { return s.code == code }):
				return fail("a code of its own for each subscription", "a code that another subscription has")
			}
			w.subs = append(w.subs, subscription{code: code, owner: reply.Draft.From})
		}
		return nil
	})
}

// codeOf is the code of the one subscription that an item of on-subscribe tells.
func codeOf(item map[string]any) (string, *Fail) {
	if status := text(item, "status"); status != message.StatusSuccess {
		return "", failf("an item with status succ", nil, "item status %q %s", oneLine(status), oneLine(text(item, "status_reason_code")))
	}
	list, _ := item["subscriptions"].([]any)
	told := objects(list)
	if len(told) != 1 || text(told[0], "code") == "" {
		return "", failf("one subscription with a code", nil, "%d subscriptions", len(told))
	}
	if status := text(told[0], "status"); status != message.SubscriptionActive {
		return "", failf("subscription status subscribe", nil, "subscription status %q", oneLine(status))
	}
	return text(told[0], "code"), nil
}

func notSubscribedTwice(_ context.Context, w *World, codes string) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if _, refused := reply.refusal(""); refused || reply.Answer == nil {
			return w.refusedWith(reply, "", codesIn(codes))
		}
		for _, item := range reply.Answer.responseItems() {
			code, departure := codeOf(item)
			if departure != nil {
				return departure
			}
			if !slices.ContainsFunc(w.subs, func(s subscription) bool { return s.code == code }) {
				return fail("a refusal, or the code of the subscription that the party has", "another code")
			}
		}
		return nil
	})
}

func othersSubscribed(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		made := 0
		for _, item := range reply.Answer.responseItems() {
			if _, departure := codeOf(item); departure == nil {
				made++
			}
		}
		if want := len(reply.Draft.items()) - 1; made != want {
			return failf(fmt.Sprintf("%d items with a subscription", want), nil, "%d with one", made)
		}
		return nil
	})
}

func (w *World) unsubscribeDraft(codes ...any) *Draft {
	draft := w.newDraft("unsubscribe")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "timestamp": now(), "subscription_codes": codes}
	return draft
}

func givenUnsubscribe(_ context.Context, w *World, which string) error {
	if len(w.subs) == 0 {
		return errors.New("the scenario ends a subscription that it does not have")
	}
	ending := w.subs
	if which == "that subscription" {
		ending = w.subs[len(w.subs)-1:]
	}
	codes := make([]any, 0, len(ending))
	for _, held := range ending {
		codes = append(codes, held.code)
	}
	w.drafts = []*Draft{w.unsubscribeDraft(codes...)}
	return nil
}

func givenUnknownUnsubscribe(_ context.Context, w *World) error {
	w.drafts = []*Draft{w.unsubscribeDraft(w.nextID("code"))}
	return nil
}

func hasUnsubscribed(ctx context.Context, w *World) error {
	if err := givenUnsubscribe(ctx, w, "that subscription"); err != nil {
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
		if _, refused := reply.refusal(""); refused {
			return fail("status succ", reply.describe())
		}
		return tellsEnded(reply.Answer.Message, reply)
	})
}

// tellsEnded looks for each code of an unsubscribe in what is told of it. The list is optional: without it the
// status stands for all codes.
func tellsEnded(told map[string]any, of *Reply) *Fail {
	if status := text(told, "status"); status != message.StatusSuccess {
		return failf("status succ", nil, "status %q", oneLine(status))
	}
	if told["subscription_status"] == nil {
		return nil
	}
	list, _ := told["subscription_status"].([]any)
	ended := map[string]bool{}
	for _, one := range objects(list) {
		ended[text(one, "code")] = text(one, "status") == message.SubscriptionEnded
	}
	codes, _ := of.Draft.Message["subscription_codes"].([]any)
	for _, code := range codes {
		if held, _ := code.(string); !ended[held] {
			return failf("subscription_status with each code and status unsubscribe", nil, "%d codes, one of them missing or not ended", len(ended))
		}
	}
	return nil
}
