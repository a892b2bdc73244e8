package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classTransport = "transport"
	classErrors    = "error bodies"
	classCrash     = "failure of the server"
	classEnvelope  = "envelope"
	classLocations = "locations"
)

var errBroken = errors.New("mocks: the vendor does not catch this")

// asked is a request whose body was read, so that it can be looked at and passed on.
func asked(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// Requests changes a request before the server sees it.
func (v *Vendor) Requests(change func(r *http.Request, body []byte) []byte) {
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := change(r, asked(r))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			next.ServeHTTP(w, r)
		})
	})
}

// Headers changes the headers of HTTP answers as they are written.
func (v *Vendor) Headers(change func(r *http.Request, status int, header http.Header)) {
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&headed{ResponseWriter: w, change: func(status int) { change(r, status, w.Header()) }}, r)
		})
	})
}

type headed struct {
	http.ResponseWriter
	change func(status int)
}

// WriteHeader implements http.ResponseWriter.
func (h *headed) WriteHeader(status int) {
	h.change(status)
	h.ResponseWriter.WriteHeader(status)
}

// Before answers the requests that it takes; the others go to the server.
func (v *Vendor) Before(take func(w http.ResponseWriter, r *http.Request, body []byte) bool) {
	v.HTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !take(w, r, asked(r)) {
				next.ServeHTTP(w, r)
			}
		})
	})
}

const (
	ackBody    = `{"message":{"ack_status":"ACK","timestamp":"2026-01-01T00:00:00Z","correlation_id":"c-1"}}`
	failedBody = `{"errors":[{"code":"err.service.unavailable","message":"internal server error"}]}`
)

func say(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func sayJSON(w http.ResponseWriter, status int, body string) {
	say(w, status, "application/json", body)
}

func isSync(r *http.Request) bool { return strings.Contains(r.URL.Path, "/sync/") }

func isMessage(r *http.Request) bool { return strings.Contains(r.URL.Path, "/registry/") }

func isObject(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }

// failing answers HTTP 500 to message bodies that are so.
func failing(so func(r *http.Request, body []byte) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Before(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if !isMessage(r) || !so(r, body) {
				return false
			}
			sayJSON(w, http.StatusInternalServerError, failedBody)
			return true
		})
	}
}

// labelled writes another content type where when says so; empty is none.
func labelled(contentType string, when func(r *http.Request, status int) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Headers(func(r *http.Request, status int, header http.Header) {
			if !isMessage(r) || !when(r, status) {
				return
			}
			header.Set("Content-Type", contentType)
			if contentType == "" {
				header["Content-Type"] = nil
			}
		})
	}
}

// errorBodies changes the bodies of HTTP errors to messages.
func errorBodies(change func(r *http.Request, status int, body []byte) string) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(r *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			if status < http.StatusBadRequest || !isMessage(r) {
				return status, body
			}
			return status, []byte(change(r, status, body))
		})
	}
}

// rewriting passes on another request than the one that came.
func rewriting(change func(r *http.Request, body []byte) []byte) func(*Vendor) {
	return func(v *Vendor) { v.Requests(change) }
}

// dying answers nothing but HTTP 503 after a body that is so.
func dying(so func(body []byte) bool) func(*Vendor) {
	return func(v *Vendor) {
		var dead atomic.Bool
		v.Before(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
			if isMessage(r) && so(body) {
				dead.Store(true)
			}
			if dead.Load() {
				sayJSON(w, http.StatusServiceUnavailable, failedBody)
			}
			return dead.Load()
		})
	}
}

func isDeep(body []byte) bool { return bytes.Contains(body, []byte(strings.Repeat("[", 500))) }

// firstValue is the first JSON value of a body, its object's members each named once.
func firstValue(_ *http.Request, body []byte) []byte {
	var members map[string]json.RawMessage
	if json.NewDecoder(bytes.NewReader(body)).Decode(&members) != nil {
		return body
	}
	once, err := json.Marshal(members)
	if err != nil {
		return body
	}
	return once
}

