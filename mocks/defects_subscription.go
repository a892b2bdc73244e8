package mocks

import (
	"context"
	"strings"
	"sync"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const (
	classSubscription = "subscriptions"
)

// everyGroup is a filter that every group meets.
func everyGroup() []any {
	return []any{map[string]any{"seq_num": 1, "expression1": map[string]any{
		"attribute_name": "group_size", "operator": "ge", "attribute_value": 0}}}
}

// subscribing changes what the vendor takes the criteria of a subscription to say.
func subscribing(change func(criteria map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Understands(func(_ *reference.Incoming, body map[string]any) {
			for _, item := range listed(body, "subscribe_request") {
				change(within(item, "subscribe_criteria"))
			}
		})
	}
}

// careless follows a filter of its own where it cannot follow the one that was sent.
func careless(so func(criteria map[string]any) bool) func(*Vendor) {
	return subscribing(func(criteria map[string]any) {
		if so(criteria) {
			criteria["filter_type"], criteria["filter"] = message.QueryPredicate, everyGroup()
		}
	})
}

func filterAttribute(criteria map[string]any) string {
	list, _ := criteria["filter"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	name, _ := within(first, "expression1")["attribute_name"].(string)
	return name
}

// subscribed changes the items of on-subscribe.
func subscribed(change func(items []map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
			if items := listed(body, "subscribe_response"); len(items) > 0 {
				change(items)
			}
		})
	}
}

// subscriptionsOf changes each SubscriptionInfo of on-subscribe.
func subscriptionsOf(change func(told map[string]any)) func(*Vendor) {
	return subscribed(func(items []map[string]any) {
		for _, item := range items {
			for _, told := range listed(item, "subscriptions") {
				change(told)
			}
		}
	})
}

func reject(item map[string]any, code message.ReasonCode) {
	item["status"], item["status_reason_code"] = message.StatusRejected, code
	delete(item, "subscriptions")
}

// ended changes on-unsubscribe; codes are those that the message named.
func ended(change func(header, body map[string]any, codes []any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Sending(func(out reference.Outgoing, header, body map[string]any) {
			if out.Operation.ID == "on-unsubscribe" && out.Request != nil {
				codes, _ := parsed(out.Request.Envelope.Message)["subscription_codes"].([]any)
				change(header, body, codes)
			}
		})
	}
}

// agreeing says of every code that it has been ended.
func agreeing(when func(reason any) bool) func(*Vendor) {
	return ended(func(header, body map[string]any, codes []any) {
		if body["status"] != message.StatusRejected || !when(body["status_reason_code"]) {
			return
		}
		list := []any{}
		for _, code := range codes {
			list = append(list, map[string]any{"code": code, "status": message.SubscriptionEnded})
		}
		body["status"], body["subscription_status"] = message.StatusSuccess, list
		delete(body, "status_reason_code")
		delete(body, "status_reason_message")
		succeed(header)
	})
}

func succeed(header map[string]any) {
	header["status"] = message.StatusSuccess
	delete(header, "status_reason_code")
	delete(header, "status_reason_message")
}

