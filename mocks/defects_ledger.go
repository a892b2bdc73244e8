package mocks

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// Payments that are made otherwise than they are told, or told otherwise than they are made.

// ordering changes what the vendor takes each disbursement of a message to say; it is paid by that.
func ordering(change func(item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		v.Understands(func(_ *reference.Incoming, body map[string]any) {
			for _, item := range listed(body, "disbursements") {
				change(item)
			}
		})
	}
}

// denying pays what understood makes of a wrong disbursement, and tells it as rejected with the code.
func denying(code message.ReasonCode, wrong func(item map[string]any) bool, understood func(item map[string]any)) func(*Vendor) {
	return func(v *Vendor) {
		var denied remembered
		ordering(func(item map[string]any) {
			if wrong(item) {
				reference, _ := item["reference_id"].(string)
				denied.add(reference)
				understood(item)
			}
		})(v)
		v.EachItem(func(_ reference.Outgoing, item map[string]any) {
			if reference, _ := item["reference_id"].(string); denied.has(reference) {
				item["status"], item["status_reason_code"] = message.StatusRejected, string(code)
			}
		})
	}
}

var decimal = regexp.MustCompile(`^\d+\.\d{1,2}$`)

func foreign(item map[string]any) bool {
	code, named := item["currency_code"].(string)
	return named && code != "USD"
}

func withoutCurrency(item map[string]any) { delete(item, "currency_code") }

// readAmount makes an amount of what is none: without its sign, with two decimals.
func readAmount(item map[string]any) {
	text, ok := item["amount"].(string)
	if !ok || decimal.MatchString(text) {
		return
	}
	number, _, err := apd.NewFromString(strings.TrimPrefix(text, "-"))
	if err != nil {
		return
	}
	var rounded apd.Decimal
	_, _ = exact.Quantize(&rounded, number, -2)
	item["amount"] = rounded.Text('f')
}

func past(item map[string]any) bool {
	text, named := item["scheduled_timestamp"].(string)
	due, err := time.Parse(time.RFC3339, text)
	return named && (err != nil || due.Before(time.Now()))
}

func atOnce(item map[string]any) { delete(item, "scheduled_timestamp") }

// skipping tells payments as made of which some are not.
func skipping(when func() bool) func(*Vendor) {
	return func(v *Vendor) {
		v.Ledger(ledger{pay: func(ctx context.Context, tx store.Tx, d store.Disbursement) (bool, error) {
			if when() {
				return true, nil
			}
			return tx.Pay(ctx, d)
		}})
	}
}

// pendingFirst tells what is paid as pending in the answer, and as it ended by the status.
func pendingFirst(v *Vendor) {
	v.Sending(func(out reference.Outgoing, header, body map[string]any) {
		for _, item := range listed(body, "disbursements_status") {
			if item["status"] == message.StatusSuccess && out.Request != nil && out.Request.Operation.Action == "disburse" {
				item["status"], header["status"] = message.StatusPending, message.StatusPending
			}
		}
	})
}

