package mocks

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classToken   = "token not checked"
	classParty   = "participants"
	classURI     = "calls outside"
	classIssue   = "tokens issued"
	classKeys    = "published keys"
	classPrivacy = "people's data in texts"
)

func authorization(in *reference.Incoming) string { return in.HTTP.Header.Get("Authorization") }

// subjectOf reads whom a token names without verifying it.
func subjectOf(in *reference.Incoming) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(authorization(in), "Bearer "), ".")
	if len(parts) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Subject string `json:"sub"`
	}
	return claims.Subject, err == nil && json.Unmarshal(payload, &claims) == nil && claims.Subject != ""
}

// admitting lets in whom the token check refused where accept agrees; the sender is then who says so.
func admitting(accept func(in *reference.Incoming, err error) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Forgives("token", accept)
		v.Forgives("token_sender", func(in *reference.Incoming, _ error) bool { return in.Subject == "" })
	}
}

// believing takes an unverified token for what it says where accept agrees.
func believing(accept func(in *reference.Incoming) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Forgives("token", func(in *reference.Incoming, _ error) bool {
			subject, readable := subjectOf(in)
			if readable && accept(in) {
				in.Subject = subject
				return true
			}
			return false
		})
	}
}

// strangers lets unknown senders in.
func strangers(v *Vendor) {
	unknown := func(in *reference.Incoming, _ error) bool { return in.Sender.ID == "" }
	for _, check := range []string{"participant", "token_sender", "signature", "sender_uri"} {
		v.Forgives(check, unknown)
	}
}

// unnamed takes the token's party for a sender that is not named.
func unnamed(v *Vendor) {
	v.Check("participant", func(ctx context.Context, in *reference.Incoming, next run) error {
		if in.Header.SenderID == "" {
			in.Header.SenderID = in.Subject
		}
		return next(ctx, in)
	})
	v.Forgives("schema", func(in *reference.Incoming, _ error) bool {
		named, _ := headerMember(in, "sender_id").(string)
		return named == ""
	})
}

// tokenForm changes the form of a token request before the server reads it. known is the id and the
// secret with which a client was last given a token.
func tokenForm(change func(form url.Values, known [2]string)) func(*Vendor) {
	return func(v *Vendor) {
		var known atomic.Pointer[[2]string]
		v.Requests(func(r *http.Request, body []byte) []byte {
			form, err := url.ParseQuery(string(body))
			if err != nil || !strings.HasSuffix(r.URL.Path, "/token") {
				return body
			}
			if given := known.Load(); given != nil {
				change(form, *given)
			} else {
				change(form, [2]string{})
			}
			return []byte(form.Encode())
		})
		v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
			if form, err := url.ParseQuery(string(asked)); err == nil && status == http.StatusOK && form.Get("client_id") == "spmis.example.org" {
				known.CompareAndSwap(nil, &[2]string{form.Get("client_id"), form.Get("client_secret")})
			}
			return status, body
		}, "/token")
	}
}

// tokenAnswers changes what the token endpoint answers.
func tokenAnswers(change func(status int, body []byte) (int, []byte)) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) { return change(status, body) }, "/token")
	}
}

// published changes the keys of the key set; number counts how often it was read.
func published(change func(key map[string]any, number int64)) func(*Vendor) {
	return func(v *Vendor) {
		var reads atomic.Int64
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			var set struct {
				Keys []map[string]any `json:"keys"`
			}
			if json.Unmarshal(body, &set) != nil {
				return status, body
			}
			number := reads.Add(1)
			for _, key := range set.Keys {
				change(key, number)
			}
			changed, _ := json.Marshal(set)
			return status, changed
		}, "/jwks.json")
	}
}

// askedFor is the identifier of the first search in a request's body.
func askedFor(body []byte) string {
	var envelope struct {
		Message message.SearchRequest `json:"message"`
	}
	var query struct {
		Value string `json:"value"`
	}
	_ = json.NewDecoder(bytes.NewReader(body)).Decode(&envelope)
	if len(envelope.Message.Items) > 0 {
		_ = json.Unmarshal(envelope.Message.Items[0].Criteria.Query, &query)
	}
	return query.Value
}

