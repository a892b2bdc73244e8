package store

import (
	"context"
	"crypto/sha256"
	"database/sql"

	"github.com/gowebpki/jcs"
	"github.com/samber/lo"
)

// AddSubscription implements Subscriptions.
func (s session) AddSubscription(ctx context.Context, sub Subscription) (bool, error) {
	if err := checkNames(sub.Code, sub.Subscriber); err != nil {
		return false, err
	}
	added, err := s.exec(ctx, `INSERT INTO subscriptions (code, interface, subscriber, event_type, record_type, filter_type,
		filter, filter_digest, frequency, starts_at, ends_at, encrypted, status, created_at, sequence)
		VALUES (`+marks(15)+`) ON CONFLICT DO NOTHING`,
		[]byte(sub.Code), sub.Interface, []byte(sub.Subscriber), sub.EventType, sub.RecordType, []byte(sub.FilterType),
		notNull(sub.Filter), filterDigest(sub), []byte(sub.Frequency), micros(sub.StartsAt), micros(sub.EndsAt),
		lo.Ternary(sub.Encrypted, 1, 0), SubscriptionActive, micros(sub.CreatedAt), sub.Sequence)
	return added == 1, err
}

// filterDigest is one for filters that differ only in how they are written.
func filterDigest(sub Subscription) []byte {
	canonical, err := jcs.Transform(sub.Filter)
	if err != nil {
		canonical = sub.Filter
	}
	digest := sha256.Sum256(append([]byte(sub.FilterType+"\n"), canonical...))
	return digest[:]
}

const subscriptionColumns = `code, interface, subscriber, event_type, record_type, filter_type, filter, frequency,
	starts_at, ends_at, encrypted, status, created_at, sequence`

func scanSubscription(scan func(...any) error) (Subscription, error) {
	var sub Subscription
	var starts, ends, created int64
	err := scan(&sub.Code, &sub.Interface, &sub.Subscriber, &sub.EventType, &sub.RecordType, &sub.FilterType,
		(*[]byte)(&sub.Filter), (*[]byte)(&sub.Frequency), &starts, &ends, &sub.Encrypted, &sub.Status, &created, &sub.Sequence)
	sub.StartsAt, sub.EndsAt, sub.CreatedAt = instant(starts), instant(ends), instant(created)
	return sub, err
}

// Subscription implements Subscriptions.
func (s session) Subscription(ctx context.Context, code string) (Subscription, bool, error) {
	var found []Subscription
	err := s.each(ctx, s.read, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE code = ?`, []any{[]byte(code)}, func(row *sql.Rows) error {
		sub, err := scanSubscription(row.Scan)
		found = append(found, sub)
		return err
	})
	if err != nil || len(found) == 0 {
		return Subscription{}, false, err
	}
	return found[0], true, nil
}

// FindSubscriptions implements Subscriptions.
func (s session) FindSubscriptions(ctx context.Context, q SubscriptionQuery) ([]Subscription, error) {
	where := filter{}
	where.add("interface = ?", q.Interface)
	if q.Subscriber != "" {
		where.add("subscriber = ?", []byte(q.Subscriber))
	}
	if q.EventType != "" {
		where.add("event_type = ?", q.EventType)
	}
	if q.RecordType != "" {
		where.add("record_type = ?", q.RecordType)
	}
	if q.Status != "" {
		where.add("status = ?", q.Status)
	}
	var found []Subscription
	err := s.each(ctx, s.read, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE `+where.sql()+` ORDER BY id`, where.args, func(row *sql.Rows) error {
		sub, err := scanSubscription(row.Scan)
		found = append(found, sub)
		return err
	})
	return found, err
}

// EndSubscription implements Subscriptions.
func (s session) EndSubscription(ctx context.Context, code string) (bool, error) {
	ended, err := s.exec(ctx, `UPDATE subscriptions SET status = ? WHERE code = ? AND status = ?`,
		SubscriptionEnded, []byte(code), SubscriptionActive)
	return ended == 1, err
}

// NextSequence implements Subscriptions.
func (s session) NextSequence(ctx context.Context, code string) (int64, error) {
	var sequence int64
	err := s.write.QueryRowContext(ctx, s.rebind(`UPDATE subscriptions SET sequence = sequence + 1 WHERE code = ? RETURNING sequence`),
		[]byte(code)).Scan(&sequence)
	return sequence, err
}
