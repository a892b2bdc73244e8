package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// Account is an account that payments are made from and to. Address is its financial address, which is
// compared without regard to case. Owner is the participant that may pay from it, empty for a
// beneficiary's. An account that is not Linked is an address known by name that leads to no store of value.
type Account struct {
	Address  string
	Owner    string
	Name     string
	Currency string
	Balance  *apd.Decimal
	Linked   bool
}

// Disbursement is one payment that was ordered. Status is succ, pdng or rjct, Reason and Detail say why it
// was rejected. ReplyURL is where a scheduled one is told of when it ends, empty where nobody waits.
// Position is its place in the order.
type Disbursement struct {
	ID            int64
	Interface     string
	Sender        string
	ReferenceID   string
	TransactionID string
	CorrelationID string
	Position      int
	Payer, Payee  string
	Amount        *apd.Decimal
	Currency      string
	Status        string
	Reason        string
	Detail        string
	ReplyURL      string
	DueAt         time.Time
	ReceivedAt    time.Time
	EndedAt       time.Time
}

// DisbursementQuery names a sender's disbursements that meet each further field that is not empty.
type DisbursementQuery struct {
	Sender        string
	TransactionID string
	CorrelationID string
	ReferenceIDs  []string
	Payer, Payee  string
}

// Ledger keeps accounts and payments. Amounts are kept in hundredths, as whole numbers, so that no sum of
// them is rounded; an amount with more than two decimals is refused with the code store.amount.invalid.
type Ledger interface {
	// PutAccounts adds accounts, and replaces those of a known address.
	PutAccounts(ctx context.Context, accounts ...Account) error
	// LockAccounts gives the accounts that there are, by lower-case address, and keeps others from changing
	// them until the transaction ends. A sender's orders wait for each other.
	LockAccounts(ctx context.Context, sender string, addresses ...string) (map[string]Account, error)
	// AddDisbursement keeps a disbursement and gives its ID. One that is not rejected is added only where
	// the sender has no other of its reference_id that is not rejected: otherwise added is false.
	AddDisbursement(ctx context.Context, d Disbursement) (id int64, added bool, err error)
	// Pay moves the amount of the disbursement with that ID from payer to payee; paid is false, and nothing
	// changes, where the payer holds less. A disbursement is paid once: a second time is an error.
	Pay(ctx context.Context, d Disbursement) (paid bool, err error)
	// EndDisbursement sets status, reason, detail and time of the end.
	EndDisbursement(ctx context.Context, d Disbursement) error
	// DueDisbursements lists pending disbursements whose time has come, and keeps others from ending them
	// until the transaction ends.
	DueDisbursements(ctx context.Context, now time.Time, limit int) ([]Disbursement, error)
	// NextScheduled is when the next pending disbursement is due; false where there is none.
	NextScheduled(ctx context.Context) (time.Time, bool, error)
	// FindDisbursements lists disbursements in the order in which they were added.
	FindDisbursements(ctx context.Context, q DisbursementQuery) ([]Disbursement, error)
	// Totals sums up the ledger.
	Totals(ctx context.Context) (Totals, error)
}

// Totals are sums over all accounts and payments. What was paid out equals what was paid in.
type Totals struct {
	Balances *apd.Decimal
	PaidOut  *apd.Decimal
	PaidIn   *apd.Decimal
	Payments int
}

// AddressKey is the form in which addresses and ids are compared.
func AddressKey(address string) []byte { return []byte(strings.ToLower(address)) }

// hundredths is an amount as a whole number.
func hundredths(amount *apd.Decimal) (int64, error) {
	refused := &Error{"store.amount.invalid", "an amount has at most 13 digits and two decimals: give a decimal such as 12.50"}
	if amount == nil {
		return 0, refused
	}
	var whole apd.Decimal
	condition, err := apd.BaseContext.WithPrecision(18).Quantize(&whole, amount, -2)
	if err != nil || condition.Inexact() {
		return 0, refused
	}
	whole.Exponent = 0
	n, err := whole.Int64()
	if err != nil {
		return 0, refused
	}
	return n, nil
}

func decimal(hundredths int64) *apd.Decimal { return apd.New(hundredths, -2) }