// tellingErrors writes the identifier that was asked for into HTTP errors.
func tellingErrors(when func(r *http.Request, status int) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(r *http.Request, asked []byte, status int, body []byte) (int, []byte) {
			if status < http.StatusBadRequest || !isMessage(r) || !when(r, status) {
				return status, body
			}
			told, _ := json.Marshal(message.HTTPError{Errors: []message.Error{{Code: message.ErrRequestBad, Message: "cannot search for " + askedFor(asked)}}})
			return status, told
		})
	}
}

func inside(text string, when func(r *http.Request, body []byte) bool) func(*Vendor) {
	return errorBodies(func(r *http.Request, _ int, body []byte) string {
		if !when(r, body) {
			return string(body)
		}
		told, _ := json.Marshal(message.HTTPError{Errors: []message.Error{{Code: message.ErrRequestBad, Message: text}}})
		return string(told)
	})
}

var _ = register(
	Defect{ID: "token-not-checked", Class: classToken, Breaks: []string{"SEC-AUTH-001", "SEC-AUTH-002", "SEC-AUTH-003"}, Sentence: "does not look at tokens",
		Alter: func(v *Vendor) { v.WithoutCheck("token", "token_sender") }},
	Defect{ID: "token-absent-taken", Class: classToken, Breaks: []string{"SEC-AUTH-001"}, Sentence: "checks a token only where there is one",
		Alter: admitting(func(in *reference.Incoming, _ error) bool { return authorization(in) == "" })},
	Defect{ID: "token-absent-taken-async", Class: classToken, Strength: AsyncOnly, Breaks: []string{"SEC-AUTH-001"}, Sentence: "asks for a token at the synchronous search alone",
		Alter: admitting(func(in *reference.Incoming, err error) bool { return authorization(in) == "" && asynchronous(in, err) })},
	Defect{ID: "token-empty-taken", Class: classToken, Breaks: []string{"SEC-AUTH-001"}, Sentence: "lets in who writes the word Bearer",
		Alter: admitting(func(in *reference.Incoming, _ error) bool { return strings.TrimSpace(authorization(in)) == "Bearer" })},
	Defect{ID: "token-any-password-taken", Class: classToken, Breaks: []string{"SEC-AUTH-001"}, Sentence: "lets in who comes with any password",
		Alter: admitting(func(in *reference.Incoming, _ error) bool { return strings.HasPrefix(authorization(in), "Basic ") })},
	Defect{ID: "token-any-text-taken", Class: classToken, Breaks: []string{"SEC-AUTH-002"}, Sentence: "takes any text for a token",
		Alter: admitting(func(in *reference.Incoming, _ error) bool {
			return len(authorization(in)) > len("Bearer ") && strings.HasPrefix(authorization(in), "Bearer ")
		})},
	Defect{ID: "token-signature-not-verified", Class: classToken, Breaks: []string{"SEC-AUTH-002"}, Sentence: "believes what a token says",
		Alter: believing(func(*reference.Incoming) bool { return true })},
	Defect{ID: "token-algorithm-none-taken", Class: classToken, Breaks: []string{"SEC-AUTH-002"}, Sentence: "takes tokens with the algorithm none",
		Alter: believing(func(in *reference.Incoming) bool { return strings.HasSuffix(authorization(in), ".") })},
	Defect{ID: "token-signature-not-verified-async", Class: classToken, Strength: AsyncOnly, Breaks: []string{"SEC-AUTH-002"}, Sentence: "believes what the token of an asynchronous message says",
		Alter: believing(func(in *reference.Incoming) bool { return in.Operation.Mode == spec.Async })},
	Defect{ID: "token-of-another-taken", Class: classToken, Breaks: []string{"SEC-AUTH-003"}, Sentence: "lets one client speak with the token of another",
		Alter: func(v *Vendor) { v.WithoutCheck("token_sender") }},
	Defect{ID: "token-of-another-taken-async", Class: classToken, Strength: AsyncOnly, Breaks: []string{"SEC-AUTH-003"}, Sentence: "lets one client speak asynchronously with the token of another",
		Alter: forgiving("token_sender", asynchronous)},
	Defect{ID: "token-not-asked-of-status", Class: classToken, Breaks: []string{"SEC-AUTH-004"}, Sentence: "answers status requests without a token",
		Alter: admitting(actionIs("txn-status"))},
	Defect{ID: "token-not-asked-of-status-sync", Class: classToken, Breaks: []string{"SEC-AUTH-004"}, Sentence: "answers synchronous status requests without a token",
		Alter: admitting(func(in *reference.Incoming, _ error) bool { return in.Operation.ID == "sync-txn-status" })},
	Defect{ID: "token-not-asked-of-subscribe", Class: classToken, Breaks: []string{"SEC-AUTH-005"}, Sentence: "takes subscriptions without a token",
		Alter: admitting(actionIs("subscribe"))},
	Defect{ID: "token-not-asked-of-unsubscribe", Class: classToken, Breaks: []string{"SEC-AUTH-005"}, Sentence: "lets subscriptions be ended without a token",
		Alter: admitting(actionIs("unsubscribe"))},

	Defect{ID: "sender-unknown-taken", Class: classParty, Breaks: []string{"SEC-PARTY-001"}, Sentence: "answers senders that it does not know", Alter: strangers},
	Defect{ID: "sender-not-needed", Class: classParty, Breaks: []string{"SEC-PARTY-001"}, Sentence: "takes the token's party for a sender that is not named", Alter: unnamed},
	Defect{ID: "sender-unknown-taken-async", Class: classParty, Strength: AsyncOnly, Breaks: []string{"SEC-PARTY-001"}, Sentence: "answers asynchronous messages of senders that it does not know",
		Alter: func(v *Vendor) {
			for _, check := range []string{"participant", "token_sender", "signature", "sender_uri"} {
				v.Forgives(check, func(in *reference.Incoming, err error) bool { return in.Sender.ID == "" && asynchronous(in, err) })
			}
		}},
	Defect{ID: "receiver-ignored", Class: classParty, Breaks: []string{"SEC-PARTY-002"}, Sentence: "answers what is meant for another receiver",
		Alter: func(v *Vendor) { v.WithoutCheck("receiver") }},
	Defect{ID: "receiver-ignored-async", Class: classParty, Strength: AsyncOnly, Breaks: []string{"SEC-PARTY-002"}, Sentence: "answers asynchronous messages that are meant for another receiver",
		Alter: forgiving("receiver", asynchronous)},
	Defect{ID: "one-client-only", Class: classParty, Breaks: []string{"SEC-PARTY-003"}, Sentence: "knows one client and no other",
		Alter: demanding("participant", message.ErrSenderID, func(in *reference.Incoming) bool { return in.Header.SenderID == "programme.example.org" })},
	Defect{ID: "one-client-only-async", Class: classParty, Strength: AsyncOnly, Breaks: []string{"SEC-PARTY-003"}, Sentence: "calls one client back and no other",
		Alter: demanding("participant", message.ErrSenderID, func(in *reference.Incoming) bool {
			return in.Header.SenderID == "programme.example.org" && in.Operation.Mode == spec.Async
		})},
	Defect{ID: "sender-uri-not-checked", Class: classURI, Breaks: []string{"SEC-URI-001", "SEC-URI-002"}, Sentence: "calls whatever address a message names",
		Alter: func(v *Vendor) { v.WithoutCheck("sender_uri") }},
	Defect{ID: "sender-uri-compared-as-text", Class: classURI, Breaks: []string{"SEC-URI-001", "SEC-URI-002"}, Sentence: "calls an address that begins with the same letters as a registered one",
		Alter: forgiving("sender_uri", func(in *reference.Incoming, _ error) bool {
			return strings.HasPrefix(in.Header.SenderURI, strings.TrimSuffix(in.Sender.CallbackPrefixes[0], "/"))
		})},
	Defect{ID: "sender-uri-host-compared", Class: classURI, Breaks: []string{"SEC-URI-001", "SEC-URI-002"}, Sentence: "calls every path of a registered host",
		Alter: forgiving("sender_uri", func(in *reference.Incoming, _ error) bool {
			given, wrong := url.Parse(in.Header.SenderURI)
			registered, _ := url.Parse(in.Sender.CallbackPrefixes[0])
			return wrong == nil && given.Host == registered.Host
		})},
	Defect{ID: "sender-uri-of-another-taken", Class: classURI, Breaks: []string{"SEC-URI-001", "SEC-URI-002"}, Sentence: "calls an address that any client registered",
		Alter: forgiving("sender_uri", func(in *reference.Incoming, _ error) bool {
			return strings.Contains(in.Header.SenderURI, "/cb/other-client/")
		})},
	Defect{ID: "sender-uri-passed-over", Class: classURI, Breaks: []string{"SEC-URI-002"}, Sentence: "takes a message with a foreign sender_uri and calls the registered address",
		Alter: forgiving("sender_uri", func(in *reference.Incoming, _ error) bool { in.Header.SenderURI = ""; return true })},
	Defect{ID: "sender-uri-inside-taken", Class: classURI, Breaks: []string{"SEC-URI-002"}, Sentence: "takes addresses of its own network and files",
		Alter: forgiving("sender_uri", func(in *reference.Incoming, _ error) bool {
			return strings.HasPrefix(in.Header.SenderURI, "file:") || strings.Contains(in.Header.SenderURI, "169.254.")
		})},

	Defect{ID: "token-under-another-name", Class: classIssue, Breaks: []string{"SEC-TOK-001"}, Sentence: "calls access_token token",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			return s, bytes.Replace(b, []byte("access_token"), []byte("token"), 1)
		})},
	Defect{ID: "token-of-another-type", Class: classIssue, Breaks: []string{"SEC-TOK-001"}, Sentence: "gives tokens of the type JWT",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			return s, bytes.Replace(b, []byte(`"Bearer"`), []byte(`"JWT"`), 1)
		})},
	Defect{ID: "token-within-data", Class: classIssue, Breaks: []string{"SEC-TOK-001"}, Sentence: "wraps the token into data",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) { return s, []byte(`{"data":` + string(b) + `}`) })},
	Defect{ID: "token-secret-ignored", Class: classIssue, Breaks: []string{"SEC-TOK-002"}, Sentence: "gives a token for any secret of a client that it knows",
		Alter: tokenForm(func(form url.Values, known [2]string) {
			if form.Get("client_id") == known[0] && known[0] != "" {
				form.Set("client_secret", known[1])
			}
		})},
	Defect{ID: "token-secret-empty-taken", Class: classIssue, Breaks: []string{"SEC-TOK-002"}, Sentence: "gives a token for an empty secret",
		Alter: tokenForm(func(form url.Values, known [2]string) {
			if form.Get("client_id") == known[0] && form.Get("client_secret") == "" {
				form.Set("client_secret", known[1])
			}
		})},
	Defect{ID: "token-secret-of-another-taken", Class: classIssue, Breaks: []string{"SEC-TOK-002"}, Sentence: "looks a secret up without its client",
		Alter: tokenForm(func(form url.Values, known [2]string) {
			if form.Get("client_secret") == known[1] && known[1] != "" {
				form.Set("client_id", known[0])
			}
		})},
	Defect{ID: "token-refused-with-200", Class: classIssue, Breaks: []string{"SEC-TOK-002"}, Sentence: "refuses a wrong secret with HTTP 200",
		Alter: tokenAnswers(func(_ int, b []byte) (int, []byte) { return http.StatusOK, b })},
	Defect{ID: "token-grant-type-ignored", Class: classIssue, Breaks: []string{"SEC-TOK-003"}, Sentence: "gives a token whatever the grant_type",
		Alter: tokenForm(func(form url.Values, _ [2]string) { form.Set("grant_type", "client_credentials") })},
	Defect{ID: "token-grant-type-not-needed", Class: classIssue, Breaks: []string{"SEC-TOK-003"}, Sentence: "gives a token without a grant_type",
		Alter: tokenForm(func(form url.Values, _ [2]string) {
			if form.Get("grant_type") == "" {
				form.Set("grant_type", "client_credentials")
			}
		})},
	Defect{ID: "token-grant-type-password-taken", Class: classIssue, Breaks: []string{"SEC-TOK-003"}, Sentence: "gives a token for the grant_type password",
		Alter: tokenForm(func(form url.Values, _ [2]string) {
			if form.Get("grant_type") == "password" {
				form.Set("grant_type", "client_credentials")
			}
		})},
	Defect{ID: "token-refused-without-reason", Class: classIssue, Breaks: []string{"SEC-TOK-004"}, Sentence: "refuses a token without a body",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			if s >= http.StatusBadRequest {
				return s, nil
			}
			return s, b
		})},
	Defect{ID: "token-refused-in-a-form-of-its-own", Class: classIssue, Breaks: []string{"SEC-TOK-004"}, Sentence: "refuses a token with an error that RFC 6749 does not have",
		Alter: tokenAnswers(func(s int, b []byte) (int, []byte) {
			if s >= http.StatusBadRequest {
				return s, []byte(`{"error":"wrong_password"}`)
			}
			return s, b
		})},
	Defect{ID: "token-refused-as-html", Class: classIssue, Breaks: []string{"SEC-TOK-004"}, Sentence: "refuses a token with a page",
		Alter: func(v *Vendor) {
			v.Headers(func(r *http.Request, status int, header http.Header) {
				if status >= http.StatusBadRequest && strings.HasSuffix(r.URL.Path, "/token") {
					header.Set("Content-Type", "text/html")
				}
			})
		}},
	Defect{ID: "token-cacheable", Class: classIssue, Breaks: []string{"SEC-TOK-005"}, Sentence: "lets caches keep tokens",
		Alter: func(v *Vendor) {
			v.Headers(func(_ *http.Request, _ int, header http.Header) { header.Del("Cache-Control") })
		}},
	Defect{ID: "token-cacheable-privately", Class: classIssue, Breaks: []string{"SEC-TOK-005"}, Sentence: "lets the client's cache keep tokens for an hour",
		Alter: func(v *Vendor) {
			v.Headers(func(_ *http.Request, _ int, header http.Header) { header.Set("Cache-Control", "private, max-age=3600") })
		}},

	Defect{ID: "keys-without-id", Class: classKeys, Breaks: []string{"SEC-JWKS-001"}, Sentence: "publishes keys without kid",
		Alter: published(func(key map[string]any, _ int64) { delete(key, "kid") })},
	Defect{ID: "keys-for-encryption-only", Class: classKeys, Breaks: []string{"SEC-JWKS-001"}, Sentence: "publishes its key as one for encryption",
		Alter: published(func(key map[string]any, _ int64) { key["use"] = "enc" })},
	Defect{ID: "keys-without-algorithm", Class: classKeys, Breaks: []string{"SEC-JWKS-001"}, Sentence: "publishes keys without alg",
		Alter: published(func(key map[string]any, _ int64) { delete(key, "alg") })},
	Defect{ID: "keys-empty", Class: classKeys, Breaks: []string{"SEC-JWKS-001"}, Sentence: "publishes an empty key set",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, _ []byte) (int, []byte) {
				return status, []byte(`{"keys":[]}`)
			}, "/jwks.json")
		}},
	Defect{ID: "keys-made-for-each-reader", Class: classKeys, Breaks: []string{"SEC-JWKS-002"}, Sentence: "publishes other keys each time",
		Alter: published(func(key map[string]any, number int64) { key["kid"] = "key-" + string(rune('a'+number%26)) })},
	Defect{ID: "keys-of-two-nodes", Class: classKeys, Breaks: []string{"SEC-JWKS-002"}, Sentence: "publishes under one id the keys of two nodes by turns",
		Alter: published(func(key map[string]any, number int64) {
			if number%2 == 0 {
				public, _ := otherKey().Public().(ed25519.PublicKey)
				key["x"] = base64.RawURLEncoding.EncodeToString(public)
			}
		})},
	Defect{ID: "keys-private", Class: classKeys, Breaks: []string{"SEC-JWKS-003"}, Sentence: "publishes the private part of its key",
		Alter: published(func(key map[string]any, _ int64) { key["d"] = base64.RawURLEncoding.EncodeToString(otherKey().Seed()) })},
	Defect{ID: "keys-symmetric-beside", Class: classKeys, Breaks: []string{"SEC-JWKS-003"}, Sentence: "publishes the secret by which it signs tokens",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				secret := `{"keys":[{"kty":"oct","kid":"tokens","use":"sig","alg":"HS256","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQ"},`
				return status, bytes.Replace(body, []byte(`{"keys":[`), []byte(secret), 1)
			}, "/jwks.json")
		}},

	Defect{ID: "error-names-the-identifier", Class: classPrivacy, Breaks: []string{"SEC-PRIV-001"}, Sentence: "names the identifier that was asked for in errors",
		Alter: tellingErrors(func(*http.Request, int) bool { return true })},
	Defect{ID: "error-names-the-identifier-async", Class: classPrivacy, Strength: AsyncOnly, Breaks: []string{"SEC-PRIV-001"}, Sentence: "names the identifier in errors to asynchronous messages",
		Alter: tellingErrors(func(r *http.Request, _ int) bool { return !isSync(r) })},
	Defect{ID: "error-shows-the-body", Class: classPrivacy, Breaks: []string{"SEC-PRIV-001"}, Sentence: "shows a body that it cannot read in the error",
		Alter: tellingErrors(func(_ *http.Request, status int) bool { return status == http.StatusBadRequest })},
	Defect{ID: "rejection-names-the-identifier", Class: classPrivacy, Breaks: []string{"SEC-PRIV-001"}, Sentence: "names the identifier in the reason of a rejected item",
		Alter: func(v *Vendor) {
			v.Answers(func(out reference.Outgoing, items []map[string]any) []map[string]any {
				for _, item := range items {
					if item["status"] == message.StatusRejected && out.Request != nil {
						item["status_reason_message"] = "no search for " + askedFor(out.Request.Body)
					}
				}
				return items
			})
		}},
	Defect{ID: "rejection-of-the-whole-names-the-identifier", Class: classPrivacy, Breaks: []string{"SEC-PRIV-001"}, Sentence: "names the identifier in the header's reason",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if h["status"] == message.StatusRejected {
				h["status_reason_message"] = "rejected: " + askedFor(out.Request.Body)
			}
		})},
	Defect{ID: "error-with-stack-trace", Class: "server's inside shown", Breaks: []string{"SEC-PRIV-002"}, Sentence: "shows a stack trace in errors",
		Alter: inside("java.lang.NullPointerException: header at org.example.registry.Search.handle(Search.java:118)", func(*http.Request, []byte) bool { return true })},
	Defect{ID: "error-with-statement-async", Class: "server's inside shown", Strength: AsyncOnly, Breaks: []string{"SEC-PRIV-002"}, Sentence: "shows the database statement in errors to asynchronous messages",
		Alter: inside("pq: syntax error at or near \"}\" in SELECT id FROM persons", func(r *http.Request, _ []byte) bool { return !isSync(r) })},
	Defect{ID: "error-with-file-names", Class: "server's inside shown", Breaks: []string{"SEC-PRIV-002"}, Sentence: "names its source files in errors",
		Alter: inside("registry/handler.go:212: cannot decode", func(*http.Request, []byte) bool { return true })},
)
