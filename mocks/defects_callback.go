package mocks

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"sync"
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

func twoOrMore(body []byte) bool { return bytes.Count(body, []byte(`"reference_id"`)) > 1 }

var _ = register(
	Defect{ID: "callback-never", Class: classCallback, Breaks: []string{"REG-CB-001"}, Silent: silentForEver, Sentence: "acknowledges and never calls back",
		Alter: dropping(func([]byte) bool { return true })},
	Defect{ID: "callback-not-for-batches", Class: classCallback, Breaks: []string{"REG-CB-001"}, Silent: silentForEver, Sentence: "never calls back for a message with more than one item",
		Alter: dropping(twoOrMore)},
	Defect{ID: "callback-not-for-status", Class: classCallback, Breaks: []string{"REG-CB-001"}, Silent: silentForEver, Sentence: "never calls back for a status request",
		Alter: dropping(func(body []byte) bool { return bytes.Contains(body, []byte(`"txn-on-status"`)) })},
	Defect{ID: "callback-lost-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-001"}, Silent: silentForEver, Sentence: "loses every third callback",
		Alter: func(v *Vendor) {
			third := everyThird()
			dropping(func([]byte) bool { return third() })(v)
		}},
	Defect{ID: "callback-late", Class: classCallback, Breaks: []string{"REG-CB-001"}, Silent: silentTooLong, Sentence: "calls back a minute later",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			late := another(request)
			time.AfterFunc(time.Minute, func() { quietly(late, next) })
			return accepted(request), nil
		})},
	Defect{ID: "callback-late-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-001"}, Silent: silentTooLong,
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
	Defect{ID: "callback-late-for-batches", Class: classCallback, Breaks: []string{"REG-CB-001"}, Silent: silentTooLong, Sentence: "calls back a minute later where a message had more than one item",
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
	Defect{ID: "no-callback-without-uri", Class: classCallback, Breaks: []string{"REG-CB-007"}, Silent: silentForEver, Sentence: "never answers a message without sender_uri",
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
