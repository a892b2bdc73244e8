package steps

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/spconform/spconform/spec/message"
)

// encryptionChecks hold what a target sends to how it was asked, and to its own word.
var encryptionChecks = []Check{
	{"SEC-ENC-003", "is encrypted where the request was", answers, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil || s.Reply.Draft.plain == nil || len(s.Reply.Draft.From.Opening) == 0 || s.Exchange.Opened != nil {
			return nil
		}
		// A rejection that could not read the request holds nothing to hide.
		if text(s.Answer.Header, "status") == message.StatusRejected && len(s.Answer.responseItems()) == 0 {
			return nil
		}
		return fail("an encrypted answer to an encrypted message", "an answer in plain")
	}},
	{"SEC-ENC-004", "says whether it is encrypted", enveloped, func(_ context.Context, s *Sent) *Fail {
		if s.Answer == nil {
			return nil
		}
		says, _ := s.Answer.Header["is_msg_encrypted"].(bool)
		is := message.SaysEncrypted(s.Answer.Envelope.Message)
		switch {
		case says && !is:
			return fail("header.is_msg_encrypted true only of an encrypted message", "true of a message in plain")
		case is && !says:
			return fail("header.is_msg_encrypted true of an encrypted message", "false, or none")
		}
		return nil
	}},
	{"SEC-ENC-005", "is encrypted to the one who asked", enveloped, func(_ context.Context, s *Sent) *Fail {
		opened := s.Exchange.Opened
		if s.Answer == nil || opened == nil {
			return nil
		}
		const expected = "a message that the one who asked can decrypt"
		if opened.Message == nil {
			return fail(expected, "one that no key of the runner's participants decrypts")
		}
		if s.Reply != nil && opened.Recipient != s.Reply.Draft.From.Participant.ID {
			return fail(expected, "one that is encrypted to another participant")
		}
		return nil
	}},
	{"SEC-ENC-006", "is encrypted under a key of its own", enveloped, func(_ context.Context, s *Sent) *Fail {
		opened := s.Exchange.Opened
		if s.Answer == nil || opened == nil || opened.Under == "" {
			return nil
		}
		// The same ciphertext again is the same message, tried again.
		sum := sha256.Sum256(s.Answer.Envelope.Message)
		own := hex.EncodeToString(sum[:])
		if first := s.env.firstSeen("encrypted under "+opened.Under, own); first != "" && first != own {
			return fail("a content key and iv that no other message has", "those of another message")
		}
		return nil
	}},
}
