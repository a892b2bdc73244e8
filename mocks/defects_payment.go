package mocks

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const (
	classPayEnvelope = "payments: envelope"
	classPaySecurity = "payments: who may order"
	classPayStatus   = "payments: status"
)

// everyAnswerAs sends every HTTP answer under another content type.
func everyAnswerAs(contentType string) func(*Vendor) {
	return func(v *Vendor) {
		v.HTTP(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kept := httptest.NewRecorder()
				next.ServeHTTP(kept, r)
				w.Header().Set("Content-Type", contentType)
				w.WriteHeader(kept.Code)
				_, _ = w.Write(kept.Body.Bytes())
			})
		})
	}
}

// members changes the members of a JSON body; what is none stays.
func members(body []byte, change func(map[string]any)) []byte {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return body
	}
	change(object)
	changed, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return changed
}

// acknowledging changes acknowledgements that were taken.
func acknowledging(change func(ack map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
			if status != http.StatusAccepted {
				return status, body
			}
			return status, members(body, func(object map[string]any) {
				if ack, ok := object["message"].(map[string]any); ok {
					change(ack)
				}
			})
		})
	}
}

// otherParty is whose transactions a careless server shows to everybody.
const otherParty = "spmis.example.org"

var _ = register(
	Defect{ID: "pay-answers-as-text", Class: classPayEnvelope, Breaks: []string{"PAY-HTTP-001"},
		Sentence: "sends its answers as text/plain", Alter: everyAnswerAs("text/plain")},
	Defect{ID: "pay-errors-empty", Class: classPayEnvelope, Breaks: []string{"PAY-HTTP-002"},
		Sentence: "refuses with an empty object",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if status >= http.StatusBadRequest {
					return status, []byte("{}")
				}
				return status, body
			})
		}},
	Defect{ID: "pay-mistakes-as-500", Class: classPayEnvelope, Breaks: []string{"PAY-HTTP-003"},
		Sentence: "answers what it cannot read with HTTP 500",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				if status == http.StatusBadRequest {
					status = http.StatusInternalServerError
				}
				return status, body
			})
		}},
	Defect{ID: "pay-item-undated", Class: classPayEnvelope, Breaks: []string{"PAY-ENV-001"},
		Sentence: "leaves the timestamp out of the items of synchronous answers",
		Alter: func(v *Vendor) {
			v.EachItem(func(out reference.Outgoing, item map[string]any) {
				if out.Kind == reference.KindAnswer {
					delete(item, "timestamp")
				}
			})
		}},
	Defect{ID: "pay-callback-item-undated", Class: classPayEnvelope, Strength: AsyncOnly, Breaks: []string{"PAY-ENV-002"},
		Sentence: "leaves the timestamp out of the items of callbacks",
		Alter: func(v *Vendor) {
			v.EachItem(func(out reference.Outgoing, item map[string]any) {
				if out.Kind == reference.KindCallback {
					delete(item, "timestamp")
				}
			})
		}},
	Defect{ID: "pay-ack-undated", Class: classPayEnvelope, Breaks: []string{"PAY-ACK-001"},
		Sentence: "acknowledges without a timestamp",
		Alter:    acknowledging(func(ack map[string]any) { delete(ack, "timestamp") })},
	Defect{ID: "pay-ack-one-correlation-id", Class: classPayEnvelope, Breaks: []string{"PAY-ACK-002"},
		Sentence: "acknowledges every message under one correlation_id",
		Alter:    acknowledging(func(ack map[string]any) { ack["correlation_id"] = "correlation-1" })},
	Defect{ID: "pay-parties-not-swapped", Class: classPayEnvelope, Breaks: []string{"PAY-HDR-001"},
		Sentence: "answers in the name of the one who asked",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) {
				header["sender_id"], header["receiver_id"] = header["receiver_id"], header["sender_id"]
			})
		}},
	Defect{ID: "pay-action-of-the-request", Class: classPayEnvelope, Breaks: []string{"PAY-HDR-002"},
		Sentence: "answers with the action of the request",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if out.Request != nil {
					header["action"] = out.Request.Operation.Action
				}
			})
		}},
	Defect{ID: "pay-message-id-echoed", Class: classPayEnvelope, Breaks: []string{"PAY-HDR-003"},
		Sentence: "answers under the message_id of the request",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, header, _ map[string]any) {
				if out.Request != nil {
					header["message_id"] = out.Request.Header.MessageID
				}
			})
		}},
	Defect{ID: "pay-header-rejects-success", Class: classPayEnvelope, Breaks: []string{"PAY-HDR-004"},
		Sentence: "says rjct in the header over items that succeeded",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, _ map[string]any) { header["status"] = message.StatusRejected })
		}},
	Defect{ID: "pay-correlation-id-of-its-own", Class: classPayEnvelope, Breaks: []string{"PAY-TXN-001"},
		Sentence: "answers under another correlation_id than it acknowledged",
		Alter: func(v *Vendor) {
			v.Sending(func(out reference.Outgoing, _, body map[string]any) {
				if out.Kind == reference.KindCallback && body != nil {
					body["correlation_id"] = "correlation-" + out.Header.MessageID
				}
			})
		}},
	Defect{ID: "pay-transaction-id-of-its-own", Class: classPayEnvelope, Breaks: []string{"PAY-TXN-002"},
		Sentence: "answers under a transaction_id of its own",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) { body["transaction_id"] = "transaction-1" })
		}},
	Defect{ID: "pay-reference-id-invented", Class: classPayEnvelope, Breaks: []string{"PAY-REF-001"},
		Sentence: "answers items under reference_ids of its own",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) { item["reference_id"] = "item-1" })
		}},
	Defect{ID: "pay-last-item-unanswered", Class: classPayEnvelope, Breaks: []string{"PAY-REF-002"},
		Sentence: "leaves the last item of a batch unanswered",
		Alter: func(v *Vendor) {
			v.Items(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				return items[:max(1, len(items)-1)]
			})
		}},
	Defect{ID: "pay-repeated-reference-succeeds", Class: classPayEnvelope, Breaks: []string{"PAY-REF-003"},
		Sentence: "tells both of two items with one reference_id as done",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectReferenceDuplicate) }},
	Defect{ID: "pay-codes-of-its-own", Class: classPayEnvelope, Breaks: []string{"PAY-CODE-001"},
		Sentence: "rejects items with codes of its own",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) {
				if item["status"] == message.StatusRejected {
					item["status_reason_code"] = "rjct.declined"
				}
			})
		}},
	Defect{ID: "pay-rejected-without-reason", Class: classPayEnvelope, Breaks: []string{"PAY-CODE-002"},
		Sentence: "rejects items without a code",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) {
				if item["status"] == message.StatusRejected {
					delete(item, "status_reason_code")
				}
			})
		}},
	Defect{ID: "pay-no-callback", Class: classPayEnvelope, Breaks: []string{"PAY-CB-001"}, Silent: silentForEver,
		Sentence: "acknowledges and never calls back",
		Alter: func(v *Vendor) {
			v.Calls(func(request *http.Request, _ send) (*http.Response, error) {
				return accepted(request), nil
			})
		}},
	Defect{ID: "pay-callback-tried-once", Class: classPayEnvelope, Breaks: []string{"PAY-CB-003"},
		Sentence: "does not repeat a callback that failed",
		Alter: func(v *Vendor) {
			v.Calls(func(request *http.Request, next send) (*http.Response, error) {
				answer, err := next(request)
				if err == nil {
					_ = answer.Body.Close()
				}
				return accepted(request), nil
			})
		}},
	Defect{ID: "pay-unsigned", Class: classPaySecurity, Breaks: []string{"PAY-SIG-001"},
		Sentence: "does not sign what it sends",
		Alter: func(v *Vendor) {
			v.Signing(func(message.Signer) message.Signer {
				return signerFunc(func(json.RawMessage, json.RawMessage) (string, error) { return "", nil })
			})
		}},
	Defect{ID: "pay-key-not-published", Class: classPaySecurity, Breaks: []string{"PAY-SIG-002"},
		Sentence: "names a key in its signatures that it does not publish",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			key.KeyID = "key-in-the-drawer"
			return key.Sign(header, body)
		})},
	Defect{ID: "pay-signature-echoed", Class: classPaySecurity, Breaks: []string{"PAY-SIG-003"},
		Sentence: "returns the request's signature as its own",
		Alter: func(v *Vendor) {
			v.Bodies(func(_ *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				envelope, err := message.ParseEnvelope(asked)
				if err != nil || status != http.StatusOK {
					return status, body
				}
				return status, members(body, func(object map[string]any) { object["signature"] = envelope.Signature })
			})
		}},
	Defect{ID: "pay-signature-not-checked", Class: classPaySecurity, Breaks: []string{"PAY-SIG-004"},
		Sentence: "acts on messages whatever their signature",
		Alter:    func(v *Vendor) { v.WithoutCheck("signature") }},
	Defect{ID: "pay-token-not-checked", Class: classPaySecurity, Breaks: []string{"PAY-AUTH-001"},
		Sentence: "acts on messages whatever their token",
		Alter:    admitting(func(*reference.Incoming, error) bool { return true })},
	Defect{ID: "pay-revoked-key-accepted", Class: classPaySecurity, Breaks: []string{"PAY-AUTH-002"},
		Sentence: "acts on messages under a key that was withdrawn",
		Alter:    func(v *Vendor) { v.Forgives("signature", faulty(message.FaultUnknownKey)) }},
	Defect{ID: "pay-callback-anywhere", Class: classPaySecurity, Breaks: []string{"PAY-CB-002"},
		Sentence: "answers to whatever address a message names",
		Alter:    func(v *Vendor) { v.WithoutCheck("sender_uri") }},
	Defect{ID: "pay-status-empty", Class: classPayStatus, Breaks: []string{"PAY-STAT-001"},
		Sentence: "tells the status of a message without its items",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
				told, _ := body["txnstatus_response"].(map[string]any)
				status, _ := told["txn_status"].(map[string]any)
				for _, name := range paymentLists {
					if _, there := status[name]; there {
						status[name] = []any{}
					}
				}
			})
		}},
	Defect{ID: "pay-status-by-correlation-only", Class: classPayStatus, Breaks: []string{"PAY-STAT-001"},
		Sentence: "knows messages by their correlation_id alone",
		Alter: func(v *Vendor) {
			v.Transacted(func(q store.TransactionQuery, next func(store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error) {
				if q.CorrelationID == "" {
					return nil, nil
				}
				return next(q)
			})
		}},
	Defect{ID: "pay-status-of-others", Class: classPayStatus, Breaks: []string{"PAY-STAT-002"},
		Sentence: "tells any party the status of any message",
		Alter: func(v *Vendor) {
			v.Transacted(func(q store.TransactionQuery, next func(store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error) {
				q.Sender = otherParty
				return next(q)
			})
		}},
)