var _ = register(
	Defect{ID: "subscription-without-code", Class: classSubscription, Breaks: []string{"REG-SUB-001"}, Sentence: "confirms a subscription without telling its code",
		Alter: subscribed(func(items []map[string]any) {
			for _, item := range items {
				delete(item, "subscriptions")
			}
		})},
	Defect{ID: "subscription-as-ended", Class: classSubscription, Breaks: []string{"REG-SUB-001"}, Sentence: "confirms a subscription with the status unsubscribe",
		Alter: subscriptionsOf(func(told map[string]any) { told["status"] = message.SubscriptionEnded })},
	Defect{ID: "condition-not-subscribed", Class: classSubscription, Breaks: []string{"REG-SUB-001"}, Sentence: "rejects every subscription by a condition",
		Alter: func(v *Vendor) {
			v.State(state{addSubscription: func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error) {
				if s.FilterType == message.QueryPredicate {
					return false, nil
				}
				return next(ctx, s)
			}})
		}},
	Defect{ID: "subscription-codes-alike", Class: classSubscription, Breaks: []string{"REG-SUB-002"}, Sentence: "gives every subscription the same code",
		Alter: subscriptionsOf(func(told map[string]any) { told["code"] = "subscription" })},
	Defect{ID: "subscription-code-a-message", Class: classSubscription, Breaks: []string{"REG-SUB-002"}, Sentence: "gives all subscriptions of a batch one code",
		Alter: subscribed(func(items []map[string]any) {
			var first any
			for _, item := range items {
				for _, told := range listed(item, "subscriptions") {
					if first == nil {
						first = told["code"]
					}
					told["code"] = first
				}
			}
		})},
	Defect{ID: "event-type-guessed", Class: classSubscription, Breaks: []string{"REG-SUB-003"}, Sentence: "takes an unknown event type for its first one",
		Alter: subscribing(func(criteria map[string]any) {
			switch criteria["reg_event_type"] {
			case "REGISTER", "NewHouseHoldMember", "UPDATE":
			default:
				criteria["reg_event_type"] = "REGISTER"
			}
		})},
	Defect{ID: "event-type-defaulted", Class: classSubscription, Breaks: []string{"REG-SUB-003"}, Sentence: "takes a missing event type for its first one",
		Alter: subscribing(func(criteria map[string]any) {
			if criteria["reg_event_type"] == nil {
				criteria["reg_event_type"] = "REGISTER"
			}
		})},
	Defect{ID: "record-type-guessed", Class: classSubscription, Breaks: []string{"REG-SUB-004"}, Sentence: "takes an unknown notify_record_type for the event's",
		Alter: subscribing(func(criteria map[string]any) {
			if name, _ := criteria["notify_record_type"].(string); name != "Person" && name != "Member" {
				criteria["notify_record_type"] = "Group"
			}
		})},
	Defect{ID: "filter-unknown-attribute-ignored", Class: classSubscription, Breaks: []string{"REG-SUB-005"}, Sentence: "leaves a filter out that names an unknown attribute",
		Alter: careless(func(criteria map[string]any) bool { return strings.HasPrefix(filterAttribute(criteria), "shoe") })},
	Defect{ID: "filter-unknown-operator-ignored", Class: classSubscription, Breaks: []string{"REG-SUB-005"}, Sentence: "leaves a filter out that has an unknown operator",
		Alter: careless(func(criteria map[string]any) bool {
			list, _ := criteria["filter"].([]any)
			if len(list) == 0 {
				return false
			}
			first, _ := list[0].(map[string]any)
			return within(first, "expression1")["operator"] == "resembles"
		})},
	Defect{ID: "empty-filter-means-all", Class: classSubscription, Breaks: []string{"REG-SUB-005"}, Sentence: "takes an empty filter for everybody",
		Alter: careless(func(criteria map[string]any) bool {
			list, is := criteria["filter"].([]any)
			return is && len(list) == 0
		})},
	Defect{ID: "no-filter-means-all", Class: classSubscription, Breaks: []string{"REG-SUB-005"}, Sentence: "takes a missing filter for everybody",
		Alter: careless(func(criteria map[string]any) bool { return criteria["filter"] == nil })},
	Defect{ID: "filter-type-guessed", Class: classSubscription, Breaks: []string{"REG-SUB-005"}, Sentence: "takes an unknown filter_type for everybody",
		Alter: careless(func(criteria map[string]any) bool { return criteria["filter_type"] == "by-guess" })},
	Defect{ID: "nobody-subscribed-to", Class: classSubscription, Breaks: []string{"REG-SUB-006"}, Sentence: "accepts a subscription to a record that it does not hold",
		Alter: func(v *Vendor) {
			v.State(state{search: func(ctx context.Context, q query.Query, next func(context.Context, query.Query) (store.Found, error)) (store.Found, error) {
				found, err := next(ctx, q)
				// Only the look at a subscription's filter asks for a page of one.
				if err == nil && q.Page != nil && q.Page.Size == 1 {
					found.Total = max(found.Total, 1)
				}
				return found, err
			}})
		}},
	Defect{ID: "subscribed-twice", Class: classSubscription, Breaks: []string{"REG-SUB-007"}, Sentence: "accepts a subscription that the party already has",
		Alter: func(v *Vendor) {
			v.State(state{addSubscription: func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error) {
				_, err := next(ctx, s)
				return true, err
			}})
		}},
	Defect{ID: "subscriptions-all-or-none", Class: classSubscription, Breaks: []string{"REG-SUB-008"}, Sentence: "rejects a whole batch of subscriptions for one bad item",
		Alter: subscribed(func(items []map[string]any) {
			for _, item := range items {
				if item["status"] == message.StatusRejected {
					for _, other := range items {
						reject(other, message.RejectNotifyDetails)
					}
				}
			}
		})},
	Defect{ID: "subscriptions-until-the-first-fault", Class: classSubscription, Breaks: []string{"REG-SUB-008"}, Sentence: "stops at the first bad item of a batch of subscriptions",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
				for i, item := range listed(body, "subscribe_response") {
					if item["status"] == message.StatusRejected {
						list, _ := body["subscribe_response"].([]any)
						body["subscribe_response"] = list[:i+1]
						return
					}
				}
			})
		}},
	Defect{ID: "subscription-taken-by-another", Class: classSubscription, Breaks: []string{"REG-SUB-009"}, Sentence: "rejects a subscription that another party has",
		Alter: func(v *Vendor) {
			var mu sync.Mutex
			holders := map[string]string{}
			v.State(state{addSubscription: func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error) {
				mu.Lock()
				holder, held := holders[string(s.Filter)]
				if !held {
					holders[string(s.Filter)] = s.Subscriber
				}
				mu.Unlock()
				if held && holder != s.Subscriber {
					return false, nil
				}
				return next(ctx, s)
			}})
		}},
	Defect{ID: "unsubscribed-another-code", Class: classSubscription, Breaks: []string{"REG-UNS-001"}, Sentence: "answers an unsubscribe with another code than it was asked to end",
		Alter: ended(func(_, body map[string]any, _ []any) {
			for _, told := range listed(body, "subscription_status") {
				told["code"] = "subscription-0"
			}
		})},
	Defect{ID: "unsubscribed-still-subscribed", Class: classSubscription, Breaks: []string{"REG-UNS-001"}, Sentence: "answers an unsubscribe with the status subscribe",
		Alter: ended(func(_, body map[string]any, _ []any) {
			for _, told := range listed(body, "subscription_status") {
				told["status"] = message.SubscriptionActive
			}
		})},
	Defect{ID: "unknown-code-unsubscribed", Class: classSubscription, Breaks: []string{"REG-UNS-002"}, Sentence: "says of a code that it never gave that it has been ended",
		Alter: agreeing(func(reason any) bool { return reason == string(message.RejectSubscriptionCode) })},
	Defect{ID: "unsubscribed-by-anybody", Class: classSubscription, Breaks: []string{"REG-UNS-003"}, Sentence: "lets any party end any subscription",
		Alter: unsubscribing(true)},
	Defect{ID: "unsubscribed-by-anybody-in-secret", Class: classSubscription, Breaks: []string{"REG-UNS-003"}, Silent: "the end of the subscription was refused, and no notification is sent of it any more", Sentence: "refuses to end another party's subscription and ends it all the same",
		Alter: func(v *Vendor) {
			unsubscribing(false)(v)
		}},
	Defect{ID: "unsubscribed-twice", Class: classSubscription, Breaks: []string{"REG-UNS-004"}, Sentence: "says of an ended subscription that it has been ended now",
		Alter: agreeing(func(reason any) bool { return reason == string(message.RejectAlreadyUnsubscribed) })},
	Defect{ID: "first-code-unsubscribed", Class: classSubscription, Breaks: []string{"REG-UNS-005"}, Sentence: "ends the first of several subscriptions only",
		Alter: func(v *Vendor) {
			v.Understands(func(_ *reference.Incoming, body map[string]any) {
				if codes, ok := body["subscription_codes"].([]any); ok && len(codes) > 1 {
					body["subscription_codes"] = codes[:1]
				}
			})
		}},
	Defect{ID: "never-subscribed-anew", Class: classSubscription, Breaks: []string{"REG-UNS-006"}, Sentence: "rejects a subscription that the party had and ended",
		Alter: func(v *Vendor) {
			var had remembered
			v.State(state{addSubscription: func(ctx context.Context, s store.Subscription, next func(context.Context, store.Subscription) (bool, error)) (bool, error) {
				key := s.Subscriber + " " + string(s.Filter)
				if had.has(key) {
					return false, nil
				}
				had.add(key)
				return next(ctx, s)
			}})
		}},
)

