package reference

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

// keyKind is one of the server's keys: the name under which the store keeps it, and how it is made.
type keyKind struct {
	name, use, algorithm string
	generate             func() (any, error)
}

var (
	signingKey = keyKind{"signing_key", "sig", string(jose.EdDSA), func() (any, error) {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}}
	encryptionKey = keyKind{"encryption_key", message.UseEncryption, message.KeyECDH, func() (any, error) {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}}
)

// loadKey is one of the server's keys: the store's, or a new one that the store then keeps, so that the
// published key set is the same after a restart. Its kid is the RFC 7638 thumbprint.
func loadKey(ctx context.Context, keys store.Store, kind keyKind) (jose.JSONWebKey, error) {
	raw, found, err := keys.Key(ctx, kind.name)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	if found {
		return readKey(raw)
	}
	key, err := kind.made()
	if err != nil {
		return key, err
	}
	if raw, err = json.Marshal(key); err != nil {
		return key, err
	}
	// Another process on the same store may have made one at the same time: the first stays.
	if raw, err = keys.KeepKey(ctx, kind.name, raw); err != nil {
		return key, err
	}
	return readKey(raw)
}

// made is a new key.
func (k keyKind) made() (jose.JSONWebKey, error) {
	private, err := k.generate()
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	key := jose.JSONWebKey{Key: private, Use: k.use, Algorithm: k.algorithm}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return key, fmt.Errorf("%s: %w", k.name, err)
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return key, nil
}

func readKey(raw []byte) (jose.JSONWebKey, error) {
	var key jose.JSONWebKey
	if err := json.Unmarshal(raw, &key); err != nil || !key.Valid() || key.IsPublic() {
		return key, errors.New("a key of the store is not a private JSON Web Key: remove it to have a new one made")
	}
	return key, nil
}

// serveJWKS tells the public keys (RFC 7517).
func (s *Server) serveJWKS(w http.ResponseWriter, _ *http.Request, _ *Incoming) error {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: append(s.ring.published(s.now()), s.opening.Public())})
	return nil
}
