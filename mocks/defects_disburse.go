package mocks

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

const (
	classDuplicate  = "duplicate payment paid twice"
	classTotals     = "totals not conserved"
	classSunkBatch  = "bad item sinks the batch"
	classPayParties = "payer and payee not checked"
	classAmounts    = "amounts and currencies"
	classSchedule   = "schedules"
	classFinding    = "another party's payments shown"
)

// otherwise is a disbursement under a reference_id that nobody has used.
func otherwise(d store.Disbursement) store.Disbursement {
	d.ReferenceID = rand.Text()
	return d
}

// changed pays another amount than was ordered.
func changed(amount func(*apd.Decimal) *apd.Decimal) ledger {
	return ledger{pay: func(ctx context.Context, tx store.Tx, d store.Disbursement) (bool, error) {
		d.Amount = amount(d.Amount)
		return tx.Pay(ctx, d)
	}}
}

// sinking rejects every item where one of several is rejected.
func sinking(v *Vendor) {
	v.Items(func(_ reference.Outgoing, items []map[string]any) []map[string]any {
		var why any
		for _, item := range items {
			if item["status"] == message.StatusRejected {
				why = item["status_reason_code"]
			}
		}
		for _, item := range items {
			if why != nil {
				item["status"], item["status_reason_code"] = message.StatusRejected, why
			}
		}
		return items
	})
}

var exact = apd.BaseContext.WithPrecision(34)

