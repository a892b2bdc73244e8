package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spconform/spconform/spec/message"
)

var statusSteps = []definition{
	{`^a status request for that (search|subscription|unsubscription) by "(transaction_id|correlation_id|reference_id_list)"$`,
		"asks what became of the message that was just sent", withTexts(givenStatus)},
	{`^a status request for the reference_id of its item (\d+)$`, "asks for one item of the search that was just sent", withNumber(givenItemStatus)},
	{`^a status request for a transaction that was never sent$`, "the registry cannot know it", inWorld(givenUnknownStatus)},
	{`^the status answer holds what the search answered$`,
		"the same items with the same statuses and reasons as the search itself gave", inWorld(statusHolds)},
	{`^the status answer holds what was subscribed$`, "the items of the subscription with status succ", inWorld(statusHolds)},
	{`^the status answer says that the subscription has ended$`, "the unsubscribe with status succ, and the code with status unsubscribe", inWorld(statusEnded)},
	{`^the status answer holds item (\d+) alone$`, "that item of the search, and no other", withNumber(statusHoldsOne)},
	{`^the status answer names the transaction$`, "transaction_id and correlation_id of the message that was asked about", inWorld(statusNames)},
	{`^the status answer shows nothing of the search$`, "neither items nor records of it", inWorld(statusHides)},
	{`^the status answer holds no item that succeeded$`, "no item with status succ and no records for what does not exist", inWorld(statusEmpty)},
	{`^the registry says that it does not know it$`, "a refusal, or header.status rjct", inWorld(statusUnknown)},
}

// asked is the last message that was answered in the scenario and is not a status request itself.
func (w *World) asked() (*Reply, error) {
	for _, replies := range [][]*Reply{w.replies, w.earlier} {
		for i := len(replies) - 1; i >= 0; i-- {
			if replies[i].Draft.Kind != "txn-status" {
				return replies[i], nil
			}
		}
	}
	return nil, errors.New("the scenario asks for the status of a message before it has sent one")
}

// statusDraft asks how a message of a transaction stands, under the transaction_id of that: it is the same over all
// messages of one business transaction, and a registry may look there too (docs/wire.md, Transaction status).
func (w *World) statusDraft(kind, transaction, attribute string, of any) *Draft {
	draft := w.newDraft("txn-status")
	draft.Message = map[string]any{"transaction_id": transaction, "txnstatus_request": map[string]any{
		"reference_id": w.nextID("r"), "txn_type": kind, "attribute_type": attribute, "attribute_value": of}}
	return draft
}

// txnTypes are the values of txn_type, by what a scenario calls the message.
var txnTypes = map[string]string{"search": "search", "subscription": "subscribe", "unsubscription": "unsubscribe"}

func givenStatus(_ context.Context, w *World, kind, attribute string) error {
	sent, err := w.asked()
	if err != nil {
		return err
	}
	var of any
	switch attribute {
	case "transaction_id":
		of = text(sent.Draft.Message, "transaction_id")
	case "correlation_id":
		of = sent.correlation()
	default:
		ids := make([]any, 0, len(sent.Draft.items()))
		for _, item := range objects(sent.Draft.items()) {
			ids = append(ids, item["reference_id"])
		}
		of = ids
	}
	w.drafts = []*Draft{w.statusDraft(txnTypes[kind], text(sent.Draft.Message, "transaction_id"), attribute, of)}
	return nil
}

func givenItemStatus(_ context.Context, w *World, number int) error {
	sent, err := w.asked()
	if err != nil {
		return err
	}
	item, err := sent.Draft.item(fmt.Sprintf("item %d", number))
	if err != nil {
		return err
	}
	w.drafts = []*Draft{w.statusDraft("search", text(sent.Draft.Message, "transaction_id"), "reference_id_list", []any{item["reference_id"]})}
	return nil
}

func (r *Reply) correlation() string {
	if r.Ack != nil {
		return r.Ack.CorrelationID
	}
	if r.Answer != nil {
		return text(r.Answer.Message, "correlation_id")
	}
	return ""
}

func givenUnknownStatus(_ context.Context, w *World) error {
	never := w.nextID("t")
	w.drafts = []*Draft{w.statusDraft("search", never, "transaction_id", never)}
	return nil
}

// status is txn_status of a status answer: the answer that the transaction itself gave.
func (r *Reply) status() map[string]any {
	if r.Answer == nil {
		return nil
	}
	response, _ := r.Answer.Message["txnstatus_response"].(map[string]any)
	inner, _ := response["txn_status"].(map[string]any)
	return inner
}

// statusItems are the items of the transaction that a status answer tells of.
func (r *Reply) statusItems() []map[string]any {
	for _, name := range []string{"search_response", "subscribe_response"} {
		if list, ok := r.status()[name].([]any); ok {
			return objects(list)
		}
	}
	return nil
}

