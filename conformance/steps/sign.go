package steps

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec/message"
)

func signProperly(d *Draft, s *sealed) error { return signWith(d.From.Key, s) }

func signWith(key message.Key, s *sealed) error {
	text, err := key.Sign(s.header, s.message)
	if err != nil {
		return err
	}
	return s.put(text)
}

func (s *sealed) put(signature string) error {
	raw, err := wire(signature)
	s.envelope["signature"] = raw
	return err
}

// signAt signs with a period that starts and ends relative to now.
func signAt(from, to time.Duration) func(*Draft, *sealed) error {
	return func(d *Draft, s *sealed) error {
		text, err := d.From.Key.SignAt(s.header, s.message, time.Now().Add(from).Unix(), time.Now().Add(to).Unix())
		if err != nil {
			return err
		}
		return s.put(text)
	}
}

// rewritten signs properly and then changes the signature's text.
func rewritten(change func(d *Draft, text string) string) func(*Draft, *sealed) error {
	return func(d *Draft, s *sealed) error {
		text, err := d.From.Key.Sign(s.header, s.message)
		if err != nil {
			return err
		}
		return s.put(change(d, text))
	}
}

// literal puts a fixed text where the signature belongs.
func literal(text string) func(*Draft, *sealed) error {
	return func(_ *Draft, s *sealed) error { return s.put(text) }
}

// tampered signs properly and then changes what was signed.
func tampered(change func(d *Draft, s *sealed) error) func(*Draft, *sealed) error {
	return func(d *Draft, s *sealed) error {
		if err := signProperly(d, s); err != nil {
			return err
		}
		return change(d, s)
	}
}

// StrangerKey is a key that nobody registered, with which a scenario signs in a participant's name.
func StrangerKey(of string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte("nobody registered this key: " + of))
	return ed25519.NewKeyFromSeed(sum[:])
}

// signings are the ways in which a message can be signed: "it is signed …".
var signings = map[string]func(*Draft, *sealed) error{
	"properly":                         signProperly,
	"not at all":                       func(*Draft, *sealed) error { return nil },
	"with an empty text":               literal(""),
	"with blanks":                      literal("   "),
	"with a text that is no signature": literal("trust me, I am the client"),
	"with the published example's placeholder": literal(`Signature:  namespace="spdci", kidId="{sender_id}|{unique_key_id}|{algorithm}", algorithm="ed25519", created="1606970629", expires="1607030629", headers="(created) (expires) digest", signature="Base64(signing content)`),
	"with a parameter missing": rewritten(func(_ *Draft, text string) string {
		return strings.Replace(text, `headers="`+message.SignedHeaders+`", `, "", 1)
	}),
	"with a value that is not base64": rewritten(func(_ *Draft, text string) string {
		return strings.Replace(text, ` signature="`, ` signature="***`, 1)
	}),
	"with another value of the same length": rewritten(func(_ *Draft, text string) string {
		start := strings.LastIndex(text, ` signature="`) + len(` signature="`)
		return text[:start] + base64.StdEncoding.EncodeToString(make([]byte, ed25519.SignatureSize)) + `"`
	}),
	"with an algorithm that is not published": rewritten(func(_ *Draft, text string) string {
		return strings.ReplaceAll(text, message.Algorithm, "none")
	}),
	"with a longer life than was signed": rewritten(func(_ *Draft, text string) string {
		return lengthen(text)
	}),
	"by a key that nobody registered": func(d *Draft, s *sealed) error {
		key := d.From.Key
		key.Private = StrangerKey(key.SenderID)
		return signWith(key, s)
	},
	"under a key id that nobody registered": func(d *Draft, s *sealed) error {
		key := d.From.Key
		key.KeyID = "key-that-is-not-there"
		return signWith(key, s)
	},
	"in the name of another participant": rewritten(func(_ *Draft, text string) string {
		return strings.Replace(text, `kidId="`, `kidId="not-`, 1)
	}),
	"a day ago and expired":        signAt(-24*time.Hour, -23*time.Hour),
	"for tomorrow":                 signAt(24*time.Hour, 25*time.Hour),
	"to expire before it was made": signAt(0, -10*time.Second),
	"and then the header is changed": tampered(func(_ *Draft, s *sealed) error {
		return s.change(&s.header, "meta", map[string]any{"note": "added on the way"})
	}),
	"and then the message is changed": tampered(func(d *Draft, s *sealed) error {
		d.renamed = "changed-on-the-way"
		return s.change(&s.message, "transaction_id", d.renamed)
	}),
	"with its members in another order": tampered(func(_ *Draft, s *sealed) error {
		s.header = reversed(s.header)
		s.message = reversed(s.message)
		return nil
	}),
	"without the leading word": rewritten(func(_ *Draft, text string) string {
		return strings.TrimPrefix(text, "Signature: ")
	}),
	"over a header alone": func(d *Draft, s *sealed) error {
		s.message = nil
		return signProperly(d, s)
	},
	"with its parameters further apart": rewritten(func(_ *Draft, text string) string {
		return strings.ReplaceAll(text, `", `, `" ,  `)
	}),
	"with the signature of another message": func(d *Draft, s *sealed) error {
		other := bytes.Clone(s.message)
		if err := s.change(&s.message, "transaction_id", "another-message"); err != nil {
			return err
		}
		if err := signProperly(d, s); err != nil {
			return err
		}
		s.message = other
		return nil
	},
	"and then a header member is removed": tampered(func(_ *Draft, s *sealed) error {
		return s.change(&s.header, "is_msg_encrypted", absent{})
	}),
	"and then what it asks for is changed": tampered(func(_ *Draft, s *sealed) error {
		return s.askFor("an identifier that was not signed")
	}),
	"over the message before it was encrypted": func(d *Draft, s *sealed) error {
		text, err := d.From.Key.Sign(s.header, d.plain)
		if err != nil {
			return err
		}
		return s.put(text)
	},
	"with the key before its present one": func(d *Draft, s *sealed) error { return signWith(d.former, s) },
	"by another client in its own name":   func(d *Draft, s *sealed) error { return signWith(d.rival, s) },
	"with the namespace g2p": func(d *Draft, s *sealed) error {
		key := d.From.Key
		key.Namespace = "g2p"
		return signWith(key, s)
	},
	"with a header member that is not published": func(d *Draft, s *sealed) error {
		if err := s.change(&s.header, "x-country", "ZZ"); err != nil {
			return err
		}
		return signProperly(d, s)
	},
}

