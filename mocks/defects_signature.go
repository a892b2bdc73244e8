package mocks

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classUnsigned  = "unsigned answers"
	classOwnKey    = "signature of an answer"
	classBadSigned = "bad signature accepted"
	classStrict    = "good signature refused"
)

// faulty agrees where the signature check found one of the faults.
func faulty(faults ...message.SignatureFault) func(*reference.Incoming, error) bool {
	return func(_ *reference.Incoming, err error) bool {
		for _, fault := range faults {
			if strings.Contains(err.Error(), "signature "+string(fault)+":") ||
				fault == message.FaultMissing && strings.Contains(err.Error(), string(message.ErrSignatureMissing)) {
				return true
			}
		}
		return false
	}
}

// both agrees where all agree.
func both(all ...func(*reference.Incoming, error) bool) func(*reference.Incoming, error) bool {
	return func(in *reference.Incoming, err error) bool {
		for _, one := range all {
			if !one(in, err) {
				return false
			}
		}
		return true
	}
}

// detailed agrees where the signature check says these words.
func detailed(words string) func(*reference.Incoming, error) bool {
	return func(_ *reference.Incoming, err error) bool { return strings.Contains(err.Error(), words) }
}

// actionIs agrees for requests with the action.
func actionIs(action string) func(*reference.Incoming, error) bool {
	return func(in *reference.Incoming, _ error) bool { return in.Operation.Action == action }
}

// keyed signs with the server's own key after change, which makes the signature itself.
func keyed(sign func(key message.Key, header, body json.RawMessage) (string, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.Signing(func(own message.Signer) message.Signer {
			key, plain := own.(message.Key)
			if !plain {
				panic("mocks: the server's signer is no key")
			}
			return signerFunc(func(header, body json.RawMessage) (string, error) { return sign(key, header, body) })
		})
	}
}

// over signs another header and body than those that leave.
func over(change func(header, body map[string]any)) func(*Vendor) {
	return keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
		h, err := tree(header)
		if err != nil {
			return "", err
		}
		b, err := tree(body)
		if err != nil {
			return "", err
		}
		change(h, b)
		rawHeader, _ := json.Marshal(h)
		rawBody, _ := json.Marshal(b)
		return key.Sign(rawHeader, rawBody)
	})
}

// at signs for a period that starts and ends relative to now.
func at(from, to time.Duration) func(*Vendor) {
	return keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
		return key.SignAt(header, body, time.Now().Add(from).Unix(), time.Now().Add(to).Unix())
	})
}

// resigned changes the signature of callbacks on their way.
func resigned(change func(envelope map[string]json.RawMessage)) func(*Vendor) {
	return func(v *Vendor) {
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return nil, err
			}
			var envelope map[string]json.RawMessage
			if json.Unmarshal(body, &envelope) == nil {
				change(envelope)
				body, _ = json.Marshal(envelope)
			}
			again := request.Clone(request.Context())
			again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			again.GetBody = nil
			return next(again)
		})
	}
}

func otherKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("a key that the vendor does not publish"))
	return ed25519.NewKeyFromSeed(seed[:])
}

// respelled lets the server read a signature text in another spelling than the vendor would: it refuses
// where wrong says so of the text.
func respelled(wrong func(text string) bool) func(*Vendor) {
	return demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool { return wrong(in.Envelope.Signature) })
}

// echoed puts the request's signature into synchronous answers.
func echoed(v *Vendor) {
	v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
		request, err := message.ParseEnvelope(asked)
		if err != nil || request.Signature == "" || status != http.StatusOK {
			return status, body
		}
		var envelope map[string]any
		if json.Unmarshal(body, &envelope) != nil {
			return status, body
		}
		envelope["signature"] = request.Signature
		changed, _ := json.Marshal(envelope)
		return status, changed
	}, "/sync/search")
}

func unsortedKeys(in *reference.Incoming) bool {
	header := in.Envelope.Header
	first, second := bytes.Index(header, []byte(`"version"`)), bytes.Index(header, []byte(`"action"`))
	return first >= 0 && second > first
}

func beyondASCII(in *reference.Incoming) bool {
	return bytes.ContainsFunc(in.Envelope.Header, func(r rune) bool { return r > 127 })
}

