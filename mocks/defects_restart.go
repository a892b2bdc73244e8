package mocks

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spconform/spconform/reference/store"
)

const classRestart = "restart"

// silentAfterRestart is why there is nothing but a silence to see of what a restart has lost.
const silentAfterRestart = "what was lost with the restart is never sent, and nothing tells of it"

// far is later than anything in the store is due.
func far() time.Time { return time.Now().AddDate(10, 0, 0) }

// few is how much of its latest work a vendor takes up again.
const few = 20

// many is more than a run leaves to be sent or paid.
const many = 1000

// since gives a query for each life: what was made in earlier ones is hidden from it.
func since(hide func(v *Vendor, begun func() time.Time)) func(*Vendor) {
	return func(v *Vendor) {
		var mutex sync.Mutex
		var begun time.Time
		v.AtStart(func(context.Context, store.Store) error {
			mutex.Lock()
			defer mutex.Unlock()
			begun = time.Now()
			return nil
		})
		hide(v, func() time.Time {
			mutex.Lock()
			defer mutex.Unlock()
			return begun
		})
	}
}

// collected is what the lives of a vendor have in common.
type collected[T any] struct {
	mutex sync.Mutex
	all   []T
}

func (c *collected[T]) add(more ...T) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.all = append(c.all, more...)
}

// take empties it.
func (c *collected[T]) take() []T {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	all := c.all
	c.all = nil
	return all
}

// dropsOutbox gives up at each start what was to be sent.
func dropsOutbox(ctx context.Context, held store.Store) error {
	waiting, err := held.ClaimDeliveries(ctx, far(), many, time.Minute)
	for _, delivery := range waiting {
		if err == nil {
			err = held.BuryDelivery(ctx, delivery, "dropped")
		}
	}
	return err
}

// sendsAgain sends at each start the last callbacks that were taken in the life before, the latest first.
func sendsAgain(v *Vendor) {
	var sent collected[store.Delivery]
	v.EachLife(func(ctx context.Context, _ int64, held store.Store) (life, error) {
		before := sent.take()
		slices.Reverse(before)
		before = before[:min(len(before), few)]
		for i := range before {
			before[i].ID, before[i].Attempts, before[i].State, before[i].NextAt = 0, 0, store.Pending, time.Now()
		}
		return life{delivered: func(d store.Delivery) {
			// Notifications go out in an order.
			if d.OrderingKey == "" {
				sent.add(d)
			}
		}}, held.Enqueue(ctx, before...)
	})
}

// revives takes up at each start the subscriptions that were ended in the life before.
func revives(v *Vendor) {
	var ended collected[store.Subscription]
	v.EachLife(func(ctx context.Context, _ int64, held store.Store) (life, error) {
		for _, subscription := range ended.take() {
			subscription.Code += "-"
			if _, err := held.AddSubscription(ctx, subscription); err != nil {
				return life{}, err
			}
		}
		return life{ends: func(ctx context.Context, tx store.Tx, code string) error {
			subscription, known, err := tx.Subscription(ctx, code)
			if known {
				ended.add(subscription)
			}
			return err
		}}, nil
	})
}

// recordsOfOld holds at each start the records as they were before the changes of the life before.
func recordsOfOld(v *Vendor) {
	var before collected[store.Record]
	v.EachLife(func(ctx context.Context, _ int64, held store.Store) (life, error) {
		old := before.take()
		// The first content of a record is put last.
		for i := len(old) - 1; i >= 0; i-- {
			if err := held.PutRecords(ctx, old[i:i+1]); err != nil {
				return life{}, err
			}
		}
		return life{putRecords: func(ctx context.Context, tx store.Tx, records []store.Record) error {
			for _, record := range records {
				was, known, err := tx.Record(ctx, record.Interface, record.RecordType, record.Key)
				if err != nil {
					return err
				}
				if known {
					before.add(was)
				}
			}
			return nil
		}}, nil
	})
}

// unlinks has no link at its start that was made in the life before.
func unlinks(v *Vendor) {
	var made collected[store.Link]
	v.EachLife(func(ctx context.Context, _ int64, held store.Store) (life, error) {
		for _, link := range made.take() {
			if _, err := held.Unlink(ctx, link.PersonID); err != nil {
				return life{}, err
			}
		}
		return life{linked: func(links []store.Link) { made.add(links...) }}, nil
	})
}

// dropsSchedule rejects at each start what was to be paid later.
func dropsSchedule(ctx context.Context, held store.Store) error {
	return held.WithTx(ctx, func(tx store.Tx) error {
		waiting, err := tx.DueDisbursements(ctx, far(), many)
		for _, disbursement := range waiting {
			if err == nil {
				disbursement.Status, disbursement.EndedAt = "rjct", time.Now()
				err = tx.EndDisbursement(ctx, disbursement)
			}
		}
		return err
	})
}

