package mocks

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

var signatureFalls = []string{"SEC-SIG-001", "REG-SEARCH-001"}

var signatureDialects = []Dialect{
	{ID: "signature-namespace-g2p", Sentence: "signs with the namespace g2p", Published: true, Alter: namespaced("g2p")},
	{ID: "signature-namespace-dci", Sentence: "signs with the namespace dci", Published: true, Alter: namespaced("dci")},
	{ID: "signature-jws", Sentence: "signs with a compact JWS that holds header and message", Falls: signatureFalls,
		Alter: tokens(func(token string, _ []byte) string { return token }, embedded)},
	{ID: "signature-jws-detached", Sentence: "signs with a JWS over header and message without its payload", Falls: signatureFalls,
		Alter: tokens(func(token string, _ []byte) string {
			parts := strings.Split(token, ".")
			return parts[0] + ".." + parts[2]
		}, detached)},
	{ID: "signature-http-header", Sentence: "signs with a JWT in the HTTP header Signature", Falls: signatureFalls, Alter: inHeader},
	{ID: "signature-none", Sentence: "takes and sends no member signature", Falls: signatureFalls,
		Remains: []string{"SEC-SIG-001", "SEC-SIG-005", "SEC-SIG-006", "SEC-SIG-007", "SEC-SIG-008", "SEC-SIG-009", "SEC-SIG-010", "SEC-SIG-011",
			"SEC-SIG-012", "SEC-SIG-016", "SEC-ENC-012", "SEC-PEER-002", "SEC-PEER-004", "SEC-ROT-001", "SEC-ROT-002", "REG-NTF-010",
			"REG-HTTP-001", "REG-HTTP-006", "REG-HTTP-010", "SEC-PRIV-001", "PAY-SIG-001", "PAY-SIG-004"},
		Alter: unsignedVendor},
	{ID: "canonical-ascii", Sentence: "signs with members sorted and everything beyond ASCII escaped", Falls: []string{"SEC-SIG-001"}, Alter: digests(sortedASCII, message.DigestName)},
	{ID: "canonical-insertion", Sentence: "signs with members in the order in which they are sent", Falls: []string{"SEC-SIG-001"}, Alter: digests(asWritten, message.DigestName)},
	{ID: "canonical-nulls", Sentence: "signs with null for each header member that is not sent", Falls: signatureFalls, Alter: digests(withNulls, message.DigestName)},
	{ID: "digest-bare", Sentence: "signs the digest without the name of its algorithm", Falls: signatureFalls, Alter: digests(message.Canonical, "")},
}

func namespaced(namespace string) func(*Vendor) {
	return keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
		key.Namespace = namespace
		return key.Sign(header, body)
	})
}

func refusedSignature(detail string) error {
	return &reference.Refusal{Code: message.ErrSignatureInvalid, Detail: detail}
}

// digests signs the published string over another canonical form, with something else before the digest.
func digests(canonical func(header, body json.RawMessage) ([]byte, error), name string) func(*Vendor) {
	digest := func(header, body json.RawMessage) (string, error) {
		content, err := canonical(header, body)
		sum := sha256.Sum256(content)
		return name + base64.StdEncoding.EncodeToString(sum[:]), err
	}
	return func(v *Vendor) {
		keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			created := time.Now().Unix()
			expires := created + int64(message.DefaultValidity/time.Second)
			taken, err := digest(header, body)
			return message.Signature{Namespace: "spdci", SenderID: key.SenderID, KeyID: key.KeyID, Algorithm: message.Algorithm,
				Created: created, Expires: expires, Headers: message.SignedHeaders,
				Value: ed25519.Sign(key.Private, []byte(message.SigningString(created, expires, taken)))}.String(), err
		})(v)
		v.Check("signature", func(_ context.Context, in *reference.Incoming, _ func(context.Context, *reference.Incoming) error) error {
			err := message.VerifyOver(in.Envelope, in.Header.SenderID, in.Keys, time.Now(), digest)
			switch {
			case err == nil:
				return nil
			case message.FaultOf(err) == message.FaultMissing:
				return &reference.Refusal{Code: message.ErrSignatureMissing, Detail: "sign the message"}
			}
			return refusedSignature(err.Error())
		})
	}
}

