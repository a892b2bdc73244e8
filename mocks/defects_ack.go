package mocks

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

const (
	classAck = "acknowledgement"
)

// correlations changes correlation_id wherever the vendor gives one: acknowledgement and answer alike.
func correlations(change func(correlation, transaction string) string) func(*Vendor) {
	return func(v *Vendor) {
		acks(func(_ *http.Request, asked []byte, ack map[string]any) {
			given, _ := ack["correlation_id"].(string)
			transaction, _ := within(parsed(asked), "message")["transaction_id"].(string)
			ack["correlation_id"] = change(given, transaction)
		})(v)
		v.Sending(func(out reference.Outgoing, _, body map[string]any) {
			given, told := body["correlation_id"].(string)
			if transaction, _ := body["transaction_id"].(string); told && out.Kind != reference.KindNotify {
				body["correlation_id"] = change(given, transaction)
			}
		})
	}
}

// waiting acknowledges a message after its callback has been sent.
func waiting(so func(action string) bool) func(*Vendor) {
	return func(v *Vendor) {
		var mu sync.Mutex
		open := map[string]chan struct{}{}
		ended := func(transaction string) chan struct{} {
			mu.Lock()
			defer mu.Unlock()
			if open[transaction] == nil {
				open[transaction] = make(chan struct{})
			}
			return open[transaction]
		}
		callbacks(func(request *http.Request, next send) (*http.Response, error) {
			transaction, _ := within(parsed(content(request)), "message")["transaction_id"].(string)
			response, err := next(request)
			mu.Lock()
			defer mu.Unlock()
			if channel := open[transaction]; channel != nil {
				close(channel)
				delete(open, transaction)
			}
			return response, err
		})(v)
		v.HTTP(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := parsed(asked(r))
				transaction, _ := within(body, "message")["transaction_id"].(string)
				action, _ := within(body, "header")["action"].(string)
				if isSync(r) || transaction == "" || !so(action) {
					next.ServeHTTP(w, r)
					return
				}
				sent := ended(transaction)
				kept := httptest.NewRecorder()
				next.ServeHTTP(kept, r)
				if kept.Code/100 == 2 {
					select {
					case <-sent:
					case <-time.After(20 * time.Second):
					}
				}
				sayJSON(w, kept.Code, kept.Body.String())
			})
		})
	}
}

