package steps

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
)

var disburseSteps = []definition{
	{`^a disbursement to a beneficiary$`, "one payment from a programme account to a beneficiary's; both are this scenario's own", inWorld(givenDisbursement)},
	{`^disbursements of ([0-9., ]+)$`, "one message that pays these amounts, each to another beneficiary", withText(givenAmounts)},
	{`^a batch of (\d+) disbursements$`, "one message that pays so many beneficiaries", withNumber(givenDisbursements)},
	{`^(?:its|item (\d+)'s) (payee|payer) is (an? .+|the .+)$`, "whom the payment goes to or comes from", func(ctx context.Context, item, party, who string) error {
		return partyIs(worldOf(ctx), item, party, who)
	}},
	{`^item (\d+)'s "([^"]+)" is (.+)$`, "one member of one payment is made wrong", func(ctx context.Context, item int, member, to string) error {
		return memberIs(worldOf(ctx), item, member, to)
	}},
	{`^the same disbursement in another message$`, "the same payment under the same reference_id, with a message_id and a transaction_id of its own", inWorld(givenSameAgain)},
	{`^another client's disbursement under the same reference_id$`, "another participant's payment, from its own account, numbered alike", inWorld(givenRivals)},
	{`^it is sent (\d+) times at once in messages of their own$`, "so many messages with the same reference_id at the same time", withNumber(sentAtOnce)},
	{`^every disbursement is paid$`, "each item is answered once, with status succ", inWorld(everyPaid)},
	{`^the other disbursements are paid$`, "each item that was right is answered once, with status succ", inWorld(everyPaid)},
	{`^one of them is paid and the others are refused with (.+)$`, "one succ; the others rejected with one of these codes", withText(onePaid)},
	{`^item (\d+) repeats item (\d+)$`, "the same payment twice in one message", func(ctx context.Context, to, from int) error {
		return repeatsItem(worldOf(ctx), to, from)
	}},
	{`^one item of each reference_id is paid and the rest is refused with (.+)$`, "no item of a reference_id succeeds beside another", withText(oneSucceeds)},
	{`^the answer repeats what was ordered$`, "amounts and addresses in the answer, where there are any, are those of the request", inWorld(repeatsOrder)},
}

// newOrder is an item that pays the amount to a beneficiary of its own.
func (w *World) newOrder(amount string) (map[string]any, error) {
	all := w.env.Population.Payments()
	if w.pay.payer.FA == "" {
		w.pay.payer = take(w.env, "payers", all.Payers)
	}
	w.pay.payee = take(w.env, "payees", all.Payees)
	parsed, _, err := apd.NewFromString(amount)
	if err != nil {
		return nil, fmt.Errorf("the feature file says %q, which is no amount", amount)
	}
	ordered := &order{reference: w.nextID("r"), amount: parsed}
	w.pay.orders = append(w.pay.orders, ordered)
	return w.orderItem(ordered.reference, amount), nil
}

func (w *World) orderItem(reference, amount string) map[string]any {
	w.env.orders(reference, w.pay.payer.FA, w.pay.payee.FA)
	return map[string]any{"reference_id": reference, "payer_fa": w.pay.payer.FA, "payee_fa": w.pay.payee.FA, "amount": amount,
		"payer_name": w.pay.payer.Name, "payee_name": w.pay.payee.Name, "purpose": "Cash transfer", "currency_code": w.pay.payer.CurrencyCode}
}

func (w *World) disburseDraft(items ...any) *Draft {
	draft := w.newDraft("disburse")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "disbursements": items}
	return draft
}

