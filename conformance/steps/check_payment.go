package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/message"
)

// twins are the requirements of the payment interfaces that the registries' checks stand for there: the
// envelope is the same, the standard is another.
var twins = map[string]string{
	"REG-HTTP-001": "PAY-HTTP-001", "REG-HTTP-005": "PAY-HTTP-002", "REG-HTTP-006": "PAY-HTTP-003",
	"REG-ENV-001": "PAY-ENV-001", "REG-CB-005": "PAY-ENV-002", "REG-ACK-001": "PAY-ACK-001", "REG-ACK-002": "PAY-ACK-002",
	"REG-HDR-006": "PAY-HDR-001", "REG-HDR-004": "PAY-HDR-002", "REG-HDR-002": "PAY-HDR-003", "REG-HDR-008": "PAY-HDR-004",
	"SEC-SIG-001": "PAY-SIG-001", "SEC-SIG-002": "PAY-SIG-002", "SEC-SIG-004": "PAY-SIG-003",
	"REG-CB-002": "PAY-CB-002", "REG-CB-004": "PAY-TXN-001", "REG-SEARCH-004": "PAY-TXN-002",
	"SEC-ENC-003": "PAY-ENC-002", "SEC-ENC-004": "PAY-ENC-003", "SEC-ENC-005": "PAY-ENC-004", "SEC-ENC-006": "PAY-ENC-005",
}

// twinsOf are the twins by the interfaces' pattern.
var twinsOf = map[string]map[string]string{population.PatternPayment: twins, patternAssessment: assessmentTwins}

// owed is the requirement of this interface that a check stands for.
func (e *Env) owed(requirement string) string {
	if twin, known := twinsOf[e.Interface.Pattern][requirement]; known {
		return twin
	}
	return requirement
}

// slip says whether the action of an answer is one that the published document gives it by a slip.
func (s *Sent) slip(action string) bool {
	operation := s.Reply.Draft.Operation
	if answer, asynchronous := s.env.Interface.Operation(operation.Answer); asynchronous {
		operation = answer
	}
	if !slices.Contains(operation.Slips, action) {
		return false
	}
	s.env.record(s.env.owed("REG-HDR-004"), "action "+action+" in the answer to "+operation.ID)
	return true
}

// paymentKind is the operation under which the reason codes of the draft's items are published.
func (d *Draft) paymentKind() string { return strings.TrimPrefix(d.Kind, addressKind) }

var paymentChecks = []Check{
	{"PAY-REF-001", "has only the reference_ids that were sent", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || !s.paying() || s.Reply.Draft.Kind == "payment-search" {
			return nil
		}
		sent := map[string]bool{}
		for _, item := range objects(s.Reply.Draft.items()) {
			sent[text(item, "reference_id")] = true
		}
		for _, item := range s.Answer.responseItems() {
			if !sent[text(item, "reference_id")] {
				return fail("items with the reference_ids of the request", "an item with a reference_id that was not sent")
			}
		}
		return nil
	}},
	{"PAY-CODE-001", "gives reasons that are published for its operation", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || !s.paying() {
			return nil
		}
		for _, item := range s.Answer.responseItems() {
			code := text(item, "status_reason_code")
			if code != "" && !slices.Contains(message.PaymentReasonCodes[s.Reply.Draft.paymentKind()], message.ReasonCode(code)) {
				return failf("a reason code of the list for "+s.Reply.Draft.paymentKind(), nil, "%q", oneLine(code))
			}
		}
		return nil
	}},
	{"PAY-CODE-002", "gives a reason that goes with each status", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || !s.paying() {
			return nil
		}
		for _, item := range s.Answer.responseItems() {
			status, code := text(item, "status"), text(item, "status_reason_code")
			switch {
			case status == message.StatusRejected && code == "":
				return fail("a status_reason_code with each rejected item", "a rejected item without one")
			case code != "" && !strings.HasPrefix(code, status):
				return failf("a status_reason_code that begins with the item's status", nil, "status %q with %q", oneLine(status), oneLine(code))
			}
		}
		return nil
	}},
}

// paying says whether the message is one with items of a payment interface.
func (s *Sent) paying() bool {
	return s.env.Interface.Pattern == population.PatternPayment && itemLists[s.Reply.Draft.Kind] != ""
}
