package mocks

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const classNotification = "notifications"

type findsSubscriptions = func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)

// telling changes which subscriptions the vendor finds for a change.
func telling(change func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error)) func(*Vendor) {
	return func(v *Vendor) { v.State(state{findSubscription: change}) }
}

// unfiltered tells subscriptions of a filter type everything.
func unfiltered(filterType string) func(*Vendor) {
	all, _ := json.Marshal(everyGroup())
	return telling(func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
		found, err := next(ctx, q)
		for i := range found {
			if found[i].FilterType == filterType {
				found[i].FilterType, found[i].Filter = message.QueryPredicate, all
			}
		}
		return found, err
	})
}

// notes changes notifications before they are signed.
func notes(change func(out reference.Outgoing, header, body map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.Kind == reference.KindNotify {
				change(out, header, body)
			}
		})
	}
}

// told changes the data of each event of a notification.
func told(change func(data map[string]any)) func(*Vendor) {
	return notes(func(_ reference.Outgoing, _, body map[string]any) {
		for _, event := range listed(body, "notify_event") {
			change(within(event, "data"))
		}
	})
}

// stale tells a record as it was told the time before.
func stale(so func() bool) func(*Vendor) {
	var mu sync.Mutex
	before := map[string]any{}
	return told(func(data map[string]any) {
		record := within(data, "reg_records")
		key, _ := json.Marshal(record["group_identifier"])
		mu.Lock()
		defer mu.Unlock()
		last := before[string(key)]
		before[string(key)] = data["reg_records"]
		if last != nil && so() {
			data["reg_records"] = last
		}
	})
}