var _ = register(
	Defect{ID: "pay-currency-not-read", Class: classAmounts, Breaks: []string{"PAY-CUR-001"},
		Sentence: "pays in the account's currency whatever the order names", Alter: ordering(withoutCurrency)},
	Defect{ID: "pay-currency-refused-and-paid", Class: classAmounts, Breaks: []string{"PAY-CUR-001"},
		Sentence: "tells another currency as refused, and pays", Alter: denying(message.RejectCurrency, foreign, withoutCurrency)},
	Defect{ID: "pay-sign-not-read", Class: classAmounts, Breaks: []string{"PAY-AMT-001"},
		Sentence: "pays amounts without their sign, and with two decimals", Alter: ordering(readAmount)},
	Defect{ID: "pay-past-schedule-paid-now", Class: classSchedule, Breaks: []string{"PAY-SCHED-002"},
		Sentence: "pays at once what was to be paid at a time that is over or is none",
		Alter: ordering(func(item map[string]any) {
			if past(item) {
				atOnce(item)
			}
		})},
	Defect{ID: "pay-past-schedule-refused-and-paid", Class: classSchedule, Breaks: []string{"PAY-SCHED-002"},
		Sentence: "tells a time that is over as refused, and pays at once", Alter: denying(message.RejectSchedule, past, atOnce)},
	Defect{ID: "pay-every-third-not-made", Class: classTotals, Strength: EveryThird, Breaks: []string{"PAY-SUM-001"},
		Sentence: "tells every third disbursement as paid and does not make it",
		Alter:    func(v *Vendor) { skipping(everyThird())(v) }},
	Defect{ID: "pay-third-of-batch-not-made", Class: classTotals, Strength: ThirdItem, Breaks: []string{"PAY-SUM-001"},
		Sentence: "tells the third disbursement of a batch as paid and does not make it",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{pay: func(ctx context.Context, tx store.Tx, d store.Disbursement) (bool, error) {
				if d.Position == 2 {
					return true, nil
				}
				return tx.Pay(ctx, d)
			}})
		}},
	Defect{ID: "pay-pending-for-ever", Class: classTotals, Breaks: []string{"PAY-DSB-001"},
		Sentence: "tells disbursements as pending and never how they ended",
		Alter: func(v *Vendor) {
			pendingFirst(v)
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
				for _, item := range listed(within(body, "txnstatus_response", "txn_status"), "disbursements_status") {
					item["status"] = message.StatusPending
				}
			})
		}},
	Defect{ID: "pay-pending-and-not-made", Class: classTotals, Breaks: []string{"PAY-DSB-001", "PAY-SUM-001"},
		Sentence: "tells disbursements as pending, then as paid, and moves no money",
		Alter: func(v *Vendor) {
			skipping(func() bool { return true })(v)
			pendingFirst(v)
		}},
	Defect{ID: "pay-cents-cut-off", Class: classTotals, Breaks: []string{"PAY-SUM-001"},
		Sentence: "pays whole units and forgets the cents",
		Alter: func(v *Vendor) {
			v.Ledger(changed(func(ordered *apd.Decimal) *apd.Decimal {
				var whole apd.Decimal
				_, _ = exact.Quantize(&whole, ordered, 0)
				return &whole
			}))
		}},
	Defect{ID: "pay-third-item-not-told", Class: classPayEnvelope, Strength: ThirdItem, Breaks: []string{"PAY-REF-002"}, Exercise: []string{"PAY-DSB-002", "PAY-SUM-001"},
		Sentence: "pays the third disbursement of a batch and does not answer it",
		Alter: func(v *Vendor) {
			v.Items(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				if len(items) < 3 {
					return items
				}
				return slices.Delete(items, 2, 3)
			})
		}},
	Defect{ID: "pay-good-items-stop-at-a-bad-one", Class: classSunkBatch, Breaks: []string{"PAY-DSB-002"},
		Sentence: "rejects what stands behind a bad item of a batch",
		Alter: func(v *Vendor) {
			v.Items(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				var why any
				for _, item := range items {
					if item["status"] == message.StatusRejected {
						why = item["status_reason_code"]
					} else if why != nil {
						item["status"], item["status_reason_code"] = message.StatusRejected, why
					}
				}
				return items
			})
		}},
	Defect{ID: "pay-batch-of-bad-items-succeeds", Class: classSunkBatch, Breaks: []string{"PAY-CODE-002"}, Exercise: []string{"PAY-DSB-002"},
		Sentence: "gives the reason of a bad item to the others, which it tells as paid",
		Alter: func(v *Vendor) {
			v.Items(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
				for _, item := range items {
					if code := item["status_reason_code"]; code != nil {
						for _, other := range items {
							other["status_reason_code"] = code
						}
					}
				}
				return items
			})
		}},
	Defect{ID: "pay-status-as-first-told", Class: classPayStatus, Breaks: []string{"PAY-STAT-001"},
		Sentence: "tells every message as the first one that it was asked about",
		Alter: func(v *Vendor) {
			var first swap[any]
			v.Sending(func(_ reference.Outgoing, _, body map[string]any) {
				told := within(body, "txnstatus_response", "txn_status")
				if len(told) == 0 {
					return
				}
				kept := first.put(told)
				if kept != nil {
					first.put(kept)
					within(body, "txnstatus_response")["txn_status"] = kept
				}
			})
		}},
	Defect{ID: "pay-messages-forgotten-after-restart", Class: classDuplicate, Strength: AfterRestart, Breaks: []string{"PAY-ONCE-001"},
		Sentence: "keeps the reference_ids that were paid in its memory, and is started anew behind every second disbursement",
		Alter: func(v *Vendor) {
			var taken atomic.Int64
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				id, added, err := tx.AddDisbursement(ctx, d)
				if err != nil || added || taken.Add(1)%2 != 0 {
					return id, added, err
				}
				return tx.AddDisbursement(ctx, otherwise(d))
			}})
		}},
	Defect{ID: "map-link-forgotten-every-second", Class: classLinks, Breaks: []string{"MAP-LINK-001"},
		Sentence: "tells every second link as made and keeps none",
		Alter: func(v *Vendor) {
			var links atomic.Int64
			v.Addresses(addresses{put: func(ctx context.Context, tx store.Tx, made []store.Link) error {
				if links.Add(1)%2 == 0 {
					return nil
				}
				return tx.PutLinks(ctx, made...)
			}})
		}},
	Defect{ID: "map-callback-says-inactive", Class: classResolve, Strength: AsyncOnly, Breaks: []string{"MAP-RES-001"},
		Sentence: "calls back that an id which is in use is inactive",
		Alter: func(v *Vendor) {
			v.EachItem(func(out reference.Outgoing, item map[string]any) {
				if out.Kind == reference.KindCallback && item["status_reason_code"] == "succ.id.active" {
					item["status_reason_code"] = "succ.id.inactive"
				}
			})
		}},
)
