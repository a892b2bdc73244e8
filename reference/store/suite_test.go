package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// onEach runs a test on every kind of store.
func onEach(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, open(t, "memory")) })
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, sqliteURL(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, postgresURL(t))) })
}

func open(t testing.TB, at string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), at)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func sqliteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "with space & ? % #.db")
}

var schemas atomic.Int64

// postgresURL is a fresh schema of the database that SPCONFORM_POSTGRES names.
func postgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("SPCONFORM_POSTGRES")
	if base == "" {
		t.Skip("SPCONFORM_POSTGRES names no database: set it to postgres://USER@HOST/DATABASE to test on PostgreSQL")
	}
	at, err := url.Parse(base)
	require.NoError(t, err)
	name := fmt.Sprintf("spconform_test_%d_%d", os.Getpid(), schemas.Add(1))
	admin, err := sql.Open("pgx", base)
	require.NoError(t, err)
	_, err = admin.ExecContext(t.Context(), "CREATE SCHEMA "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.ExecContext(context.Background(), "DROP SCHEMA "+name+" CASCADE")
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
	parameters := at.Query()
	parameters.Set("search_path", name)
	at.RawQuery = parameters.Encode()
	return at.String()
}

func dictionary(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	d, err := datadictionary.Load()
	require.NoError(t, err)
	return d
}

func social(t testing.TB) spec.Interface {
	t.Helper()
	iface, err := spec.FindInterface("social")
	require.NoError(t, err)
	return iface
}

func parse(t testing.TB, criteria message.SearchCriteria) query.Query {
	t.Helper()
	q, err := query.Parse(dictionary(t), social(t), criteria)
	require.NoError(t, err)
	return q
}

func record(recordType, key, data string) store.Record {
	return store.Record{Interface: "social", RecordType: recordType, Key: key, Data: []byte(data)}
}

func put(t testing.TB, s store.Tx, records ...store.Record) {
	t.Helper()
	require.NoError(t, s.PutRecords(t.Context(), records))
}

func search(t testing.TB, s store.Tx, q query.Query) store.Found {
	t.Helper()
	found, err := s.Search(t.Context(), q)
	require.NoError(t, err)
	return found
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