// unsubscribing lets any party end any subscription; openly says so in the answer, otherwise it is refused there.
func unsubscribing(openly bool) func(*Vendor) {
	return func(v *Vendor) {
		var mu sync.Mutex
		asks := map[string]string{}
		v.Understands(func(in *reference.Incoming, body map[string]any) {
			codes, _ := body["subscription_codes"].([]any)
			mu.Lock()
			defer mu.Unlock()
			for _, code := range codes {
				if text, ok := code.(string); ok {
					asks[text] = in.Header.SenderID
				}
			}
		})
		var foreign remembered
		v.State(state{subscription: func(held store.Subscription, known bool) (store.Subscription, bool) {
			mu.Lock()
			defer mu.Unlock()
			if asker, asked := asks[held.Code]; asked && asker != held.Subscriber {
				held.Subscriber = asker
				foreign.add(held.Code)
			}
			return held, known
		}})
		if openly {
			return
		}
		ended(func(header, body map[string]any, codes []any) {
			for _, code := range codes {
				if text, _ := code.(string); foreign.has(text) {
					body["status"], body["status_reason_code"] = message.StatusRejected, message.RejectRequester
					header["status"], header["status_reason_code"] = message.StatusRejected, message.RejectTooManyErrors
					delete(body, "subscription_status")
				}
			}
		})(v)
	}
}
