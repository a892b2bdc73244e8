// Package identity holds the participants that the runner acts as. Their keys and credentials come
// from the seed, so that a target can be prepared beforehand with the same ones (spconform fixtures).
package identity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Name is what a scenario calls a participant.
type Name string

// The participants of a run: two clients of the target, one that it does not know, and one whose key
// was withdrawn; Rotating is a third client.
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
	{Rotating, "rotating.example.org", []string{"client"}},
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
	// Published is what it publishes at its JWKSURI.
	Published *Published
	// Registered says whether the target was told of it.
	Registered bool
	// Turn is held by a scenario for which no other may change or count the keys of the participant.
	Turn sync.Mutex
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
				JWKSURI: base + JWKSPath, CallbackPrefixes: []string{base + "/"}, CallbackBase: base},
		}
		if row.name == Client || row.name == Other {
			identity.Opening = opening(row.name, keyID, secret)
		}
		if row.name == Agency {
			identity.Participant.CallbackPrefixes = append(identity.Participant.CallbackPrefixes, callbackBase+ElsewherePath+"/")
		}
		identity.publish(secret)
		if row.name == Revoked {
			identity.Participant.RevokedKeys, identity.Participant.JWKSURI = []string{keyID}, ""
		}
		identities[row.name] = identity
	}
	return identities
}

// ElsewherePath is a part of the receiver's address that is registered for the agency and that its
// agreements do not name.
const ElsewherePath = "/cb/agency-elsewhere"

// publish makes the participant publish its keys.
func (i *Identity) publish(secret func(use string) []byte) {
	i.Published = &Published{seed: secret, signing: []message.Key{i.Key}}
	for _, key := range i.Opening {
		i.Published.others = append(i.Published.others, key.Public())
	}
	i.Participant.Keys = i.Published.KeySet()
}

// Publishes is the key set that is published at a path of the receiver: a participant's own, or that of
// all whom the target knows.
func (i Identities) Publishes(path string) (jose.JSONWebKeySet, bool) {
	if !strings.HasSuffix(path, JWKSPath) {
		return jose.JSONWebKeySet{}, false
	}
	for _, who := range i {
		if who.Participant.JWKSURI != "" && path == CallbackPath(who.Name)+JWKSPath {
			return who.Published.KeySet(), true
		}
	}
	return i.KeySet(), true
}

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
	for _, row := range roles {
		if identity := i[row.name]; identity.Registered && row.name != Revoked {
			set.Keys = append(set.Keys, identity.Published.KeySet().Keys...)
		}
	}
	return set
}
