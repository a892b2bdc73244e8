package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// keyring is the server's signing keys, the present one last. A key that another has followed is published
// for as long as a signature made by it may hold, so that nobody who reads one late finds it without a key.
type keyring struct {
	mutex sync.RWMutex
	keys  []ringKey
}

// ringKey is one signing key and when it was taken.
type ringKey struct {
	Key   jose.JSONWebKey `json:"key"`
	Taken time.Time       `json:"taken"`
}

// followed is how long a key is published after another has followed it.
const followed = message.DefaultValidity + 2*message.ClockSkew

// load reads the keys of the store; the first is made where there is none.
func (r *keyring) load(ctx context.Context, keys store.Store) error {
	first, err := loadKey(ctx, keys, signingKey)
	if err != nil {
		return err
	}
	ring := []ringKey{{Key: first}}
	for {
		raw, found, err := keys.Key(ctx, laterName(len(ring)))
		if err != nil {
			return err
		}
		if !found {
			break
		}
		var later ringKey
		if json.Unmarshal(raw, &later) != nil || !later.Key.Valid() || later.Key.IsPublic() {
			return errors.New("a signing key of the store is not readable: remove it to have a new one made")
		}
		ring = append(ring, later)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.keys = ring
	return nil
}

func laterName(number int) string { return fmt.Sprintf("%s.%d", signingKey.name, number) }

// follow takes a new key and keeps it in the store. Other processes on the same store sign with it after
// their next start.
func (r *keyring) follow(ctx context.Context, keys store.Store, now time.Time) error {
	made, err := signingKey.made()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(ringKey{made, now})
	if err != nil {
		return err
	}
	r.mutex.RLock()
	number := len(r.keys)
	r.mutex.RUnlock()
	if _, err := keys.KeepKey(ctx, laterName(number), raw); err != nil {
		return err
	}
	return r.load(ctx, keys)
}

// present is the key that signs.
func (r *keyring) present() jose.JSONWebKey {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	return r.keys[len(r.keys)-1].Key
}

// published are the public keys by which signatures may be checked now, the present one first.
func (r *keyring) published(now time.Time) []jose.JSONWebKey {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	var public []jose.JSONWebKey
	for at := len(r.keys) - 1; at >= 0; at-- {
		if at < len(r.keys)-1 && now.Sub(r.keys[at+1].Taken) > followed {
			break
		}
		public = append(public, r.keys[at].Key.Public())
	}
	return public
}

// issued are the public keys by which a token may have been signed.
func (r *keyring) issued() []jose.JSONWebKey {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	var public []jose.JSONWebKey
	for _, one := range r.keys {
		public = append(public, one.Key.Public())
	}
	return public
}
