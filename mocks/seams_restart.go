package mocks

import (
	"context"
	"sync/atomic"

	"github.com/spconform/spconform/reference/store"
)

// life is what a vendor does otherwise between a start and the next: it is told of what it writes. nil does nothing.
type life struct {
	putRecords      func(ctx context.Context, tx store.Tx, records []store.Record) error
	ends            func(ctx context.Context, tx store.Tx, code string) error
	delivered       func(d store.Delivery)
	linked          func(links []store.Link)
	addDisbursement func(ctx context.Context, tx store.Tx, d store.Disbursement) (int64, bool, error)
}

// EachLife alters each life of the vendor, of which the first is 0. held is the store as the life before left it; what
// begin keeps is what the vendor has in memory, and loses at its next start where begin lets it go.
func (v *Vendor) EachLife(begin func(ctx context.Context, number int64, held store.Store) (life, error)) {
	var lives atomic.Int64
	v.store = append(v.store, func(s store.Store) store.Store {
		begun, err := begin(context.Background(), lives.Add(1)-1, s)
		if err != nil {
			panic("mocks: a life could not be begun: " + err.Error())
		}
		return &living{livingTx{s, begun}, s}
	})
}

// AtStart does something to the store at each start but the first.
func (v *Vendor) AtStart(do func(ctx context.Context, held store.Store) error) {
	v.EachLife(func(ctx context.Context, number int64, held store.Store) (life, error) {
		if number == 0 {
			return life{}, nil
		}
		return life{}, do(ctx, held)
	})
}

type living struct {
	livingTx
	right store.Store
}

// WithTx implements store.Store.
func (l *living) WithTx(ctx context.Context, work func(store.Tx) error) error {
	return l.right.WithTx(ctx, func(tx store.Tx) error { return work(livingTx{tx, l.life}) })
}

// Close implements store.Store.
func (l *living) Close() error { return l.right.Close() }

type livingTx struct {
	store.Tx
	life life
}

// PutRecords implements store.Records.
func (t livingTx) PutRecords(ctx context.Context, records []store.Record) error {
	if t.life.putRecords != nil {
		if err := t.life.putRecords(ctx, t.Tx, records); err != nil {
			return err
		}
	}
	return t.Tx.PutRecords(ctx, records)
}

// EndSubscription implements store.Subscriptions.
func (t livingTx) EndSubscription(ctx context.Context, code string) (bool, error) {
	if t.life.ends != nil {
		if err := t.life.ends(ctx, t.Tx, code); err != nil {
			return false, err
		}
	}
	return t.Tx.EndSubscription(ctx, code)
}

// CompleteDelivery implements store.Outbox.
func (t livingTx) CompleteDelivery(ctx context.Context, d store.Delivery) error {
	if t.life.delivered != nil {
		t.life.delivered(d)
	}
	return t.Tx.CompleteDelivery(ctx, d)
}

// PutLinks implements store.Links.
func (t livingTx) PutLinks(ctx context.Context, links ...store.Link) error {
	if t.life.linked != nil {
		t.life.linked(links)
	}
	return t.Tx.PutLinks(ctx, links...)
}

// AddDisbursement implements store.Ledger.
func (t livingTx) AddDisbursement(ctx context.Context, d store.Disbursement) (int64, bool, error) {
	if t.life.addDisbursement != nil {
		return t.life.addDisbursement(ctx, t.Tx, d)
	}
	return t.Tx.AddDisbursement(ctx, d)
}
