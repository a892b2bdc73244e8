package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"
)

// Enqueue implements Outbox.
func (s session) Enqueue(ctx context.Context, deliveries ...Delivery) error {
	return s.atomically(ctx, func(s session) error {
		if err := s.lockKeys(ctx, deliveries); err != nil {
			return err
		}
		for _, d := range deliveries {
			_, err := s.exec(ctx, `INSERT INTO outbox (destination, url, content_type, body, ordering_key, created_at, next_at,
				claimed_until, attempts, state, last_error) VALUES (`+marks(11)+`)`,
				[]byte(d.Destination), []byte(d.URL), d.ContentType, notNull(d.Body), []byte(d.OrderingKey), micros(d.CreatedAt),
				micros(d.NextAt), 0, 0, string(Pending), []byte{})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lockKeys lets one transaction at a time add to an ordering key, so that the numbers of its deliveries
// become visible in order. Keys are taken in their own order, so that no two transactions wait for each
// other.
func (s session) lockKeys(ctx context.Context, deliveries []Delivery) error {
	keys := map[string]bool{}
	for _, d := range deliveries {
		if err := checkNames(d.OrderingKey); err != nil {
			return err
		}
		keys[d.OrderingKey] = true
	}
	delete(keys, "")
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if err := s.oneAtATime(ctx, "outbox "+key); err != nil {
			return err
		}
	}
	return nil
}

// claimable selects pending deliveries o that no earlier one of their key holds back.
const claimable = `o.state = 'pending' AND (o.ordering_key = ? OR NOT EXISTS (SELECT 1 FROM outbox e
	WHERE e.state = 'pending' AND e.ordering_key = o.ordering_key AND e.id < o.id))`

// ClaimDeliveries implements Outbox.
func (s session) ClaimDeliveries(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Delivery, error) {
	var claimed []Delivery
	err := s.each(ctx, s.write, `UPDATE outbox SET claimed_until = ?, attempts = attempts + 1
		WHERE id IN (SELECT o.id FROM outbox o WHERE o.next_at <= ? AND o.claimed_until <= ? AND `+claimable+`
			ORDER BY o.next_at, o.id LIMIT `+bound+s.skipLocked+`) AND state = 'pending'
		RETURNING id, destination, url, content_type, body, ordering_key, created_at, next_at, attempts, state, last_error`,
		[]any{micros(now.Add(lease)), micros(now), micros(now), []byte{}, limit}, func(row *sql.Rows) error {
			var d Delivery
			var created, next int64
			err := row.Scan(&d.ID, &d.Destination, &d.URL, &d.ContentType, &d.Body, &d.OrderingKey, &created, &next,
				&d.Attempts, (*string)(&d.State), &d.LastError)
			d.CreatedAt, d.NextAt = instant(created), instant(next)
			claimed = append(claimed, d)
			return err
		})
	slices.SortFunc(claimed, func(a, b Delivery) int { return int(a.ID - b.ID) })
	return claimed, err
}

// CompleteDelivery implements Outbox.
func (s session) CompleteDelivery(ctx context.Context, d Delivery) error {
	_, err := s.exec(ctx, `UPDATE outbox SET state = ?, claimed_until = 0, body = ? WHERE id = ?`, string(Delivered), []byte{}, d.ID)
	return err
}

// RetryDelivery implements Outbox.
func (s session) RetryDelivery(ctx context.Context, d Delivery, next time.Time, lastError string) error {
	_, err := s.exec(ctx, `UPDATE outbox SET claimed_until = 0, next_at = ?, last_error = ? WHERE id = ? AND attempts = ? AND state = 'pending'`,
		micros(next), []byte(lastError), d.ID, d.Attempts)
	return err
}

// BuryDelivery implements Outbox.
func (s session) BuryDelivery(ctx context.Context, d Delivery, lastError string) error {
	_, err := s.exec(ctx, `UPDATE outbox SET state = ?, claimed_until = 0, last_error = ? WHERE id = ? AND state = 'pending'`,
		string(Dead), []byte(lastError), d.ID)
	return err
}

// NextDue implements Outbox.
func (s session) NextDue(ctx context.Context) (time.Time, bool, error) {
	var due sql.NullInt64
	_, err := s.one(ctx, `SELECT MIN(CASE WHEN o.claimed_until > o.next_at THEN o.claimed_until ELSE o.next_at END)
		FROM outbox o WHERE `+claimable, []any{[]byte{}}, &due)
	return instant(due.Int64), due.Valid, err
}
