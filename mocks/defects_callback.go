package mocks

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classCallback = "callbacks"
)

// errGone is what a vendor sees of a counterpart that it does not try to reach.
var errGone = errors.New("the receiver is not tried")

// answering changes the message of callbacks.
func answering(change func(out reference.Outgoing, header, body map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.Kind == reference.KindCallback && body != nil {
				change(out, header, body)
			}
		})
	}
}

// dropping takes callbacks for sent without sending them.
func dropping(when func(body []byte) bool) func(*Vendor) {
	return callbacks(func(request *http.Request, next send) (*http.Response, error) {
		if when(content(request)) {
			return accepted(request), nil
		}
		return next(request)
	})
}

// typed changes how a message is labelled on its way out.
func typed(contentType string) func(*http.Request, send) (*http.Response, error) {
	return func(request *http.Request, next send) (*http.Response, error) {
		request.Header.Del("Content-Type")
		if contentType != "" {
			request.Header.Set("Content-Type", contentType)
		}
		return next(request)
	}
}

// readdressed changes the address of callbacks.
func readdressed(change func(request *http.Request)) func(*Vendor) {
	return callbacks(func(request *http.Request, next send) (*http.Response, error) {
		change(request)
		return next(request)
	})
}

// failed says whether a receiver did not take what it was sent.
func failed(response *http.Response, err error) bool {
	return err != nil || response.StatusCode/100 != 2
}

// unaddressed changes callbacks of messages that named no sender_uri.
func unaddressed(change func(request *http.Request, next send) (*http.Response, error)) func(*Vendor) {
	return func(v *Vendor) {
		var without remembered
		v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
			if id, _ := header["message_id"].(string); out.Request != nil && out.Request.Header.SenderURI == "" {
				without.add(id)
			}
		})
		callbacks(func(request *http.Request, next send) (*http.Response, error) {
			if id, _ := within(parsed(content(request)), "header")["message_id"].(string); without.has(id) {
				return change(request, next)
			}
			return next(request)
		})(v)
	}
}

// dyingAfter is a vendor of which nothing is left once a callback has failed.
func dyingAfter(fails func(*http.Response, error) bool, last func(http.ResponseWriter)) func(*Vendor) {
	return func(v *Vendor) {
		var dead atomic.Bool
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			if dead.Load() {
				return nil, errGone
			}
			response, err := next(request)
			if fails(response, err) {
				dead.Store(true)
			}
			return response, err
		})
		v.Before(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			if dead.Load() {
				last(w)
			}
			return dead.Load()
		})
	}
}

func twoOrMore(body []byte) bool { return bytes.Count(body, []byte(`"reference_id"`)) > 1 }

