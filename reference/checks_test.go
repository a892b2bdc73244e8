package reference_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

func oneSearch() message.SearchRequest { return searchOf(searchItem("r-1", idQuery("G-1"))) }

// swapKey signs with another key under the same name.
func swapKey(p *party) func(header, body json.RawMessage) string {
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	other := p.key
	other.Private = private
	return func(header, body json.RawMessage) string {
		signature, _ := other.Sign(header, body)
		return signature
	}
}

func signedAt(p *party, created, expires time.Duration) func(header, body json.RawMessage) string {
	return func(header, body json.RawMessage) string {
		signature, _ := p.key.SignAt(header, body, time.Now().Add(created).Unix(), time.Now().Add(expires).Unix())
		return signature
	}
}

func replace(from, to string) func([]byte) []byte {
	return func(raw []byte) []byte {
		changed := bytes.Replace(raw, []byte(from), []byte(to), 1)
		if bytes.Equal(changed, raw) {
			panic("nothing was replaced: " + from)
		}
		return changed
	}
}

// TestRefusals sends each broken request to the synchronous and to the asynchronous search. sync is
// the code of the HTTP error; the asynchronous one is said by an acknowledgement where status is 400.
func TestRefusals(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	cases := []struct {
		name   string
		change func(s *sent)
		status int
		code   string
	}{
		{"no token", func(s *sent) { s.token = "" }, 401, "err.request.unauthorized"},
		{"a token that is no JWT", func(s *sent) { s.token = "opensesame" }, 401, "err.request.unauthorized"},
		{"an altered token", func(s *sent) { s.token = s.token[:len(s.token)-8] + "AAAAAAAA" }, 401, "err.request.unauthorized"},
		{"an unsigned token", func(s *sent) {
			s.token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZS5leGFtcGxlLm9yZyJ9."
		}, 401, "err.request.unauthorized"},
		{"another party's token", func(s *sent) { s.token = b.bob.token }, 403, "err.sender_id.invalid"},
		{"a sender that is no participant", func(s *sent) { s.header["sender_id"] = "mallory.example.org" }, 403, "err.sender_id.invalid"},
		{"no sender", func(s *sent) { delete(s.header, "sender_id") }, 403, "err.sender_id.invalid"},
		{"another receiver", func(s *sent) { s.header["receiver_id"] = "crvs.example.org" }, 400, "err.receiver_id.invalid"},
		{"no signature", func(s *sent) { s.sign = func(_, _ json.RawMessage) string { return "" } }, 401, "err.signature.missing"},
		{"free text as signature", func(s *sent) { s.sign = func(_, _ json.RawMessage) string { return "trust me" } }, 401, "err.signature.invalid"},
		{"another key", func(s *sent) { s.sign = swapKey(b.alice) }, 401, "err.signature.invalid"},
		{"an unknown key", func(s *sent) {
			key := b.alice.key
			key.KeyID = "key-2"
			s.sign = func(h, m json.RawMessage) string { signature, _ := key.Sign(h, m); return signature }
		}, 401, "err.signature.invalid"},
		{"another sender's key", func(s *sent) {
			s.sign = func(h, m json.RawMessage) string { signature, _ := b.bob.key.Sign(h, m); return signature }
		}, 401, "err.signature.invalid"},
		{"an expired signature", func(s *sent) { s.sign = signedAt(b.alice, -time.Hour, -2*time.Minute) }, 401, "err.signature.invalid"},
		{"a signature from the future", func(s *sent) { s.sign = signedAt(b.alice, time.Hour, 2*time.Hour) }, 401, "err.signature.invalid"},
		{"a tampered header", func(s *sent) { s.body = replace(`"total_count":1`, `"total_count":2`) }, 401, "err.signature.invalid"},
		{"a tampered message", func(s *sent) { s.body = replace(`"G-1"`, `"G-2"`) }, 401, "err.signature.invalid"},
		{"not JSON", func(s *sent) { s.body = func([]byte) []byte { return []byte("hello") } }, 400, "err.request.bad"},
		{"an empty body", func(s *sent) { s.body = func([]byte) []byte { return nil } }, 400, "err.request.bad"},
		{"an array", func(s *sent) { s.body = func([]byte) []byte { return []byte("[]") } }, 400, "err.request.bad"},
		{"no header", func(s *sent) { s.body = func([]byte) []byte { return []byte(`{"message":{}}`) } }, 400, "err.request.bad"},
		{"a member twice", func(s *sent) {
			s.body = func(raw []byte) []byte {
				return append(bytes.TrimSuffix(raw, []byte("}")), []byte(`,"message":{}}`)...)
			}
		}, 400, "err.request.bad"},
		{"deep nesting", func(s *sent) {
			s.body = func([]byte) []byte { return []byte(strings.Repeat("[", 100000)) }
		}, 400, "err.request.bad"},
		{"not UTF-8", func(s *sent) { s.body = replace("r-1", "r-\xff") }, 400, "err.request.bad"},
		{"message_id of another type", func(s *sent) { s.header["message_id"] = 7 }, 400, "err.request.bad"},
		{"no message_id", func(s *sent) { delete(s.header, "message_id") }, 400, "err.request.bad"},
		{"no message", func(s *sent) { s.message = nil }, 400, "err.request.bad"},
		{"a message without its list", func(s *sent) { s.message = map[string]any{"transaction_id": "t"} }, 400, "err.request.bad"},
		{"a list of another type", func(s *sent) {
			s.message = map[string]any{"transaction_id": "t", "search_request": "all"}
		}, 400, "err.request.bad"},
		{"no transaction_id", func(s *sent) {
			s.message = map[string]any{"search_request": oneSearch().Items}
		}, 400, "err.request.bad"},
		{"a transaction_id of 100 characters", func(s *sent) {
			ask := oneSearch()
			ask.TransactionID = strings.Repeat("x", 100)
			s.message = ask
		}, 400, "err.request.bad"},
		{"said to be encrypted", func(s *sent) { s.header["is_msg_encrypted"] = true }, 400, "err.encryption.invalid"},
		{"encrypted", func(s *sent) {
			s.message = message.EncryptedMessage{Header: json.RawMessage(`{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"k"}`),
				Ciphertext: "AA", EncryptedKey: "AA", Tag: "AA", IV: "AA"}
		}, 400, "err.encryption.invalid"},
		{"another content type", func(s *sent) { s.contentType = "text/plain" }, 415, "err.request.bad"},
		{"no content type", func(s *sent) { s.contentType = "" }, 415, "err.request.bad"},
		{"a body over the limit", func(s *sent) {
			s.body = func(raw []byte) []byte { return append(raw, bytes.Repeat([]byte(" "), 2<<20)...) }
		}, 413, "err.request.bad"},
	}
	operations := []struct{ name, path string }{{"sync", syncSearch}, {"async", "/registry/search"}}
	for _, c := range cases {
		for _, operation := range operations {
			t.Run(c.name+"/"+operation.name, func(t *testing.T) {
				request := b.request(b.alice, operation.path, "search", 1, oneSearch())
				c.change(request)
				answer := b.send(t, request)
				require.Equal(t, c.status, answer.status, "%s", answer.body)
				want := c.code
				if operation.name == "async" && c.status == http.StatusBadRequest {
					want = "ERR " + c.code
					require.NotEmpty(t, answer.ack(t).CorrelationID)
				}
				require.Equal(t, want, answer.errorCode(t))
			})
		}
	}
	b.alice.receiver.none(t)
}

