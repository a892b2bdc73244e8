package mocks

import (
	"context"
	"slices"
	"sync"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

const classTxnStatus = "transaction status"

type findsItems = func(context.Context, store.TransactionQuery) ([]store.TransactionItem, error)

// finding changes what the vendor finds of its transactions.
func finding(change func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error)) func(*Vendor) {
	return func(v *Vendor) { v.State(state{findItems: change}) }
}

// statuses changes status answers: the header, and txn_status with the question that it answers.
func statuses(change func(out reference.Outgoing, header, body, status map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if response := within(body, "txnstatus_response"); len(response) > 0 {
				change(out, header, body, within(response, "txn_status"))
			}
		})
	}
}

// statusItems changes each item of a status answer.
func statusItems(change func(item map[string]any)) func(*Vendor) {
	return statuses(func(_ reference.Outgoing, _, _, status map[string]any) {
		for _, item := range listed(status, "search_response", "subscribe_response") {
			change(item)
		}
	})
}

// openly looks among everybody's transactions where so agrees.
func openly(so func(q store.TransactionQuery) bool) func(*Vendor) {
	return func(v *Vendor) {
		var mu sync.Mutex
		senders := map[string]bool{}
		v.State(state{
			putItems: func(items []store.TransactionItem) []store.TransactionItem {
				mu.Lock()
				defer mu.Unlock()
				for _, item := range items {
					senders[item.Sender] = true
				}
				return items
			},
			findItems: func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
				found, err := next(ctx, q)
				if err != nil || len(found) > 0 || !so(q) {
					return found, err
				}
				mu.Lock()
				defer mu.Unlock()
				for sender := range senders {
					q.Sender = sender
					more, err := next(ctx, q)
					if err != nil {
						return nil, err
					}
					found = append(found, more...)
				}
				return found, nil
			},
		})
	}
}

// asking changes what the vendor takes a status request to ask.
func asking(change func(request map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Understands(func(_ *reference.Incoming, body map[string]any) {
			if request := within(body, "txnstatus_request"); len(request) > 0 {
				change(request)
			}
		})
	}
}

