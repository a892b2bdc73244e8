package steps

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec/message"
)

// capabilityEncryption is what a product claims whose messages can be encrypted both ways.
const capabilityEncryption = "encryption"

// Opener reads what a target encrypted to the participants of a run.
func Opener(participants identity.Identities) exchange.Opener {
	return func(body []byte) *exchange.Opened {
		if !message.MayBeEncrypted(body) {
			return nil
		}
		envelope, err := message.ParseEnvelope(body)
		if err != nil || !message.SaysEncrypted(envelope.Message) {
			return nil
		}
		read, to, err := participants.Decrypt(envelope.Message)
		if err != nil {
			return &exchange.Opened{}
		}
		sum := sha256.Sum256(append(read.ContentKey, read.IV...))
		return &exchange.Opened{Message: read.Message, Recipient: identity.ID(to), Under: hex.EncodeToString(sum[:])}
	}
}

// receiver is to whom messages are encrypted: the target's key, the form that it reads, and a key of the
// same kind that is not the target's.
type receiver struct {
	key, other jose.JSONWebKey
	form       message.Authenticated
}

// encryptions are the ways in which a message can be encrypted: "it is encrypted …".
var encryptions = map[string]func(receiver, *sealed) error{
	"properly":                   receiver.seal,
	"with a protected header":    formed(message.AuthenticatedProtected),
	"with its header covered":    formed(message.AuthenticatedHeader),
	"with nothing authenticated": formed(message.AuthenticatedNothing),
	"to somebody else": func(r receiver, s *sealed) error {
		r.key = r.other
		return r.seal(s)
	},
	"to another key under the registry's key id": func(r receiver, s *sealed) error {
		r.other.KeyID, r.key = r.key.KeyID, r.other
		return r.seal(s)
	},
	"around an empty object": func(r receiver, s *sealed) error {
		s.message = json.RawMessage("{}")
		return r.seal(s)
	},
	"around a text": func(r receiver, s *sealed) error {
		s.message = json.RawMessage(`"a text and no message"`)
		return r.seal(s)
	},
	"and then its ciphertext is changed":    after(alterMember("ciphertext")),
	"and then its tag is changed":           after(alterMember("tag")),
	"and then its iv is changed":            after(alterMember("iv")),
	"and then its encrypted_key is changed": after(alterMember("encrypted_key")),
	"and then its tag is cut short": after(func(sent map[string]any) {
		tag, _ := sent["tag"].(string)
		sent["tag"] = tag[:8]
	}),
	"and then its tag is removed": after(func(sent map[string]any) { sent["tag"] = "" }),
	"in name only": func(r receiver, s *sealed) error {
		plain := base64.RawURLEncoding.EncodeToString(s.message)
		return s.becomes(map[string]any{"header": map[string]any{"alg": "none", "enc": "none", "kid": r.key.KeyID},
			"ciphertext": plain, "encrypted_key": "", "tag": "", "iv": ""})
	},
	"by an algorithm that is not known": func(r receiver, s *sealed) error {
		return r.with(s, func(h *message.EncryptedHeader) { h.Alg = "X-UNKNOWN" })
	},
	"with a content algorithm that is not known": func(r receiver, s *sealed) error {
		return r.with(s, func(h *message.EncryptedHeader) { h.Enc = "X-UNKNOWN" })
	},
}

func (r receiver) seal(s *sealed) error { return r.with(s, nil) }

func (r receiver) with(s *sealed, header func(*message.EncryptedHeader)) (err error) {
	if s.message == nil {
		return errors.New("the scenario encrypts a message that is not there")
	}
	s.message, err = message.Encryption{Authenticated: r.form, Header: header}.Encrypt(s.message, r.key)
	return err
}

func formed(form message.Authenticated) func(receiver, *sealed) error {
	return func(r receiver, s *sealed) error {
		r.form = form
		return r.seal(s)
	}
}

// after encrypts properly and then changes the members of what was made; the signature comes later, so that
// it holds over what is sent.
func after(change func(sent map[string]any)) func(receiver, *sealed) error {
	return func(r receiver, s *sealed) error {
		if err := r.seal(s); err != nil {
			return err
		}
		var sent map[string]any
		if err := decode(s.message, &sent); err != nil {
			return fmt.Errorf("the suite cannot change its own message: %w", err)
		}
		change(sent)
		return s.becomes(sent)
	}
}

func (s *sealed) becomes(sent map[string]any) (err error) {
	s.message, err = wire(sent)
	return err
}

// alterMember changes one letter in the middle of a member.
func alterMember(name string) func(map[string]any) {
	return func(sent map[string]any) {
		text, _ := sent[name].(string)
		sent[name] = alter(text)
	}
}

// sealingKey is the target's key for encryption, by its JWKS.
func (e *Env) sealingKey(ctx context.Context) (jose.JSONWebKey, bool) {
	for range 2 {
		e.mu.Lock()
		key := e.sealTo
		e.mu.Unlock()
		if key.Key != nil {
			return key, true
		}
		e.readKeys(ctx)
	}
	return jose.JSONWebKey{}, false
}

// publishesNoKeyToEncryptTo proves that nobody can send the target an encrypted message.
func (e *Env) publishesNoKeyToEncryptTo(ctx context.Context, _ *World) (string, bool) {
	if _, has := e.sealingKey(ctx); has {
		return "", false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.keys) == 0 {
		return "", false
	}
	return "not claimed, and the published key set has no key with use enc", true
}

// stranger is a key of the same kind that the target does not have.
func (e *Env) stranger(of jose.JSONWebKey) jose.JSONWebKey {
	for _, key := range e.Identities[identity.Other].Opening {
		if message.CanEncryptTo(jose.JSONWebKey{Key: key.Public().Key, KeyID: key.KeyID, Algorithm: of.Algorithm}) {
			return key.Public()
		}
	}
	return e.Identities[identity.Other].Opening[0].Public()
}