var _ = register(
	Defect{ID: "ack-undated", Class: classAck, Breaks: []string{"REG-ACK-001"}, Sentence: "acknowledges without a timestamp",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) { delete(ack, "timestamp") })},
	Defect{ID: "ack-without-correlation", Class: classAck, Breaks: []string{"REG-ACK-001"}, Sentence: "acknowledges without a correlation_id",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) { delete(ack, "correlation_id") })},
	Defect{ID: "ack-not-in-message", Class: classAck, Breaks: []string{"REG-ACK-001", "REG-ACK-006"}, Sentence: "acknowledges without the member message around it",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				return status, edited(body, func(members map[string]any) {
					ack := within(members, "message")
					if _, is := ack["ack_status"]; is {
						delete(members, "message")
						for name, value := range ack {
							members[name] = value
						}
					}
				})
			})
		}},
	Defect{ID: "ack-in-small-letters", Class: classAck, Breaks: []string{"REG-ACK-001", "REG-ACK-006"}, Sentence: "writes ack_status as ack",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) {
			ack["ack_status"] = strings.ToLower(ack["ack_status"].(string))
		})},
	Defect{ID: "ack-correlation-constant", Class: classAck, Breaks: []string{"REG-ACK-002"}, Sentence: "gives every message the same correlation_id",
		Alter: correlations(func(string, string) string { return "correlation-1" })},
	Defect{ID: "ack-correlation-in-pairs", Class: classAck, Breaks: []string{"REG-ACK-002"}, Sentence: "makes a new correlation_id for every second message only",
		Alter: func(v *Vendor) {
			var count atomic.Int64
			var last swap[string]
			acks(func(_ *http.Request, _ []byte, ack map[string]any) {
				given, _ := ack["correlation_id"].(string)
				before := last.put(given)
				if count.Add(1)%2 == 0 {
					ack["correlation_id"] = before
				}
			})(v)
		}},
	Defect{ID: "correlation-is-transaction", Class: classAck, Breaks: []string{"REG-ACK-003", "REG-SEARCH-005"}, Sentence: "gives the transaction_id back as the correlation_id",
		Alter: correlations(func(_, transaction string) string { return transaction })},
	Defect{ID: "correlation-is-transaction-every-third", Class: classAck, Strength: EveryThird, Breaks: []string{"REG-ACK-003"}, Sentence: "acknowledges every third message under its transaction_id",
		Alter: func(v *Vendor) {
			third := everyThird()
			acks(func(_ *http.Request, asked []byte, ack map[string]any) {
				if third() {
					ack["correlation_id"] = within(parsed(asked), "message")["transaction_id"]
				}
			})(v)
		}},
	Defect{ID: "ack-dated-1970", Class: classAck, Breaks: []string{"REG-ACK-004"}, Sentence: "dates acknowledgements at the beginning of 1970",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) { ack["timestamp"] = "1970-01-01T00:00:00Z" })},
	Defect{ID: "ack-an-hour-slow", Class: classAck, Breaks: []string{"REG-ACK-004"}, Sentence: "writes local time as if it were UTC into acknowledgements",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) {
			ack["timestamp"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
		})},
	Defect{ID: "ack-refuses-without-error", Class: classAck, Breaks: []string{"REG-ACK-005"}, Sentence: "refuses in acknowledgements without saying why",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) { delete(ack, "error") })},
	Defect{ID: "ack-refuses-without-code", Class: classAck, Breaks: []string{"REG-ACK-005"}, Sentence: "refuses in acknowledgements with a text and no code",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) { delete(within(ack, "error"), "code") })},
	Defect{ID: "ack-refuses-with-nack-alone", Class: classAck, Breaks: []string{"REG-ACK-005"}, Sentence: "refuses with a bare NACK",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) {
			if ack["ack_status"] == message.ERR {
				ack["ack_status"] = message.NACK
				delete(ack, "error")
			}
		})},
	Defect{ID: "ack-says-nack", Class: classAck, Breaks: []string{"REG-ACK-006"}, Sentence: "says NACK to right messages and works on them all the same",
		Alter: acks(func(_ *http.Request, _ []byte, ack map[string]any) {
			if ack["ack_status"] == message.ACK {
				ack["ack_status"] = message.NACK
				ack["error"] = map[string]any{"code": message.ErrRequestBad, "message": "no"}
			}
		})},
	Defect{ID: "ack-with-400", Class: classAck, Breaks: []string{"REG-ACK-006"}, Sentence: "acknowledges right messages with HTTP 400",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if bytes.Contains(body, []byte(`"ack_status":"ACK"`)) {
					return http.StatusBadRequest, body
				}
				return status, body
			})
		}},
	Defect{ID: "ack-without-body", Class: classAck, Breaks: []string{"REG-ACK-006"}, Sentence: "acknowledges with an empty HTTP 202",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if bytes.Contains(body, []byte(`"ack_status":"ACK"`)) {
					return http.StatusAccepted, nil
				}
				return status, body
			})
		}},
	Defect{ID: "ack-after-callback", Class: classAck, Breaks: []string{"REG-ACK-007"}, Sentence: "acknowledges when the callback has been taken",
		Alter: waiting(func(string) bool { return true })},
	Defect{ID: "ack-after-search-callback", Class: classAck, Breaks: []string{"REG-ACK-007"}, Sentence: "acknowledges a search when its callback has been taken",
		Alter: waiting(func(action string) bool { return action == "search" })},
	Defect{ID: "refused-and-answered", Class: classAck, Breaks: []string{"REG-ACK-008"}, Sentence: "refuses a message for another receiver and answers it all the same",
		Alter: func(v *Vendor) {
			v.WithoutCheck("receiver")
			v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				if receiver, named := within(parsed(asked), "header")["receiver_id"].(string); named && strings.HasPrefix(receiver, "nobody") {
					return http.StatusBadRequest, edited(body, func(members map[string]any) {
						ack := within(members, "message")
						ack["ack_status"], ack["error"] = message.ERR, map[string]any{"code": message.ErrReceiverID, "message": "not here"}
					})
				}
				return status, body
			})
		}},
)