// statusHolds compares the items with those that the message itself was answered with.
func statusHolds(_ context.Context, w *World) error {
	first, err := w.asked()
	if err != nil {
		return err
	}
	if first.Answer == nil {
		return w.nothingToCompare(first)
	}
	return w.holdsItems(first, first.Answer.responseItems())
}

// nothingToCompare: a message that was refused as a whole is no transaction.
func (w *World) nothingToCompare(first *Reply) error {
	if _, refused := first.refusal(""); refused {
		return &Skip{"the message was refused as a whole, so that there is no transaction to ask about"}
	}
	departure := w.answered(first)
	departure.Exchanges = first.exchanges()
	return departure
}

func statusHoldsOne(_ context.Context, w *World, number int) error {
	first, err := w.asked()
	if err != nil {
		return err
	}
	item, err := first.Draft.item(fmt.Sprintf("item %d", number))
	if err != nil {
		return err
	}
	if first.Answer == nil {
		return w.nothingToCompare(first)
	}
	return w.holdsItems(first, first.Answer.itemsFor(text(item, "reference_id")))
}

func (w *World) holdsItems(first *Reply, want []map[string]any) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		response, _ := reply.Answer.Message["txnstatus_response"].(map[string]any)
		// One edition names the type of the message, the other that of its answer.
		if kind := text(response, "txn_type"); kind != first.Draft.Kind && kind != "on-"+first.Draft.Kind {
			return failf("txnstatus_response.txn_type "+first.Draft.Kind, nil, "txn_type %q; %s", oneLine(kind), reply.describe())
		}
		told := map[string]map[string]any{}
		for _, item := range reply.statusItems() {
			told[text(item, "reference_id")] = item
		}
		for _, item := range want {
			same, ok := told[text(item, "reference_id")]
			if !ok {
				return failf("each item by its reference_id", nil, "%d items, one of them missing", len(told))
			}
			for _, member := range []string{"status", "status_reason_code"} {
				if got := text(same, member); got != text(item, member) {
					return failf(fmt.Sprintf("item %s %q, as it was answered", member, text(item, member)), nil, "item %s %q", member, oneLine(got))
				}
			}
		}
		if len(reply.statusItems()) != len(want) {
			return failf(fmt.Sprintf("the %d items that were asked about", len(want)), nil, "%d items", len(reply.statusItems()))
		}
		return w.sameStatusRecords(first, reply)
	})
}

// sameStatusRecords: a registry need not keep the records of an answer; those that it shows are the answer's.
func (w *World) sameStatusRecords(first, reply *Reply) *Fail {
	for _, question := range first.Draft.Questions {
		for _, item := range reply.statusItems() {
			shown := records(item)
			if text(item, "reference_id") != question.ReferenceID || len(shown) == 0 {
				continue
			}
			if departure := w.compare(question, shown, question.Expected); departure != nil {
				return departure
			}
		}
	}
	return nil
}

func statusNames(_ context.Context, w *World) error {
	first, err := w.asked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		for member, want := range map[string]string{
			"transaction_id": text(first.Draft.Message, "transaction_id"), "correlation_id": first.correlation()} {
			if got := text(reply.status(), member); got != want {
				return fail("txn_status."+member+" of the message that was asked about", "another "+member)
			}
		}
		return nil
	})
}

func statusEnded(_ context.Context, w *World) error {
	first, err := w.asked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		if status := text(reply.status(), "status"); status != message.StatusSuccess {
			return failf("txn_status.status succ", nil, "txn_status.status %q", oneLine(status))
		}
		return tellsEnded(reply.status(), first)
	})
}

func statusHides(_ context.Context, w *World) error {
	first, err := w.asked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return nil
		}
		raw, _ := json.Marshal(reply.Answer.Message)
		for _, question := range first.Draft.Questions {
			if containsText(raw, question.ReferenceID) && !isAskedBack(reply, question.ReferenceID) {
				return fail("nothing of another party's search", "an item of it")
			}
		}
		return statusSilent(reply, "nothing of another party's search")
	})
}

func statusEmpty(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil && reply.Ack != nil && reply.acknowledged() {
			return w.answered(reply)
		}
		return statusSilent(reply, "no success for a transaction that does not exist")
	})
}

func statusUnknown(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		_, refused := reply.refusal("")
		if refused || reply.Answer != nil && text(reply.Answer.Header, "status") == message.StatusRejected {
			return nil
		}
		return fail("a refusal, or header.status rjct", reply.describe())
	})
}

// statusSilent: no item with records or with success.
func statusSilent(reply *Reply, expected string) *Fail {
	for _, item := range reply.statusItems() {
		if len(records(item)) > 0 || text(item, "status") == message.StatusSuccess {
			return fail(expected, "an item with status succ")
		}
	}
	return nil
}

// isAskedBack says whether the request itself named the id, so that an echo of it tells nothing.
func isAskedBack(reply *Reply, id string) bool { return containsText(reply.Draft.body, id) }

func containsText(raw []byte, text string) bool {
	quoted, err := json.Marshal(text)
	return err == nil && len(text) > 0 && bytes.Contains(raw, quoted)
}
