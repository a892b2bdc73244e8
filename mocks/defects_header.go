package mocks

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const (
	classIDs      = "message_id"
	classTime     = "message_ts"
	classAction   = "action"
	classParties  = "sender and receiver not swapped"
	classCounts   = "counts"
	classOfHeader = "status of the header"
	classHeader   = "header of a request"
	classRepeated = "replay accepted"
)

// run is a check of the server as a defect sees it.
type run = func(context.Context, *reference.Incoming) error

func asynchronous(in *reference.Incoming, _ error) bool { return in.Operation.Mode == spec.Async }

// headerMember is a member of the request's header as it came, nil where it is absent.
func headerMember(in *reference.Incoming, name string) any {
	var members map[string]any
	_ = json.Unmarshal(in.Envelope.Header, &members)
	return members[name]
}

// headers changes the header of every message that leaves.
func headers(change func(out reference.Outgoing, header map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, header, _ map[string]any) { change(out, header) })
	}
}

// answerHeaders changes the header of every answer to a request.
func answerHeaders(change func(out reference.Outgoing, header map[string]any)) func(*Vendor) {
	return headers(func(out reference.Outgoing, header map[string]any) {
		if out.Request != nil {
			change(out, header)
		}
	})
}

// demanding refuses a request with a published code where wrong says so, before the named check.
func demanding(check string, code message.ErrorCode, wrong func(in *reference.Incoming) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Check(check, func(ctx context.Context, in *reference.Incoming, next run) error {
			if wrong(in) {
				return &reference.Refusal{Code: code, Detail: "the message is not as this registry wants it"}
			}
			return next(ctx, in)
		})
	}
}

// without leaves a check out; the schema, which would say the same, is forgiven where so says.
func without(check string, so func(in *reference.Incoming) bool) func(*Vendor) {
	return func(v *Vendor) {
		v.WithoutCheck(check)
		v.Forgives("schema", func(in *reference.Incoming, _ error) bool { return so(in) })
	}
}

func forgiving(check string, accept func(in *reference.Incoming, err error) bool) func(*Vendor) {
	return func(v *Vendor) { v.Forgives(check, accept) }
}

func itemStatuses(items []map[string]any) (succeeded, rejected int) {
	for _, item := range items {
		if item["status"] == message.StatusSuccess {
			succeeded++
		} else {
			rejected++
		}
	}
	return succeeded, rejected
}

// statusByItems changes header and items of answers to a search together.
func statusByItems(change func(header map[string]any, succeeded, rejected int)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(_ reference.Outgoing, header, body map[string]any) {
			list, _ := body["search_response"].([]any)
			var items []map[string]any
			for _, item := range list {
				items = append(items, item.(map[string]any))
			}
			if len(items) > 0 {
				succeeded, rejected := itemStatuses(items)
				change(header, succeeded, rejected)
			}
		})
	}
}

func reason(header map[string]any, status, code string) {
	header["status"] = status
	delete(header, "status_reason_code")
	delete(header, "status_reason_message")
	if code != "" {
		header["status_reason_code"] = code
	}
}

// memory remembers something by message_id.
type memory struct {
	mu   sync.Mutex
	kept map[string]string
}

// first keeps value under the key unless there is one, and returns what is kept.
func (m *memory) first(key, value string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]string{}
	}
	if _, there := m.kept[key]; !there {
		m.kept[key] = value
	}
	return m.kept[key]
}

func messageID(body []byte) string {
	envelope, err := message.ParseEnvelope(body)
	if err != nil {
		return ""
	}
	header, err := envelope.ReadHeader()
	if err != nil {
		return ""
	}
	return header.MessageID
}

func shifted(by time.Duration) func(reference.Outgoing, map[string]any) {
	return func(_ reference.Outgoing, header map[string]any) {
		header["message_ts"] = time.Now().Add(by).UTC().Format(time.RFC3339)
	}
}

// sometimes forgives what a check says at every third message to which accept agrees.
func sometimes(check string, accept func(*reference.Incoming, error) bool) func(*Vendor) {
	return func(v *Vendor) {
		third := everyThird()
		v.Forgives(check, func(in *reference.Incoming, err error) bool { return accept(in, err) && third() })
	}
}