var _ = register(
	Defect{ID: "notify-never", Class: classNotification, Breaks: []string{"REG-NTF-001"}, Silent: "no notification is sent", Sentence: "takes subscriptions and never notifies",
		Alter: notifications(func(request *http.Request, _ send) (*http.Response, error) { return accepted(request), nil })},
	Defect{ID: "notify-not-by-condition", Class: classNotification, Breaks: []string{"REG-NTF-001"}, Silent: "the subscription was confirmed, and no notification is sent of it", Sentence: "never notifies for a subscription by a condition",
		Alter: telling(func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
			found, err := next(ctx, q)
			return slices.DeleteFunc(found, func(one store.Subscription) bool { return one.FilterType == message.QueryPredicate }), err
		})},
	Defect{ID: "notify-first-of-a-batch-only", Class: classNotification, Breaks: []string{"REG-NTF-001"}, Silent: "the subscriptions that it drops were confirmed, and no notification is sent of them", Sentence: "keeps the first subscription of a batch only",
		Alter: func(v *Vendor) {
			var later remembered
			subscribed(func(items []map[string]any) {
				for _, item := range items[1:] {
					for _, told := range listed(item, "subscriptions") {
						code, _ := told["code"].(string)
						later.add(code)
					}
				}
			})(v)
			telling(func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
				found, err := next(ctx, q)
				return slices.DeleteFunc(found, func(one store.Subscription) bool { return later.has(one.Code) }), err
			})(v)
		}},
	Defect{ID: "notify-twice", Class: classNotification, Breaks: []string{"REG-NTF-002"}, Sentence: "sends every notification twice",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			quietly(another(request), next)
			return next(request)
		})},
	Defect{ID: "notify-again-a-little-later", Class: classNotification, Breaks: []string{"REG-NTF-002"}, Sentence: "sends a notification again a moment after it was taken",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			second := another(request)
			response, err := next(request)
			time.AfterFunc(100*time.Millisecond, func() { quietly(second, next) })
			return response, err
		})},
	Defect{ID: "notify-out-of-order", Class: classNotification, Breaks: []string{"REG-NTF-003"}, Sentence: "sends notifications without waiting for the one before, so that they overtake each other",
		Alter: func(v *Vendor) {
			var count atomic.Int64
			notifications(func(request *http.Request, next send) (*http.Response, error) {
				late := another(request)
				time.AfterFunc(time.Duration(3-count.Add(1)%3)*80*time.Millisecond, func() { quietly(late, next) })
				return accepted(request), nil
			})(v)
		}},
	Defect{ID: "notify-overtaken-after-a-failure", Class: classNotification, Breaks: []string{"REG-NTF-003"}, Sentence: "lets later notifications pass one that has failed",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			again := another(request)
			response, err := next(request)
			if !failed(response, err) {
				return response, err
			}
			time.AfterFunc(1500*time.Millisecond, func() { quietly(again, next) })
			return accepted(request), nil
		})},
	Defect{ID: "notify-third-change-lost", Class: classNotification, Breaks: []string{"REG-NTF-003"}, Sentence: "tells two changes of a record and loses the third",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			count := map[string]int{}
			notifications(func(request *http.Request, next send) (*http.Response, error) {
				var last string
				for _, event := range listed(within(parsed(content(request)), "message"), "notify_event") {
					key, _ := json.Marshal(within(event, "data", "reg_records")["group_identifier"])
					last = string(key)
				}
				mu.Lock()
				count[last]++
				third := count[last] == 3
				mu.Unlock()
				if third {
					return accepted(request), nil
				}
				return next(request)
			})(v)
		}},
	Defect{ID: "notify-condition-ignored", Class: classNotification, Breaks: []string{"REG-NTF-004"}, Sentence: "ignores the condition of a subscription and tells of every record",
		Alter: unfiltered(message.QueryPredicate)},
	Defect{ID: "notify-identifier-ignored", Class: classNotification, Breaks: []string{"REG-NTF-004", "REG-NTF-007"}, Sentence: "ignores the identifier of a subscription and tells of every record",
		Alter: unfiltered(message.QueryIDTypeValue)},
	Defect{ID: "notify-without-transaction", Class: classNotification, Breaks: []string{"REG-NTF-005"}, Sentence: "leaves transaction_id out of notifications",
		Alter: notes(func(_ reference.Outgoing, _, body map[string]any) { delete(body, "transaction_id") })},
	Defect{ID: "notify-undated", Class: classNotification, Breaks: []string{"REG-NTF-005"}, Sentence: "leaves the timestamp out of each event of a notification",
		Alter: notes(func(_ reference.Outgoing, _, body map[string]any) {
			for _, event := range listed(body, "notify_event") {
				delete(event, "timestamp")
			}
		})},
	Defect{ID: "notify-as-text", Class: classNotification, Breaks: []string{"REG-NTF-006"}, Sentence: "sends notifications as text/plain",
		Alter: notifications(typed("text/plain"))},
	Defect{ID: "notify-by-put", Class: classNotification, Breaks: []string{"REG-NTF-006"}, Sentence: "sends notifications by PUT",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			request.Method = http.MethodPut
			return next(request)
		})},
	Defect{ID: "notify-every-subscriber", Class: classNotification, Breaks: []string{"REG-NTF-007"}, Sentence: "tells a change to every party that has any subscription",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			parties := map[string]bool{}
			v.State(state{
				addSubscription: func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error) {
					mu.Lock()
					parties[s.Subscriber] = true
					mu.Unlock()
					return next(ctx, s)
				},
				findSubscription: func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
					found, err := next(ctx, q)
					mu.Lock()
					defer mu.Unlock()
					var all []store.Subscription
					for _, one := range found {
						for party := range parties {
							one.Subscriber = party
							all = append(all, one)
						}
					}
					return all, err
				},
			})
		}},
	Defect{ID: "notify-after-the-end", Class: classNotification, Breaks: []string{"REG-NTF-008"}, Sentence: "goes on notifying for a subscription that has ended",
		Alter: telling(func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
			q.Status = ""
			return next(ctx, q)
		})},
	Defect{ID: "notify-end-forgotten", Class: classNotification, Breaks: []string{"REG-NTF-008"}, Sentence: "confirms the end of a subscription and does not keep it",
		Alter: func(v *Vendor) { v.State(state{endSubscription: func(string) bool { return false }}) }},
	Defect{ID: "notify-beside-published-path", Class: classNotification, Breaks: []string{"REG-NTF-009"}, Sentence: "sends notifications to /registry/on-notify",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			request.URL.Path = strings.TrimSuffix(request.URL.Path, "notify") + "on-notify"
			return next(request)
		})},
	Defect{ID: "notify-at-the-base", Class: classNotification, Breaks: []string{"REG-NTF-009"}, Sentence: "sends notifications to the registered base without the published path",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			request.URL.Path = strings.TrimSuffix(request.URL.Path, "registry/notify")
			return next(request)
		})},
	Defect{ID: "notify-unsigned", Class: classNotification, Breaks: []string{"REG-NTF-010"}, Sentence: "sends notifications without a signature",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			carry(request, edited(content(request), func(members map[string]any) { delete(members, "signature") }))
			return next(request)
		})},
	Defect{ID: "notify-signed-for-something-else", Class: classNotification, Breaks: []string{"REG-NTF-010"}, Sentence: "changes notifications after it has signed them",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			carry(request, edited(content(request), func(members map[string]any) { within(members, "message")["transaction_id"] = "changed" }))
			return next(request)
		})},
	Defect{ID: "notify-signature-reused", Class: classNotification, Breaks: []string{"REG-NTF-010"}, Sentence: "signs its first notification and puts that signature into all",
		Alter: func(v *Vendor) {
			var first sync.Map
			notifications(func(request *http.Request, next send) (*http.Response, error) {
				carry(request, edited(content(request), func(members map[string]any) {
					members["signature"], _ = first.LoadOrStore("signature", members["signature"])
				}))
				return next(request)
			})(v)
		}},
	Defect{ID: "notify-without-the-new-score", Class: classNotification, Breaks: []string{"REG-NTF-011"}, Sentence: "leaves the attribute that has changed out of the notified record",
		Alter: told(func(data map[string]any) { delete(within(data, "reg_records"), "poverty_score") })},
	Defect{ID: "notify-identifier-alone", Class: classNotification, Breaks: []string{"REG-NTF-011"}, Sentence: "tells that a record has changed and nothing of its content",
		Alter: told(func(data map[string]any) {
			record := within(data, "reg_records")
			for name := range record {
				if name != "group_identifier" {
					delete(record, name)
				}
			}
		})},
	Defect{ID: "notify-stale-record", Class: classNotification, Breaks: []string{"REG-NTF-011", "REG-NTF-003"}, Sentence: "tells the record as it was before the change",
		Alter: func(v *Vendor) { stale(func() bool { return true })(v) }},
	Defect{ID: "notify-tried-once", Class: classNotification, Breaks: []string{"REG-NTF-012"}, Sentence: "tries a notification once and forgets it",
		Alter: notifications(func(request *http.Request, next send) (*http.Response, error) {
			quietly(request, next)
			return accepted(request), nil
		})},
	Defect{ID: "notify-another-event", Class: classNotification, Breaks: []string{"REG-NTF-013"}, Sentence: "names the event SEARCH in every notification",
		Alter: told(func(data map[string]any) { data["reg_event_type"] = "SEARCH" })},
	Defect{ID: "notify-another-record-type", Class: classNotification, Breaks: []string{"REG-NTF-013"}, Sentence: "names the record type Person in every notification",
		Alter: told(func(data map[string]any) { data["reg_record_type"] = "Person" })},
	Defect{ID: "notify-parties-swapped", Class: classNotification, Breaks: []string{"REG-NTF-014"}, Sentence: "names the subscriber as the sender of a notification",
		Alter: notes(func(_ reference.Outgoing, header, _ map[string]any) {
			header["sender_id"], header["receiver_id"] = header["receiver_id"], header["sender_id"]
		})},
	Defect{ID: "notify-to-nobody", Class: classNotification, Breaks: []string{"REG-NTF-014"}, Sentence: "names itself as the receiver of a notification",
		Alter: notes(func(_ reference.Outgoing, header, _ map[string]any) { header["receiver_id"] = header["sender_id"] })},
	Defect{ID: "notify-action-of-an-answer", Class: classNotification, Breaks: []string{"REG-NTF-014", "REG-NTF-005"}, Sentence: "gives notifications the action on-notify",
		Alter: notes(func(_ reference.Outgoing, header, _ map[string]any) { header["action"] = "on-notify" })},
	Defect{ID: "notify-held-up-by-one", Class: classNotification, Breaks: []string{"REG-NTF-015"}, Sentence: "notifies nobody while one subscriber takes nothing",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			stuck := ""
			notifications(func(request *http.Request, next send) (*http.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				receiver, _ := within(parsed(content(request)), "header")["receiver_id"].(string)
				if stuck != "" && stuck != receiver {
					return nil, errGone
				}
				response, err := next(request)
				if stuck = ""; failed(response, err) {
					stuck = receiver
				}
				return response, err
			})(v)
		}},
	Defect{ID: "notify-first-subscriber-only", Class: classNotification, Breaks: []string{"REG-NTF-016"}, Sentence: "tells a change to the first party that has subscribed to it",
		Alter: telling(func(ctx context.Context, q store.SubscriptionQuery, next findsSubscriptions) ([]store.Subscription, error) {
			found, err := next(ctx, q)
			var kept []store.Subscription
			for _, one := range found {
				taken := false
				for _, other := range kept {
					taken = taken || bytes.Equal(one.Filter, other.Filter)
				}
				if !taken {
					kept = append(kept, one)
				}
			}
			return kept, err
		})},
)
