package store

import "context"

// Key implements Keys.
func (s session) Key(ctx context.Context, name string) ([]byte, bool, error) {
	var value []byte
	found, err := s.one(ctx, `SELECT value FROM secrets WHERE name = ?`, []any{name}, &value)
	return value, found, err
}

// KeepKey implements Keys.
func (s session) KeepKey(ctx context.Context, name string, value []byte) ([]byte, error) {
	var kept []byte
	err := s.atomically(ctx, func(s session) error {
		_, err := s.exec(ctx, `INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING`, name, value)
		if err != nil {
			return err
		}
		kept, _, err = s.Key(ctx, name)
		return err
	})
	return kept, err
}