func pair(header, body json.RawMessage) []byte {
	if len(body) == 0 {
		return fmt.Appendf(nil, `{"header":%s}`, header)
	}
	return fmt.Appendf(nil, `{"header":%s,"message":%s}`, header, body)
}

// asWritten is the bytes as they travel. What leaves was escaped (<, > and &) before it is signed.
func asWritten(header, body json.RawMessage) ([]byte, error) {
	var out bytes.Buffer
	err := json.Compact(&out, pair(header, body))
	return out.Bytes(), err
}

func sortedASCII(header, body json.RawMessage) ([]byte, error) {
	read, err := tree(json.RawMessage(pair(header, body)))
	if err != nil {
		return nil, err
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(read); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		switch {
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r > '~':
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.Bytes(), nil
}

func withNulls(header, body json.RawMessage) ([]byte, error) {
	read, err := tree(header)
	if err != nil {
		return nil, err
	}
	for _, member := range []string{"sender_uri", "receiver_id", "status", "status_reason_code", "status_reason_message",
		"total_count", "completed_count", "is_msg_encrypted", "meta"} {
		if _, there := read[member]; !there {
			read[member] = nil
		}
	}
	full, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	return message.Canonical(full, body)
}

var part = base64.RawURLEncoding

// compact is a JWS made by hand.
func compact(key message.Key, head held, payload []byte) string {
	said, _ := json.Marshal(head)
	signing := part.EncodeToString(said) + "." + part.EncodeToString(payload)
	return signing + "." + part.EncodeToString(ed25519.Sign(key.Private, []byte(signing)))
}

func lifetime() (created, expires int64) {
	created = time.Now().Unix()
	return created, created + int64(message.DefaultValidity/time.Second)
}

// held is what a token must say of itself.
type held struct {
	Alg    string `json:"alg"`
	Kid    string `json:"kid"`
	Iss    string `json:"iss"`
	Iat    int64  `json:"iat"`
	Exp    int64  `json:"exp"`
	Digest string `json:"digest"`
}

// opened checks a compact JWS of the sender and gives its payload; payload is used where it is detached.
func opened(token string, in *reference.Incoming, payload []byte) (held, []byte, error) {
	var said held
	if token == "" {
		return said, nil, &reference.Refusal{Code: message.ErrSignatureMissing, Detail: "sign the message"}
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return said, nil, refusedSignature("it is no JWS")
	}
	if payload != nil {
		parts[1] = part.EncodeToString(payload)
	}
	head, err := part.DecodeString(parts[0])
	if err != nil || json.Unmarshal(head, &said) != nil || said.Alg != "EdDSA" {
		return said, nil, refusedSignature("it is no JWS by EdDSA")
	}
	content, err := part.DecodeString(parts[1])
	if err != nil {
		return said, nil, refusedSignature("its payload is not base64url")
	}
	public, ok := in.Keys(in.Header.SenderID, said.Kid)
	if !ok {
		return said, nil, refusedSignature("the sender has no such key")
	}
	value, err := part.DecodeString(parts[2])
	if err != nil || !ed25519.Verify(public, []byte(parts[0]+"."+parts[1]), value) {
		return said, nil, refusedSignature("it does not hold")
	}
	return said, content, nil
}

// timely refuses what is not of the present.
func (h held) timely() error {
	now, skew := time.Now().Unix(), int64(message.ClockSkew/time.Second)
	if h.Exp <= h.Iat || now+skew < h.Iat || now-skew > h.Exp {
		return refusedSignature("it is not of the present time")
	}
	return nil
}

func embedded(in *reference.Incoming, content []byte) error {
	said, payload, err := opened(in.Envelope.Signature, in, nil)
	if err != nil {
		return err
	}
	if !bytes.Equal(payload, content) {
		return refusedSignature("it holds another message")
	}
	return said.timely()
}

func detached(in *reference.Incoming, content []byte) error {
	said, _, err := opened(in.Envelope.Signature, in, content)
	if err != nil {
		return err
	}
	return said.timely()
}

// tokens signs with a JWS over the RFC 8785 form in the member signature.
func tokens(form func(token string, content []byte) string, verify func(*reference.Incoming, []byte) error) func(*Vendor) {
	return func(v *Vendor) {
		keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			content, err := message.Canonical(header, body)
			created, expires := lifetime()
			return form(compact(key, held{Alg: "EdDSA", Kid: key.KeyID, Iat: created, Exp: expires}, content), content), err
		})(v)
		v.Check("signature", func(_ context.Context, in *reference.Incoming, _ func(context.Context, *reference.Incoming) error) error {
			content, err := message.Canonical(in.Envelope.Header, in.Envelope.Message)
			if err != nil {
				return refusedSignature("it covers nothing")
			}
			return verify(in, content)
		})
	}
}

