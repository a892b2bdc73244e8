package store

import "context"

// ofInterface are the statements that empty what is kept of one interface, each with the interface as its argument.
var ofInterface = []string{
	`DELETE FROM attribute_values WHERE record_id IN (SELECT id FROM records WHERE interface = ?)`,
	`DELETE FROM records WHERE interface = ?`,
	`DELETE FROM transactions WHERE interface = ?`,
	`DELETE FROM subscriptions WHERE interface = ?`,
	`DELETE FROM consents WHERE interface = ?`,
	`DELETE FROM accesses WHERE interface = ?`,
	`DELETE FROM postings WHERE disbursement_id IN (SELECT id FROM disbursements WHERE interface = ?)`,
	`DELETE FROM disbursements WHERE interface = ?`,
}

// ofPayments empty what only one interface keeps, and that without its name.
var ofPayments = map[string]string{
	"disburse": `DELETE FROM accounts`,
	"mapper":   `DELETE FROM links`,
}

// ofAll empty what is kept without regard to interfaces: ids of messages that were taken, and what is on its way.
var ofAll = []string{`DELETE FROM messages`, `DELETE FROM outbox`}

// Renew implements Records.
func (s session) Renew(ctx context.Context, iface string) error {
	return s.atomically(ctx, func(s session) error {
		for _, statement := range ofInterface {
			if _, err := s.exec(ctx, statement, iface); err != nil {
				return err
			}
		}
		statements := ofAll
		if own, kept := ofPayments[iface]; kept {
			statements = append([]string{own}, ofAll...)
		}
		for _, statement := range statements {
			if _, err := s.exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}