// paysAnew takes after each start any reference_id that it has not taken since.
func paysAnew(v *Vendor) {
	v.EachLife(func(_ context.Context, number int64, _ store.Store) (life, error) {
		if number == 0 {
			return life{}, nil
		}
		var since remembered
		return life{addDisbursement: func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error) {
			id, added, err := tx.AddDisbursement(ctx, d)
			if err == nil && !added && !since.has(d.ReferenceID) {
				id, added, err = tx.AddDisbursement(ctx, otherwise(d))
			}
			since.add(d.ReferenceID)
			return id, added, err
		}}, nil
	})
}

var _ = register(
	Defect{ID: "restart-drops-callbacks", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-001"}, Silent: silentAfterRestart,
		Sentence: "keeps what is to be sent in memory, which it loses when it is restarted",
		Alter:    func(v *Vendor) { v.AtStart(dropsOutbox) }},
	Defect{ID: "restart-sends-callbacks-again", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-002", "REG-CB-009"},
		Sentence: "sends at its start once more the callbacks that were taken last",
		Alter:    sendsAgain},
	Defect{ID: "restart-forgets-subscriptions", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-003"}, Silent: silentAfterRestart,
		Sentence: "keeps subscriptions in memory, which it loses when it is restarted",
		Alter: since(func(v *Vendor, begun func() time.Time) {
			v.State(state{findSubscription: func(ctx context.Context, q store.SubscriptionQuery, next func(context.Context, store.SubscriptionQuery) ([]store.Subscription, error)) ([]store.Subscription, error) {
				found, err := next(ctx, q)
				return madeSince(found, begun(), func(s store.Subscription) time.Time { return s.CreatedAt }), err
			}})
		})},
	Defect{ID: "restart-revives-subscriptions", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-004"},
		Sentence: "keeps the end of a subscription in memory, so that a restart revives it",
		Alter:    revives},
	Defect{ID: "restart-forgets-transactions", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-005"},
		Sentence: "keeps the status of transactions in memory, which it loses when it is restarted",
		Alter: since(func(v *Vendor, begun func() time.Time) {
			v.State(state{findItems: func(ctx context.Context, q store.TransactionQuery, next func(context.Context, store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error) {
				found, err := next(ctx, q)
				return madeSince(found, begun(), func(i store.TransactionItem) time.Time { return i.ReceivedAt }), err
			}})
		})},
	Defect{ID: "restart-forgets-message-ids", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-006"},
		Sentence: "keeps the ids of messages in memory, which it loses when it is restarted",
		Alter: func(v *Vendor) {
			v.AtStart(func(ctx context.Context, held store.Store) error { return held.ForgetMessages(ctx, far()) })
		}},
	Defect{ID: "restart-forgets-changes", Class: classRestart, Strength: AfterRestart, Breaks: []string{"REG-RST-007"},
		Sentence: "keeps changes of records in memory, so that a restart brings the former content back",
		Alter:    recordsOfOld},
	Defect{ID: "restart-drops-payment-answers", Class: classRestart, Strength: AfterRestart, Breaks: []string{"PAY-RST-003"}, Silent: silentAfterRestart,
		Sentence: "keeps the answers to orders in memory until they are sent, and loses them when it is restarted",
		Alter:    func(v *Vendor) { v.AtStart(dropsOutbox) }},
	Defect{ID: "restart-drops-schedule", Class: classRestart, Strength: AfterRestart, Breaks: []string{"PAY-RST-001"},
		Sentence: "rejects when it is started what it was to pay later",
		Alter:    func(v *Vendor) { v.AtStart(dropsSchedule) }},
	Defect{ID: "restart-pays-again", Class: classRestart, Strength: AfterRestart, Breaks: []string{"PAY-RST-002"},
		Sentence: "keeps the reference_ids that were paid in memory, which it loses when it is restarted",
		Alter:    paysAnew},
	Defect{ID: "restart-forgets-links", Class: classRestart, Strength: AfterRestart, Breaks: []string{"MAP-RST-001"},
		Sentence: "keeps links in memory, which it loses when it is restarted",
		Alter:    unlinks},
)

// madeSince leaves out what was made before a time.
func madeSince[T any](all []T, begun time.Time, made func(T) time.Time) []T {
	var kept []T
	for _, one := range all {
		if !made(one).Before(begun) {
			kept = append(kept, one)
		}
	}
	return kept
}
