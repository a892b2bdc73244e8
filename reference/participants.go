package reference

import (
	"crypto/ed25519"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// roster is the participants that the server knows. They are configuration: given at the start or
// through the management handler, and not kept over a restart, since they hold client secrets.
type roster struct {
	mutex    sync.RWMutex
	byID     map[string]fixture.Participant
	byClient map[string]string
	shares   map[string][]fixture.Agreement
	// own is the server itself, which stays whoever else is told.
	own fixture.Participant
}

func (r *roster) replace(all fixture.Participants) {
	byID, byClient := map[string]fixture.Participant{}, map[string]string{}
	for _, participant := range append([]fixture.Participant{r.own}, all.Participants...) {
		if participant.ID == "" {
			continue
		}
		byID[participant.ID] = participant
		if participant.ClientID != "" {
			byClient[participant.ClientID] = participant.ID
		}
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.byID, r.byClient = byID, byClient
}

// agree replaces the data-sharing agreements.
func (r *roster) agree(all fixture.Agreements) {
	shares := map[string][]fixture.Agreement{}
	for _, agreement := range all.Agreements {
		shares[agreement.Who] = append(shares[agreement.Who], agreement)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.shares = shares
}

func (r *roster) agreementsOf(party string) []fixture.Agreement {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	return r.shares[party]
}

// governed says whether a party is held to agreements.
func (r *roster) governed(party string) bool { return len(r.agreementsOf(party)) > 0 }

// setKeys replaces the keys of a participant by those that it publishes.
func (r *roster) setKeys(id string, keys []jose.JSONWebKey) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if participant, ok := r.byID[id]; ok {
		participant.Keys.Keys = keys
		r.byID[id] = participant
	}
	if id == r.own.ID {
		r.own.Keys.Keys = keys
	}
}

func (r *roster) find(id string) (fixture.Participant, bool) {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	participant, ok := r.byID[id]
	return participant, ok
}

func (r *roster) findClient(clientID string) (fixture.Participant, bool) {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	participant, ok := r.byID[r.byClient[clientID]]
	return participant, ok
}

// encryptionKey is the key to which messages to a participant are encrypted.
func (r *roster) encryptionKey(id string) (jose.JSONWebKey, bool) {
	participant, ok := r.find(id)
	if !ok {
		return jose.JSONWebKey{}, false
	}
	return message.EncryptionKey(participant.Keys.Keys, participant.RevokedKeys...)
}

// publicKey implements message.KeyFinder: ed25519 keys that the sender has and has not revoked.
func (r *roster) publicKey(senderID, keyID string) (ed25519.PublicKey, bool) {
	participant, ok := r.find(senderID)
	if !ok || slices.Contains(participant.RevokedKeys, keyID) {
		return nil, false
	}
	for _, key := range participant.Keys.Key(keyID) {
		if public, ok := key.Public().Key.(ed25519.PublicKey); ok && key.Use != message.UseEncryption {
			return public, true
		}
	}
	return nil, false
}
