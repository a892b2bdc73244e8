package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"modernc.org/sqlite"
)

// openPrepared opens SQLite with connections that keep the statements which they have prepared: a registry
// says few different things, and SQLite takes longer to read most of them than to do them.
func openPrepared(source string) (*sql.DB, error) {
	base, err := sqlite.NewConnector(source)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{base}), nil
}

type preparing struct{ driver.Connector }

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	known, ok := opened.(connection)
	if !ok {
		return opened, nil
	}
	return &prepared{connection: known, idle: map[string]statement{}}, nil
}

// connection is what database/sql uses of the driver's.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// maxPrepared bounds the statements of a connection: a search has as many forms as there are queries.
const maxPrepared = 256

// prepared is a connection with the statements that it has prepared and that are not in use. Like every
// driver.Conn it is used by one goroutine at a time.
type prepared struct {
	connection
	idle map[string]statement
}

// take gives the statement, which is the caller's until it is given back.
func (p *prepared) take(ctx context.Context, text string) (statement, error) {
	if held, ok := p.idle[text]; ok {
		delete(p.idle, text)
		return held, nil
	}
	made, err := p.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	known, ok := made.(statement)
	if !ok {
		return nil, driver.ErrSkip
	}
	return known, nil
}

func (p *prepared) giveBack(text string, used statement) error {
	if _, another := p.idle[text]; another {
		return used.Close()
	}
	if len(p.idle) >= maxPrepared {
		p.forget()
	}
	p.idle[text] = used
	return nil
}

func (p *prepared) forget() {
	for text, held := range p.idle {
		_ = held.Close()
		delete(p.idle, text)
	}
}

// ExecContext implements driver.ExecerContext.
func (p *prepared) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	used, err := p.take(ctx, text)
	if err != nil {
		return nil, err
	}
	done, err := used.ExecContext(ctx, args)
	if err != nil {
		_ = used.Close()
		return nil, err
	}
	return done, p.giveBack(text, used)
}

// QueryContext implements driver.QueryerContext.
func (p *prepared) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	used, err := p.take(ctx, text)
	if err != nil {
		return nil, err
	}
	found, err := used.QueryContext(ctx, args)
	if err != nil {
		_ = used.Close()
		return nil, err
	}
	return &preparedRows{Rows: found, release: func() error { return p.giveBack(text, used) }}, nil
}

// Close implements driver.Conn.
func (p *prepared) Close() error {
	p.forget()
	return p.connection.Close()
}

// preparedRows give their statement back when they are read.
type preparedRows struct {
	driver.Rows
	release func() error
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	if r.release == nil {
		return err
	}
	release := r.release
	r.release = nil
	if back := release(); err == nil {
		err = back
	}
	return err
}
