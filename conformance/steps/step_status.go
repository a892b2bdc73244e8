package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec/message"
)

var statusSteps = []definition{
	{`^a status request for that search by "(transaction_id|correlation_id|reference_id_list)"$`,
		"asks what became of the search that was just sent", withText(givenStatus)},
	{`^a status request for a transaction that was never sent$`, "the registry cannot know it", inWorld(givenUnknownStatus)},
	{`^the status answer holds what the search answered$`,
		"the same items with the same statuses as the search itself gave", inWorld(statusHolds)},
	{`^the status answer shows nothing of the search$`, "neither items nor records of it", inWorld(statusHides)},
}

// asked is the last search that was answered in the scenario.
func (w *World) asked() (*Reply, error) {
	for _, replies := range [][]*Reply{w.replies, w.earlier} {
		for i := len(replies) - 1; i >= 0; i-- {
			if replies[i].Draft.Kind == "search" {
				return replies[i], nil
			}
		}
	}
	return nil, errors.New("the scenario asks for the status of a search before it has sent one")
}

func (w *World) statusDraft(attribute string, of any) *Draft {
	draft := w.newDraft("txn-status")
	draft.Message = map[string]any{"transaction_id": w.nextID("t"), "txnstatus_request": map[string]any{
		"reference_id": w.nextID("r"), "txn_type": "search", "attribute_type": attribute, "attribute_value": of}}
	return draft
}

func givenStatus(_ context.Context, w *World, attribute string) error {
	searched, err := w.asked()
	if err != nil {
		return err
	}
	var of any
	switch attribute {
	case "transaction_id":
		of = text(searched.Draft.Message, "transaction_id")
	case "correlation_id":
		of = searched.correlation()
	default:
		ids := make([]any, 0, len(searched.Draft.Questions))
		for _, question := range searched.Draft.Questions {
			ids = append(ids, question.ReferenceID)
		}
		of = ids
	}
	w.drafts = []*Draft{w.statusDraft(attribute, of)}
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
	w.drafts = []*Draft{w.statusDraft("transaction_id", w.nextID("never"))}
	return nil
}

// statusItems are the items of the transaction that a status answer tells of.
func (r *Reply) statusItems() []map[string]any {
	if r.Answer == nil {
		return nil
	}
	response, _ := r.Answer.Message["txnstatus_response"].(map[string]any)
	inner, _ := response["txn_status"].(map[string]any)
	list, _ := inner["search_response"].([]any)
	return objects(list)
}

func statusHolds(_ context.Context, w *World) error {
	searched, err := w.asked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return w.answered(reply)
		}
		response, _ := reply.Answer.Message["txnstatus_response"].(map[string]any)
		if kind := text(response, "txn_type"); kind != "search" {
			return failf("txnstatus_response.txn_type search", nil, "%q", oneLine(kind))
		}
		told := map[string]string{}
		for _, item := range reply.statusItems() {
			told[text(item, "reference_id")] = text(item, "status")
		}
		for _, question := range searched.Draft.Questions {
			status, ok := told[question.ReferenceID]
			if !ok {
				return fail("each item of the search by its reference_id", fmt.Sprintf("%d items, one of them missing", len(told)))
			}
			if status != message.StatusSuccess {
				return failf("status succ for an item that was answered", nil, "status %q", oneLine(status))
			}
		}
		if len(told) != len(searched.Draft.Questions) {
			return failf(fmt.Sprintf("the %d items of the search", len(searched.Draft.Questions)), nil, "%d items", len(told))
		}
		return nil
	})
}

func statusHides(_ context.Context, w *World) error {
	searched, err := w.asked()
	if err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.Answer == nil {
			return nil
		}
		raw, _ := json.Marshal(reply.Answer.Message)
		for _, question := range searched.Draft.Questions {
			if containsText(raw, question.ReferenceID) && !isAskedBack(reply, question.ReferenceID) {
				return fail("nothing of another party's search", "an item of it")
			}
		}
		for _, item := range reply.statusItems() {
			if len(records(item)) > 0 || text(item, "status") == message.StatusSuccess {
				return fail("nothing of another party's search", "an item with status succ")
			}
		}
		return nil
	})
}

// isAskedBack says whether the request itself named the id, so that an echo of it tells nothing.
func isAskedBack(reply *Reply, id string) bool { return containsText(reply.Draft.body, id) }

func containsText(raw []byte, text string) bool {
	quoted, err := json.Marshal(text)
	return err == nil && len(text) > 0 && contains(raw, quoted)
}

func fromOther(w *World, d *Draft) { d.From = w.env.Identities[identity.Other] }
