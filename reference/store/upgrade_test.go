package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/spconform/spconform/reference/store"
)

// altered opens a store's file and changes it, as another version would have left it.
func altered(t *testing.T, statements ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store.db")
	made, err := store.Open(t.Context(), "sqlite:"+file)
	require.NoError(t, err)
	require.NoError(t, made.Close())
	raw, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	for _, statement := range statements {
		_, err := raw.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	require.NoError(t, raw.Close())
	return "sqlite:" + file
}

func TestAStoreOfAnEarlierVersionIsBroughtUpToDate(t *testing.T) {
	at := altered(t, `ALTER TABLE subscriptions DROP COLUMN encrypted`,
		`ALTER TABLE subscriptions ADD COLUMN callback_url BLOB NOT NULL DEFAULT ''`,
		`INSERT INTO subscriptions (code, interface, subscriber, event_type, record_type, filter_type, filter, filter_digest,
			starts_at, ends_at, callback_url, status, created_at, sequence)
		VALUES (x'41', 'social', x'42', 'REGISTER', 'Group', x'43', x'7b7d', x'44', 0, 0, '', 'subscribe', 0, 3)`,
		`DELETE FROM schema_version`, `INSERT INTO schema_version (version) VALUES (1)`)
	for range 2 {
		s := open(t, at)
		kept, there, err := s.Subscription(t.Context(), "A")
		require.NoError(t, err)
		require.True(t, there)
		require.False(t, kept.Encrypted)
		require.EqualValues(t, 3, kept.Sequence)
	}
	s := open(t, at)
	added, err := s.AddSubscription(t.Context(), store.Subscription{Code: "B", Interface: "social", Subscriber: "b", Encrypted: true})
	require.NoError(t, err)
	require.True(t, added)
	kept, _, err := s.Subscription(t.Context(), "B")
	require.NoError(t, err)
	require.True(t, kept.Encrypted)
}

func TestAStoreOfALaterVersionIsRefused(t *testing.T) {
	_, err := store.Open(t.Context(), altered(t, `INSERT INTO schema_version (version) VALUES (1000)`))
	var refused *store.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "store.schema.newer", refused.Code)
}
