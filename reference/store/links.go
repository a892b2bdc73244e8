package store

import (
	"context"
	"database/sql"
)

// Link ties a person's id to a financial address; both are compared without regard to case. ProviderName
// and ProviderCode say who keeps the account behind the address.
type Link struct {
	PersonID     string
	Address      string
	Name         string
	PhoneNumber  string
	ProviderName string
	ProviderCode string
	Active       bool
}

// Links are what a mapper holds: one address for each id.
type Links interface {
	// PutLinks adds links, and replaces those of a known id.
	PutLinks(ctx context.Context, links ...Link) error
	// LinkOf finds the link of an id.
	LinkOf(ctx context.Context, personID string) (Link, bool, error)
	// LinksTo lists the links to an address.
	LinksTo(ctx context.Context, address string) ([]Link, error)
	// LockLinks keeps others from changing links until the transaction ends.
	LockLinks(ctx context.Context) error
	// Unlink removes the link of an id; removed is false where there was none.
	Unlink(ctx context.Context, personID string) (removed bool, err error)
}

// PutLinks implements Links.
func (s session) PutLinks(ctx context.Context, links ...Link) error {
	return s.atomically(ctx, func(s session) error {
		for _, link := range links {
			if err := checkNames(link.PersonID, link.Address); err != nil {
				return err
			}
			active := 0
			if link.Active {
				active = 1
			}
			_, err := s.exec(ctx, `INSERT INTO links (person_key, person_id, address_key, address, name, phone_number, provider_name,
				provider_code, active) VALUES (`+marks(9)+`) ON CONFLICT (person_key) DO UPDATE SET person_id = excluded.person_id,
				address_key = excluded.address_key, address = excluded.address, name = excluded.name, phone_number = excluded.phone_number,
				provider_name = excluded.provider_name, provider_code = excluded.provider_code, active = excluded.active`,
				AddressKey(link.PersonID), []byte(link.PersonID), AddressKey(link.Address), []byte(link.Address), []byte(link.Name),
				[]byte(link.PhoneNumber), []byte(link.ProviderName), []byte(link.ProviderCode), active)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s session) links(ctx context.Context, on runner, where string, key []byte) ([]Link, error) {
	var found []Link
	err := s.each(ctx, on, `SELECT person_id, address, name, phone_number, provider_name, provider_code, active FROM links WHERE `+where,
		[]any{key}, func(row *sql.Rows) error {
			var link Link
			var active int
			err := row.Scan(&link.PersonID, &link.Address, &link.Name, &link.PhoneNumber, &link.ProviderName, &link.ProviderCode, &active)
			link.Active = active == 1
			found = append(found, link)
			return err
		})
	return found, err
}

// LinkOf implements Links.
func (s session) LinkOf(ctx context.Context, personID string) (Link, bool, error) {
	found, err := s.links(ctx, s.read, "person_key = ?", AddressKey(personID))
	if err != nil || len(found) == 0 {
		return Link{}, false, err
	}
	return found[0], true, nil
}

// LinksTo implements Links.
func (s session) LinksTo(ctx context.Context, address string) ([]Link, error) {
	return s.links(ctx, s.read, "address_key = ? ORDER BY person_key", AddressKey(address))
}

// LockLinks implements Links.
func (s session) LockLinks(ctx context.Context) error { return s.oneAtATime(ctx, "links") }

// Unlink implements Links.
func (s session) Unlink(ctx context.Context, personID string) (removed bool, err error) {
	n, err := s.exec(ctx, `DELETE FROM links WHERE person_key = ?`, AddressKey(personID))
	return n == 1, err
}
