package store

import (
	"context"
	"net/url"
	"os"
	"runtime"
)

var sqliteDialect = &dialect{
	types:     map[string]string{"serial": "INTEGER PRIMARY KEY AUTOINCREMENT", "bytes": "BLOB", "clustered": " WITHOUT ROWID"},
	rebind:    func(statement string) string { return statement },
	addValues: addValuesByRows,
}

// openSQLite opens a file, or memory where its name is empty. The file is this user's alone: it holds
// people's records and the registry's key. Every commit is on the disk when it returns (FULL), since an
// ACK promises that its callback outlives a kill and a power cut.
func openSQLite(ctx context.Context, file string) (Store, error) {
	if file == "" {
		// One connection is one database: memory is not shared between connections.
		only, err := openPrepared("file::memory:?_txlock=immediate&_dqs=false")
		if err != nil {
			return nil, openFailed(err)
		}
		only.SetMaxOpenConns(1)
		only.SetConnMaxIdleTime(0)
		return prepareSQLite(ctx, newDatabase(sqliteDialect, only, only, nil))
	}
	made, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, openFailed(err)
	}
	if err := made.Close(); err != nil {
		return nil, openFailed(err)
	}
	source := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath()}).String() +
		"?_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_dqs=false"
	writer, err := openPrepared(source + "&_txlock=immediate")
	if err != nil {
		return nil, openFailed(err)
	}
	writer.SetMaxOpenConns(1)
	readers, err := openPrepared(source + "&_query_only=true")
	if err != nil {
		_ = writer.Close()
		return nil, openFailed(err)
	}
	readers.SetMaxOpenConns(max(2, runtime.NumCPU()))
	readers.SetMaxIdleConns(max(2, runtime.NumCPU()))
	return prepareSQLite(ctx, newDatabase(sqliteDialect, readers, writer, nil))
}

func prepareSQLite(ctx context.Context, db *database) (Store, error) {
	err := db.begin(ctx, func(s session) error {
		if err := s.migrate(ctx); err != nil {
			return err
		}
		// The process that held these claims is gone.
		_, err := s.exec(ctx, `UPDATE outbox SET claimed_until = 0 WHERE claimed_until <> 0`)
		return err
	})
	if err != nil {
		_ = db.Close()
		return nil, openFailed(err)
	}
	return db, nil
}
