package steps

import (
	"context"
	"strings"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec/message"
)

// callChecks hold what the target sends on its own account: to whom it comes, and from whom.
var callChecks = []Check{
	{"REG-CB-002", "comes only to the one who asked", []Kind{KindCallback}, func(_ context.Context, s *Sent) *Fail {
		for _, own := range s.Reply.Draft.From.Participant.CallbackPrefixes {
			if strings.HasPrefix(s.Exchange.Request.URL, own) {
				return nil
			}
		}
		return fail("a callback to an address of the one who asked", "a callback to an address that is not theirs")
	}},
	{"REG-NTF-010", "is a notification that the registry signed", []Kind{KindNotify}, signatureFault(message.FaultMissing, message.FaultMalformed,
		message.FaultAlgorithm, message.FaultMismatch, message.FaultSender, message.FaultUnknownKey, message.FaultExpired, message.FaultNotYetValid)},
	{"REG-NTF-014", "is a notification from the registry to its subscriber", []Kind{KindNotify}, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		sender, receiver := text(s.Answer.Header, "sender_id"), text(s.Answer.Header, "receiver_id")
		subscriber := s.subscriberAt(s.Exchange.Request.URL)
		switch {
		case text(s.Answer.Header, "action") != "notify":
			return failf("header.action notify", nil, "header.action %q", oneLine(text(s.Answer.Header, "action")))
		case s.env.TargetID != "" && sender != "" && sender != s.env.TargetID, sender == subscriber:
			return fail("header.sender_id is the registry", "header.sender_id is somebody else")
		case receiver != "" && receiver != subscriber:
			return fail("header.receiver_id is the subscriber", "header.receiver_id is somebody else")
		}
		return nil
	}},
}

// subscriberAt is the id of the participant whose address it is.
func (s *Sent) subscriberAt(url string) string {
	for name, who := range s.env.Identities {
		if strings.HasPrefix(url, s.env.Receiver.Base()+identity.CallbackPath(name)+"/") {
			return who.Participant.ID
		}
	}
	return ""
}