func TestRevokedKeyIsRefused(t *testing.T) {
	b := &bench{alice: newParty(t, "alice.example.org"), bob: newParty(t, "bob.example.org"), updater: newParty(t, "updater.example.org")}
	b.alice.RevokedKeys = []string{"key-1"}
	b.start(t)
	answer := b.send(t, b.request(b.alice, syncSearch, "search", 1, oneSearch()))
	require.Equal(t, http.StatusUnauthorized, answer.status)
	require.Equal(t, "err.signature.invalid", answer.errorCode(t))
}

// TestHeaderRejections: the message is taken in and answered with header.status rjct, in the HTTP answer
// or by the callback.
func TestHeaderRejections(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	set := func(member string, value any) func(*sent) {
		return func(s *sent) { s.header[member] = value }
	}
	cases := []struct {
		name   string
		change func(s *sent)
		code   message.ReasonCode
	}{
		{"another version", set("version", "9.0.0"), message.RejectVersion},
		{"version of another type", set("version", 1), message.RejectVersion},
		{"an action of the pattern", set("action", "subscribe"), message.RejectAction},
		{"an unknown action", set("action", "dance"), message.RejectActionUnsupported},
		{"message_ts that is no time", set("message_ts", "yesterday"), message.RejectMessageTS},
		{"message_ts of another type", set("message_ts", 5), message.RejectMessageTS},
		{"message_ts on a day that does not exist", set("message_ts", "2025-02-30T10:00:00Z"), message.RejectMessageTS},
		{"message_ts in the future", set("message_ts", time.Now().Add(time.Hour).Format(time.RFC3339)), message.RejectMessageTS},
		{"message_ts long past", set("message_ts", time.Now().Add(-25*time.Hour).Format(time.RFC3339)), message.RejectMessageTS},
		{"total_count as text", set("total_count", "1"), message.RejectTotalCount},
		{"total_count broken", set("total_count", 1.5), message.RejectTotalCount},
		{"total_count negative", set("total_count", -1), message.RejectTotalCount},
		{"total_count zero", set("total_count", 0), message.RejectTotalCount},
		{"total_count null", set("total_count", nil), message.RejectTotalCount},
		{"total_count of more than there are", set("total_count", 2), message.RejectTotalCount},
		{"no total_count", func(s *sent) { delete(s.header, "total_count") }, message.RejectTotalCount},
		{"total_count over the limit", set("total_count", 101), message.RejectTotalCountLimit},
		{"total_count beyond all measure", set("total_count", json.Number("1e300")), message.RejectTotalCount},
		{"more items than the limit", func(s *sent) {
			var items []message.SearchItem
			for i := range 101 {
				items = append(items, searchItem(fmt.Sprint("r-", i), idQuery("G-1")))
			}
			s.header["total_count"], s.message = 101, searchOf(items...)
		}, message.RejectTotalCountLimit},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request := b.request(b.alice, syncSearch, "search", 1, oneSearch())
			c.change(request)
			answer := b.send(t, request)
			require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
			header := b.answered(t, answer.body, b.alice, nil)
			require.Equal(t, message.StatusRejected, header.Status)
			require.Equal(t, string(c.code), header.StatusReasonCode)

			request = b.request(b.alice, "/registry/search", "search", 1, oneSearch())
			c.change(request)
			answer = b.send(t, request)
			require.Equal(t, http.StatusAccepted, answer.status)
			var found message.SearchResponse
			callback := b.alice.receiver.next(t)
			requireHolds(t, b.document.ValidateRequest("on-search", callback.contentType, callback.body))
			header = b.answered(t, callback.body, b.alice, &found)
			require.Equal(t, string(c.code), header.StatusReasonCode)
			require.Equal(t, answer.ack(t).CorrelationID, found.CorrelationID)
		})
	}
	for name, change := range map[string]func(*sent){
		"no version":             func(s *sent) { delete(s.header, "version") },
		"no receiver":            func(s *sent) { delete(s.header, "receiver_id") },
		"total_count 1.0":        set("total_count", json.RawMessage("1.0")),
		"message_ts a while ago": set("message_ts", time.Now().Add(-23*time.Hour).Format(time.RFC3339)),
	} {
		t.Run("OK "+name, func(t *testing.T) {
			request := b.request(b.alice, syncSearch, "search", 1, oneSearch())
			change(request)
			answer := b.send(t, request)
			require.Equal(t, message.StatusSuccess, b.answered(t, answer.body, b.alice, nil).Status)
		})
	}
}

