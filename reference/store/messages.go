package store

import (
	"bytes"
	"context"
	"time"
)

// RememberMessage implements Messages.
func (s session) RememberMessage(ctx context.Context, m Message) (first, same bool, err error) {
	err = s.atomically(ctx, func(s session) error {
		added, err := s.exec(ctx, `INSERT INTO messages (sender, message_id, digest, received_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (sender, message_id) DO NOTHING`, encodeText(m.Sender), encodeText(m.ID), notNull(m.Digest), micros(m.ReceivedAt))
		if err != nil || added == 1 {
			first = added == 1
			return err
		}
		var digest []byte
		_, err = s.one(ctx, `SELECT digest FROM messages WHERE sender = ? AND message_id = ?`,
			[]any{encodeText(m.Sender), encodeText(m.ID)}, &digest)
		same = bytes.Equal(digest, m.Digest)
		return err
	})
	return first, same, err
}

// ForgetMessages implements Messages.
func (s session) ForgetMessages(ctx context.Context, before time.Time) error {
	_, err := s.exec(ctx, `DELETE FROM messages WHERE received_at < ?`, micros(before))
	return err
}
