package store

import (
	"context"
	"strings"
)

// schemaVersion is raised when the schema changes.
const schemaVersion = 2

// schema is written for both databases. Text that comes from outside is stored as bytes, so that a NUL
// in it is no error and it compares byte by byte everywhere. Instants are microseconds since 1970.
//
// attributes numbers the paths of each record type, once for each kind of value; attribute_values holds
// a record's values in an order-preserving form, identifiers among them.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`,

	`CREATE TABLE IF NOT EXISTS records (
		id {serial},
		interface TEXT NOT NULL,
		record_type TEXT NOT NULL,
		record_key {bytes} NOT NULL,
		data {bytes} NOT NULL,
		UNIQUE (interface, record_type, record_key))`,
	`CREATE TABLE IF NOT EXISTS attributes (
		id {serial},
		interface TEXT NOT NULL,
		record_type TEXT NOT NULL,
		path {bytes} NOT NULL,
		kind TEXT NOT NULL,
		UNIQUE (interface, record_type, path, kind))`,
	`CREATE TABLE IF NOT EXISTS attribute_values (
		record_id BIGINT NOT NULL,
		attribute_id BIGINT NOT NULL,
		value {bytes} NOT NULL,
		PRIMARY KEY (record_id, attribute_id, value)){clustered}`,
	`CREATE INDEX IF NOT EXISTS attribute_values_by_value ON attribute_values (attribute_id, value, record_id)`,

	`CREATE TABLE IF NOT EXISTS messages (
		sender {bytes} NOT NULL,
		message_id {bytes} NOT NULL,
		digest {bytes} NOT NULL,
		received_at BIGINT NOT NULL,
		PRIMARY KEY (sender, message_id)){clustered}`,
	`CREATE INDEX IF NOT EXISTS messages_by_time ON messages (received_at)`,

	`CREATE TABLE IF NOT EXISTS transactions (
		id {serial},
		interface TEXT NOT NULL,
		sender {bytes} NOT NULL,
		transaction_id {bytes} NOT NULL,
		correlation_id {bytes} NOT NULL,
		reference_id {bytes} NOT NULL,
		position INTEGER NOT NULL,
		txn_type TEXT NOT NULL,
		status TEXT NOT NULL,
		answer {bytes},
		received_at BIGINT NOT NULL,
		UNIQUE (sender, correlation_id, position))`,
	`CREATE INDEX IF NOT EXISTS transactions_by_transaction ON transactions (sender, transaction_id)`,
	`CREATE INDEX IF NOT EXISTS transactions_by_reference ON transactions (sender, reference_id)`,

	`CREATE TABLE IF NOT EXISTS subscriptions (
		id {serial},
		code {bytes} NOT NULL UNIQUE,
		interface TEXT NOT NULL,
		subscriber {bytes} NOT NULL,
		event_type TEXT NOT NULL,
		record_type TEXT NOT NULL,
		filter_type {bytes} NOT NULL,
		filter {bytes} NOT NULL,
		filter_digest {bytes} NOT NULL,
		frequency {bytes},
		starts_at BIGINT NOT NULL,
		ends_at BIGINT NOT NULL,
		encrypted INTEGER NOT NULL,
		status TEXT NOT NULL,
		created_at BIGINT NOT NULL,
		sequence BIGINT NOT NULL)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS subscriptions_live
		ON subscriptions (interface, subscriber, event_type, record_type, filter_digest) WHERE status = 'subscribe'`,

	`CREATE TABLE IF NOT EXISTS outbox (
		id {serial},
		destination {bytes} NOT NULL,
		url {bytes} NOT NULL,
		content_type TEXT NOT NULL,
		body {bytes} NOT NULL,
		ordering_key {bytes} NOT NULL,
		created_at BIGINT NOT NULL,
		next_at BIGINT NOT NULL,
		claimed_until BIGINT NOT NULL,
		attempts INTEGER NOT NULL,
		state TEXT NOT NULL,
		last_error {bytes} NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS outbox_due ON outbox (next_at, id) WHERE state = 'pending'`,
	`CREATE INDEX IF NOT EXISTS outbox_in_order ON outbox (ordering_key, id) WHERE state = 'pending'`,

	// Amounts are hundredths. A reference_id that was taken in is its sender's for ever; a disbursement has
	// one posting on each side, which the primary key sees to.
	`CREATE TABLE IF NOT EXISTS accounts (
		address_key {bytes} PRIMARY KEY,
		address {bytes} NOT NULL,
		owner {bytes} NOT NULL,
		name {bytes} NOT NULL,
		currency TEXT NOT NULL,
		balance BIGINT NOT NULL CHECK (balance >= 0),
		linked INTEGER NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS disbursements (
		id {serial},
		interface TEXT NOT NULL,
		sender {bytes} NOT NULL,
		reference_id {bytes} NOT NULL,
		transaction_id {bytes} NOT NULL,
		correlation_id {bytes} NOT NULL,
		position INTEGER NOT NULL,
		payer {bytes} NOT NULL,
		payer_key {bytes} NOT NULL,
		payee {bytes} NOT NULL,
		payee_key {bytes} NOT NULL,
		amount BIGINT NOT NULL,
		currency {bytes} NOT NULL,
		status TEXT NOT NULL,
		reason TEXT NOT NULL,
		detail {bytes} NOT NULL,
		reply_url {bytes} NOT NULL,
		due_at BIGINT NOT NULL,
		received_at BIGINT NOT NULL,
		ended_at BIGINT NOT NULL)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS disbursements_once ON disbursements (sender, reference_id) WHERE status <> 'rjct'`,
	`CREATE INDEX IF NOT EXISTS disbursements_by_payer ON disbursements (sender, payer_key)`,
	`CREATE INDEX IF NOT EXISTS disbursements_by_payee ON disbursements (sender, payee_key)`,
	`CREATE INDEX IF NOT EXISTS disbursements_by_transaction ON disbursements (sender, transaction_id)`,
	`CREATE INDEX IF NOT EXISTS disbursements_by_correlation ON disbursements (sender, correlation_id)`,
	`CREATE INDEX IF NOT EXISTS disbursements_by_reference ON disbursements (sender, reference_id)`,
	`CREATE INDEX IF NOT EXISTS disbursements_due ON disbursements (due_at, id) WHERE status = 'pdng'`,
	`CREATE TABLE IF NOT EXISTS postings (
		disbursement_id BIGINT NOT NULL,
		side TEXT NOT NULL,
		amount BIGINT NOT NULL,
		PRIMARY KEY (disbursement_id, side)){clustered}`,

	`CREATE TABLE IF NOT EXISTS links (
		person_key {bytes} PRIMARY KEY,
		person_id {bytes} NOT NULL,
		address_key {bytes} NOT NULL,
		address {bytes} NOT NULL,
		name {bytes} NOT NULL,
		phone_number {bytes} NOT NULL,
		provider_name {bytes} NOT NULL,
		provider_code {bytes} NOT NULL,
		active INTEGER NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS links_by_address ON links (address_key)`,

	`CREATE TABLE IF NOT EXISTS consents (
		interface TEXT NOT NULL,
		record_type TEXT NOT NULL,
		identifier {bytes} NOT NULL,
		party {bytes} NOT NULL,
		purpose {bytes} NOT NULL,
		decision TEXT NOT NULL,
		from_at BIGINT NOT NULL,
		until_at BIGINT NOT NULL,
		PRIMARY KEY (interface, record_type, identifier, party, purpose)){clustered}`,
	`CREATE TABLE IF NOT EXISTS accesses (
		id {serial},
		interface TEXT NOT NULL,
		record_type TEXT NOT NULL,
		identifier {bytes} NOT NULL,
		party {bytes} NOT NULL,
		purpose {bytes} NOT NULL,
		operation TEXT NOT NULL,
		outcome TEXT NOT NULL,
		reason TEXT NOT NULL,
		at BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS accesses_by_person ON accesses (identifier, interface, record_type, id)`,

	`CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value {bytes} NOT NULL)`,
}