func (w *World) orderOf(amounts ...string) error {
	var items []any
	for _, amount := range amounts {
		item, err := w.newOrder(strings.TrimSpace(amount))
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	w.drafts = []*Draft{w.disburseDraft(items...)}
	return nil
}

func givenDisbursement(_ context.Context, w *World) error { return w.orderOf("25.10") }

func givenAmounts(_ context.Context, w *World, amounts string) error {
	return w.orderOf(strings.Split(amounts, ",")...)
}

func givenDisbursements(_ context.Context, w *World, count int) error {
	var amounts []string
	for n := range count {
		amounts = append(amounts, fmt.Sprintf("%d.%02d", 1+n%7, 1+n%97))
	}
	return w.orderOf(amounts...)
}

// parties are the addresses that a payment can be made to name. Those that are right have flawed false.
var parties = map[string]struct {
	flawed bool
	of     func(w *World, held string) string
}{
	"an address that nobody has": {true, func(w *World, _ string) string { return "account:" + w.nextID("nobody") + "@national-bank" }},
	"a text that is no address":  {true, func(*World, string) string { return "somebody somewhere" }},
	"an address that leads to no account": {true, func(w *World, _ string) string {
		return take(w.env, "unlinked", w.env.Population.Payments().Unlinked).FA
	}},
	"an account in another currency": {true, func(w *World, _ string) string {
		return take(w.env, "foreign", w.env.Population.Payments().Foreign).FA
	}},
	"an account of another client": {true, func(w *World, _ string) string {
		return take(w.env, "rivals", w.env.Population.Payments().Rivals).FA
	}},
	"an account without funds": {true, func(w *World, _ string) string {
		return take(w.env, "empty", w.env.Population.Payments().Empty).FA
	}},
	"the same address in other letters": {false, func(_ *World, held string) string { return strings.ToUpper(held) }},
}

func partyIs(w *World, number, party, who string) error {
	chosen, known := parties[who]
	if !known {
		return fmt.Errorf("the feature file says %q, which is no address that the steps know", who)
	}
	at := 1
	if number != "" {
		at, _ = strconv.Atoi(number)
	}
	item, err := w.drafts[0].item(fmt.Sprint("item ", at))
	if err != nil {
		return err
	}
	member := party + "_fa"
	item[member] = chosen.of(w, text(item, member))
	w.pay.orders[at-1].flawed = chosen.flawed
	return nil
}

func memberIs(w *World, number int, member, to string) error {
	changed, err := value(to)
	if err != nil {
		return err
	}
	w.pay.orders[number-1].flawed = true
	return w.drafts[0].set(fmt.Sprintf("item %d.%s", number, member), changed)
}

func givenSameAgain(_ context.Context, w *World) error {
	if len(w.pay.orders) == 0 {
		return errors.New("the scenario repeats a disbursement before it has one")
	}
	ordered := w.pay.orders[0]
	w.drafts = []*Draft{w.disburseDraft(w.orderItem(ordered.reference, ordered.amount.Text('f')))}
	return nil
}

func givenRivals(_ context.Context, w *World) error {
	ordered := w.pay.orders[0]
	item := w.orderItem(ordered.reference, ordered.amount.Text('f'))
	item["payer_fa"] = take(w.env, "rivals", w.env.Population.Payments().Rivals).FA
	draft := w.disburseDraft(item)
	draft.From = w.env.Identities[identity.Other]
	w.drafts = []*Draft{draft}
	return nil
}

// sentAtOnce sends copies by hands of their own; each is a message that the scenario alone does not keep.
func sentAtOnce(ctx context.Context, w *World, count int) error {
	ordered := w.pay.orders[0]
	drafts := make([]*Draft, count)
	for n := range drafts {
		drafts[n] = w.disburseDraft(w.orderItem(ordered.reference, ordered.amount.Text('f')))
		drafts[n].Operation, _ = w.env.Interface.Operation("sync-disburse")
		w.complete(drafts[n])
	}
	w.env.tokenOf(ctx, w.known(drafts[0].From))
	worlds := make([]*World, count)
	failures := make([]error, count)
	var senders sync.WaitGroup
	for n, draft := range drafts {
		worlds[n] = &World{env: w.env, ID: w.ID, Tags: w.Tags, slug: fmt.Sprintf("%s%d", w.slug, n), boxes: map[identity.Name]*exchange.Box{}}
		senders.Go(func() { _, failures[n] = worlds[n].send(ctx, draft, spec.Sync) })
	}
	senders.Wait()
	w.replies = nil
	for n, one := range worlds {
		if failures[n] != nil {
			return failures[n]
		}
		w.replies = append(w.replies, one.replies...)
		w.show(one.shown...)
	}
	return nil
}

// orderFor finds the scenario's order by its reference_id.
func (w *World) orderFor(reference string) *order {
	for _, ordered := range w.pay.orders {
		if ordered.reference == reference {
			return ordered
		}
	}
	return nil
}

func everyPaid(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for _, item := range objects(reply.Draft.items()) {
			reference := text(item, "reference_id")
			ordered := w.orderFor(reference)
			if ordered == nil || ordered.flawed {
				continue
			}
			said := reply.Answer.itemsFor(reference)
			if len(said) != 1 || !isSuccess(said[0]) {
				return failf("status succ for each disbursement that is right", nil, "%d answers to one of them, %s", len(said), statusesOf(said))
			}
			if reply.Draft.From.Name == identity.Client {
				ordered.paid = true
			}
		}
		return nil
	})
}

func statusesOf(items []map[string]any) string {
	var all []string
	for _, item := range items {
		all = append(all, strings.TrimSpace(text(item, "status")+" "+text(item, "status_reason_code")))
	}
	return oneLine("with status " + strings.Join(all, ", "))
}

func onePaid(_ context.Context, w *World, list string) error {
	paid := 0
	err := w.eachReply(func(reply *Reply) *Fail {
		item, departure := onlyItem(reply)
		if departure != nil {
			return departure
		}
		if isSuccess(item) {
			paid++
			return nil
		}
		return w.refusedWith(reply, text(item, "reference_id"), codesIn(list))
	})
	if err != nil {
		return err
	}
	if paid != 1 {
		return failf("one of them with status succ", w.shown, "%d of them", paid)
	}
	w.pay.orders[0].paid = true
	return nil
}

func repeatsItem(w *World, to, from int) error {
	items := w.drafts[0].items()
	if to > len(items) || from > len(items) {
		return errors.New("the scenario repeats an item that its message does not have")
	}
	items[to-1] = items[from-1]
	w.pay.orders[to-1] = &order{amount: w.pay.orders[from-1].amount, flawed: true}
	return nil
}

func repeatsOrder(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for _, ordered := range objects(reply.Draft.items()) {
			for _, said := range reply.Answer.itemsFor(text(ordered, "reference_id")) {
				for _, member := range []string{"payer_fa", "payee_fa", "currency_code"} {
					if got := text(said, member); got != "" && !strings.EqualFold(got, text(ordered, member)) {
						return failf(member+" as it was ordered", nil, "another one")
					}
				}
				if got := text(said, "amount"); got != "" && !sameAmount(got, text(ordered, "amount")) {
					return fail("the amount as it was ordered", "another amount")
				}
			}
		}
		return nil
	})
}

func sameAmount(one, other string) bool {
	first, _, wrong := apd.NewFromString(one)
	second, _, wrongToo := apd.NewFromString(other)
	return wrong == nil && wrongToo == nil && first.Cmp(second) == 0
}