func TestARepeatedMessageHasNoSecondEffect(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	first := b.request(b.alice, syncSearch, "search", 1, oneSearch())
	raw := first.bytes(t)
	require.Equal(t, message.StatusSuccess, b.answered(t, b.sendBytes(t, first, raw).body, b.alice, nil).Status)
	header := b.answered(t, b.sendBytes(t, first, raw).body, b.alice, nil)
	require.Equal(t, string(message.RejectMessageDuplicate), header.StatusReasonCode)

	other := b.request(b.alice, syncSearch, "search", 1, oneSearch())
	other.header["message_id"] = first.header["message_id"]
	header = b.answered(t, b.send(t, other).body, b.alice, nil)
	require.Equal(t, string(message.RejectMessageDuplicate), header.StatusReasonCode, "the same id with another body")

	bobs := b.request(b.bob, syncSearch, "search", 1, oneSearch())
	bobs.header["message_id"] = first.header["message_id"]
	require.Equal(t, message.StatusSuccess, b.answered(t, b.send(t, bobs).body, b.bob, nil).Status,
		"an id is unique to its sender")

	t.Run("a refused message does not use up its id", func(t *testing.T) {
		refused := b.request(b.alice, syncSearch, "search", 1, oneSearch())
		sign := refused.sign
		refused.sign = swapKey(b.alice)
		require.Equal(t, http.StatusUnauthorized, b.send(t, refused).status)
		refused.sign = sign
		require.Equal(t, message.StatusSuccess, b.answered(t, b.send(t, refused).body, b.alice, nil).Status)
	})
}

