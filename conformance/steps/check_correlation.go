package steps

import (
	"context"
	"slices"
	"time"

	"github.com/spconform/spconform/spec/message"
)

var correlationChecks = []Check{
	{"REG-SEARCH-003", "has only the reference_ids that were asked", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || len(itemLists[s.Reply.Draft.Kind]) == 0 {
			return nil
		}
		asked := map[string]bool{}
		for _, item := range objects(s.Reply.Draft.items()) {
			asked[text(item, "reference_id")] = true
		}
		for _, item := range s.Answer.responseItems() {
			id := text(item, "reference_id")
			switch {
			// An item that was sent without one can only be answered without one.
			case id == "" && !asked[""]:
				return fail("items with the reference_ids of the request", "an item without a reference_id")
			case id != "" && !asked[id]:
				return fail("items with the reference_ids of the request", "an item with a reference_id that nobody sent")
			}
		}
		return nil
	}},
	{"REG-SEARCH-004", "carries the request's transaction_id", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		want, got := s.Reply.Draft.transactionID(), text(s.Answer.Message, "transaction_id")
		if got != "" && want != "" && got != want {
			return fail("message.transaction_id of the request", "another transaction_id")
		}
		return nil
	}},
	{"REG-SEARCH-005", "has a correlation_id of the registry's own", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		given := text(s.Answer.Message, "correlation_id")
		if given == "" {
			return nil
		}
		if given == s.Reply.Draft.transactionID() {
			return fail("a correlation_id that the registry made", "the request's transaction_id")
		}
		asking := text(s.Reply.Draft.Header, "message_id")
		if s.Reply.Draft.Kind != "search" || asking == "" {
			return nil
		}
		if first := s.env.firstSeen("correlation "+given, asking); first != "" && first != asking {
			return fail("a correlation_id for each request", "the correlation_id of another request")
		}
		return nil
	}},
	{"REG-CB-004", "carries the correlation_id of the acknowledgement", []Kind{KindCallback}, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.Reply.Ack == nil {
			return nil
		}
		given := text(s.Answer.Message, "correlation_id")
		if given != "" && given != s.Reply.Ack.CorrelationID {
			return fail("the correlation_id of the acknowledgement", "another correlation_id")
		}
		return nil
	}},
	{"REG-SEARCH-015", "dates each item at the present", answers, func(_ context.Context, s *Sent) *Fail {
		for _, item := range s.Answer.responseItems() {
			given, err := time.Parse(time.RFC3339, text(item, "timestamp"))
			if err == nil && given.Sub(s.Exchange.StartedAt).Abs() > clockTolerance {
				return fail("an item timestamp within 5 minutes of now", "an item timestamp far from now")
			}
		}
		return nil
	}},
	{"REG-SEARCH-016", "says of each item how it ended", answers, func(_ context.Context, s *Sent) *Fail {
		for _, item := range s.Answer.responseItems() {
			if status := text(item, "status"); status == message.StatusReceived || status == message.StatusPending {
				return failf("item status succ or rjct in an answer", nil, "item status %s", status)
			}
		}
		return nil
	}},
	{"REG-SEARCH-026", "gives the reason of each rejected item", answers, func(_ context.Context, s *Sent) *Fail {
		for _, item := range s.Answer.responseItems() {
			status, code := text(item, "status"), text(item, "status_reason_code")
			switch {
			case status == message.StatusRejected && code == "":
				return fail("a status_reason_code with each rejected item", "a rejected item without status_reason_code")
			case status == message.StatusSuccess && code != "":
				return fail("no status_reason_code with an item that succeeded", "item status succ with a status_reason_code")
			}
		}
		return nil
	}},
	{"REG-SEARCH-017", "gives reasons of the operation's published list", answers, func(_ context.Context, s *Sent) *Fail {
		list, ok := message.ReasonCodes[s.Reply.Draft.Kind]
		if s.Answer == nil || !ok {
			return nil
		}
		for _, item := range append(s.Answer.responseItems(), s.Answer.Message) {
			code := text(item, "status_reason_code")
			if code != "" && !slices.Contains(list, message.ReasonCode(code)) {
				return failf("a reason code of the list for "+s.Reply.Draft.Kind, nil, "%q", oneLine(code))
			}
		}
		return nil
	}},
}
