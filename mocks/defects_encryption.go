package mocks

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classEncrypts = "encryption of an answer"
	classDecrypts = "encrypted message misread"
	classUnsealed = "bad encryption accepted"
)

// plainly answers encrypted requests in plain, where when says so.
func plainly(when func(out reference.Outgoing) bool) func(*Vendor) {
	return func(v *Vendor) {
		var left sync.Map
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.EncryptTo != nil && when(out) {
				header["is_msg_encrypted"] = false
				// A map is written in one order: the encrypter sees the same bytes.
				written, _ := json.Marshal(body)
				left.Store(string(written), true)
			}
		})
		v.Encrypting(func(body json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error) {
			if _, plain := left.LoadAndDelete(string(body)); plain {
				return body, nil
			}
			return next(body, to)
		})
	}
}

// flagged changes what the header of answers says of their encryption.
func flagged(says bool, when func(out reference.Outgoing) bool) func(*Vendor) {
	return answerHeaders(func(out reference.Outgoing, header map[string]any) {
		if when(out) {
			header["is_msg_encrypted"] = says
		}
	})
}

func inPrivate(out reference.Outgoing) bool { return out.EncryptTo != nil }

// encryptedTo encrypts answers to another key.
func encryptedTo(choose func(to jose.JSONWebKey) jose.JSONWebKey) func(*Vendor) {
	return func(v *Vendor) {
		v.Encrypting(func(body json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error) {
			return next(body, choose(to))
		})
	}
}

// encryptedBy encrypts answers by other means, where when says so.
func encryptedBy(how message.Encryption, when func() bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Encrypting(func(body json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error) {
			if when() {
				return how.Encrypt(body, to)
			}
			return next(body, to)
		})
	}
}

func each() bool { return true }

// strangersKey is a key that nobody but the vendor has.
func strangersKey(keyID string) jose.JSONWebKey {
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("mocks: no key can be made: " + err.Error())
	}
	return jose.JSONWebKey{Key: pair.Public(), KeyID: keyID, Use: message.UseEncryption, Algorithm: message.KeyECDH}
}

// withoutKeys leaves keys out of the published set.
func withoutKeys(out func(key map[string]any) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			var set struct {
				Keys []map[string]any `json:"keys"`
			}
			if json.Unmarshal(body, &set) != nil {
				return status, body
			}
			kept := []map[string]any{}
			for _, key := range set.Keys {
				if !out(key) {
					kept = append(kept, key)
				}
			}
			changed, _ := json.Marshal(map[string]any{"keys": kept})
			return status, changed
		}, "/jwks.json")
	}
}

// lastRead answers what it cannot read with what it read before.
func lastRead(unreadable func(r received) bool) func(*Vendor) {
	return func(v *Vendor) {
		var mutex sync.Mutex
		var last json.RawMessage
		v.Reads(func(_ *reference.Incoming, r received) (json.RawMessage, bool) {
			mutex.Lock()
			defer mutex.Unlock()
			if unreadable(r) {
				return last, last != nil
			}
			if content, ok := r.opens(); ok {
				last = content
			}
			return nil, false
		})
	}
}

// acknowledgesUnread acknowledges asynchronous messages before it decrypts them.
func acknowledgesUnread(v *Vendor) {
	v.Bodies(func(request *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		if isSync(request) || !bytes.Contains(body, []byte(message.ErrEncryptionInvalid)) {
			return status, body
		}
		var ack message.Ack
		_ = json.Unmarshal(body, &ack)
		ack.Message.AckStatus, ack.Message.Error = message.ACK, nil
		taken, _ := json.Marshal(ack)
		return http.StatusAccepted, taken
	})
}

// signedInside signs answers over their content before it was encrypted.
func signedInside(v *Vendor) {
	var inside sync.Map
	v.Encrypting(func(body json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error) {
		made, err := next(body, to)
		inside.Store(string(made), body)
		return made, err
	})
	keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
		if plain, encrypted := inside.Load(string(body)); encrypted {
			body = plain.(json.RawMessage)
		}
		return key.Sign(header, body)
	})(v)
}

// verifiesInside takes a signature over the content of an encrypted message too.
func verifiesInside(v *Vendor) {
	v.Option(reference.WithEncryptionKey(vendorKey()))
	v.Check("signature", func(ctx context.Context, in *reference.Incoming, next run) error {
		err := next(ctx, in)
		sent, encrypted := receive(in)
		if err == nil || !encrypted {
			return err
		}
		content, ok := sent.opens()
		if !ok {
			return err
		}
		inside := *in
		inside.Envelope.Message = content
		return next(ctx, &inside)
	})
}