// TestChecksAreASeam: a check that is dropped or replaced from outside is really gone.
func TestChecksAreASeam(t *testing.T) {
	without := func(name string) reference.Option {
		return reference.WithChecks(func(checks []reference.Check) []reference.Check {
			before := len(checks)
			checks = slices.DeleteFunc(checks, func(c reference.Check) bool { return c.Name == name })
			require.Len(t, checks, before-1, "there is no check %s", name)
			return checks
		})
	}
	t.Run("without signature", func(t *testing.T) {
		b := newBench(t, without("signature"))
		request := b.request(b.alice, syncSearch, "search", 1, oneSearch())
		request.sign = func(_, _ json.RawMessage) string { return "" }
		require.Equal(t, http.StatusOK, b.send(t, request).status)
	})
	t.Run("without message_id", func(t *testing.T) {
		b := newBench(t, without("message_id"))
		request := b.request(b.alice, syncSearch, "search", 1, oneSearch())
		raw := request.bytes(t)
		for range 2 {
			require.Equal(t, message.StatusSuccess, b.answered(t, b.sendBytes(t, request, raw).body, b.alice, nil).Status)
		}
	})
	t.Run("replaced", func(t *testing.T) {
		b := newBench(t, reference.WithChecks(func(checks []reference.Check) []reference.Check {
			checks[0].Run = func(context.Context, *reference.Incoming) error {
				return &reference.Refusal{Status: http.StatusTeapot, Code: message.ErrRequestBad, Detail: "no"}
			}
			return checks
		}))
		require.Equal(t, http.StatusTeapot, b.send(t, b.request(b.alice, syncSearch, "search", 1, oneSearch())).status)
	})
	t.Run("the handler", func(t *testing.T) {
		b := newBench(t, reference.WithHTTP(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Wrapped", "yes")
				next.ServeHTTP(w, r)
			})
		}))
		recorder := httptest.NewRecorder()
		b.server.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/.well-known/jwks.json", nil))
		require.Equal(t, "yes", recorder.Header().Get("X-Wrapped"))
	})
}