func malformedTo500(when func(in *reference.Incoming) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Check("signature", func(ctx context.Context, in *reference.Incoming, next run) error {
			err := next(ctx, in)
			if err != nil && faulty(message.FaultMalformed)(in, err) && when(in) {
				return errBroken
			}
			return err
		})
	}
}

var _ = register(
	Defect{ID: "answer-unsigned", Class: classUnsigned, Breaks: []string{"SEC-SIG-001"}, Sentence: "sends answers without a signature",
		Alter: keyed(func(message.Key, json.RawMessage, json.RawMessage) (string, error) { return "", nil })},
	Defect{ID: "callback-unsigned", Class: classUnsigned, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-001"}, Sentence: "sends callbacks without a signature",
		Alter: resigned(func(envelope map[string]json.RawMessage) { delete(envelope, "signature") })},
	Defect{ID: "answer-unsigned-sometimes", Class: classUnsigned, Strength: EveryThird, Breaks: []string{"SEC-SIG-001"}, Sentence: "leaves every third message unsigned",
		Alter: func(v *Vendor) {
			third := everyThird()
			keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
				if third() {
					return "", nil
				}
				return key.Sign(header, body)
			})(v)
		}},
	Defect{ID: "rejection-unsigned", Class: classUnsigned, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs answers with records and no others",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			if !bytes.Contains(body, []byte(`"reg_records":[{`)) {
				return "", nil
			}
			return key.Sign(header, body)
		})},
	Defect{ID: "answer-signature-placeholder", Class: classUnsigned, Breaks: []string{"SEC-SIG-001"}, Sentence: "sends the published example's placeholder as its signature",
		Alter: keyed(func(message.Key, json.RawMessage, json.RawMessage) (string, error) {
			return `Signature:  namespace="spdci", kidId="{sender_id}|{unique_key_id}|{algorithm}", signature="Base64(signing content)"`, nil
		})},
	Defect{ID: "answer-signed-over-message-alone", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs the message without its header",
		Alter: over(func(header, _ map[string]any) { clear(header) })},
	Defect{ID: "answer-signed-over-header-alone", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs the header without its message",
		Alter: over(func(_, body map[string]any) { clear(body) })},
	Defect{ID: "answer-signed-with-nulls-filled-in", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs a form in which absent members are null",
		Alter: over(func(header, _ map[string]any) { header["sender_uri"], header["meta"] = nil, nil })},
	Defect{ID: "answer-signed-with-times-normalised", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs a form in which times have no fractions",
		Alter: over(func(header, _ map[string]any) {
			if sent, err := time.Parse(time.RFC3339, fmt.Sprint(header["message_ts"])); err == nil {
				header["message_ts"] = sent.Format(time.RFC3339)
			}
		})},
	Defect{ID: "answer-signed-by-unpublished-key", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Sentence: "signs with another key than the one it publishes under that id",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			key.Private = otherKey()
			return key.Sign(header, body)
		})},
	Defect{ID: "answer-key-id-unknown", Class: classOwnKey, Breaks: []string{"SEC-SIG-002"}, Sentence: "names a key id that its key set does not have",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			key.KeyID = "signing-key-1"
			return key.Sign(header, body)
		})},
	Defect{ID: "answer-signed-in-another-name", Class: classOwnKey, Breaks: []string{"SEC-SIG-002"}, Sentence: "names its vendor as the signer",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			key.SenderID = "vendor.example.com"
			return key.Sign(header, body)
		})},
	Defect{ID: "callback-key-id-unknown", Class: classOwnKey, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-002"}, Sentence: "names a key id in callbacks that its key set does not have",
		Alter: resigned(func(envelope map[string]json.RawMessage) {
			var text string
			_ = json.Unmarshal(envelope["signature"], &text)
			parts := strings.Split(text, "|")
			if len(parts) == 3 {
				parts[1] = "outbox-key"
			}
			envelope["signature"], _ = json.Marshal(strings.Join(parts, "|"))
		})},
	Defect{ID: "answer-signature-expired", Class: classOwnKey, Breaks: []string{"SEC-SIG-003"}, Sentence: "signs for a time that is over", Alter: at(-2*time.Hour, -time.Hour)},
	Defect{ID: "answer-signature-from-the-future", Class: classOwnKey, Breaks: []string{"SEC-SIG-003"}, Sentence: "signs for a time that has not come", Alter: at(6*time.Hour, 7*time.Hour)},
	Defect{ID: "answer-signature-expired-sometimes", Class: classOwnKey, Strength: EveryThird, Breaks: []string{"SEC-SIG-003"}, Sentence: "signs every second message for a time that is over",
		Alter: func(v *Vendor) {
			var signed atomic.Uint64
			keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
				if signed.Add(1)%2 == 0 {
					return key.SignAt(header, body, time.Now().Add(-2*time.Hour).Unix(), time.Now().Add(-time.Hour).Unix())
				}
				return key.Sign(header, body)
			})(v)
		}},
	Defect{ID: "answer-signature-echoed", Class: "echoed signature", Breaks: []string{"SEC-SIG-002", "SEC-SIG-004"}, Sentence: "returns the request's signature with its answer", Alter: echoed},

	Defect{ID: "rejection-signature-echoed", Class: "echoed signature", Breaks: []string{"SEC-SIG-004"}, Sentence: "returns the request's signature with answers without records", Exercise: []string{"REG-SEARCH-002"},
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				envelope, err := message.ParseEnvelope(asked)
				if err != nil || status != http.StatusOK || bytes.Contains(body, []byte(`"reg_records":[{`)) {
					return status, body
				}
				return status, members(body, func(object map[string]any) { object["signature"] = envelope.Signature })
			})
		}},
	Defect{ID: "signature-not-checked", Class: classBadSigned, Breaks: []string{"SEC-SIG-005", "SEC-SIG-007", "SEC-SIG-011"}, Sentence: "does not look at signatures",
		Alter: func(v *Vendor) { v.WithoutCheck("signature") }},
	Defect{ID: "signature-not-checked-async", Class: classBadSigned, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-005", "SEC-SIG-007", "SEC-SIG-011"}, Sentence: "does not look at signatures of asynchronous messages",
		Alter: forgiving("signature", asynchronous)},
	Defect{ID: "signature-checked-where-there-is-one", Class: classBadSigned, Breaks: []string{"SEC-SIG-005"}, Sentence: "checks a signature only where there is one",
		Alter: forgiving("signature", faulty(message.FaultMissing))},
	Defect{ID: "signature-blank-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-005"}, Sentence: "takes blanks for a signature",
		Alter: forgiving("signature", func(in *reference.Incoming, _ error) bool {
			return in.Envelope.Signature != "" && strings.TrimSpace(in.Envelope.Signature) == ""
		})},
	Defect{ID: "signature-missing-taken-sometimes", Class: classBadSigned, Strength: EveryThird, Breaks: []string{"SEC-SIG-005"}, Sentence: "lets every third unsigned message pass",
		Alter: sometimes("signature", faulty(message.FaultMissing))},
	Defect{ID: "signature-malformed-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-006"}, Sentence: "lets a signature pass that it cannot read",
		Alter: forgiving("signature", faulty(message.FaultMalformed))},
	Defect{ID: "signature-parameter-missing-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-006"}, Sentence: "does not ask which headers a signature covers",
		Alter: forgiving("signature", detailed("headers is missing"))},
	Defect{ID: "signature-not-base64-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-006"}, Sentence: "takes a value that is not base64 for an empty check",
		Alter: forgiving("signature", detailed("not standard base64"))},
	Defect{ID: "signature-placeholder-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-006"}, Sentence: "takes the published example's placeholder for a signature",
		Alter: forgiving("signature", func(in *reference.Incoming, _ error) bool {
			return strings.Contains(in.Envelope.Signature, "{sender_id}")
		})},
	Defect{ID: "signature-mismatch-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-007", "SEC-SIG-011"}, Sentence: "parses signatures and does not verify them",
		Alter: forgiving("signature", faulty(message.FaultMismatch))},
	Defect{ID: "signature-mismatch-taken-sometimes", Class: classBadSigned, Strength: EveryThird, Breaks: []string{"SEC-SIG-007", "SEC-SIG-011"}, Sentence: "lets every third wrong signature pass",
		Alter: sometimes("signature", faulty(message.FaultMismatch))},
	Defect{ID: "signature-algorithm-none-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-007"}, Sentence: "takes the algorithm that the message names",
		Alter: forgiving("signature", faulty(message.FaultAlgorithm))},
	Defect{ID: "signature-zero-value-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-007"}, Sentence: "takes a signature of zeros",
		Alter: forgiving("signature", func(in *reference.Incoming, _ error) bool {
			return strings.Contains(in.Envelope.Signature, "AAAAAAAAAAAAAAAAAAAAAAAA")
		})},
	Defect{ID: "signature-of-another-sender-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-008"}, Sentence: "does not compare kidId with sender_id",
		Alter: forgiving("signature", faulty(message.FaultSender))},
	Defect{ID: "signature-of-another-client-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-008"}, Sentence: "takes the signature of any client that it knows",
		Alter: forgiving("signature", func(in *reference.Incoming, err error) bool {
			return faulty(message.FaultSender)(in, err) && strings.Contains(in.Envelope.Signature, `kidId="programme.example.org|`)
		})},
	Defect{ID: "signature-of-another-sender-taken-async", Class: classBadSigned, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-008"}, Sentence: "does not compare kidId with sender_id in asynchronous messages",
		Alter: forgiving("signature", both(asynchronous, faulty(message.FaultSender)))},
	Defect{ID: "signature-unknown-key-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-009"}, Sentence: "lets a signature by a key pass that it does not know",
		Alter: forgiving("signature", faulty(message.FaultUnknownKey))},
	Defect{ID: "signature-revoked-key-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-009"}, Sentence: "goes on taking a key that was revoked",
		Alter: forgiving("signature", func(in *reference.Incoming, err error) bool {
			return faulty(message.FaultUnknownKey)(in, err) && len(in.Sender.RevokedKeys) > 0
		})},
	Defect{ID: "signature-unknown-key-taken-async", Class: classBadSigned, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-009"}, Sentence: "does not look keys of asynchronous messages up",
		Alter: forgiving("signature", both(asynchronous, faulty(message.FaultUnknownKey)))},
	Defect{ID: "signature-expired-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-010"}, Sentence: "does not look at expires",
		Alter: forgiving("signature", faulty(message.FaultExpired))},
	Defect{ID: "signature-not-yet-valid-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-010"}, Sentence: "does not look at created",
		Alter: forgiving("signature", faulty(message.FaultNotYetValid))},
	Defect{ID: "signature-ended-before-begun-taken", Class: classBadSigned, Breaks: []string{"SEC-SIG-010"}, Sentence: "does not compare created with expires",
		Alter: forgiving("signature", detailed("expires is not after created"))},
	Defect{ID: "signature-life-not-signed", Class: classBadSigned, Breaks: []string{"SEC-SIG-010"}, Sentence: "does not verify how long a signature was to hold",
		Alter: forgiving("signature", func(in *reference.Incoming, err error) bool {
			signed, parsed := message.ParseSignature(in.Envelope.Signature)
			return parsed == nil && faulty(message.FaultMismatch)(in, err) && signed.Expires-signed.Created > int64(24*time.Hour/time.Second)
		})},
	Defect{ID: "signature-header-not-covered", Class: classBadSigned, Breaks: []string{"SEC-SIG-011"}, Sentence: "does not see a member added to the header",
		Alter: forgiving("signature", func(in *reference.Incoming, err error) bool {
			return faulty(message.FaultMismatch)(in, err) && in.Header.Meta != nil
		})},
	Defect{ID: "signature-search-not-covered", Class: classBadSigned, Breaks: []string{"SEC-SIG-011"}, Sentence: "does not see that another search was put into a message",
		Alter: forgiving("signature", func(in *reference.Incoming, err error) bool {
			return faulty(message.FaultMismatch)(in, err) && bytes.Contains(in.Envelope.Message, []byte("not signed"))
		})},
	Defect{ID: "signature-not-asked-of-status", Class: classBadSigned, Breaks: []string{"SEC-SIG-012"}, Sentence: "answers status requests without a signature",
		Alter: forgiving("signature", actionIs("txn-status"))},
	Defect{ID: "signature-not-asked-of-status-async", Class: classBadSigned, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-012"}, Sentence: "answers asynchronous status requests without a signature",
		Alter: forgiving("signature", both(asynchronous, actionIs("txn-status")))},
	Defect{ID: "signature-not-asked-of-subscribe", Class: classBadSigned, Breaks: []string{"SEC-SIG-016"}, Sentence: "takes subscriptions without a signature",
		Alter: forgiving("signature", actionIs("subscribe"))},
	Defect{ID: "signature-not-asked-of-unsubscribe", Class: classBadSigned, Breaks: []string{"SEC-SIG-016"}, Sentence: "lets subscriptions be ended without a signature",
		Alter: forgiving("signature", actionIs("unsubscribe"))},
	Defect{ID: "signature-over-bytes", Class: classStrict, Breaks: []string{"SEC-SIG-013"}, Sentence: "verifies only what is written in its own order of members",
		Alter: demanding("signature", message.ErrSignatureInvalid, unsortedKeys)},
	Defect{ID: "signature-over-ascii", Class: classStrict, Strength: BeyondASCII, Breaks: []string{"SEC-SIG-013"}, Sentence: "verifies over a form in which other letters than ASCII are escaped",
		Alter: demanding("signature", message.ErrSignatureInvalid, beyondASCII)},
	Defect{ID: "signature-over-html-escapes", Class: classStrict, Breaks: []string{"SEC-SIG-013"}, Sentence: "verifies over a form in which < and & are escaped",
		Alter: demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool { return bytes.ContainsAny(in.Envelope.Header, "<&") })},
	Defect{ID: "signature-over-nulls-dropped", Class: classStrict, Breaks: []string{"SEC-SIG-013"}, Sentence: "verifies over a form without members that are null",
		Alter: demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool { return bytes.Contains(in.Header.Meta, []byte(":null")) })},
	Defect{ID: "signature-over-known-members", Class: classStrict, Breaks: []string{"SEC-SIG-014"}, Sentence: "verifies over a header written anew, from which unknown members are lost",
		Alter: demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool { return bytes.Contains(in.Envelope.Header, []byte("x-country")) })},
	Defect{ID: "signature-over-known-members-async", Class: classStrict, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-014"}, Sentence: "loses unknown header members of asynchronous messages before it verifies them",
		Alter: demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool {
			return in.Operation.Mode == spec.Async && bytes.Contains(in.Envelope.Header, []byte("x-country"))
		})},
	Defect{ID: "signature-leading-word-demanded", Class: classStrict, Breaks: []string{"SEC-SIG-015"}, Sentence: "reads a signature only with its leading word",
		Alter: respelled(func(text string) bool { return !strings.HasPrefix(text, "Signature:") })},
	Defect{ID: "signature-namespace-demanded", Class: classStrict, Breaks: []string{"SEC-SIG-015"}, Sentence: "reads the namespace spdci and no other",
		Alter: respelled(func(text string) bool { return !strings.Contains(text, `namespace="spdci"`) })},
	Defect{ID: "signature-spaces-demanded", Class: classStrict, Breaks: []string{"SEC-SIG-015"}, Sentence: "splits a signature at comma and one blank",
		Alter: respelled(func(text string) bool { return strings.Contains(text, `" ,`) })},
	Defect{ID: "signature-malformed-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"}, Sentence: "answers HTTP 500 to a signature that it cannot read",
		Alter: malformedTo500(func(*reference.Incoming) bool { return true })},
	Defect{ID: "signature-of-the-sender-missing-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"}, Sentence: "answers HTTP 500 to a message without a signature", Exercise: []string{"SEC-SIG-005"},
		Alter: func(v *Vendor) {
			v.Check("signature", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
				if in.Envelope.Signature == "" {
					return io.ErrUnexpectedEOF
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "signature-not-base64-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"}, Sentence: "answers HTTP 500 to a signature whose value is not base64",
		Alter: malformedTo500(func(in *reference.Incoming) bool { return strings.Contains(in.Envelope.Signature, "***") })},
)
