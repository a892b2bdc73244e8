package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/spec/fixture"
)

// Person is whom a consent or an access is about: one of the identifiers of a record.
type Person struct{ Interface, RecordType, IdentifierType, IdentifierValue string }

func (p Person) key() []byte { return encodeIdentifier(p.IdentifierType, p.IdentifierValue) }

// Sharing is what persons have decided about their records, and who has asked for these.
type Sharing interface {
	// PutConsent replaces a person's decision about the decision's party and purpose.
	PutConsent(ctx context.Context, p Person, decision fixture.Consent) error
	// LogAccess adds an entry to a person's access log.
	LogAccess(ctx context.Context, p Person, entry fixture.Access) error
	// Accesses lists a person's access log, the oldest entry first.
	Accesses(ctx context.Context, p Person) ([]fixture.Access, error)
}

// PutConsent implements Sharing.
func (s session) PutConsent(ctx context.Context, p Person, decision fixture.Consent) error {
	_, err := s.exec(ctx, `INSERT INTO consents (interface, record_type, identifier, party, purpose, decision, from_at, until_at)
		VALUES (`+marks(8)+`) ON CONFLICT (interface, record_type, identifier, party, purpose)
		DO UPDATE SET decision = excluded.decision, from_at = excluded.from_at, until_at = excluded.until_at`,
		p.Interface, p.RecordType, p.key(), encodeText(decision.Party), encodeText(decision.Purpose), decision.Decision,
		micros(decision.From), micros(decision.Until))
	return err
}

// LogAccess implements Sharing.
func (s session) LogAccess(ctx context.Context, p Person, entry fixture.Access) error {
	_, err := s.exec(ctx, `INSERT INTO accesses (interface, record_type, identifier, party, purpose, operation, outcome, reason, at)
		VALUES (`+marks(9)+`)`, p.Interface, p.RecordType, p.key(), []byte(entry.Party), []byte(entry.Purpose),
		entry.Operation, entry.Outcome, entry.Reason, micros(entry.Timestamp))
	return err
}

// Accesses implements Sharing.
func (s session) Accesses(ctx context.Context, p Person) ([]fixture.Access, error) {
	entries := []fixture.Access{}
	err := s.each(ctx, s.read, `SELECT party, purpose, operation, outcome, reason, at FROM accesses
		WHERE interface = ? AND record_type = ? AND identifier = ? ORDER BY id`,
		[]any{p.Interface, p.RecordType, p.key()}, func(row *sql.Rows) error {
			var entry fixture.Access
			var party, purpose []byte
			var at int64
			err := row.Scan(&party, &purpose, &entry.Operation, &entry.Outcome, &entry.Reason, &at)
			entry.Party, entry.Purpose, entry.Timestamp = string(party), string(purpose), time.UnixMicro(at).UTC()
			entries = append(entries, entry)
			return err
		})
	return entries, err
}

// consented is met by records whose person has given consent and, by no other identifier, refused it.
func (c *compiler) consented(node query.Consented) (string, error) {
	attributes, err := c.attributes(node.Attribute, nil, identifierKind)
	if err != nil {
		return "", err
	}
	if len(attributes) == 0 {
		return nothing, nil
	}
	decided := func(which string, args ...any) string {
		c.args = append(append(c.args, attributes...), c.q.Interface, c.q.Record.Name, encodeText(node.Party), encodeText(node.Purpose))
		c.args = append(c.args, args...)
		return `r.id IN (SELECT v.record_id FROM attribute_values v JOIN consents c ON c.identifier = v.value
			WHERE v.attribute_id IN (` + marks(len(attributes)) + `) AND c.interface = ? AND c.record_type = ?
			AND c.party = ? AND c.purpose = ? AND ` + which + `)`
	}
	at := micros(node.At)
	given := decided(`c.decision = 'given' AND c.from_at <= ? AND (c.until_at = 0 OR c.until_at > ?)`, at, at)
	return given + ` AND NOT ` + decided(`c.decision <> 'given'`), nil
}