func inNameOnly(_ *reference.Incoming, r received) (json.RawMessage, bool) {
	content, err := base64.RawURLEncoding.DecodeString(r.Ciphertext)
	return content, err == nil && r.header.Alg == "none"
}

func anyAlgorithm(_ *reference.Incoming, r received) (json.RawMessage, bool) {
	if r.header.Alg == message.KeyRSA && r.header.Enc == message.ContentAlgorithm {
		return nil, false
	}
	return r.opens()
}

func encryptedRequest(in *reference.Incoming, _ error) bool { return in.Encrypted }

var _ = register(
	Defect{ID: "encryption-key-not-published", Class: classDecrypts, Breaks: []string{"SEC-ENC-001"}, Sentence: "claims encryption and publishes no key for it",
		Alter: withoutKeys(func(key map[string]any) bool { return key["use"] == message.UseEncryption })},
	Defect{ID: "encryption-key-without-algorithm", Class: classDecrypts, Breaks: []string{"SEC-ENC-001"}, Sentence: "publishes a key for encryption under an algorithm of its own",
		Alter: published(func(key map[string]any, _ int64) {
			if key["use"] == message.UseEncryption {
				key["alg"] = "ECIES"
			}
		})},
	Defect{ID: "encrypted-message-refused", Class: classDecrypts, Breaks: []string{"SEC-ENC-002"}, Sentence: "publishes a key for encryption and refuses encrypted messages",
		Alter: demanding("encryption", message.ErrEncryptionInvalid, func(in *reference.Incoming) bool { return in.Header.IsMsgEncrypted })},
	Defect{ID: "encrypted-message-refused-async", Class: classDecrypts, Breaks: []string{"SEC-ENC-002"}, Sentence: "refuses encrypted messages that come asynchronously",
		Alter: demanding("encryption", message.ErrEncryptionInvalid, func(in *reference.Incoming) bool {
			return in.Header.IsMsgEncrypted && in.Operation.Mode == spec.Async
		})},
	Defect{ID: "encrypted-answer-empty", Class: classEncrypts, Breaks: []string{"SEC-ENC-002"}, Sentence: "encrypts an empty object in place of the answer",
		Alter: func(v *Vendor) {
			v.Encrypting(func(_ json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error) {
				return next(json.RawMessage("{}"), to)
			})
		}},
	Defect{ID: "encrypted-callback-empty", Class: classEncrypts, Breaks: []string{"SEC-ENC-002"}, Sentence: "encrypts an empty object in place of the answer that goes to a callback address",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if out.EncryptTo != nil && out.Kind == reference.KindCallback {
					clear(body)
				}
			})
		}},
	Defect{ID: "encrypted-request-answered-in-plain", Class: classEncrypts, Breaks: []string{"SEC-ENC-003"}, Sentence: "answers encrypted messages in plain",
		Alter: plainly(inPrivate)},
	Defect{ID: "encrypted-request-answered-in-plain-async", Class: classEncrypts, Breaks: []string{"SEC-ENC-003"}, Sentence: "answers encrypted messages in plain by callback",
		Alter: plainly(func(out reference.Outgoing) bool { return out.Kind == reference.KindCallback })},
	Defect{ID: "encrypted-status-answered-in-plain", Class: classEncrypts, Breaks: []string{"SEC-ENC-003"}, Sentence: "answers encrypted status requests in plain",
		Alter: plainly(func(out reference.Outgoing) bool {
			return out.Request != nil && out.Request.Operation.Action == "txn-status"
		})},
	Defect{ID: "encrypted-request-answered-in-plain-sometimes", Class: classEncrypts, Breaks: []string{"SEC-ENC-003"}, Sentence: "answers every third encrypted message in plain",
		Alter: func(v *Vendor) {
			third := everyThird()
			plainly(func(reference.Outgoing) bool { return third() })(v)
		}},
	Defect{ID: "encrypted-subscription-told-in-plain", Class: classEncrypts, Breaks: []string{"SEC-ENC-015"}, Sentence: "notifies in plain of what was subscribed to by an encrypted message",
		Alter: plainly(func(out reference.Outgoing) bool { return out.Kind == reference.KindNotify })},
	Defect{ID: "encrypted-answer-says-plain", Class: classEncrypts, Breaks: []string{"SEC-ENC-004"}, Sentence: "does not say of its encrypted answers that they are encrypted",
		Alter: flagged(false, inPrivate)},
	Defect{ID: "plain-answer-says-encrypted", Class: classEncrypts, Breaks: []string{"SEC-ENC-004"}, Sentence: "says of answers in plain that they are encrypted",
		Alter: flagged(true, func(reference.Outgoing) bool { return true })},
	Defect{ID: "encrypted-callback-says-plain", Class: classEncrypts, Breaks: []string{"SEC-ENC-004"}, Sentence: "does not say of encrypted callbacks that they are encrypted",
		Alter: flagged(false, func(out reference.Outgoing) bool { return out.EncryptTo != nil && out.Kind == reference.KindCallback })},
	Defect{ID: "encrypted-to-nobody", Class: classEncrypts, Breaks: []string{"SEC-ENC-005"}, Sentence: "encrypts answers to a key that the receiver does not have, under its key id",
		Alter: encryptedTo(func(to jose.JSONWebKey) jose.JSONWebKey { return strangersKey(to.KeyID) })},
	Defect{ID: "encrypted-under-wrong-kid", Class: classEncrypts, Breaks: []string{"SEC-ENC-005"}, Sentence: "names its own key id in what it encrypts to another",
		Alter: encryptedTo(func(to jose.JSONWebKey) jose.JSONWebKey { to.KeyID = "registry-key-1"; return to })},
	Defect{ID: "encrypted-to-the-first-client", Class: classEncrypts, Breaks: []string{"SEC-ENC-005"}, Sentence: "encrypts every answer to the key of the client that asked first",
		Alter: func(v *Vendor) {
			var once sync.Once
			var first jose.JSONWebKey
			encryptedTo(func(to jose.JSONWebKey) jose.JSONWebKey {
				once.Do(func() { first = to })
				return first
			})(v)
		}},
	Defect{ID: "content-key-and-iv-reused", Class: classEncrypts, Breaks: []string{"SEC-ENC-006"}, Sentence: "encrypts all answers under one content key and initialisation vector",
		Alter: encryptedBy(message.Encryption{ContentKey: bytes.Repeat([]byte{7}, 32), IV: make([]byte, 12)}, each)},
	Defect{ID: "content-key-and-iv-reused-sometimes", Class: classEncrypts, Breaks: []string{"SEC-ENC-006"}, Sentence: "encrypts every third answer under one content key and initialisation vector",
		Alter: func(v *Vendor) {
			encryptedBy(message.Encryption{ContentKey: bytes.Repeat([]byte{7}, 32), IV: make([]byte, 12)}, everyThird())(v)
		}},
	Defect{ID: "undecryptable-taken-for-the-last-message", Class: classUnsealed, Breaks: []string{"SEC-ENC-007"}, Sentence: "takes the message before for one that it cannot decrypt",
		Alter: lastRead(func(r received) bool { return r.contentKey == nil })},
	Defect{ID: "undecryptable-acknowledged", Class: classUnsealed, Breaks: []string{"SEC-ENC-007", "SEC-ENC-008", "SEC-ENC-009"}, Sentence: "acknowledges encrypted messages before it looks into them, and never answers those that it cannot read",
		Alter: acknowledgesUnread},
	Defect{ID: "tag-not-checked", Class: classUnsealed, Breaks: []string{"SEC-ENC-008"}, Sentence: "decrypts without a look at the tag",
		Alter: func(v *Vendor) {
			v.Reads(func(_ *reference.Incoming, r received) (json.RawMessage, bool) { return r.opens() })
		}},
	Defect{ID: "short-tag-taken", Class: classUnsealed, Breaks: []string{"SEC-ENC-008"}, Sentence: "takes a tag that was cut short",
		Alter: func(v *Vendor) {
			v.Reads(func(_ *reference.Incoming, r received) (json.RawMessage, bool) {
				content, ok := r.opens()
				return content, ok && len(r.Tag) < 22
			})
		}},
	Defect{ID: "tag-not-checked-async", Class: classUnsealed, Breaks: []string{"SEC-ENC-008"}, Sentence: "decrypts asynchronous messages without a look at the tag",
		Alter: func(v *Vendor) {
			v.Reads(func(in *reference.Incoming, r received) (json.RawMessage, bool) {
				content, ok := r.opens()
				return content, ok && in.Operation.Mode == spec.Async
			})
		}},
	Defect{ID: "algorithm-none-decrypted", Class: classUnsealed, Breaks: []string{"SEC-ENC-009"}, Sentence: "takes alg none for an encryption",
		Alter: func(v *Vendor) { v.Reads(inNameOnly) }},
	Defect{ID: "any-algorithm-decrypted", Class: classUnsealed, Breaks: []string{"SEC-ENC-009"}, Sentence: "does not look at the names of the algorithms",
		Alter: func(v *Vendor) { v.Reads(anyAlgorithm) }},
	Defect{ID: "encryption-flag-not-read", Class: classUnsealed, Breaks: []string{"SEC-ENC-010"}, Sentence: "decrypts messages that say they are in plain",
		Alter: func(v *Vendor) {
			v.Check("encryption", func(ctx context.Context, in *reference.Incoming, next run) error {
				in.Header.IsMsgEncrypted = in.Header.IsMsgEncrypted || message.SaysEncrypted(in.Envelope.Message)
				return next(ctx, in)
			})
		}},
	Defect{ID: "encrypted-content-not-checked", Class: classUnsealed, Breaks: []string{"SEC-ENC-011"}, Sentence: "does not hold what was encrypted to the schema",
		Alter: forgiving("schema", encryptedRequest)},
	Defect{ID: "encrypted-empty-answered", Class: classUnsealed, Breaks: []string{"SEC-ENC-011"}, Sentence: "answers an encrypted empty object as a search that finds nobody",
		Alter: func(v *Vendor) {
			forgiving("schema", encryptedRequest)(v)
			forgiving("total_count", encryptedRequest)(v)
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if out.EncryptTo != nil && header["status_reason_code"] == string(message.RejectTooManyErrors) {
					header["status"] = message.StatusSuccess
					delete(header, "status_reason_code")
					delete(header, "status_reason_message")
				}
			})
		}},
	Defect{ID: "encrypted-signature-not-checked", Class: classUnsealed, Breaks: []string{"SEC-ENC-012"}, Sentence: "does not verify signatures of encrypted messages",
		Alter: forgiving("signature", func(in *reference.Incoming, _ error) bool { return in.Header.IsMsgEncrypted })},
	Defect{ID: "encrypted-signature-verified-inside", Class: classUnsealed, Breaks: []string{"SEC-ENC-012"}, Sentence: "takes a signature over what was encrypted for one over what was sent",
		Alter: verifiesInside},
	Defect{ID: "encrypted-answer-signed-inside", Class: classEncrypts, Breaks: []string{"SEC-SIG-001"}, Exercise: []string{"SEC-ENC-003"}, Sentence: "signs its answers before it encrypts them",
		Alter: signedInside},
	Defect{ID: "protected-header-not-read", Class: classDecrypts, Breaks: []string{"SEC-ENC-013"}, Sentence: "refuses an encrypted message with a protected header",
		Alter: demanding("encryption", message.ErrEncryptionInvalid, func(in *reference.Incoming) bool {
			sent, encrypted := receive(in)
			return encrypted && sent.Protected != ""
		})},
	Defect{ID: "decryption-failure-told", Class: classDecrypts, Breaks: []string{"SEC-ENC-014"}, Sentence: "tells a content key that does not decrypt from a tag that does not hold",
		Alter: func(v *Vendor) {
			v.Option(reference.WithEncryptionKey(vendorKey()))
			v.Check("encryption", func(ctx context.Context, in *reference.Incoming, next run) error {
				sent, encrypted := receive(in)
				if encrypted && sent.contentKey == nil {
					return &reference.Refusal{Code: message.ErrRequestBad, Detail: "encrypted_key cannot be decrypted"}
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "payment-encrypted-refused", Class: classDecrypts, Breaks: []string{"PAY-ENC-001"}, Sentence: "refuses encrypted orders",
		Alter: demanding("encryption", message.ErrEncryptionInvalid, func(in *reference.Incoming) bool { return in.Header.IsMsgEncrypted })},
	Defect{ID: "payment-encrypted-answered-in-plain", Class: classEncrypts, Breaks: []string{"PAY-ENC-002"}, Sentence: "answers encrypted orders in plain",
		Alter: plainly(inPrivate)},
	Defect{ID: "payment-encrypted-says-plain", Class: classEncrypts, Breaks: []string{"PAY-ENC-003"}, Sentence: "does not say of its encrypted answers to orders that they are encrypted",
		Alter: flagged(false, inPrivate)},
	Defect{ID: "payment-encrypted-under-wrong-kid", Class: classEncrypts, Breaks: []string{"PAY-ENC-004"}, Sentence: "names its own key id in what it encrypts to a payer",
		Alter: encryptedTo(func(to jose.JSONWebKey) jose.JSONWebKey { to.KeyID = "payments-key-1"; return to })},
	Defect{ID: "payment-content-key-reused", Class: classEncrypts, Breaks: []string{"PAY-ENC-005"}, Sentence: "encrypts answers to orders under one content key and initialisation vector",
		Alter: encryptedBy(message.Encryption{ContentKey: bytes.Repeat([]byte{7}, 32), IV: make([]byte, 12)}, each)},
	Defect{ID: "payment-tag-not-checked", Class: classUnsealed, Breaks: []string{"PAY-ENC-006"}, Sentence: "pays on encrypted orders without a look at the tag",
		Alter: func(v *Vendor) {
			v.Reads(func(_ *reference.Incoming, r received) (json.RawMessage, bool) { return r.opens() })
		}},
)
