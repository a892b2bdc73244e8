package mocks

import (
	"context"
	"slices"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// paymentLists are the members of an answer that hold the items of a payment interface.
var paymentLists = []string{"disbursements_status", "link_response", "update_response", "unlink_response", "resolve_response"}

// Items changes the items of every answer of a payment interface, but those that a status tells of.
func (v *Vendor) Items(change func(out reference.Outgoing, items []map[string]any) []map[string]any) {
	v.listed(paymentLists, func(out reference.Outgoing, _ map[string]any, items []map[string]any) []map[string]any {
		return change(out, items)
	})
}

// EachItem changes each of them.
func (v *Vendor) EachItem(change func(out reference.Outgoing, item map[string]any)) {
	v.Items(func(out reference.Outgoing, items []map[string]any) []map[string]any {
		for _, item := range items {
			change(out, item)
		}
		return items
	})
}

// TellsSuccess tells items that were rejected with one of the codes as if they had succeeded.
func (v *Vendor) TellsSuccess(codes ...message.ReasonCode) {
	v.Sending(func(_ reference.Outgoing, header, body map[string]any) {
		for _, name := range paymentLists {
			list, _ := body[name].([]any)
			for _, one := range list {
				item := one.(map[string]any)
				code, _ := item["status_reason_code"].(string)
				if slices.Contains(codes, message.ReasonCode(code)) {
					item["status"] = message.StatusSuccess
					delete(item, "status_reason_code")
					delete(item, "status_reason_message")
					header["status"] = message.StatusSuccess
					delete(header, "status_reason_code")
				}
			}
		}
	})
}

// Transactions wraps what a message's effects are written with.
func (v *Vendor) Transactions(wrap func(store.Tx) store.Tx) {
	v.store = append(v.store, func(s store.Store) store.Store { return &transacting{s, wrap} })
}

type transacting struct {
	store.Store
	wrap func(store.Tx) store.Tx
}

// WithTx implements store.Store.
func (w *transacting) WithTx(ctx context.Context, work func(store.Tx) error) error {
	return w.Store.WithTx(ctx, func(tx store.Tx) error { return work(w.wrap(tx)) })
}

// ledger is a transaction of which some parts are done otherwise; nil is done rightly.
type ledger struct {
	store.Tx
	add      func(context.Context, store.Tx, store.Disbursement) (int64, bool, error)
	pay      func(context.Context, store.Tx, store.Disbursement) (bool, error)
	lock     func(sender string, addresses []string, found map[string]store.Account, tx store.Tx) error
	due      func() []store.Disbursement
	remember func(store.Message) (first, same bool)
}

// Ledger does parts of the ledger's work otherwise.
func (v *Vendor) Ledger(with ledger) {
	v.Transactions(func(tx store.Tx) store.Tx {
		one := with
		one.Tx = tx
		return &one
	})
}

// AddDisbursement implements store.Ledger.
func (l *ledger) AddDisbursement(ctx context.Context, d store.Disbursement) (int64, bool, error) {
	if l.add != nil {
		return l.add(ctx, l.Tx, d)
	}
	return l.Tx.AddDisbursement(ctx, d)
}

// Pay implements store.Ledger.
func (l *ledger) Pay(ctx context.Context, d store.Disbursement) (bool, error) {
	if l.pay != nil {
		return l.pay(ctx, l.Tx, d)
	}
	return l.Tx.Pay(ctx, d)
}

// LockAccounts implements store.Ledger.
func (l *ledger) LockAccounts(ctx context.Context, sender string, addresses ...string) (map[string]store.Account, error) {
	found, err := l.Tx.LockAccounts(ctx, sender, addresses...)
	if err == nil && l.lock != nil {
		err = l.lock(sender, addresses, found, l.Tx)
	}
	return found, err
}

// DueDisbursements implements store.Ledger.
func (l *ledger) DueDisbursements(ctx context.Context, now time.Time, limit int) ([]store.Disbursement, error) {
	if l.due != nil {
		return l.due(), nil
	}
	return l.Tx.DueDisbursements(ctx, now, limit)
}

// RememberMessage implements store.Messages.
func (l *ledger) RememberMessage(ctx context.Context, m store.Message) (first, same bool, err error) {
	if l.remember != nil {
		first, same = l.remember(m)
		return first, same, nil
	}
	return l.Tx.RememberMessage(ctx, m)
}

// addresses is a transaction of the mapper of which some parts are done otherwise; nil is done rightly.
// changing says whether the message is one that changes links.
type addresses struct {
	store.Tx
	changing bool
	linkOf   func(changing bool, id string, held store.Link, linked bool) (store.Link, bool)
	linksTo  func(address string, held []store.Link) []store.Link
	put      func(ctx context.Context, tx store.Tx, links []store.Link) error
	unlink   func() (bool, error)
}

// Addresses does parts of the mapper's work otherwise.
func (v *Vendor) Addresses(with addresses) {
	v.Transactions(func(tx store.Tx) store.Tx {
		one := with
		one.Tx = tx
		return &one
	})
}

// LockLinks implements store.Links.
func (a *addresses) LockLinks(ctx context.Context) error {
	a.changing = true
	return a.Tx.LockLinks(ctx)
}

// LinkOf implements store.Links.
func (a *addresses) LinkOf(ctx context.Context, id string) (store.Link, bool, error) {
	held, linked, err := a.Tx.LinkOf(ctx, id)
	if err == nil && a.linkOf != nil {
		held, linked = a.linkOf(a.changing, id, held, linked)
	}
	return held, linked, err
}

// LinksTo implements store.Links.
func (a *addresses) LinksTo(ctx context.Context, address string) ([]store.Link, error) {
	held, err := a.Tx.LinksTo(ctx, address)
	if err == nil && a.linksTo != nil {
		held = a.linksTo(address, held)
	}
	return held, err
}

// PutLinks implements store.Links.
func (a *addresses) PutLinks(ctx context.Context, links ...store.Link) error {
	if a.put != nil {
		return a.put(ctx, a.Tx, links)
	}
	return a.Tx.PutLinks(ctx, links...)
}

// Unlink implements store.Links.
func (a *addresses) Unlink(ctx context.Context, id string) (bool, error) {
	if a.unlink != nil {
		return a.unlink()
	}
	return a.Tx.Unlink(ctx, id)
}

// Disbursements changes which disbursements are found; next is the right way.
func (v *Vendor) Disbursements(change func(q store.DisbursementQuery, next func(store.DisbursementQuery) ([]store.Disbursement, error)) ([]store.Disbursement, error)) {
	v.store = append(v.store, func(s store.Store) store.Store { return &disbursementFinder{s, change} })
}

type disbursementFinder struct {
	store.Store
	change func(store.DisbursementQuery, func(store.DisbursementQuery) ([]store.Disbursement, error)) ([]store.Disbursement, error)
}

// FindDisbursements implements store.Ledger.
func (f *disbursementFinder) FindDisbursements(ctx context.Context, q store.DisbursementQuery) ([]store.Disbursement, error) {
	return f.change(q, func(q store.DisbursementQuery) ([]store.Disbursement, error) {
		return f.Store.FindDisbursements(ctx, q)
	})
}

// Transacted changes which transactions a status is told of; next is the right way.
func (v *Vendor) Transacted(change func(q store.TransactionQuery, next func(store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error)) {
	v.store = append(v.store, func(s store.Store) store.Store { return &transactionFinder{s, change} })
}

type transactionFinder struct {
	store.Store
	change func(store.TransactionQuery, func(store.TransactionQuery) ([]store.TransactionItem, error)) ([]store.TransactionItem, error)
}

// FindTransactionItems implements store.Transactions.
func (r *transactionFinder) FindTransactionItems(ctx context.Context, q store.TransactionQuery) ([]store.TransactionItem, error) {
	return r.change(q, func(q store.TransactionQuery) ([]store.TransactionItem, error) {
		return r.Store.FindTransactionItems(ctx, q)
	})
}
