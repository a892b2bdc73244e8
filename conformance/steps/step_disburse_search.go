package steps

import (
	"context"
	"slices"
)

// disbursementSearchSteps search for payments that were made.
var disbursementSearchSteps = []definition{
	{`^a search for the disbursements (to that beneficiary|from that account)$`, "by payee_fa or by payer_fa", withText(givenDisbursementSearch)},
	{`^the search finds exactly these disbursements$`, "each disbursement of the scenario once, with status succ, and none that is not to or from the address", inWorld(findsThese)},
	{`^the search finds nothing$`, "no disbursement", inWorld(findsNothing)},
}

func (w *World) searchDraft(attribute, address string) *Draft {
	draft := w.newDraft("payment-search")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "search_criteria": []any{map[string]any{
		"reference_id": w.nextID("r"), "timestamp": now(), "request_type": "disburse", "attribute_type": attribute, "attribute_value": address}}}
	return draft
}

func givenDisbursementSearch(_ context.Context, w *World, by string) error {
	draft := w.searchDraft("payee_fa", w.pay.payee.FA)
	if by == "from that account" {
		draft = w.searchDraft("payer_fa", w.pay.payer.FA)
	}
	w.drafts = []*Draft{draft}
	return nil
}

// findsOpen says whether disbursements were found of which one is still open, and the header says so.
func (r *Reply) findsOpen() bool {
	return r.Draft.Kind == "payment-search" && isOpen(r.Answer.Header) && slices.ContainsFunc(r.Answer.responseItems(), isOpen)
}

func findsThese(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.answered(reply); departure != nil {
			return departure
		}
		for _, ordered := range w.pay.orders {
			if !ordered.paid {
				continue
			}
			if found := reply.Answer.itemsFor(ordered.reference); len(found) != 1 || !isSuccess(found[0]) {
				return failf("each disbursement once, with status succ", nil, "%d of one of them, %s", len(found), statusesOf(found))
			}
		}
		address := text(objects(reply.Draft.items())[0], "attribute_value")
		for _, found := range reply.Answer.responseItems() {
			if !w.env.wasOrdered(text(found, "reference_id"), address) {
				return fail("disbursements from or to that address alone", "another one")
			}
		}
		return nil
	})
}

func findsNothing(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		for _, ordered := range w.pay.orders {
			if reply.Answer != nil && len(reply.Answer.itemsFor(ordered.reference)) > 0 {
				return fail("no disbursement", "a disbursement")
			}
		}
		if reply.Answer == nil {
			return w.answered(reply)
		}
		if succeeded, _ := reply.Answer.outcomes(); succeeded > 0 {
			return failf("no disbursement", nil, "%d disbursements", succeeded)
		}
		return nil
	})
}
