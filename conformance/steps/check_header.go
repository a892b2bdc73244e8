package steps

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// clockTolerance is how far a target's clock may be from the runner's.
const clockTolerance = 5 * time.Minute

var answers = []Kind{KindAnswer, KindCallback}

var headerChecks = []Check{
	{"REG-HDR-002", "has a message_id of its own", enveloped, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		id := text(s.Answer.Header, "message_id")
		if id == "" || s.Reply != nil && s.Reply.Draft.repeated {
			return nil
		}
		if s.Reply != nil && id == text(s.Reply.Draft.Header, "message_id") {
			return fail("a message_id of the answer's own", "the request's message_id")
		}
		if first := s.env.firstSeen(id, s.Exchange.ID); first != "" && first != s.Exchange.ID {
			return failf("a message_id that was not used before", nil, "the message_id of exchange %s", first)
		}
		return nil
	}},
	{"REG-HDR-003", "carries the present time", enveloped, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		given, err := time.Parse(time.RFC3339, text(s.Answer.Header, "message_ts"))
		if err != nil {
			return nil
		}
		if off := given.Sub(s.Exchange.StartedAt.Add(s.Exchange.Duration)).Abs(); off > clockTolerance {
			return failf("message_ts within 5 minutes of now", nil, "message_ts off by %s", off.Round(time.Second))
		}
		return nil
	}},
	{"REG-HDR-004", "carries the action of an answer", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		want := s.answerAction()
		if got := text(s.Answer.Header, "action"); got != "" && got != want && !s.slip(got) {
			return failf("header.action "+want, nil, "header.action %q", oneLine(got))
		}
		return nil
	}},
	{"REG-HDR-006", "swaps sender and receiver", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		us := s.Reply.Draft.From.Participant.ID
		sender, receiver := text(s.Answer.Header, "sender_id"), text(s.Answer.Header, "receiver_id")
		switch {
		case sender == us:
			return fail("header.sender_id is the registry", "header.sender_id is the one who asked")
		case receiver != "" && receiver != us:
			return fail("header.receiver_id is the one who asked", "header.receiver_id is somebody else")
		case s.env.TargetID != "" && sender != "" && sender != s.env.TargetID:
			return fail("header.sender_id is the registry", "header.sender_id is somebody else")
		}
		return nil
	}},
	{"REG-HDR-007", "counts the items", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.Reply.Draft.Kind != "search" {
			return nil
		}
		items, asked := len(s.Answer.responseItems()), len(s.Reply.Draft.items())
		count, ok := s.Answer.Header["total_count"].(json.Number)
		if !ok || items == 0 {
			return nil
		}
		// The header of one callback of several counts the batch.
		got, whole := whole64(count)
		if !whole || got != int64(items) && (got != int64(asked) || got < int64(items)) {
			return failf("header.total_count is the number of items", nil, "header.total_count %s for %d items", oneLine(count.String()), items)
		}
		if done, ok := s.Answer.Header["completed_count"].(json.Number); ok {
			if completed, whole := whole64(done); !whole || completed < 0 || completed > got {
				return failf("header.completed_count is at most the number of items", nil, "header.completed_count %s for %d items", oneLine(done.String()), items)
			}
		}
		return nil
	}},
	{"REG-HDR-008", "has a status that fits its items", answers, headerStatus},
	{"REG-HDR-005", "is rejected as a whole where every item is", answers, func(_ context.Context, s *Sent) *Fail {
		succeeded, rejected := s.Answer.outcomes()
		if s.Answer != nil && succeeded == 0 && rejected > 0 && !s.Answer.partial() && text(s.Answer.Header, "status") == message.StatusSuccess {
			return fail("header.status rjct where every item is rejected", "header.status succ")
		}
		return nil
	}},
	{"REG-HDR-009", "gives a published reason for a refusal", answers, headerReason},
}

// answerAction is the action that the answer to the sent operation carries.
func (s *Sent) answerAction() string {
	operation := s.Reply.Draft.Operation
	if operation.AnswerAction != "" {
		return operation.AnswerAction
	}
	answer, _ := s.env.Interface.Operation(operation.Answer)
	return answer.Action
}

// outcomes counts the answer's items that succeeded and that were rejected.
func (a *Answer) outcomes() (succeeded, rejected int) {
	for _, item := range a.responseItems() {
		switch text(item, "status") {
		case message.StatusSuccess:
			succeeded++
		case message.StatusRejected:
			rejected++
		}
	}
	return succeeded, rejected
}

// headerStatus: a header that says rejected must not stand over an item that succeeded, and one that
// is not final not over items that all are.
func headerStatus(_ context.Context, s *Sent) *Fail {
	if s.Answer == nil {
		return nil
	}
	items := len(s.Answer.responseItems())
	succeeded, rejected := s.Answer.outcomes()
	switch status := text(s.Answer.Header, "status"); {
	case status == message.StatusRejected && succeeded > 0:
		return fail("header.status does not reject an answer with items that succeeded", "header.status rjct")
	case status == message.StatusPending || status == message.StatusReceived:
		if succeeded+rejected == items && items > 0 && s.Answer.final() {
			return failf("a final header.status where every item is final", nil, "header.status %s", status)
		}
	}
	return nil
}

// unexplained says whether a message is rejected without a word of why. No published reason says that a
// transaction is not known (ERR-088), so that the answer to a status request may be without one.
func unexplained(s *Sent) bool {
	operation, header := s.Reply.Draft.Operation, s.Answer.Header
	return operation.Mode != spec.HTTP && operation.Kind != "txn-status" && text(header, "status") == message.StatusRejected &&
		text(header, "status_reason_message") == "" && len(s.Answer.Message) == 0
}

func headerReason(_ context.Context, s *Sent) *Fail {
	if s.Answer == nil {
		return nil
	}
	code := text(s.Answer.Header, "status_reason_code")
	if code == "" {
		if unexplained(s) {
			return fail("header.status_reason_code or a message that says why", "a rejection without a reason")
		}
		return nil
	}
	if !slices.Contains(allReasons, message.ReasonCode(code)) {
		return failf("a status_reason_code of the published list", nil, "%q", oneLine(code))
	}
	if text(s.Answer.Header, "status") != message.StatusRejected {
		return fail("a status_reason_code only with status rjct", "a reason code with status "+oneLine(text(s.Answer.Header, "status")))
	}
	return nil
}
