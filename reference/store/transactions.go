package store

import (
	"context"
	"database/sql"
	"strings"
)

// PutTransactionItems implements Transactions.
func (s session) PutTransactionItems(ctx context.Context, items ...TransactionItem) error {
	return s.atomically(ctx, func(s session) error {
		for _, item := range items {
			if err := checkNames(item.Sender, item.TransactionID, item.CorrelationID, item.ReferenceID); err != nil {
				return err
			}
			_, err := s.exec(ctx, `INSERT INTO transactions (interface, sender, transaction_id, correlation_id, reference_id,
				position, txn_type, status, answer, received_at) VALUES (`+marks(10)+`)
				ON CONFLICT (sender, correlation_id, position) DO UPDATE SET interface = excluded.interface,
				transaction_id = excluded.transaction_id, reference_id = excluded.reference_id,
				txn_type = excluded.txn_type, status = excluded.status, answer = excluded.answer`,
				item.Interface, []byte(item.Sender), []byte(item.TransactionID), []byte(item.CorrelationID),
				[]byte(item.ReferenceID), item.Position, item.TxnType, item.Status, []byte(item.Answer), micros(item.ReceivedAt))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// FindTransactionItems implements Transactions.
func (s session) FindTransactionItems(ctx context.Context, q TransactionQuery) ([]TransactionItem, error) {
	where := filter{}
	where.add("interface = ?", q.Interface)
	where.add("sender = ?", []byte(q.Sender))
	where.add("txn_type = ?", q.TxnType)
	if q.TransactionID != "" {
		where.add("transaction_id = ?", []byte(q.TransactionID))
	}
	if q.CorrelationID != "" {
		where.add("correlation_id = ?", []byte(q.CorrelationID))
	}
	if len(q.ReferenceIDs) > 0 {
		var ids []any
		for _, id := range q.ReferenceIDs {
			ids = append(ids, []byte(id))
		}
		where.add("reference_id IN ("+marks(len(ids))+")", ids...)
	}
	var items []TransactionItem
	err := s.each(ctx, s.read, `SELECT interface, sender, transaction_id, correlation_id, reference_id, position, txn_type,
		status, answer, received_at FROM transactions WHERE `+where.sql()+` ORDER BY received_at, id`, where.args, func(row *sql.Rows) error {
		var item TransactionItem
		var received int64
		err := row.Scan(&item.Interface, &item.Sender, &item.TransactionID, &item.CorrelationID, &item.ReferenceID,
			&item.Position, &item.TxnType, &item.Status, (*[]byte)(&item.Answer), &received)
		item.ReceivedAt = instant(received)
		items = append(items, item)
		return err
	})
	return items, err
}

// filter is conditions that all hold, with their parameters.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

func (f *filter) sql() string { return strings.Join(f.conditions, " AND ") }