var _ = register(
	Defect{ID: "callback-never", Class: classCallback, Breaks: []string{"REG-CB-001"}, Sentence: "acknowledges and never calls back",
		Alter: dropping(func([]byte) bool { return true })},
	Defect{ID: "callback-not-for-batches", Class: classCallback, Breaks: []string{"REG-CB-001"}, Sentence: "never calls back for a message with more than one item",
		Alter: dropping(twoOrMore)},
	Defect{ID: "callback-not-for-status", Class: classCallback, Breaks: []string{"REG-CB-001"}, Sentence: "never calls back for a status request",
		Alter: dropping(func(body []byte) bool { return bytes.Contains(body, []byte(`"txn-on-status"`)) })},
	Defect{ID: "callback-lost-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-001"}, Sentence: "loses every third callback",
		Alter: func(v *Vendor) {
			third := everyThird()
			dropping(func([]byte) bool { return third() })(v)
		}},
	Defect{ID: "callback-late", Class: classCallback, Breaks: []string{"REG-CB-001"}, Sentence: "calls back a minute later",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			late := another(request)
			time.AfterFunc(time.Minute, func() { quietly(late, next) })
			return accepted(request), nil
		})},
	Defect{ID: "callback-late-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-001"},
		Sentence: "calls back a minute later every third time",
		Alter: func(v *Vendor) {
			third := everyThird()
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if !third() {
					return next(request)
				}
				late := another(request)
				time.AfterFunc(time.Minute, func() { quietly(late, next) })
				return accepted(request), nil
			})(v)
		}},
	Defect{ID: "callback-late-for-batches", Class: classCallback, Breaks: []string{"REG-CB-001"}, Sentence: "calls back a minute later where a message had more than one item",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			if !twoOrMore(content(request)) {
				return next(request)
			}
			late := another(request)
			time.AfterFunc(time.Minute, func() { quietly(late, next) })
			return accepted(request), nil
		})},
	Defect{ID: "callback-to-whatever-is-named", Class: classCallback, Breaks: []string{"REG-CB-002"}, Sentence: "calls back at any sender_uri, whoever's it is",
		Alter: func(v *Vendor) { v.WithoutCheck("sender_uri") }},
	Defect{ID: "callback-to-what-begins-alike", Class: classCallback, Breaks: []string{"REG-CB-002"}, Sentence: "compares the registered address with sender_uri as texts, so that a longer name passes",
		Alter: func(v *Vendor) {
			v.Forgives("sender_uri", func(in *reference.Incoming, _ error) bool {
				for _, prefix := range in.Sender.CallbackPrefixes {
					if strings.HasPrefix(in.Header.SenderURI, strings.TrimSuffix(prefix, "/")) {
						return true
					}
				}
				return false
			})
		}},
	Defect{ID: "callback-to-another-party", Class: classCallback, Breaks: []string{"REG-CB-002"}, Sentence: "sends an answer to the address of another party that it has called before",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			addresses := map[string]string{}
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				receiver, _ := within(parsed(content(request)), "header")["receiver_id"].(string)
				mu.Lock()
				addresses[receiver] = request.URL.String()
				for who, address := range addresses {
					if who != receiver {
						request.URL, _ = request.URL.Parse(address)
					}
				}
				mu.Unlock()
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-as-text", Class: classCallback, Breaks: []string{"REG-CB-003"}, Sentence: "sends callbacks as text/plain",
		Alter: callbacks(typed("text/plain; charset=utf-8"))},
	Defect{ID: "callback-as-text-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-003"}, Exercise: []string{"REG-SEARCH-001", "REG-CB-013"},
		Sentence: "sends every third callback as text/plain",
		Alter: func(v *Vendor) {
			third, text := everyThird(), typed("text/plain")
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if third() {
					return text(request, next)
				}
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-untyped", Class: classCallback, Breaks: []string{"REG-CB-003"}, Sentence: "sends callbacks without a Content-Type",
		Alter: callbacks(typed(""))},
	Defect{ID: "callback-by-put", Class: classCallback, Breaks: []string{"REG-CB-003"}, Sentence: "sends callbacks by PUT",
		Alter: readdressed(func(request *http.Request) { request.Method = http.MethodPut })},
	Defect{ID: "callback-correlation-of-its-own", Class: classCallback, Breaks: []string{"REG-CB-004"}, Sentence: "makes another correlation_id for the callback than for the acknowledgement",
		Alter: answering(func(_ reference.Outgoing, header, body map[string]any) { body["correlation_id"] = header["message_id"] })},
	Defect{ID: "callback-correlation-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-004"}, Sentence: "gives every third callback another correlation_id than its acknowledgement",
		Alter: func(v *Vendor) {
			third := everyThird()
			answering(func(_ reference.Outgoing, header, body map[string]any) {
				if third() {
					body["correlation_id"] = header["message_id"]
				}
			})(v)
		}},
	Defect{ID: "callback-without-status", Class: classCallback, Breaks: []string{"REG-CB-005"}, Sentence: "leaves header.status out of callbacks",
		Alter: answering(func(_ reference.Outgoing, header, _ map[string]any) { delete(header, "status") })},
	Defect{ID: "callback-with-one-object", Class: classCallback, Breaks: []string{"REG-CB-005"}, Sentence: "writes the one item of a callback as an object and not as a list",
		Alter: answering(func(_ reference.Outgoing, _, body map[string]any) {
			if list, ok := body["search_response"].([]any); ok && len(list) == 1 {
				body["search_response"] = list[0]
			}
		})},
	Defect{ID: "status-callback-flat", Class: classCallback, Breaks: []string{"REG-CB-005"}, Sentence: "leaves txnstatus_response out of status callbacks and writes its members beside it",
		Alter: answering(func(_ reference.Outgoing, _, body map[string]any) {
			for name, value := range within(body, "txnstatus_response") {
				body[name] = value
			}
			delete(body, "txnstatus_response")
		})},
	Defect{ID: "callback-without-query", Class: classCallback, Breaks: []string{"REG-CB-006"}, Sentence: "drops the query string of sender_uri",
		Alter: readdressed(func(request *http.Request) { request.URL.RawQuery = "" })},
	Defect{ID: "callback-path-appended", Class: classCallback, Breaks: []string{"REG-CB-006"}, Sentence: "appends the published path to sender_uri",
		Alter: readdressed(func(request *http.Request) {
			if !strings.HasSuffix(request.URL.Path, "/registry/on-search") {
				request.URL = request.URL.JoinPath("registry", "on-search")
			}
		})},
	Defect{ID: "callback-path-rewritten", Class: classCallback, Breaks: []string{"REG-CB-006"}, Sentence: "decodes the path of sender_uri and writes it anew",
		Alter: readdressed(func(request *http.Request) {
			request.URL.Path, request.URL.RawPath = strings.ReplaceAll(request.URL.Path, " ", "+"), ""
		})},
	Defect{ID: "no-callback-without-uri", Class: classCallback, Breaks: []string{"REG-CB-007"}, Sentence: "never answers a message without sender_uri",
		Alter: unaddressed(func(request *http.Request, _ send) (*http.Response, error) { return accepted(request), nil })},
	Defect{ID: "callback-beside-registered-path", Class: classCallback, Breaks: []string{"REG-CB-007"}, Sentence: "leaves /registry out of the path at the registered address",
		Alter: unaddressed(func(request *http.Request, next send) (*http.Response, error) {
			request.URL.Path = strings.Replace(request.URL.Path, "/registry/", "/", 1)
			return next(request)
		})},
	Defect{ID: "uri-demanded", Class: classCallback, Breaks: []string{"REG-CB-007"}, Sentence: "refuses a message without sender_uri",
		Alter: demanding("sender_uri", message.ErrSenderURI, func(in *reference.Incoming) bool {
			return in.Operation.Mode == spec.Async && in.Operation.Answer != "" && in.Header.SenderURI == ""
		})},
	Defect{ID: "callback-tried-once", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "tries a callback once and forgets it",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			quietly(request, next)
			return accepted(request), nil
		})},
	Defect{ID: "callback-error-ignored", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "takes any HTTP answer to a callback for success",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			response, err := next(request)
			if err != nil {
				return response, err
			}
			_ = response.Body.Close()
			return accepted(request), nil
		})},
	Defect{ID: "callback-break-ignored", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "does not try again after a broken connection",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			response, err := next(request)
			if err != nil {
				return accepted(request), nil
			}
			return response, nil
		})},
	Defect{ID: "callback-empty-again", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "sends an empty body when it tries again",
		Alter: func(v *Vendor) {
			var tried remembered
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				id, _ := within(parsed(content(request)), "header")["message_id"].(string)
				if tried.has(id) {
					carry(request, []byte("{}"))
				}
				tried.add(id)
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-twice", Class: classCallback, Breaks: []string{"REG-CB-009"}, Sentence: "sends every callback twice",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			quietly(another(request), next)
			return next(request)
		})},
	Defect{ID: "callback-twice-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-009"}, Sentence: "sends every third callback twice",
		Alter: func(v *Vendor) {
			third := everyThird()
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if third() {
					quietly(another(request), next)
				}
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-again-a-little-later", Class: classCallback, Breaks: []string{"REG-CB-009"}, Sentence: "sends a callback again a moment after it was taken",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			second := another(request)
			time.AfterFunc(100*time.Millisecond, func() { quietly(second, next) })
			return next(request)
		})},
	Defect{ID: "dies-of-a-broken-callback", Class: classCallback, Breaks: []string{"REG-CB-010"}, Sentence: "dies when a callback address breaks the connection off",
		Alter: dyingAfter(func(_ *http.Response, err error) bool { return err != nil },
			func(http.ResponseWriter) { panic(http.ErrAbortHandler) })},
	Defect{ID: "fails-after-a-broken-callback", Class: classCallback, Breaks: []string{"REG-CB-010"}, Sentence: "answers everything with HTTP 503 once a callback could not be delivered",
		Alter: dyingAfter(failed, func(w http.ResponseWriter) {
			sayJSON(w, http.StatusServiceUnavailable, `{"errors":[{"code":"err.service.unavailable"}]}`)
		})},
	Defect{ID: "callbacks-one-at-a-time", Class: classCallback, Breaks: []string{"REG-CB-011"}, Sentence: "tries a failed callback again and again before it turns to the next",
		Alter: func(v *Vendor) {
			var turn sync.Mutex
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				turn.Lock()
				defer turn.Unlock()
				for {
					response, err := next(another(request))
					if !failed(response, err) || request.Context().Err() != nil {
						return response, err
					}
					select {
					case <-time.After(50 * time.Millisecond):
					case <-request.Context().Done():
						return nil, errGone
					}
				}
			})(v)
		}},
	Defect{ID: "callbacks-stop-after-a-failure", Class: classCallback, Breaks: []string{"REG-CB-011"}, Sentence: "stops all callbacks for a minute after one has failed",
		Alter: func(v *Vendor) {
			var until atomic.Int64
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if time.Now().Unix() < until.Load() {
					return nil, errGone
				}
				response, err := next(request)
				if err != nil {
					until.Store(time.Now().Add(time.Minute).Unix())
				}
				return response, err
			})(v)
		}},
	Defect{ID: "redirect-followed", Class: classCallback, Breaks: []string{"REG-CB-012"}, Sentence: "follows a redirect of a callback address, and posts the answer there",
		Alter: callbacks(redirected(http.MethodPost))},
	Defect{ID: "redirect-followed-by-get", Class: classCallback, Breaks: []string{"REG-CB-012"}, Sentence: "follows a redirect of a callback address by GET",
		Alter: callbacks(redirected(http.MethodGet))},
	Defect{ID: "answers-mixed-up", Class: classCallback, Breaks: []string{"REG-CB-013"}, Sentence: "answers a message with the items of the message before it",
		Alter: func(v *Vendor) {
			var last swap[any]
			answering(func(out reference.Outgoing, _, body map[string]any) {
				if items, ok := body["search_response"]; ok {
					if before := last.put(items); before != nil {
						body["search_response"] = before
					}
				}
			})(v)
		}},
	Defect{ID: "records-mixed-up", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-013"}, Sentence: "answers every third message with the records of the message before it",
		Alter: func(v *Vendor) {
			third := everyThird()
			var last swap[any]
			answering(func(out reference.Outgoing, _, body map[string]any) {
				for _, item := range listed(body, "search_response") {
					data := within(item, "data")
					if before := last.put(data["reg_records"]); before != nil && third() {
						data["reg_records"] = before
					}
				}
			})(v)
		}},
	Defect{ID: "correlations-mixed-up", Class: classCallback, Breaks: []string{"REG-CB-013", "REG-CB-004"}, Sentence: "gives a callback the correlation_id of the message before it",
		Alter: func(v *Vendor) {
			var last swap[any]
			answering(func(_ reference.Outgoing, _, body map[string]any) {
				if before := last.put(body["correlation_id"]); before != nil {
					body["correlation_id"] = before
				}
			})(v)
		}},
	Defect{ID: "callback-signature-echoed", Class: classCallback, Strength: AsyncOnly, Breaks: []string{"SEC-SIG-004"}, Sentence: "puts the request's signature into the callback",
		Alter: func(v *Vendor) {
			var signatures sync.Map
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if out.Request != nil {
					signatures.Store(header["message_id"], out.Request.Envelope.Signature)
				}
			})
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				carry(request, edited(content(request), func(members map[string]any) {
					if signature, ok := signatures.Load(within(members, "header")["message_id"]); ok {
						members["signature"] = signature
					}
				}))
				return next(request)
			})(v)
		}},
)

// redirected follows redirects by the method.
func redirected(method string) func(*http.Request, send) (*http.Response, error) {
	return func(request *http.Request, next send) (*http.Response, error) {
		second := another(request)
		response, err := next(request)
		if err != nil || response.StatusCode/100 != 3 {
			return response, err
		}
		_ = response.Body.Close()
		if second.URL, err = request.URL.Parse(response.Header.Get("Location")); err != nil {
			return nil, err
		}
		if second.Method = method; method == http.MethodGet {
			carry(second, nil)
		}
		return next(second.WithContext(context.WithoutCancel(request.Context())))
	}
}