var _ = register(
	Defect{ID: "content-type-text-plain", Class: classTransport, Breaks: []string{"REG-HTTP-001"},
		Sentence: "declares every answer as text/plain", Alter: labelled("text/plain; charset=utf-8", func(*http.Request, int) bool { return true })},
	Defect{ID: "content-type-html-on-errors", Class: classTransport, Breaks: []string{"REG-HTTP-001"},
		Sentence: "declares errors as text/html", Alter: labelled("text/html", func(_ *http.Request, s int) bool { return s >= http.StatusBadRequest })},
	Defect{ID: "content-type-missing-on-ack", Class: classTransport, Breaks: []string{"REG-HTTP-001"},
		Sentence: "sends acknowledgements without a content type", Alter: labelled("", func(r *http.Request, _ int) bool { return !isSync(r) })},
	Defect{ID: "path-suffix-ignored", Class: classTransport, Breaks: []string{"REG-HTTP-002"},
		Sentence: "serves a search at every path that begins like it",
		Alter: rewriting(func(r *http.Request, body []byte) []byte {
			if rest, ok := strings.CutPrefix(r.URL.Path, "/registry/sync/search"); ok && rest != "" {
				r.URL.Path = "/registry/sync/search"
			}
			return body
		})},
	Defect{ID: "path-unknown-acknowledged", Class: classTransport, Breaks: []string{"REG-HTTP-002"},
		Sentence: "acknowledges what comes to a path that it does not serve",
		Alter: func(v *Vendor) {
			v.Bodies(func(r *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if status == http.StatusNotFound && isMessage(r) {
					return http.StatusAccepted, []byte(ackBody)
				}
				return status, body
			})
		}},
	Defect{ID: "method-ignored", Class: classTransport, Breaks: []string{"REG-HTTP-003"},
		Sentence: "serves a search by any method",
		Alter: rewriting(func(r *http.Request, body []byte) []byte {
			if isMessage(r) {
				r.Method = http.MethodPost
			}
			return body
		})},
	Defect{ID: "method-put-acknowledged-async", Class: classTransport, Strength: AsyncOnly, Breaks: []string{"REG-HTTP-003"},
		Sentence: "takes an asynchronous search by PUT",
		Alter: rewriting(func(r *http.Request, body []byte) []byte {
			if isMessage(r) && !isSync(r) && r.Method == http.MethodPut {
				r.Method = http.MethodPost
			}
			return body
		})},
	Defect{ID: "request-type-ignored", Class: classTransport, Breaks: []string{"REG-HTTP-004"},
		Sentence: "reads a message whatever it is declared as", Alter: func(v *Vendor) { v.WithoutCheck("content_type") }},
	Defect{ID: "request-type-ignored-async", Class: classTransport, Strength: AsyncOnly, Breaks: []string{"REG-HTTP-004"},
		Sentence: "reads an asynchronous message whatever it is declared as",
		Alter: func(v *Vendor) {
			v.Forgives("content_type", func(in *reference.Incoming, _ error) bool { return in.Operation.Mode == spec.Async })
		}},
	Defect{ID: "error-body-empty", Class: classErrors, Breaks: []string{"REG-HTTP-005"},
		Sentence: "sends errors without a body", Alter: errorBodies(func(*http.Request, int, []byte) string { return "" })},
	Defect{ID: "error-body-of-its-own", Class: classErrors, Breaks: []string{"REG-HTTP-005"},
		Sentence: "sends errors in a form of its own",
		Alter: errorBodies(func(*http.Request, int, []byte) string {
			return `{"status":"error","detail":"the request could not be processed"}`
		})},
	Defect{ID: "error-body-empty-on-401", Class: classErrors, Breaks: []string{"REG-HTTP-005"},
		Sentence: "answers HTTP 401 without a body",
		Alter: errorBodies(func(_ *http.Request, status int, body []byte) string {
			if status == http.StatusUnauthorized {
				return ""
			}
			return string(body)
		})},
	Defect{ID: "error-code-of-its-own", Class: classErrors, Breaks: []string{"REG-HTTP-010"},
		Sentence: "names codes of its own in errors",
		Alter: errorBodies(func(*http.Request, int, []byte) string {
			return `{"errors":[{"code":"E-4711","message":"request rejected"}]}`
		})},
	Defect{ID: "error-code-in-capitals-async", Class: classErrors, Strength: AsyncOnly, Breaks: []string{"REG-HTTP-010"},
		Sentence: "writes codes in capitals in refused asynchronous messages",
		Alter: errorBodies(func(r *http.Request, _ int, body []byte) string {
			if isSync(r) {
				return string(body)
			}
			return strings.ReplaceAll(string(body), "err.signature.invalid", "ERR.SIGNATURE.INVALID")
		})},
	Defect{ID: "error-code-is-the-status", Class: classErrors, Breaks: []string{"REG-HTTP-010"},
		Sentence: "gives the HTTP status as the code when a body is not JSON",
		Alter: errorBodies(func(_ *http.Request, status int, body []byte) string {
			if status == http.StatusBadRequest {
				return `{"errors":[{"code":"400","message":"bad request"}]}`
			}
			return string(body)
		})},
	Defect{ID: "request-type-compared-as-text", Class: classTransport, Breaks: []string{"REG-HTTP-007"},
		Sentence: "takes application/json only when nothing stands behind it",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				wrong := isMessage(r) && r.Header.Get("Content-Type") != "application/json"
				if wrong {
					sayJSON(w, http.StatusUnsupportedMediaType, `{"errors":[{"code":"err.request.bad"}]}`)
				}
				return wrong
			})
		}},
	Defect{ID: "request-type-case-sensitive", Class: classTransport, Breaks: []string{"REG-HTTP-007"},
		Sentence: "takes application/json in small letters only",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				wrong := isMessage(r) && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
				if wrong {
					sayJSON(w, http.StatusUnsupportedMediaType, `{"errors":[{"code":"err.request.bad"}]}`)
				}
				return wrong
			})
		}},
	Defect{ID: "white-space-breaks-signature", Class: classTransport, Breaks: []string{"REG-HTTP-011"},
		Sentence: "verifies the signature over the bytes of the body",
		Alter:    demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool { return bytes.ContainsAny(in.Body, "\n\t") })},
	Defect{ID: "white-space-breaks-signature-async", Class: classTransport, Strength: AsyncOnly, Breaks: []string{"REG-HTTP-011"},
		Sentence: "verifies the signature of an asynchronous message over the bytes of its body",
		Alter: demanding("signature", message.ErrSignatureInvalid, func(in *reference.Incoming) bool {
			return in.Operation.Mode == spec.Async && bytes.ContainsAny(in.Body, "\n\t")
		})},
	Defect{ID: "body-read-to-the-first-value", Class: classTransport, Breaks: []string{"REG-HTTP-012"},
		Sentence: "reads the first object of a body, and of a member named twice the last", Alter: rewriting(firstValue)},
	Defect{ID: "body-member-twice-taken", Class: classTransport, Breaks: []string{"REG-HTTP-012"},
		Sentence: "takes the last of two members of one name",
		Alter: rewriting(func(r *http.Request, body []byte) []byte {
			if json.Valid(body) {
				return firstValue(r, body)
			}
			return body
		})},
	Defect{ID: "body-broken-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 to a body that is not JSON", Alter: failing(func(_ *http.Request, b []byte) bool { return !json.Valid(b) })},
	Defect{ID: "body-empty-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 to an empty body", Alter: failing(func(_ *http.Request, b []byte) bool { return len(b) == 0 })},
	Defect{ID: "body-list-500-async", Class: classCrash, Strength: AsyncOnly, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 to an asynchronous message that is a list",
		Alter:    failing(func(r *http.Request, b []byte) bool { return !isSync(r) && bytes.HasPrefix(b, []byte("[{")) })},
	Defect{ID: "body-null-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 to the body null", Alter: failing(func(_ *http.Request, b []byte) bool { return string(b) == "null" })},
	Defect{ID: "body-deep-breaks-off", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "breaks the connection off when a body is nested deeply",
		Alter: func(v *Vendor) {
			v.Before(func(_ http.ResponseWriter, _ *http.Request, body []byte) bool {
				if isDeep(body) {
					panic(http.ErrAbortHandler)
				}
				return false
			})
		}},
	Defect{ID: "header-kind-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 where a header member is of another kind than it expects",
		Alter: func(v *Vendor) {
			v.Check("envelope", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
				if err := next(ctx, in); err != nil && json.Valid(in.Body) && isObject(in.Body) {
					return errBroken
				}
				return nil
			})
		}},
	Defect{ID: "search-request-null-500", Class: classCrash, Breaks: []string{"REG-HTTP-006"},
		Sentence: "answers HTTP 500 where the list of searches is null",
		Alter:    failing(func(_ *http.Request, b []byte) bool { return bytes.Contains(b, []byte(`"search_request":null`)) })},
	Defect{ID: "body-list-unwrapped", Class: classTransport, Breaks: []string{"REG-HTTP-008"},
		Sentence: "takes the first message of a list",
		Alter: rewriting(func(_ *http.Request, body []byte) []byte {
			if bytes.HasPrefix(body, []byte("[{")) {
				return bytes.TrimSuffix(body[1:], []byte("]"))
			}
			return body
		})},
	Defect{ID: "body-broken-acknowledged", Class: classTransport, Breaks: []string{"REG-HTTP-008"},
		Sentence: "acknowledges an asynchronous body before it reads it",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
				early := isMessage(r) && !isSync(r) && !(json.Valid(body) && isObject(body))
				if early {
					sayJSON(w, http.StatusAccepted, ackBody)
				}
				return early
			})
		}},
	Defect{ID: "body-garbage-skipped", Class: classTransport, Breaks: []string{"REG-HTTP-008"},
		Sentence: "skips what stands before the first brace",
		Alter: rewriting(func(_ *http.Request, body []byte) []byte {
			if start := bytes.IndexByte(body, '{'); start > 0 && body[0] == 0x1f {
				return body[start:]
			}
			return body
		})},
	Defect{ID: "body-scalar-answered-empty", Class: classTransport, Breaks: []string{"REG-HTTP-008"},
		Sentence: "answers HTTP 200 and an empty object to a number",
		Alter: func(v *Vendor) {
			v.Before(func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
				if string(body) == "42" {
					sayJSON(w, http.StatusOK, "{}")
				}
				return string(body) == "42"
			})
		}},
	Defect{ID: "dies-of-a-deep-body", Class: classCrash, Breaks: []string{"REG-HTTP-009"},
		Sentence: "serves nobody any more after a deeply nested body", Alter: dying(isDeep)},
	Defect{ID: "dies-of-a-long-body", Class: classCrash, Breaks: []string{"REG-HTTP-009"},
		Sentence: "serves nobody any more after a very long body", Alter: dying(func(b []byte) bool { return len(b) > 4<<20 })},
	Defect{ID: "dies-of-half-a-body", Class: classCrash, Breaks: []string{"REG-HTTP-009"},
		Sentence: "serves nobody any more after a body that was cut off",
		Alter:    dying(func(b []byte) bool { return isObject(b) && !json.Valid(b) })},
)
