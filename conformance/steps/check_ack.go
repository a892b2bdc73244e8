package steps

import (
	"context"
	"time"

	"github.com/spconform/spconform/spec/message"
)

var acks = []Kind{KindAck, KindError}

// ackChecks hold acknowledgements, also those that refuse, to what the published schema cannot say.
var ackChecks = []Check{
	{"REG-ACK-002", "is acknowledged under a correlation_id of its own", acks, func(_ context.Context, s *Sent) *Fail {
		if !s.acknowledges() {
			return nil
		}
		// The same bytes sent again may be acknowledged as before.
		asked := text(s.Reply.Draft.Header, "message_id")
		if first := s.env.firstSeen("correlation_id "+s.Reply.Ack.CorrelationID, asked); first != "" && first != asked {
			return fail("a correlation_id that no other message was given", "the correlation_id of another message")
		}
		return nil
	}},
	{"REG-ACK-003", "is acknowledged under a correlation_id that the registry made", acks, func(_ context.Context, s *Sent) *Fail {
		if s.acknowledges() && s.Reply.Ack.CorrelationID == s.Reply.Draft.transactionID() {
			return fail("a correlation_id that the registry made", "the request's transaction_id")
		}
		return nil
	}},
	{"REG-ACK-004", "is acknowledged at the present time", acks, func(_ context.Context, s *Sent) *Fail {
		if !s.acknowledges() {
			return nil
		}
		given, err := time.Parse(time.RFC3339, s.Reply.Ack.Timestamp)
		if err == nil && given.Sub(s.Exchange.StartedAt).Abs() > clockTolerance {
			return failf("message.timestamp within 5 minutes of now", nil, "a timestamp off by %s", given.Sub(s.Exchange.StartedAt).Round(time.Second))
		}
		return nil
	}},
	{"REG-ACK-005", "says why it is refused, if it is", acks, func(_ context.Context, s *Sent) *Fail {
		if s.Reply == nil || s.Reply.Ack == nil || s.Reply.takenIn() || s.Reply.Ack.AckStatus == message.ACK {
			return nil
		}
		if s.Reply.Ack.Error == nil || s.Reply.Ack.Error.Code == "" {
			return failf("error.code with an acknowledgement that refuses", nil, "ack_status %s without one", oneLine(s.Reply.Ack.AckStatus))
		}
		return nil
	}},
}

// acknowledges says whether the message was acknowledged with a correlation_id.
func (s *Sent) acknowledges() bool {
	return s.Reply != nil && s.Reply.Ack != nil && s.Reply.Ack.AckStatus == message.ACK && s.Reply.Ack.CorrelationID != ""
}
