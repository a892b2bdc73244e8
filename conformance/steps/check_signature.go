package steps

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec/message"
)

var signatureChecks = []Check{
	{"SEC-SIG-001", "is signed by the registry over what it sent", enveloped, signatureFault(
		message.FaultMissing, message.FaultMalformed, message.FaultAlgorithm, message.FaultMismatch)},
	{"SEC-SIG-002", "names the registry and a key of its JWKS", enveloped, signatureFault(message.FaultSender, message.FaultUnknownKey)},
	{"SEC-SIG-003", "is signed for the present time", enveloped, signatureFault(message.FaultExpired, message.FaultNotYetValid)},
	{"SEC-SIG-004", "has a signature of its own", enveloped, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.Reply == nil {
			return nil
		}
		asked, _ := s.Reply.Exchange.Wire()
		if given := signatureOf(s.told()); given == "" || given != signatureOf(asked) {
			return nil
		}
		return fail("a signature that the registry made", "the request's signature, echoed")
	}},
}

// signatureFault makes a check that fails for the given faults; the others belong to other checks.
func signatureFault(faults ...message.SignatureFault) func(context.Context, *Sent) *Fail {
	return func(ctx context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		err := s.verify(ctx)
		for _, fault := range faults {
			if message.FaultOf(err) == fault {
				return failf("a signature that holds", nil, "%s", err)
			}
		}
		return nil
	}
}

// verify judges the answer's signature, once for all checks.
func (s *Sent) verify(ctx context.Context) error {
	if s.verified == nil {
		verdict := s.verdict(ctx)
		s.verified = &verdict
	}
	return *s.verified
}

func (s *Sent) verdict(ctx context.Context) error {
	return s.verifyWith(func(_, keyID string) (ed25519.PublicKey, bool) { return s.env.targetKey(ctx, keyID) })
}

// keyID is the key under whose id the answer is signed, in whatever form a dialect has it; "" where it is
// not signed.
func (s *Sent) keyID(ctx context.Context) string {
	var named string
	_ = s.verifyWith(func(_, keyID string) (ed25519.PublicKey, bool) {
		named = keyID
		return s.env.targetKey(ctx, keyID)
	})
	return named
}

func (s *Sent) verifyWith(keys message.KeyFinder) error {
	at := s.Exchange.StartedAt
	if at.IsZero() {
		at = time.Now()
	}
	if s.env.Speaker != nil {
		return s.env.Speaker.Verify(s.told(), s.sender(), keys, at.Add(s.Exchange.Duration))
	}
	return message.Verify(s.Answer.Envelope, s.sender(), keys, at.Add(s.Exchange.Duration))
}

// sender is in whose name the message is signed: header.sender_id, which an answer may leave out (ERR-025). Without
// it the registry's id holds, and where nobody said that, whatever the signature says: its key tells.
func (s *Sent) sender() string {
	if named := cmp.Or(text(s.Answer.Header, "sender_id"), s.env.TargetID); named != "" {
		return named
	}
	signature, _ := message.ParseSignature(s.Answer.Envelope.Signature)
	return signature.SenderID
}

// told is what the target sent as it was on the wire.
func (s *Sent) told() exchange.Message {
	request, response := s.Exchange.Wire()
	if s.Exchange.Inbound {
		return request
	}
	return response
}

// signatureOf is the signature of a message where the strict form or a dialect has it.
func signatureOf(sent exchange.Message) string {
	if envelope, err := message.ParseEnvelope(sent.Body); err == nil && envelope.Signature != "" {
		return envelope.Signature
	}
	return sent.Header.Get("Signature")
}
