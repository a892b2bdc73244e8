package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/message"
)

// verify judges the signature of a message as it came: nil or a *message.SignatureError, with the faults
// and in the order of message.Verify.
func (s Signature) verify(envelope message.Envelope, header http.Header, senderID string, keys message.KeyFinder, now time.Time) error {
	switch s.Form {
	case FormNone:
		return &message.SignatureError{Fault: message.FaultMissing, Detail: "the message carries no signature"}
	case FormJWS, FormJWSDetached:
		return s.verifyToken(envelope.Signature, envelope, senderID, keys, now)
	case FormHTTPHeader:
		return s.verifyToken(header.Get(headerName), envelope, senderID, keys, now)
	}
	return s.verifyString(envelope, senderID, keys, now)
}

// verifyString is message.Verify over another canonical form, or with a digest that is written in another way.
func (s Signature) verifyString(envelope message.Envelope, senderID string, keys message.KeyFinder, now time.Time) error {
	return message.VerifyOver(envelope, senderID, keys, now, func(header, body json.RawMessage) (string, error) {
		content, err := s.canonical(header, body)
		return s.digest(content), err
	})
}

// stamp is what a token says besides what it signs: in its header, or for FormHTTPHeader in its claims.
type stamp struct {
	Issuer  string `json:"iss"`
	Created *int64 `json:"iat"`
	Expires *int64 `json:"exp"`
	Digest  string `json:"digest"`
}

func (s Signature) verifyToken(token string, envelope message.Envelope, senderID string, keys message.KeyFinder, now time.Time) error {
	fault := func(fault message.SignatureFault, detail string) error {
		return &message.SignatureError{Fault: fault, Detail: detail}
	}
	if strings.TrimSpace(token) == "" {
		return fault(message.FaultMissing, "the message carries no signature")
	}
	content, err := s.canonical(envelope.Header, envelope.Message)
	if err != nil {
		return fault(message.FaultMalformed, "header and message have no canonical form")
	}
	read, err := s.parse(token, content)
	if err != nil {
		return fault(message.FaultMalformed, "it is not a JWS signed with EdDSA in the form of the dialect")
	}
	keyID := read.Signatures[0].Protected.KeyID
	if parts := strings.Split(keyID, "|"); len(parts) == 3 {
		if parts[0] != senderID {
			return fault(message.FaultSender, "kid names another sender than header.sender_id")
		}
		keyID = parts[1]
	}
	said := read.stamp(s.Form)
	switch {
	case said.Issuer != "" && said.Issuer != senderID:
		return fault(message.FaultSender, "iss names another sender than header.sender_id")
	case said.Created != nil && said.Expires != nil && *said.Expires <= *said.Created:
		return fault(message.FaultMalformed, "exp is not after iat")
	case said.Created != nil && now.Add(message.ClockSkew).Unix() < *said.Created:
		return fault(message.FaultNotYetValid, "iat lies in the future")
	case said.Expires != nil && now.Add(-message.ClockSkew).Unix() > *said.Expires:
		return fault(message.FaultExpired, "exp lies in the past")
	}
	public, ok := keys(senderID, keyID)
	if !ok {
		return fault(message.FaultUnknownKey, "the sender has no such key, or it is revoked")
	}
	payload, err := read.Verify(public)
	if err != nil || !s.covers(payload, said, content) {
		return fault(message.FaultMismatch, "it does not match header and message as they were received")
	}
	return nil
}

// covers says whether what was signed is the message.
func (s Signature) covers(payload []byte, said stamp, content []byte) bool {
	if s.Form == FormHTTPHeader {
		return said.Digest == s.digest(content)
	}
	if bytes.Equal(payload, content) {
		return true
	}
	// An embedded payload may be spelled in another way than the message around it.
	signed, err := message.ParseEnvelope(payload)
	if err != nil {
		return false
	}
	again, err := s.canonical(signed.Header, signed.Message)
	return err == nil && bytes.Equal(again, content)
}

// signed is a token that was parsed, its payload in it.
type signed struct{ *jose.JSONWebSignature }

func (s Signature) parse(token string, content []byte) (signed, error) {
	allowed := []jose.SignatureAlgorithm{jose.EdDSA}
	parse := func() (*jose.JSONWebSignature, error) { return jose.ParseSignedCompact(token, allowed) }
	if s.Form == FormJWSDetached {
		parse = func() (*jose.JSONWebSignature, error) { return jose.ParseDetached(token, content, allowed) }
	}
	read, err := parse()
	if err == nil && len(read.Signatures) != 1 {
		err = message.ErrEnvelope
	}
	return signed{read}, err
}

func (s signed) stamp(form string) stamp {
	said := stamp{}
	if form == FormHTTPHeader {
		_ = json.Unmarshal(s.UnsafePayloadWithoutVerification(), &said)
		return said
	}
	extra := s.Signatures[0].Protected.ExtraHeaders
	_ = json.Unmarshal(text(map[string]any{"iat": extra["iat"], "exp": extra["exp"]}), &said)
	return said
}
