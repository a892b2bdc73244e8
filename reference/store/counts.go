package store

import (
	"context"
	"database/sql"
)

// Counts implements Tx.
func (s session) Counts(ctx context.Context) (Counts, error) {
	counts := Counts{Records: map[string]int{}}
	err := s.steadily(ctx, func(s session) error {
		err := s.each(ctx, s.read, `SELECT interface, record_type, COUNT(*) FROM records GROUP BY interface, record_type`, nil, func(row *sql.Rows) error {
			var iface, recordType string
			var n int
			err := row.Scan(&iface, &recordType, &n)
			counts.Records[iface+"/"+recordType] = n
			return err
		})
		if err != nil {
			return err
		}
		_, err = s.one(ctx, `SELECT (SELECT COUNT(*) FROM transactions),
			(SELECT COUNT(*) FROM subscriptions WHERE status = 'subscribe'),
			(SELECT COUNT(*) FROM outbox WHERE state = 'pending'),
			(SELECT COUNT(*) FROM outbox WHERE state = 'delivered'),
			(SELECT COUNT(*) FROM outbox WHERE state = 'dead')`, nil,
			&counts.Transactions, &counts.Subscriptions, &counts.Pending, &counts.Delivered, &counts.Dead)
		return err
	})
	return counts, err
}