// change sets a member of a part that is already in wire form.
func (s *sealed) change(part *json.RawMessage, member string, value any) error {
	var members map[string]any
	if err := decode(*part, &members); err != nil {
		return fmt.Errorf("the suite cannot change a part of its own message: %w", err)
	}
	put(members, member, value)
	changed, err := wire(members)
	*part = changed
	return err
}

// askFor puts another identifier into the first search of a message in wire form.
func (s *sealed) askFor(identifier string) error {
	var message map[string]any
	if err := decode(s.message, &message); err != nil {
		return fmt.Errorf("the suite cannot change a part of its own message: %w", err)
	}
	items, _ := message["search_request"].([]any)
	if len(items) == 0 {
		return errors.New("the scenario changes a search in a message that has none")
	}
	put(items[0].(map[string]any), "search_criteria.query.value", identifier)
	changed, err := wire(message)
	s.message = changed
	return err
}

// reversed writes an object's members in descending order of name: the same content in other bytes.
func reversed(part json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(part, &members) != nil {
		return part
	}
	names := sortedKeys(members)
	var out bytes.Buffer
	out.WriteByte('{')
	for i := len(names) - 1; i >= 0; i-- {
		name, _ := wire(names[i])
		out.Write(name)
		out.WriteByte(':')
		out.Write(members[names[i]])
		if i > 0 {
			out.WriteByte(',')
		}
	}
	out.WriteByte('}')
	return out.Bytes()
}

func lengthen(text string) string {
	const marker = `expires="`
	start := strings.Index(text, marker) + len(marker)
	end := start + strings.IndexByte(text[start:], '"')
	return text[:start] + fmt.Sprint(time.Now().Add(240*time.Hour).Unix()) + text[end:]
}

// senders are the participants as whom a message can come: "it comes from …".
var senders = map[string]identity.Name{
	"the client": identity.Client, "another client": identity.Other,
	"an unregistered client": identity.Unregistered, "a client whose key was revoked": identity.Revoked,
}

// credentials are the ways in which a message can be let in: "it comes …".
var credentials = map[string]func(w *World, d *Draft) (func() string, error){
	"without a token":              bearer(""),
	"with an empty token":          bearer("Bearer "),
	"with a token that is not one": bearer("Bearer let-me-in"),
	"with its own token changed in one letter": forged(func(w *World, d *Draft) string {
		return alter(w.env.tokenOf(context.Background(), w.known(d.From)))
	}),
	"with a password instead of a token": bearer("Basic " + base64.StdEncoding.EncodeToString([]byte("admin:admin"))),
	"with a forged token without signature": forged(func(_ *World, d *Draft) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + part(claims(d, time.Hour)) + "."
	}),
	"with a token signed by somebody else": forged(func(_ *World, d *Draft) string { return selfSigned(claims(d, time.Hour)) }),
}

// alter changes the middle letter of a token to another that a token may hold.
func alter(token string) string {
	if token == "" {
		return "altered"
	}
	letters := []byte(token)
	middle := len(letters) * 2 / 3
	if letters[middle] == 'a' {
		letters[middle] = 'b'
	} else {
		letters[middle] = 'a'
	}
	return string(letters)
}

func bearer(header string) func(*World, *Draft) (func() string, error) {
	return func(*World, *Draft) (func() string, error) { return func() string { return header }, nil }
}

func forged(make func(*World, *Draft) string) func(*World, *Draft) (func() string, error) {
	return func(w *World, d *Draft) (func() string, error) {
		return func() string {
			text := make(w, d)
			w.env.Recorder.Secret(text)
			return "Bearer " + text
		}, nil
	}
}

func claims(d *Draft, validity time.Duration) []byte {
	text, _ := json.Marshal(map[string]any{"sub": d.From.Participant.ID, "client_id": d.From.Participant.ClientID,
		"iat": time.Now().Unix(), "exp": time.Now().Add(validity).Unix()})
	return text
}

func selfSigned(payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: StrangerKey("token")}, nil)
	if err != nil {
		return ""
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return ""
	}
	text, _ := signed.CompactSerialize()
	return text
}
