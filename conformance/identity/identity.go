// Package identity holds the participants that the runner acts as. Their keys and credentials come
// from the seed, so that a target can be prepared beforehand with the same ones (spconform fixtures).
package identity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Name is what a scenario calls a participant.
type Name string

// The participants of a run: two clients of the target, one that it does not know, and one whose key
// was withdrawn.
const (
	Client       Name = "client"
	Other        Name = "other client"
	Unregistered Name = "unregistered client"
	Revoked      Name = "client with a revoked key"
	// Agency is a client that is held to data-sharing agreements, Auditor one that reads access logs. Both
	// are needed only where a product takes agreements.
	Agency  Name = "agency"
	Auditor Name = "auditor"
)

// roles says what each participant may do; a participant without roles is not told to the target.
var roles = []struct {
	name  Name
	id    string
	roles []string
}{
	{Client, "spmis.example.org", []string{"client", "updater"}},
	{Other, "programme.example.org", []string{"client"}},
	{Unregistered, "stranger.example.org", nil},
	{Revoked, "former.example.org", []string{"client"}},
	{Agency, "agency.example.org", []string{"client"}},
	{Auditor, "ombudsman.example.org", []string{"auditor"}},
}

// ID is the sender_id of a participant.
func ID(name Name) string {
	for _, row := range roles {
		if row.name == name {
			return row.id
		}
	}
	return ""
}

// Identity is one participant with its secrets.
type Identity struct {
	Name        Name
	Participant fixture.Participant
	// Key signs for it.
	Key message.Key
	// Opening are the private keys by which it reads what is encrypted to it.
	Opening []jose.JSONWebKey
	// Registered says whether the target was told of it.
	Registered bool
}

// Identities are all participants of a run.
type Identities map[Name]*Identity

// New derives the participants from the seed. callbackBase is the URL of the runner's receiver; a
// participant's own part of it is callbackBase + "/cb/<slug>".
func New(seed uint64, callbackBase string) Identities {
	identities := Identities{}
	for _, row := range roles {
		secret := func(use string) []byte {
			sum := sha256.Sum256(fmt.Appendf(nil, "spconform %d %s %s", seed, row.id, use))
			return sum[:]
		}
		key := ed25519.NewKeyFromSeed(secret("key"))
		keyID := "key-" + hex.EncodeToString(secret("kid")[:4])
		base := callbackBase + CallbackPath(row.name)
		identity := &Identity{Name: row.name, Registered: len(row.roles) > 0,
			Key: message.Key{SenderID: row.id, KeyID: keyID, Private: key},
			Participant: fixture.Participant{ID: row.id, Roles: row.roles,
				ClientID: row.id, ClientSecret: hex.EncodeToString(secret("secret")[:16]),
				Keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: keyID,
					Algorithm: string(jose.EdDSA), Use: "sig"}}},
				CallbackPrefixes: []string{base + "/"}, CallbackBase: base},
		}
		if row.name == Client || row.name == Other {
			identity.Opening = opening(row.name, keyID, secret)
			for _, key := range identity.Opening {
				identity.Participant.Keys.Keys = append(identity.Participant.Keys.Keys, key.Public())
			}
		}
		if row.name == Agency {
			identity.Participant.CallbackPrefixes = append(identity.Participant.CallbackPrefixes, callbackBase+ElsewherePath+"/")
		}
		if row.name == Revoked {
			identity.Participant.RevokedKeys = []string{keyID}
		}
		identities[row.name] = identity
	}
	return identities
}

// ElsewherePath is a part of the receiver's address that is registered for the agency and that its
// agreements do not name.
const ElsewherePath = "/cb/agency-elsewhere"

// CallbackPath is the participant's part of the receiver's address.
func CallbackPath(name Name) string { return "/cb/" + strings.ReplaceAll(string(name), " ", "-") }

// Fixture is what the target is told of the participants.
func (i Identities) Fixture() fixture.Participants {
	var participants fixture.Participants
	for _, row := range roles {
		if identity := i[row.name]; identity.Registered {
			participants.Participants = append(participants.Participants, identity.Participant)
		}
	}
	return participants
}

// KeySet is the public keys of the participants that the target knows, as the runner publishes them.
func (i Identities) KeySet() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for _, participant := range i.Fixture().Participants {
		set.Keys = append(set.Keys, participant.Keys.Keys...)
	}
	return set
}