// upgrades are, by the version that they make, what an older schema lacks.
var upgrades = map[int][]string{
	2: {`ALTER TABLE subscriptions ADD COLUMN encrypted INTEGER NOT NULL DEFAULT 0`, `ALTER TABLE subscriptions DROP COLUMN callback_url`},
}

// migrate makes the schema where it is absent, brings an older one up to date, and refuses one that a later
// version made.
func (s session) migrate(ctx context.Context) error {
	var pairs []string
	for name, means := range s.types {
		pairs = append(pairs, "{"+name+"}", means)
	}
	types := strings.NewReplacer(pairs...)
	for _, statement := range schema {
		if _, err := s.exec(ctx, types.Replace(statement)); err != nil {
			return err
		}
	}
	var version int
	found, err := s.one(ctx, `SELECT MAX(version) FROM schema_version HAVING COUNT(*) > 0`, nil, &version)
	switch {
	case err != nil:
		return err
	case !found:
		_, err = s.exec(ctx, `INSERT INTO schema_version (version) VALUES (?)`, schemaVersion)
		return err
	case version > schemaVersion:
		return &Error{"store.schema.newer", "the store was made by a later version: use that version, or another store"}
	}
	for next := version + 1; next <= schemaVersion; next++ {
		for _, statement := range upgrades[next] {
			if _, err := s.exec(ctx, statement); err != nil {
				return err
			}
		}
		if _, err := s.exec(ctx, `INSERT INTO schema_version (version) VALUES (?)`, next); err != nil {
			return err
		}
	}
	return nil
}
