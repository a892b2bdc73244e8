package mocks

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// What is wrong only at certain moments: after a restart, under concurrency, on the second page.

// restarting counts the messages that come, and says how often the vendor was started anew: behind every
// third message, of which nobody sees anything but what it has forgotten.
func restarting(v *Vendor) (starts func() int64) {
	const between = 3
	var messages atomic.Int64
	v.Before(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		if isMessage(r) {
			messages.Add(1)
		}
		return false
	})
	return func() int64 { return messages.Load() / between }
}

// counted is a counter that begins anew with each start.
func counted(starts func() int64) func() int64 {
	var start, count atomic.Int64
	return func() int64 {
		if now := starts(); start.Swap(now) != now {
			count.Store(0)
		}
		return count.Add(1)
	}
}

// clock is the present second as a text: an id for who takes it for one.
func clock() string { return time.Now().UTC().Format("20060102150405") }

// onSecondPage says whether an answer tells of a second page.
func onSecondPage(body map[string]any) bool {
	for _, item := range listed(body, "search_response") {
		if fmt.Sprint(within(item, "pagination")["page_number"]) == "2" {
			return true
		}
	}
	return false
}

var _ = register(
	Defect{ID: "answer-signed-by-new-key-after-restart", Class: classOwnKey, Breaks: []string{"SEC-SIG-001"}, Strength: AfterRestart,
		Sentence: "makes a new key when it starts, signs by it and goes on publishing the old one",
		Alter: func(v *Vendor) {
			starts := restarting(v)
			keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
				if starts() > 0 {
					key.Private = otherKey()
				}
				return key.Sign(header, body)
			})(v)
		}},
	Defect{ID: "keys-made-anew-after-restart", Class: classKeys, Breaks: []string{"SEC-SIG-001"}, Strength: AfterRestart,
		Sentence: "makes a new key when it starts, under the id of the old one",
		Exercise: []string{"REG-QEX-001"},
		Alter: func(v *Vendor) {
			starts := restarting(v)
			keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
				if starts() > 0 {
					key.Private = otherKey()
				}
				return key.Sign(header, body)
			})(v)
			published(func(key map[string]any, _ int64) {
				if starts() > 0 {
					public, _ := otherKey().Public().(ed25519.PublicKey)
					key["x"] = base64.RawURLEncoding.EncodeToString(public)
				}
			})(v)
		}},
	Defect{ID: "message-ids-from-one-after-restart", Class: classIDs, Breaks: []string{"REG-HDR-002"}, Strength: AfterRestart,
		Sentence: "counts its message_ids from 1 when it starts",
		Alter: func(v *Vendor) {
			next := counted(restarting(v))
			headers(func(_ reference.Outgoing, h map[string]any) { h["message_id"] = fmt.Sprint("M-", next()) })(v)
		}},
	Defect{ID: "correlation-ids-from-one-after-restart", Class: classCorrelation, Breaks: []string{"REG-SEARCH-005"}, Strength: AfterRestart,
		Sentence: "counts the correlation_ids of its answers from 1 when it starts",
		Alter: func(v *Vendor) {
			next := counted(restarting(v))
			answerMember("correlation_id", func(reference.Outgoing, map[string]any, string) string { return fmt.Sprint("C-", next()) })(v)
		}},
	Defect{ID: "callbacks-lost-by-restart", Class: classCallback, Breaks: []string{"REG-CB-001"}, Strength: AfterRestart, Silent: "what it lost is never sent, and nothing tells of its restart",
		Sentence: "loses the callbacks that were on their way when it was started anew",
		Alter: func(v *Vendor) {
			starts := restarting(v)
			var last atomic.Int64
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if now := starts(); last.Swap(now) != now {
					return accepted(request), nil
				}
				return next(request)
			})(v)
		}},

	Defect{ID: "message-id-by-the-clock", Class: classIDs, Breaks: []string{"REG-HDR-002"}, Strength: Concurrent, Exercise: []string{"REG-QEX-001"},
		Sentence: "makes its message_ids from the present second, so that two answers of one second share theirs",
		Alter:    headers(func(_ reference.Outgoing, h map[string]any) { h["message_id"] = clock() })},
	Defect{ID: "correlation-id-by-the-clock", Class: classCorrelation, Breaks: []string{"REG-SEARCH-005"}, Strength: Concurrent, Exercise: []string{"REG-QEX-001"},
		Sentence: "makes correlation_ids from the present second, so that two searches of one second share theirs",
		Alter:    answerMember("correlation_id", func(reference.Outgoing, map[string]any, string) string { return clock() })},
	Defect{ID: "found-kept-in-one-place", Class: classWrongPerson, Breaks: []string{"REG-SEARCH-001"}, Strength: Concurrent, Exercise: []string{"REG-QEX-001", "REG-SEARCH-025"},
		Sentence: "keeps what it found in one place for all requests, so that a search at the same time is answered with the records of another",
		Alter: func(v *Vendor) {
			const meanwhile = 100 * time.Millisecond
			var place swap[store.Found]
			v.Searches(func(ctx context.Context, q query.Query, next search) (store.Found, error) {
				found, err := next(ctx, q)
				if err != nil {
					return found, err
				}
				place.put(found)
				time.Sleep(meanwhile)
				kept := place.put(store.Found{})
				place.put(kept)
				return kept, nil
			})
		}},

	Defect{ID: "answer-unsigned-on-second-page", Class: classUnsigned, Breaks: []string{"SEC-SIG-001"}, Strength: SecondPage, Exercise: []string{"REG-PAGE-001"},
		Sentence: "signs first pages and no others",
		Alter: keyed(func(key message.Key, header, body json.RawMessage) (string, error) {
			if onSecondPage(parsed(body)) {
				return "", nil
			}
			return key.Sign(header, body)
		})},
	Defect{ID: "reference-id-invented-on-second-page", Class: classReference, Breaks: []string{"REG-SEARCH-003"}, Strength: SecondPage, Exercise: []string{"REG-PAGE-001"},
		Sentence: "gives the items of a second page a reference_id of their own",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
				if onSecondPage(body) {
					for _, item := range listed(body, "search_response") {
						item["reference_id"] = "page-2"
					}
				}
			})
		}},
	Defect{ID: "parties-unswapped-on-second-page", Class: classParties, Breaks: []string{"REG-HDR-006"}, Strength: SecondPage, Exercise: []string{"REG-PAGE-001"},
		Sentence: "answers with the request's sender and receiver on second pages",
		Alter: func(v *Vendor) {
			v.Sending(func(_ reference.Outgoing, header, body map[string]any) {
				if onSecondPage(body) {
					header["sender_id"], header["receiver_id"] = header["receiver_id"], header["sender_id"]
				}
			})
		}},
)
