package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var paymentSteps = []definition{
	{`^a correct request$`, "a disbursement, or a link of a person who has no address: a message that is right in every way", inWorld(givenRequest)},
	{`^the system answers a correct request$`,
		"a search for disbursements, or a question for a person's address, is answered; a refusal that follows then means something",
		inWorld(answersPaymentControl)},
	{`^it has had no effect$`, "nothing was paid; nobody was linked", inWorld(hasHadNoEffect)},
	{`^it has had its effect once$`, "what was ordered was paid, and no more; the person is linked", inWorld(hasHadEffect)},
	{`^a status request for it by "(transaction_id|correlation_id|reference_id_list)"$`, "asks how the items of the message that was just sent ended",
		withText(givenPaymentStatus)},
	{`^the status tells how each item ended$`, "each item of the message with the status that its own answer gave", inWorld(tellsEnds)},
	{`^the status tells nothing of it$`, "no item of the message", inWorld(tellsNothing)},
	{`^two correct items with one reference_id$`, "two disbursements, or links of two persons, that are right but for that", inWorld(givenTwins)},
	{`^one item succeeds and the other is refused with (.+)$`, "two answers, of which one at most is succ and the others are rejected with one of these codes",
		withText(oneSucceeds)},
	{`^every item is answered$`, "one item in the answer for each in the request, and none besides", inWorld(everyItemAnswered)},
}

// payments is what a scenario about money knows: its accounts, its orders and its persons. All of them are
// its own, so that what it finds is its own doing.
type payments struct {
	payer, payee population.Account
	orders       []*order
	person       population.Link
	spare        string
}

// order is one disbursement of the scenario. It is paid once the target said so.
type order struct {
	reference string
	amount    *apd.Decimal
	flawed    bool
	paid      bool
}

// take hands out the members of a list one after another, over all scenarios.
func take[T any](e *Env, name string, list []T) T {
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.taken[name] % len(list)
	e.taken[name]++
	return list[at]
}

// orders notes that a disbursement was ordered from or to an address, by whatever scenario.
func (e *Env) orders(reference string, addresses ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, address := range addresses {
		e.ordered[[2]string{address, reference}] = true
	}
}

func (e *Env) wasOrdered(reference, address string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ordered[[2]string{address, reference}]
}

func (w *World) disburses() bool { return w.env.Interface.ID == "disburse" }

func givenRequest(ctx context.Context, w *World) error {
	if w.disburses() {
		return givenDisbursement(ctx, w)
	}
	if err := givenPerson(ctx, w, "no address"); err != nil {
		return err
	}
	return givenLink(ctx, w)
}

// answersPaymentControl leaves no trace in the scenario's state.
func answersPaymentControl(ctx context.Context, w *World) error {
	control, err := w.paymentControl(ctx)
	if err != nil {
		return err
	}
	reply, err := w.send(ctx, control, spec.Sync)
	if err != nil {
		return err
	}
	if departure := w.answered(reply); departure != nil {
		departure.Expected = "a correct request is answered: " + departure.Expected
		return departure
	}
	w.replies, w.shown, w.last = nil, []*exchange.Exchange{reply.Exchange}, nil
	return nil
}

// paymentControl is a message that is right in every way and changes nothing.
func (w *World) paymentControl(ctx context.Context) (*Draft, error) {
	if !w.disburses() {
		return w.resolveDraft(take(w.env, "linked", w.env.Population.Payments().Linked).ID, ""), nil
	}
	payee, err := w.paidBefore(ctx)
	return w.searchDraft("payee_fa", payee), err
}

// paidBefore is a payee to whom a disbursement was made in this run, made by the first who asks: what becomes of a
// search that finds nothing is not published, so that only one that finds something can be known to be answered.
func (w *World) paidBefore(ctx context.Context) (string, error) {
	w.env.controlLock.Lock()
	defer w.env.controlLock.Unlock()
	if w.env.controlPayee != "" {
		return w.env.controlPayee, nil
	}
	kept := w.pay
	defer func() { w.pay = kept }()
	w.pay = payments{}
	item, err := w.newOrder("0.01")
	if err != nil {
		return "", err
	}
	w.env.controlPayee = w.pay.payee.FA
	_, err = w.sendAside(ctx, w.disburseDraft(item))
	if departure := new(Fail); errors.As(err, &departure) {
		// What becomes of the search says more.
		err = nil
	}
	return w.env.controlPayee, err
}

func hasHadNoEffect(ctx context.Context, w *World) error {
	if w.disburses() {
		return nothingPaid(ctx, w)
	}
	return leadsNowhere(ctx, w)
}

func hasHadEffect(ctx context.Context, w *World) error {
	if w.disburses() {
		for _, ordered := range w.pay.orders {
			ordered.paid = true
		}
		return spentWhatWasPaid(ctx, w)
	}
	return leadsTo(ctx, w, "the spare address")
}

// ask sends a message of the suite's own, such as one that looks at an effect, without touching what the
// scenario has sent.
func (w *World) sendAside(ctx context.Context, draft *Draft) (*Reply, error) {
	kept, last := w.replies, w.last
	reply, err := w.send(ctx, draft, spec.Sync)
	w.replies, w.last = kept, last
	return reply, err
}

// ordering is the last message of the scenario that ordered something.
func (w *World) ordering() (*Reply, error) {
	for _, replies := range [][]*Reply{w.replies, w.earlier} {
		for i := len(replies) - 1; i >= 0; i-- {
			if replies[i].Draft.Kind != "txn-status" {
				return replies[i], nil
			}
		}
	}
	return nil, errors.New("the scenario asks for the status of a message before it has sent one")
}