// PutAccounts implements Ledger.
func (s session) PutAccounts(ctx context.Context, accounts ...Account) error {
	return s.atomically(ctx, func(s session) error {
		for _, account := range accounts {
			balance, err := hundredths(account.Balance)
			if err != nil {
				return err
			}
			linked := 0
			if account.Linked {
				linked = 1
			}
			_, err = s.exec(ctx, `INSERT INTO accounts (address_key, address, owner, name, currency, balance, linked) VALUES (`+marks(7)+`)
				ON CONFLICT (address_key) DO UPDATE SET address = excluded.address, owner = excluded.owner, name = excluded.name,
				currency = excluded.currency, balance = excluded.balance, linked = excluded.linked`,
				AddressKey(account.Address), []byte(account.Address), []byte(account.Owner), []byte(account.Name),
				account.Currency, balance, linked)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LockAccounts implements Ledger. Rows are locked in the order of their keys, so that no two orders wait
// for each other.
func (s session) LockAccounts(ctx context.Context, sender string, addresses ...string) (map[string]Account, error) {
	if err := s.oneAtATime(ctx, "disburse "+sender); err != nil {
		return nil, err
	}
	var keys []string
	for _, address := range addresses {
		keys = append(keys, string(AddressKey(address)))
	}
	slices.Sort(keys)
	found := map[string]Account{}
	for _, key := range slices.Compact(keys) {
		err := s.each(ctx, s.write, `SELECT address, owner, name, currency, balance, linked FROM accounts WHERE address_key = ?`+s.forUpdate,
			[]any{[]byte(key)}, func(row *sql.Rows) error {
				var account Account
				var balance int64
				var linked int
				err := row.Scan(&account.Address, &account.Owner, &account.Name, &account.Currency, &balance, &linked)
				account.Balance, account.Linked = decimal(balance), linked == 1
				found[key] = account
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// AddDisbursement implements Ledger.
func (s session) AddDisbursement(ctx context.Context, d Disbursement) (id int64, added bool, err error) {
	if err := checkNames(d.Sender, d.ReferenceID, d.TransactionID, d.CorrelationID, d.Payer, d.Payee); err != nil {
		return 0, false, err
	}
	var amount int64
	if d.Amount != nil {
		if amount, err = hundredths(d.Amount); err != nil {
			return 0, false, err
		}
	}
	err = s.each(ctx, s.write, `INSERT INTO disbursements (interface, sender, reference_id, transaction_id, correlation_id, position,
		payer, payer_key, payee, payee_key, amount, currency, status, reason, detail, reply_url, due_at, received_at, ended_at)
		VALUES (`+marks(19)+`) ON CONFLICT (sender, reference_id) WHERE status <> 'rjct' DO NOTHING RETURNING id`,
		[]any{d.Interface, []byte(d.Sender), []byte(d.ReferenceID), []byte(d.TransactionID), []byte(d.CorrelationID), d.Position,
			[]byte(d.Payer), AddressKey(d.Payer), []byte(d.Payee), AddressKey(d.Payee), amount, []byte(d.Currency), d.Status, d.Reason,
			[]byte(d.Detail), []byte(d.ReplyURL), micros(d.DueAt), micros(d.ReceivedAt), micros(d.EndedAt)}, func(row *sql.Rows) error {
			added = true
			return row.Scan(&id)
		})
	return id, added, err
}

// Pay implements Ledger.
func (s session) Pay(ctx context.Context, d Disbursement) (paid bool, err error) {
	amount, err := hundredths(d.Amount)
	if err != nil {
		return false, err
	}
	err = s.atomically(ctx, func(s session) error {
		taken, err := s.exec(ctx, `UPDATE accounts SET balance = balance - ? WHERE address_key = ? AND balance >= ?`,
			amount, AddressKey(d.Payer), amount)
		if err != nil || taken == 0 {
			return err
		}
		given, err := s.exec(ctx, `UPDATE accounts SET balance = balance + ? WHERE address_key = ?`, amount, AddressKey(d.Payee))
		if err != nil {
			return err
		}
		if given == 0 {
			return &Error{"store.account.unknown", "the payee's account is not there: load it, or pay to another"}
		}
		for side, moved := range map[string]int64{"payer": -amount, "payee": amount} {
			_, err := s.exec(ctx, `INSERT INTO postings (disbursement_id, side, amount) VALUES (?, ?, ?)`, d.ID, side, moved)
			if err != nil {
				return err
			}
		}
		paid = true
		return nil
	})
	return paid && err == nil, err
}

// EndDisbursement implements Ledger.
func (s session) EndDisbursement(ctx context.Context, d Disbursement) error {
	_, err := s.exec(ctx, `UPDATE disbursements SET status = ?, reason = ?, detail = ?, ended_at = ? WHERE id = ?`,
		d.Status, d.Reason, []byte(d.Detail), micros(d.EndedAt), d.ID)
	return err
}

const disbursementColumns = `SELECT id, interface, sender, reference_id, transaction_id, correlation_id, position, payer, payee, amount,
	currency, status, reason, detail, reply_url, due_at, received_at, ended_at FROM disbursements WHERE `

func (s session) disbursements(ctx context.Context, on runner, where string, args ...any) ([]Disbursement, error) {
	var found []Disbursement
	err := s.each(ctx, on, disbursementColumns+where, args, func(row *sql.Rows) error {
		var d Disbursement
		var amount, due, received, ended int64
		err := row.Scan(&d.ID, &d.Interface, &d.Sender, &d.ReferenceID, &d.TransactionID, &d.CorrelationID, &d.Position, &d.Payer,
			&d.Payee, &amount, &d.Currency, &d.Status, &d.Reason, &d.Detail, &d.ReplyURL, &due, &received, &ended)
		d.Amount, d.DueAt, d.ReceivedAt, d.EndedAt = decimal(amount), instant(due), instant(received), instant(ended)
		found = append(found, d)
		return err
	})
	return found, err
}

// DueDisbursements implements Ledger.
func (s session) DueDisbursements(ctx context.Context, now time.Time, limit int) ([]Disbursement, error) {
	return s.disbursements(ctx, s.write, `status = 'pdng' AND due_at <= ? ORDER BY due_at, id LIMIT `+bound+s.skipLocked, micros(now), limit)
}

// NextScheduled implements Ledger.
func (s session) NextScheduled(ctx context.Context) (time.Time, bool, error) {
	var due int64
	found, err := s.one(ctx, `SELECT due_at FROM disbursements WHERE status = 'pdng' ORDER BY due_at LIMIT 1`, nil, &due)
	return instant(due), found, err
}

// FindDisbursements implements Ledger.
func (s session) FindDisbursements(ctx context.Context, q DisbursementQuery) ([]Disbursement, error) {
	where := filter{}
	where.add("sender = ?", []byte(q.Sender))
	for column, value := range map[string][]byte{"transaction_id": []byte(q.TransactionID), "correlation_id": []byte(q.CorrelationID),
		"payer_key": AddressKey(q.Payer), "payee_key": AddressKey(q.Payee)} {
		if len(value) > 0 {
			where.add(column+" = ?", value)
		}
	}
	if len(q.ReferenceIDs) > 0 {
		var ids []any
		for _, id := range q.ReferenceIDs {
			ids = append(ids, []byte(id))
		}
		where.add("reference_id IN ("+marks(len(ids))+")", ids...)
	}
	return s.disbursements(ctx, s.read, where.sql()+" ORDER BY id", where.args...)
}

// Totals implements Ledger.
func (s session) Totals(ctx context.Context) (Totals, error) {
	var balances, out, in int64
	var totals Totals
	// A sum of BIGINT is NUMERIC in PostgreSQL; the cast gives a whole number back.
	_, err := s.one(ctx, `SELECT (SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM accounts),
		(SELECT CAST(COALESCE(-SUM(amount), 0) AS BIGINT) FROM postings WHERE side = 'payer'),
		(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM postings WHERE side = 'payee'),
		(SELECT COUNT(*) FROM postings WHERE side = 'payee')`, nil, &balances, &out, &in, &totals.Payments)
	totals.Balances, totals.PaidOut, totals.PaidIn = decimal(balances), decimal(out), decimal(in)
	return totals, err
}