var _ = register(
	Defect{ID: "message-id-echoed", Class: classIDs, Breaks: []string{"REG-HDR-002"}, Sentence: "answers under the request's message_id",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) { h["message_id"] = out.Request.Header.MessageID })},
	Defect{ID: "message-id-echoed-async", Class: classIDs, Strength: AsyncOnly, Breaks: []string{"REG-HDR-002"}, Sentence: "calls back under the request's message_id",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				h["message_id"] = out.Request.Header.MessageID
			}
		})},
	Defect{ID: "message-id-constant", Class: classIDs, Breaks: []string{"REG-HDR-002"}, Sentence: "gives every answer the same message_id",
		Alter: headers(func(_ reference.Outgoing, h map[string]any) { h["message_id"] = "M-0001" })},
	Defect{ID: "message-id-per-transaction", Class: classIDs, Breaks: []string{"REG-HDR-002"}, Sentence: "makes the message_id of an answer from the transaction_id",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, h, body map[string]any) { h["message_id"] = body["transaction_id"] })
		}},
	Defect{ID: "message-ts-constant", Class: classTime, Breaks: []string{"REG-HDR-003"}, Sentence: "dates every answer at its installation",
		Alter: headers(func(_ reference.Outgoing, h map[string]any) { h["message_ts"] = "2020-01-01T00:00:00Z" })},
	Defect{ID: "message-ts-local-as-utc", Class: classTime, Breaks: []string{"REG-HDR-003"}, Sentence: "writes its local time as if it were UTC",
		Alter: headers(shifted(5*time.Hour + 30*time.Minute))},
	Defect{ID: "message-ts-callback-old", Class: classTime, Strength: AsyncOnly, Breaks: []string{"REG-HDR-003"}, Sentence: "dates callbacks an hour back",
		Alter: headers(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				shifted(-time.Hour)(out, h)
			}
		})},
	Defect{ID: "action-echoed", Class: classAction, Breaks: []string{"REG-HDR-004"}, Sentence: "answers with the request's action",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) { h["action"] = out.Request.Header.Action })},
	Defect{ID: "action-echoed-async", Class: classAction, Strength: AsyncOnly, Breaks: []string{"REG-HDR-004"}, Sentence: "calls back with the request's action",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				h["action"] = out.Request.Header.Action
			}
		})},
	Defect{ID: "action-on-txn-status", Class: classAction, Breaks: []string{"REG-HDR-004"}, Sentence: "answers txn-status with on-txn-status",
		Alter: headers(func(_ reference.Outgoing, h map[string]any) {
			if h["action"] == "txn-on-status" {
				h["action"] = "on-txn-status"
			}
		})},
	Defect{ID: "rejected-items-header-succ", Class: classOfHeader, Breaks: []string{"REG-HDR-005"}, Sentence: "says succ over a message of which every item is rejected",
		Alter: statusByItems(func(h map[string]any, succeeded, _ int) {
			if succeeded == 0 {
				reason(h, message.StatusSuccess, "")
			}
		})},
	Defect{ID: "rejected-items-header-succ-async", Class: classOfHeader, Strength: AsyncOnly, Breaks: []string{"REG-HDR-005"}, Sentence: "says succ in callbacks over items that are all rejected",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback && h["status_reason_code"] == string(message.RejectTooManyErrors) {
				reason(h, message.StatusSuccess, "")
			}
		})},
	Defect{ID: "parties-unswapped", Class: classParties, Breaks: []string{"REG-HDR-006"}, Sentence: "answers with the request's sender and receiver",
		Alter: answerHeaders(func(_ reference.Outgoing, h map[string]any) {
			h["sender_id"], h["receiver_id"] = h["receiver_id"], h["sender_id"]
		})},
	Defect{ID: "parties-unswapped-async", Class: classParties, Strength: AsyncOnly, Breaks: []string{"REG-HDR-006"}, Sentence: "calls back with the request's sender and receiver",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				h["sender_id"], h["receiver_id"] = h["receiver_id"], h["sender_id"]
			}
		})},
	Defect{ID: "receiver-always-the-first", Class: classParties, Breaks: []string{"REG-HDR-006"}, Sentence: "addresses every answer to its first client",
		Alter: answerHeaders(func(_ reference.Outgoing, h map[string]any) { h["receiver_id"] = "spmis.example.org" })},
	Defect{ID: "total-count-one-short", Class: classCounts, Breaks: []string{"REG-HDR-007"}, Sentence: "counts one item too few in a batch",
		Alter: statusByItems(func(h map[string]any, succeeded, rejected int) {
			if succeeded+rejected > 1 {
				h["total_count"] = succeeded + rejected - 1
			}
		})},
	Defect{ID: "total-count-always-one", Class: classCounts, Breaks: []string{"REG-HDR-007"}, Sentence: "says total_count 1 over every batch",
		Alter: headers(func(_ reference.Outgoing, h map[string]any) { h["total_count"] = 1 })},
	Defect{ID: "completed-count-beyond-total-async", Class: classCounts, Strength: AsyncOnly, Breaks: []string{"REG-HDR-007"}, Sentence: "counts more items completed than there are when it calls back",
		Alter: headers(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				h["completed_count"] = out.Header.TotalCount + 1
			}
		})},
	Defect{ID: "one-rejected-rejects-header", Class: classOfHeader, Breaks: []string{"REG-HDR-008"}, Sentence: "says rjct over a batch of which one item is rejected",
		Alter: statusByItems(func(h map[string]any, succeeded, rejected int) {
			if succeeded > 0 && rejected > 0 {
				reason(h, message.StatusRejected, string(message.RejectTooManyErrors))
			}
		})},
	Defect{ID: "header-never-final", Class: classOfHeader, Breaks: []string{"REG-HDR-008"}, Sentence: "says pdng over an answer that is complete",
		Alter: answerHeaders(func(_ reference.Outgoing, h map[string]any) { reason(h, message.StatusPending, "") })},
	Defect{ID: "header-received-async", Class: classOfHeader, Strength: AsyncOnly, Breaks: []string{"REG-HDR-008"}, Sentence: "says rcvd in callbacks that hold the answer",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if out.Kind == reference.KindCallback {
				reason(h, message.StatusReceived, "")
			}
		})},
	Defect{ID: "reason-with-success", Class: classOfHeader, Breaks: []string{"REG-HDR-009"}, Sentence: "gives a reason code with every success",
		Alter: answerHeaders(func(_ reference.Outgoing, h map[string]any) {
			if h["status"] == message.StatusSuccess {
				h["status_reason_code"] = string(message.RejectTooManyErrors)
			}
		})},
	Defect{ID: "reason-of-its-own", Class: "codes outside the code list", Breaks: []string{"REG-HDR-009"}, Sentence: "rejects a message with a reason code of its own",
		Alter: answerHeaders(func(_ reference.Outgoing, h map[string]any) {
			if h["status"] == message.StatusRejected {
				h["status_reason_code"] = "rjct.unknown"
			}
		})},
	Defect{ID: "reason-of-another-list-async", Class: "codes outside the code list", Strength: AsyncOnly, Breaks: []string{"REG-HDR-009"}, Sentence: "rejects a message with an error code when it calls back",
		Alter: answerHeaders(func(out reference.Outgoing, h map[string]any) {
			if h["status"] == message.StatusRejected && out.Kind == reference.KindCallback {
				h["status_reason_code"] = string(message.ErrRequestBad)
			}
		})},
	Defect{ID: "repeat-served-anew", Class: classRepeated, Breaks: []string{"REG-HDR-022", "REG-HDR-023"}, Sentence: "serves a message_id again as often as it comes",
		Alter: func(v *Vendor) { v.WithoutCheck("message_id") }},
	Defect{ID: "repeat-served-anew-async", Class: classRepeated, Strength: AsyncOnly, Breaks: []string{"REG-HDR-022", "REG-HDR-023"}, Sentence: "serves a repeated asynchronous message as a new one",
		Alter: func(v *Vendor) {
			v.Check("message_id", func(ctx context.Context, in *reference.Incoming, next run) error {
				if in.Operation.Mode == spec.Async {
					return nil
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "repeat-answered-from-memory", Class: classRepeated, Breaks: []string{"REG-HDR-023"}, Sentence: "answers another message under a used message_id with the first one's answer",
		Alter: func(v *Vendor) {
			var answers memory
			v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				if id := messageID(asked); id != "" && (status == http.StatusOK || status == http.StatusAccepted) {
					return status, []byte(answers.first(id, string(body)))
				}
				return status, body
			}, "/registry/sync/search")
		}},
	Defect{ID: "message-ids-of-all-senders-mixed", Class: classIDs, Breaks: []string{"REG-HDR-024"}, Sentence: "takes a message_id for used when another sender used it",
		Alter: func(v *Vendor) {
			var users memory
			v.Check("message_id", func(ctx context.Context, in *reference.Incoming, next run) error {
				if users.first(in.Header.MessageID, in.Header.SenderID) != in.Header.SenderID {
					return &reference.Rejection{Code: message.RejectMessageDuplicate, Detail: "header.message_id was used before"}
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "message-ids-of-all-senders-mixed-async", Class: classIDs, Strength: AsyncOnly, Breaks: []string{"REG-HDR-024"}, Sentence: "takes a message_id for used by an asynchronous message when another sender used it",
		Alter: func(v *Vendor) {
			var users memory
			v.Check("message_id", func(ctx context.Context, in *reference.Incoming, next run) error {
				if users.first(in.Header.MessageID, in.Header.SenderID) != in.Header.SenderID && in.Operation.Mode == spec.Async {
					return &reference.Rejection{Code: message.RejectMessageDuplicate, Detail: "header.message_id was used before"}
				}
				return next(ctx, in)
			})
		}},
	Defect{ID: "message-id-not-needed", Class: classIDs, Breaks: []string{"REG-HDR-013"}, Sentence: "takes a message without a message_id",
		Alter: without("message_id", func(in *reference.Incoming) bool { return in.Header.MessageID == "" })},
	Defect{ID: "message-id-null-taken", Class: classIDs, Breaks: []string{"REG-HDR-013"}, Sentence: "takes a message whose message_id is null",
		Alter: func(v *Vendor) {
			null := func(in *reference.Incoming) bool {
				return strings.Contains(string(in.Envelope.Header), `"message_id":null`)
			}
			v.Forgives("message_id", func(in *reference.Incoming, _ error) bool { return null(in) })
			v.Forgives("schema", func(in *reference.Incoming, _ error) bool { return null(in) })
		}},
)