var _ = register(
	Defect{ID: "pay-told-and-not-made", Class: classTotals, Breaks: []string{"PAY-DSB-001", "PAY-SUM-001"},
		Sentence: "tells disbursements as paid and moves no money",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{pay: func(context.Context, store.Tx, store.Disbursement) (bool, error) { return true, nil }})
		}},
	Defect{ID: "pay-cents-rounded", Class: classTotals, Breaks: []string{"PAY-SUM-001"},
		Sentence: "rounds amounts to ten cents",
		Alter: func(v *Vendor) {
			v.Ledger(changed(func(ordered *apd.Decimal) *apd.Decimal {
				var rounded apd.Decimal
				_, _ = exact.Quantize(&rounded, ordered, -1)
				return &rounded
			}))
		}},
	Defect{ID: "pay-fee-of-a-cent", Class: classTotals, Breaks: []string{"PAY-SUM-001"},
		Sentence: "takes a cent more than it pays out",
		Alter: func(v *Vendor) {
			v.Ledger(changed(func(ordered *apd.Decimal) *apd.Decimal {
				var more apd.Decimal
				_, _ = exact.Add(&more, ordered, apd.New(1, -2))
				return &more
			}))
		}},
	Defect{ID: "pay-bad-item-sinks-batch", Class: classSunkBatch, Breaks: []string{"PAY-DSB-002"},
		Sentence: "rejects a whole batch for one item", Alter: sinking},
	Defect{ID: "pay-answers-whole-units", Class: classAmounts, Breaks: []string{"PAY-DSB-003"},
		Sentence: "tells amounts without their cents",
		Alter: func(v *Vendor) {
			v.EachItem(func(_ reference.Outgoing, item map[string]any) {
				if amount, ok := item["amount"].(string); ok {
					whole, _, _ := apd.NewFromString(amount)
					var rounded apd.Decimal
					_, _ = exact.Quantize(&rounded, whole, 0)
					item["amount"] = rounded.Text('f') + ".00"
				}
			})
		}},
	Defect{ID: "pay-duplicate-paid-twice", Class: classDuplicate, Breaks: []string{"PAY-ONCE-001", "PAY-ONCE-002"},
		Sentence: "pays a disbursement as often as it is ordered",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				return tx.AddDisbursement(ctx, otherwise(d))
			}})
		}},
	Defect{ID: "pay-duplicate-refused-and-paid", Class: classDuplicate, Breaks: []string{"PAY-ONCE-001"},
		Sentence: "tells that a disbursement was ordered before, and pays it again",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				id, added, err := tx.AddDisbursement(ctx, d)
				if err != nil || added {
					return id, added, err
				}
				second := otherwise(d)
				if second.ID, _, err = tx.AddDisbursement(ctx, second); err == nil {
					_, err = tx.Pay(ctx, second)
				}
				return 0, false, err
			}})
		}},
	Defect{ID: "pay-duplicate-not-told", Class: classDuplicate, Breaks: []string{"PAY-ONCE-002"},
		Sentence: "pays once and tells the second order as paid",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectReferenceDuplicate) }},
	Defect{ID: "pay-looks-before-it-pays", Class: classDuplicate, Strength: Concurrent, Breaks: []string{"PAY-ONCE-003"},
		Sentence: "looks whether a reference_id was used, and does not see orders of the last moment",
		Alter: func(v *Vendor) {
			const blind = 300 * time.Millisecond
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				id, added, err := tx.AddDisbursement(ctx, d)
				if err != nil || added {
					return id, added, err
				}
				before, err := tx.FindDisbursements(ctx, store.DisbursementQuery{Sender: d.Sender, ReferenceIDs: []string{d.ReferenceID}})
				if err != nil || len(before) == 0 || d.ReceivedAt.Sub(before[0].ReceivedAt) > blind {
					return 0, false, err
				}
				return tx.AddDisbursement(ctx, otherwise(d))
			}})
		}},
	Defect{ID: "pay-references-of-all-senders", Class: classDuplicate, Breaks: []string{"PAY-ONCE-004"},
		Sentence: "takes a reference_id for used that another sender has used",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				d.Sender = "everybody"
				return tx.AddDisbursement(ctx, d)
			}})
		}},
	Defect{ID: "pay-replay-acts-again", Class: classDuplicate, Breaks: []string{"PAY-ONCE-005"},
		Sentence: "remembers neither messages nor reference_ids",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{remember: func(store.Message) (first, same bool) { return true, false },
				add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
					return tx.AddDisbursement(ctx, otherwise(d))
				}})
		}},
	Defect{ID: "pay-unknown-payee-paid", Class: classPayParties, Breaks: []string{"PAY-PAYEE-001"},
		Sentence: "opens an account for whatever address it is to pay to",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{lock: func(_ string, addresses []string, found map[string]store.Account, tx store.Tx) error {
				for _, address := range addresses {
					key := string(store.AddressKey(address))
					if _, known := found[key]; known {
						continue
					}
					found[key] = store.Account{Address: address, Currency: "USD", Balance: apd.New(0, -2), Linked: true}
					if err := tx.PutAccounts(context.Background(), found[key]); err != nil {
						return err
					}
				}
				return nil
			}})
		}},
	Defect{ID: "pay-unlinked-payee-paid", Class: classPayParties, Breaks: []string{"PAY-PAYEE-002"},
		Sentence: "pays to addresses that lead to no account",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{lock: func(_ string, _ []string, found map[string]store.Account, _ store.Tx) error {
				for key, account := range found {
					account.Linked = true
					found[key] = account
				}
				return nil
			}})
		}},
	Defect{ID: "pay-letters-matter", Class: classPayParties, Breaks: []string{"PAY-PAYEE-003"},
		Sentence: "compares addresses letter by letter",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{lock: func(_ string, addresses []string, found map[string]store.Account, _ store.Tx) error {
				for _, address := range addresses {
					if key := string(store.AddressKey(address)); found[key].Address != address {
						delete(found, key)
					}
				}
				return nil
			}})
		}},
	Defect{ID: "pay-unknown-payer-told-paid", Class: classPayParties, Breaks: []string{"PAY-PAYER-001"},
		Sentence: "tells disbursements from accounts that nobody has as paid",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectPayer) }},
	Defect{ID: "pay-from-anybodys-account", Class: classPayParties, Breaks: []string{"PAY-SEC-001"},
		Sentence: "pays from another party's account",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{lock: func(sender string, _ []string, found map[string]store.Account, _ store.Tx) error {
				for key, account := range found {
					if account.Owner != "" {
						account.Owner = sender
						found[key] = account
					}
				}
				return nil
			}})
		}},
	Defect{ID: "pay-overdraws", Class: classTotals, Breaks: []string{"PAY-FUND-001"},
		Sentence: "pays without looking at the funds",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{pay: func(ctx context.Context, tx store.Tx, d store.Disbursement) (bool, error) {
				_, err := tx.Pay(ctx, d)
				return true, err
			}})
		}},
	Defect{ID: "pay-any-amount", Class: classAmounts, Breaks: []string{"PAY-AMT-001"},
		Sentence: "takes amounts that are none",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectAmount) }},
	Defect{ID: "pay-any-currency", Class: classAmounts, Breaks: []string{"PAY-CUR-001"},
		Sentence: "pays whatever the currency",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectCurrency) }},
	Defect{ID: "pay-schedule-ignored", Class: classSchedule, Breaks: []string{"PAY-SCHED-001"},
		Sentence: "pays a scheduled disbursement at once",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{add: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
				if d.Status != message.StatusPending {
					return tx.AddDisbursement(ctx, d)
				}
				d.Status, d.EndedAt = message.StatusSuccess, time.Now()
				id, added, err := tx.AddDisbursement(ctx, d)
				if err == nil && added {
					d.ID = id
					_, err = tx.Pay(ctx, d)
				}
				return id, added, err
			}})
		}},
	Defect{ID: "pay-schedule-forgotten", Class: classSchedule, Breaks: []string{"PAY-SCHED-001"},
		Sentence: "puts scheduled disbursements down and forgets them",
		Alter: func(v *Vendor) {
			v.Ledger(ledger{due: func() []store.Disbursement { return nil }})
		}},
	Defect{ID: "pay-schedule-in-the-past", Class: classSchedule, Breaks: []string{"PAY-SCHED-002"},
		Sentence: "takes disbursements for times that are over",
		Alter:    func(v *Vendor) { v.TellsSuccess(message.RejectSchedule) }},
	Defect{ID: "pay-search-empty", Class: classFinding, Breaks: []string{"PAY-SRCH-001"},
		Sentence: "finds no disbursement",
		Alter: func(v *Vendor) {
			v.Disbursements(func(store.DisbursementQuery, func(store.DisbursementQuery) ([]store.Disbursement, error)) ([]store.Disbursement, error) {
				return nil, nil
			})
		}},
	Defect{ID: "pay-search-address-ignored", Class: classFinding, Breaks: []string{"PAY-SRCH-001"},
		Sentence: "finds all disbursements of the sender, whatever address is asked for",
		Alter: func(v *Vendor) {
			v.Disbursements(func(q store.DisbursementQuery, next func(store.DisbursementQuery) ([]store.Disbursement, error)) ([]store.Disbursement, error) {
				q.Payee, q.Payer = "", ""
				return next(q)
			})
		}},
	Defect{ID: "pay-search-of-others", Class: classFinding, Breaks: []string{"PAY-SRCH-002"},
		Sentence: "shows any party the disbursements of another",
		Alter: func(v *Vendor) {
			v.Disbursements(func(q store.DisbursementQuery, next func(store.DisbursementQuery) ([]store.Disbursement, error)) ([]store.Disbursement, error) {
				q.Sender = otherParty
				return next(q)
			})
		}},
)