func givenPaymentStatus(_ context.Context, w *World, attribute string) error {
	asked, err := w.ordering()
	if err != nil {
		return err
	}
	of := map[string]any{"transaction_id": text(asked.Draft.Message, "transaction_id"), "correlation_id": asked.correlation()}[attribute]
	if attribute == "reference_id_list" {
		ids := []any{}
		for _, item := range objects(asked.Draft.items()) {
			ids = append(ids, item["reference_id"])
		}
		of = ids
	}
	w.drafts = []*Draft{w.statusOf(asked.Draft, attribute, of)}
	return nil
}

// statusOf asks how a message about payments stands.
func (w *World) statusOf(d *Draft, attribute string, of any) *Draft {
	return w.statusDraft(txnType(d), text(d.Message, "transaction_id"), attribute, of)
}

func txnType(d *Draft) string {
	if d.Kind == "payment-search" {
		return "search"
	}
	return d.paymentKind()
}

// ofAnotherKind tells an answer from a status of it: both have the transaction_id of the business.
func (a *Answer) ofAnotherKind(d *Draft) bool {
	_, status := a.Message["txnstatus_response"]
	if d.Kind == "txn-status" {
		_, ended := a.Message["subscription_status"]
		return !status && (ended || a.responseList() != "")
	}
	return status
}

// toldItems are the items that a status answer tells of.
func (r *Reply) toldItems() []map[string]any {
	if r.Answer == nil {
		return nil
	}
	response, _ := r.Answer.Message["txnstatus_response"].(map[string]any)
	inner, _ := response["txn_status"].(map[string]any)
	return (&Answer{Message: inner}).responseItems()
}

// tells are the statuses by reference_id of the items that a status answer tells of.
func (r *Reply) tells() map[string][]string {
	told := map[string][]string{}
	for _, item := range r.toldItems() {
		reference := text(item, "reference_id")
		told[reference] = append(told[reference], text(item, "status"))
	}
	return told
}

func tellsEnds(_ context.Context, w *World) error {
	asked, err := w.ordering()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		told := reply.tells()
		for _, item := range asked.Answer.responseItems() {
			statuses := told[text(item, "reference_id")]
			if len(statuses) != 1 || statuses[0] != text(item, "status") {
				return failf("each item once, with the status that its answer gave", nil, "%d items of a reference_id, or another status", len(statuses))
			}
		}
		if got, want := len(told), len(asked.Answer.responseItems()); got != want {
			return failf(fmt.Sprintf("the %d items of the message", want), nil, "%d items", got)
		}
		return nil
	})
}

func tellsNothing(_ context.Context, w *World) error {
	asked, err := w.ordering()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		told := reply.tells()
		for _, item := range objects(asked.Draft.items()) {
			if len(told[text(item, "reference_id")]) > 0 {
				return fail("nothing of the message", "an item of it")
			}
		}
		return nil
	})
}

func everyItemAnswered(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for _, item := range objects(reply.Draft.items()) {
			if got := len(reply.Answer.itemsFor(text(item, "reference_id"))); got != 1 {
				return failf("one answer to each item", nil, "%d answers to one of them", got)
			}
		}
		if got, want := len(reply.Answer.responseItems()), len(reply.Draft.items()); got != want {
			return failf(fmt.Sprintf("%d items, one for each of the request", want), nil, "%d items", got)
		}
		return nil
	})
}

func givenTwins(ctx context.Context, w *World) error {
	if w.disburses() {
		if err := w.orderOf("3.10", "4.20"); err != nil {
			return err
		}
	} else {
		var items []map[string]any
		for range 2 {
			if err := givenPerson(ctx, w, "no address"); err != nil {
				return err
			}
			items = append(items, w.linkItem(w.pay.person, w.pay.spare))
		}
		w.drafts = []*Draft{w.addressDraft("link", items...)}
	}
	return takesReference(w, 2, 1)
}

func oneSucceeds(_ context.Context, w *World, list string) error {
	return w.eachReply(func(reply *Reply) *Fail { return w.onceEach(reply, codesIn(list)) })
}

// onceEach says whether of the items with one reference_id one at most succeeded and the others were
// rejected with one of the codes. What was paid is noted.
func (w *World) onceEach(reply *Reply, codes []string) *Fail {
	if _, refused := reply.refusal(""); refused && (reply.Answer == nil || len(reply.Answer.responseItems()) == 0) {
		// A message whose items cannot be told apart may be refused as a whole.
		return nil
	}
	if reply.Answer == nil {
		return w.answered(reply)
	}
	sent := map[string]int{}
	for _, item := range objects(reply.Draft.items()) {
		sent[text(item, "reference_id")]++
	}
	for reference, count := range sent {
		said := reply.Answer.itemsFor(reference)
		succeeded := 0
		for _, item := range said {
			switch {
			case isSuccess(item):
				succeeded++
			case count > 1 && !slices.Contains(codes, text(item, "status_reason_code")):
				return failf("a second item of a reference_id rejected with "+strings.Join(codes, " or "), nil, "%s", statusesOf(said))
			}
		}
		if len(said) != count || succeeded > 1 || count == 1 && succeeded != 1 {
			return failf("one item of each reference_id with status succ", nil, "%d answers to %d items, %s", len(said), count, statusesOf(said))
		}
		if ordered := w.orderFor(reference); ordered != nil {
			ordered.paid = succeeded == 1
		}
	}
	return nil
}

// onlyItem is the one item of an answer to a message with one item.
func onlyItem(reply *Reply) (map[string]any, *Fail) {
	if reply.Answer == nil || len(reply.Answer.responseItems()) != 1 {
		return nil, fail("an answer with one item", reply.describe(), reply.exchanges()...)
	}
	return reply.Answer.responseItems()[0], nil
}

func isSuccess(item map[string]any) bool { return text(item, "status") == message.StatusSuccess }