// inHeader signs with a JWT that holds the digest, in the HTTP header Signature.
func inHeader(v *Vendor) {
	digest := func(header, body json.RawMessage) (string, error) {
		content, err := message.Canonical(header, body)
		sum := sha256.Sum256(content)
		return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:]), err
	}
	keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
		taken, err := digest(header, body)
		created, expires := lifetime()
		claims, _ := json.Marshal(held{Iss: key.SenderID, Iat: created, Exp: expires, Digest: taken})
		return compact(key, held{Alg: "EdDSA", Kid: key.KeyID}, claims), err
	})(v)
	v.Check("signature", func(_ context.Context, in *reference.Incoming, _ func(context.Context, *reference.Incoming) error) error {
		_, content, err := opened(in.HTTP.Header.Get("Signature"), in, nil)
		if err != nil {
			return err
		}
		var said held
		taken, err := digest(in.Envelope.Header, in.Envelope.Message)
		if err != nil || json.Unmarshal(content, &said) != nil || said.Digest != taken || said.Iss != in.Header.SenderID {
			return refusedSignature("it is of another message")
		}
		return said.timely()
	})
	v.moveSignature(func(signature string, header http.Header) { header.Set("Signature", signature) })
}

// unsignedVendor knows no member signature.
func unsignedVendor(v *Vendor) {
	v.Check("signature", func(_ context.Context, in *reference.Incoming, _ func(context.Context, *reference.Incoming) error) error {
		if in.Envelope.Signature != "" {
			return &reference.Refusal{Code: message.ErrRequestBad, Detail: "there is no member signature here"}
		}
		return nil
	})
	v.moveSignature(func(string, http.Header) {})
}

// moveSignature takes the member signature out of all that leaves, to somewhere else.
func (v *Vendor) moveSignature(to func(signature string, header http.Header)) {
	move := func(body []byte, header http.Header) []byte {
		var members map[string]json.RawMessage
		var signature string
		if json.Unmarshal(body, &members) != nil || json.Unmarshal(members["signature"], &signature) != nil {
			return body
		}
		delete(members, "signature")
		to(signature, header)
		made, err := json.Marshal(members)
		if err != nil {
			return body
		}
		return made
	}
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kept := &keptAnswer{header: http.Header{}, status: http.StatusOK}
			next.ServeHTTP(kept, r)
			made := move(kept.body.Bytes(), kept.header)
			for name, values := range kept.header {
				if name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(kept.status)
			_, _ = w.Write(made)
		})
	})
	v.Calls(func(request *http.Request, next send) (*http.Response, error) {
		if request.Body == nil {
			return next(request)
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		changed := request.Clone(request.Context())
		made := move(body, changed.Header)
		changed.Body, changed.ContentLength = io.NopCloser(bytes.NewReader(made)), int64(len(made))
		changed.GetBody = nil
		return next(changed)
	})
}

// keptAnswer keeps an answer back until it can be changed.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (k *keptAnswer) Header() http.Header { return k.header }

// WriteHeader implements http.ResponseWriter.
func (k *keptAnswer) WriteHeader(status int) { k.status = status }

// Write implements http.ResponseWriter.
func (k *keptAnswer) Write(p []byte) (int, error) { return k.body.Write(p) }
