package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"strings"
	"sync"
	"time"
)

// dialect is what differs between the databases.
type dialect struct {
	// types are what the schema's placeholders stand for.
	types map[string]string
	// rebind writes the ? of a statement as the database's placeholders.
	rebind func(string) string
	// skipLocked ends a selection for update, so that two processes do not wait for one another.
	skipLocked string
	// forUpdate ends a selection of rows that this transaction will change.
	forUpdate string
	// lock takes a lock by number until the transaction ends; empty where there is one writer.
	lock string
	// analyze tells the database to count what it holds, where its plans depend on that.
	analyze string
	// addValues inserts attribute values, leaving out those that are there.
	addValues func(context.Context, runner, []attributeValue) error
}

// runner is a database or a transaction.
type runner interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, statement string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, statement string, args ...any) *sql.Row
}

// database implements Store. SQLite has one writer and several readers; elsewhere both are one pool.
type database struct {
	session
	readers *sql.DB
	writer  *sql.DB
}

// session implements Tx over a database, or over a transaction of it.
type session struct {
	*dialect
	read  runner
	write runner
	// begin starts a transaction for a method of several statements; nil within one.
	begin func(context.Context, func(session) error) error
	// snapshot runs several reads on one state; nil within a transaction.
	snapshot func(context.Context, func(session) error) error
	known    *attributeIDs
	// fresh are the attributes that this transaction made.
	fresh map[attribute]int64
}

func newDatabase(d *dialect, readers, writer *sql.DB, readOptions *sql.TxOptions) *database {
	db := &database{readers: readers, writer: writer}
	db.session = session{dialect: d, read: readers, write: writer, known: &attributeIDs{ids: map[attribute]int64{}}}
	db.begin = func(ctx context.Context, work func(session) error) error {
		return db.run(ctx, writer, nil, work)
	}
	db.snapshot = func(ctx context.Context, work func(session) error) error {
		return db.run(ctx, readers, readOptions, work)
	}
	return db
}

func (db *database) run(ctx context.Context, on *sql.DB, options *sql.TxOptions, work func(session) error) error {
	tx, err := on.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	within := session{dialect: db.dialect, read: tx, write: tx, known: db.known, fresh: map[attribute]int64{}}
	defer func() { _ = tx.Rollback() }()
	if err := work(within); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	db.known.add(within.fresh)
	return nil
}

// WithTx implements Store.
func (db *database) WithTx(ctx context.Context, work func(Tx) error) error {
	return db.begin(ctx, func(s session) error { return work(s) })
}

// Close implements Store.
func (db *database) Close() error {
	if db.readers == db.writer {
		return db.writer.Close()
	}
	return errors.Join(db.readers.Close(), db.writer.Close())
}

// atomically runs several writes in one transaction: the one that runs, or one of their own.
func (s session) atomically(ctx context.Context, work func(session) error) error {
	if s.begin == nil {
		return work(s)
	}
	return s.begin(ctx, work)
}

// steadily runs several reads on one state.
func (s session) steadily(ctx context.Context, work func(session) error) error {
	if s.snapshot == nil {
		return work(s)
	}
	return s.snapshot(ctx, work)
}

// oneAtATime waits until no other transaction holds what, and holds it until this one ends. With a
// single writer there is nothing to wait for.
func (s session) oneAtATime(ctx context.Context, what string) error {
	if s.lock == "" {
		return nil
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(what))
	_, err := s.exec(ctx, s.lock, int64(hash.Sum64()))
	return err
}

func (s session) exec(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	result, err := s.write.ExecContext(ctx, s.rebind(statement), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// each calls scan with every row of a query.
func (s session) each(ctx context.Context, on runner, statement string, args []any, scan func(*sql.Rows) error) error {
	rows, err := on.QueryContext(ctx, s.rebind(statement), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the only row of a query; false where there is none.
func (s session) one(ctx context.Context, statement string, args []any, into ...any) (bool, error) {
	err := s.read.QueryRowContext(ctx, s.rebind(statement), args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// bound is a placeholder for a number of rows. SQLite prepares a statement anew for each LIMIT that is a
// parameter itself, since it plans for the number.
const bound = `CAST(? AS bigint)`

// marks is n placeholders, such as ?, ?, ?.
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// rows is n rows of placeholders, such as (?, ?), (?, ?).
func rows(n, columns int) string {
	return strings.TrimSuffix(strings.Repeat("("+marks(columns)+"), ", n), ", ")
}

// notNull is bytes that are stored as none rather than as NULL.
func notNull(bytes []byte) []byte {
	if bytes == nil {
		return []byte{}
	}
	return bytes
}

// Instants are stored as microseconds since 1970, the zero time as 0.
func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

func instant(stored int64) time.Time {
	if stored == 0 {
		return time.Time{}
	}
	return time.UnixMicro(stored).UTC()
}

// attributeIDs remembers the numbers of attributes that are committed.
type attributeIDs struct {
	mutex sync.RWMutex
	ids   map[attribute]int64
}

func (a *attributeIDs) find(wanted attribute) (int64, bool) {
	a.mutex.RLock()
	defer a.mutex.RUnlock()
	id, ok := a.ids[wanted]
	return id, ok
}

func (a *attributeIDs) add(fresh map[attribute]int64) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	maps.Copy(a.ids, fresh)
}

func openFailed(err error) error {
	return fmt.Errorf("the store does not open: %w", err)
}
