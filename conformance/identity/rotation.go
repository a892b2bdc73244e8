package identity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/message"
)

// Rotating is a client of the target that changes its signing key while the target runs.
const Rotating Name = "client that changes its key"

// JWKSPath is where a participant publishes its keys, below its part of the receiver's address.
const JWKSPath = "/.well-known/jwks.json"

// Published is the keys of one participant as it publishes them. It is safe for concurrent use.
type Published struct {
	mutex   sync.Mutex
	seed    func(use string) []byte
	made    int
	signing []message.Key
	// former are keys that signed before and are published no more, or still.
	former []message.Key
	others []jose.JSONWebKey
}

// Follow makes a new signing key and publishes it, beside the present one or in its place. It gives both.
func (p *Published) Follow(beside bool) (former, present message.Key) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	former = p.signing[len(p.signing)-1]
	p.made++
	sum := sha256.Sum256(p.seed(fmt.Sprint("key ", p.made)))
	present = former
	present.KeyID, present.Private = fmt.Sprintf("%s.%d", p.signing[0].KeyID[:12], p.made), ed25519.NewKeyFromSeed(sum[:])
	p.former = append(p.former, p.signing...)
	p.signing = []message.Key{present}
	if beside {
		p.signing = []message.Key{former, present}
	}
	return former, present
}

// Signing is the key with the id, published now or before; the present one for an id that was never its own.
func (p *Published) Signing(keyID string) message.Key {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, key := range slices.Concat(p.signing, p.former) {
		if key.KeyID == keyID {
			return key
		}
	}
	return p.signing[len(p.signing)-1]
}

// KeySet is the public keys that are published now.
func (p *Published) KeySet() jose.JSONWebKeySet {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var set jose.JSONWebKeySet
	for _, key := range p.signing {
		set.Keys = append(set.Keys, publicKey(key))
	}
	set.Keys = append(set.Keys, p.others...)
	return set
}

func publicKey(key message.Key) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key.Private.Public(), KeyID: key.KeyID, Algorithm: string(jose.EdDSA), Use: "sig"}
}