var _ = register(
	Defect{ID: "status-empty", Class: classTxnStatus, Breaks: []string{"REG-TXN-001", "REG-TXN-010"}, Sentence: "tells of no transaction by its transaction_id",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.TransactionID != "" {
				return nil, nil
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-first-item-only", Class: classTxnStatus, Breaks: []string{"REG-TXN-001", "REG-TXN-002"}, Sentence: "tells the first item of a batch only",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			found, err := next(ctx, q)
			return found[:min(len(found), 1)], err
		})},
	Defect{ID: "status-third-item-missing", Class: classTxnStatus, Strength: ThirdItem, Breaks: []string{"REG-TXN-001"}, Sentence: "leaves the third item of a batch out of its status",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			found, err := next(ctx, q)
			return found[:min(len(found), 2)], err
		})},
	Defect{ID: "status-always-pending", Class: classTxnStatus, Breaks: []string{"REG-TXN-001"}, Sentence: "tells every item as pending, long after it was answered",
		Alter: statusItems(func(item map[string]any) { item["status"] = message.StatusPending })},
	Defect{ID: "status-ids-invented", Class: classTxnStatus, Breaks: []string{"REG-TXN-001"}, Sentence: "tells items under reference_ids of its own",
		Alter: statusItems(func(item map[string]any) { item["reference_id"] = "item" })},
	Defect{ID: "status-async-empty", Class: classTxnStatus, Strength: AsyncOnly, Breaks: []string{"REG-TXN-001"}, Sentence: "tells of nothing when the status is asked for asynchronously",
		Alter: statuses(func(out reference.Outgoing, _, _, status map[string]any) {
			if out.Kind == reference.KindCallback && status["search_response"] != nil {
				status["search_response"] = []any{}
			}
		})},
	Defect{ID: "status-not-by-correlation", Class: classTxnStatus, Breaks: []string{"REG-TXN-002"}, Sentence: "knows no transaction by its correlation_id",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.CorrelationID != "" {
				return nil, nil
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-correlation-as-transaction", Class: classTxnStatus, Breaks: []string{"REG-TXN-002"}, Sentence: "looks a correlation_id up among the transaction_ids",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.CorrelationID != "" {
				q.TransactionID, q.CorrelationID = q.CorrelationID, ""
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-not-by-reference", Class: classTxnStatus, Breaks: []string{"REG-TXN-003"}, Sentence: "knows no item by its reference_id",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if len(q.ReferenceIDs) > 0 {
				return nil, nil
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-first-reference-only", Class: classTxnStatus, Breaks: []string{"REG-TXN-003"}, Sentence: "reads the first of a list of reference_ids only",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			q.ReferenceIDs = q.ReferenceIDs[:min(len(q.ReferenceIDs), 1)]
			return next(ctx, q)
		})},
	Defect{ID: "status-whole-batch-by-reference", Class: classTxnStatus, Breaks: []string{"REG-TXN-003"}, Sentence: "tells the whole batch to one who asks for one of its items",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			found, err := next(ctx, q)
			if err != nil || len(q.ReferenceIDs) == 0 || len(found) == 0 {
				return found, err
			}
			q.ReferenceIDs, q.TransactionID = nil, found[0].TransactionID
			return next(ctx, q)
		})},
	Defect{ID: "status-of-the-messages-transaction", Class: classTxnStatus, Breaks: []string{"REG-TXN-003"}, Sentence: "tells all that has the transaction_id of the question, whatever is asked about",
		Alter: func(v *Vendor) {
			v.Understands(func(_ *reference.Incoming, body map[string]any) {
				request := within(body, "txnstatus_request")
				if slices.Contains([]any{"transaction_id", "correlation_id", "reference_id_list"}, request["attribute_type"]) {
					request["attribute_type"], request["attribute_value"] = "transaction_id", body["transaction_id"]
				}
			})
		}},
	Defect{ID: "status-to-anybody", Class: classTxnStatus, Breaks: []string{"REG-TXN-004"}, Sentence: "tells everybody's transactions to everybody",
		Alter: openly(func(store.TransactionQuery) bool { return true })},
	Defect{ID: "status-to-anybody-by-correlation", Class: classTxnStatus, Breaks: []string{"REG-TXN-004"}, Sentence: "tells another party's transaction to one who knows its correlation_id",
		Alter: openly(func(q store.TransactionQuery) bool { return q.CorrelationID != "" })},
	Defect{ID: "status-to-anybody-by-reference", Class: classTxnStatus, Breaks: []string{"REG-TXN-004"}, Sentence: "tells another party's items to one who knows their reference_ids",
		Alter: openly(func(q store.TransactionQuery) bool { return len(q.ReferenceIDs) > 0 })},
	Defect{ID: "status-unknown-succeeded", Class: classTxnStatus, Breaks: []string{"REG-TXN-005", "REG-TXN-006"}, Sentence: "tells an item with success for a transaction that was never sent",
		Alter: statuses(func(_ reference.Outgoing, header, _, status map[string]any) {
			if items, ok := status["search_response"].([]any); ok && len(items) == 0 {
				header["status"] = message.StatusSuccess
				delete(header, "status_reason_message")
				status["search_response"] = []any{map[string]any{"reference_id": "r", "timestamp": header["message_ts"], "status": message.StatusSuccess}}
			}
		})},
	Defect{ID: "status-unknown-as-the-last", Class: classTxnStatus, Breaks: []string{"REG-TXN-005"}, Sentence: "tells its latest transaction where it does not find the one that was asked for",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			var last []store.TransactionItem
			v.State(state{
				putItems: func(items []store.TransactionItem) []store.TransactionItem {
					mu.Lock()
					defer mu.Unlock()
					if len(items) > 0 && items[0].TxnType == "search" {
						last = items
					}
					return items
				},
				findItems: func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
					found, err := next(ctx, q)
					mu.Lock()
					defer mu.Unlock()
					if err == nil && len(found) == 0 {
						return last, nil
					}
					return found, err
				},
			})
		}},
	Defect{ID: "status-unknown-silently", Class: classTxnStatus, Breaks: []string{"REG-TXN-006"}, Sentence: "answers with success and no items for a transaction that was never sent",
		Alter: statuses(func(_ reference.Outgoing, header, _, _ map[string]any) {
			if header["status"] == message.StatusRejected {
				header["status"] = message.StatusSuccess
				delete(header, "status_reason_message")
			}
		})},
	Defect{ID: "status-attribute-type-guessed", Class: classTxnStatus, Breaks: []string{"REG-TXN-007"}, Sentence: "takes an unknown attribute_type for transaction_id",
		Alter: asking(func(request map[string]any) {
			switch request["attribute_type"] {
			case "transaction_id", "correlation_id", "reference_id_list":
			default:
				request["attribute_type"] = "transaction_id"
			}
		})},
	Defect{ID: "status-type-ignored", Class: classTxnStatus, Breaks: []string{"REG-TXN-008"}, Sentence: "tells a search whatever txn_type is asked for",
		Alter: asking(func(request map[string]any) {
			if request["txn_type"] == "subscribe" || request["txn_type"] == "unsubscribe" {
				request["txn_type"] = "search"
			}
		})},
	Defect{ID: "status-search-as-subscription", Class: classTxnStatus, Breaks: []string{"REG-TXN-008"}, Sentence: "tells the items of a search as those of a subscription",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.TxnType == "subscribe" {
				if found, err := next(ctx, q); err != nil || len(found) > 0 {
					return found, err
				}
				q.TxnType = "search"
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-rejected-as-success", Class: classTxnStatus, Breaks: []string{"REG-TXN-009"}, Sentence: "tells a rejected item as one that succeeded",
		Alter: statusItems(func(item map[string]any) {
			item["status"] = message.StatusSuccess
			delete(item, "status_reason_code")
			delete(item, "status_reason_message")
		})},
	Defect{ID: "status-reason-lost", Class: classTxnStatus, Breaks: []string{"REG-TXN-009"}, Sentence: "tells a rejected item without its reason",
		Alter: statusItems(func(item map[string]any) { delete(item, "status_reason_code") })},
	Defect{ID: "status-rejected-item-dropped", Class: classTxnStatus, Breaks: []string{"REG-TXN-009"}, Sentence: "leaves rejected items out of the status",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			found, err := next(ctx, q)
			var kept []store.TransactionItem
			for _, item := range found {
				if item.Status != message.StatusRejected {
					kept = append(kept, item)
				}
			}
			return kept, err
		})},
	Defect{ID: "status-of-async-only", Class: classTxnStatus, Breaks: []string{"REG-TXN-010"}, Sentence: "keeps nothing of searches that it answered synchronously",
		Alter: func(v *Vendor) {
			var atOnce remembered
			v.Understands(func(in *reference.Incoming, _ map[string]any) {
				if in.Operation.Mode == spec.Sync {
					atOnce.add(in.CorrelationID)
				}
			})
			v.State(state{putItems: func(items []store.TransactionItem) []store.TransactionItem {
				if len(items) > 0 && atOnce.has(items[0].CorrelationID) {
					return nil
				}
				return items
			}})
		}},
	Defect{ID: "status-under-the-questions-ids", Class: classTxnStatus, Breaks: []string{"REG-TXN-011"}, Sentence: "tells a transaction under the ids of the question",
		Alter: statuses(func(_ reference.Outgoing, _, body, status map[string]any) {
			status["transaction_id"], status["correlation_id"] = body["transaction_id"], body["correlation_id"]
		})},
	Defect{ID: "status-correlation-of-the-question", Class: classTxnStatus, Breaks: []string{"REG-TXN-011"}, Sentence: "tells a transaction under the correlation_id of the question",
		Alter: statuses(func(_ reference.Outgoing, _, body, status map[string]any) {
			status["correlation_id"] = body["correlation_id"]
		})},
	Defect{ID: "status-unknown-type-as-search", Class: classTxnStatus, Breaks: []string{"REG-TXN-012"}, Sentence: "takes an unknown txn_type for search",
		Alter: asking(func(request map[string]any) {
			switch request["txn_type"] {
			case "search", "subscribe", "unsubscribe", "receipt":
			default:
				request["txn_type"] = "search"
			}
		})},
	Defect{ID: "status-not-of-subscriptions", Class: classTxnStatus, Breaks: []string{"REG-TXN-013"}, Sentence: "tells of no subscription",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.TxnType == "subscribe" {
				return nil, nil
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-not-of-unsubscribes", Class: classTxnStatus, Breaks: []string{"REG-TXN-014"}, Sentence: "tells of no unsubscribe",
		Alter: finding(func(ctx context.Context, q store.TransactionQuery, next findsItems) ([]store.TransactionItem, error) {
			if q.TxnType == "unsubscribe" {
				return nil, nil
			}
			return next(ctx, q)
		})},
	Defect{ID: "status-of-unsubscribe-as-subscribed", Class: classTxnStatus, Breaks: []string{"REG-TXN-014"}, Sentence: "tells in the status of an unsubscribe that the subscriptions go on",
		Alter: statuses(func(_ reference.Outgoing, _, _, status map[string]any) {
			for _, told := range listed(status, "subscription_status") {
				told["status"] = message.SubscriptionActive
			}
		})},
)
