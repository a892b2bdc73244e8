package reference

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference/store"
)

// signingKey is the name under which the store keeps the server's private key.
const signingKey = "signing_key"

// loadKey is the server's ed25519 signing key: the store's, or a new one that the store then keeps, so
// that the published key set is the same after a restart. Its kid is the RFC 7638 thumbprint.
func loadKey(ctx context.Context, keys store.Store) (jose.JSONWebKey, error) {
	raw, found, err := keys.Key(ctx, signingKey)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	if found {
		return readKey(raw)
	}
	var key jose.JSONWebKey
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return key, err
	}
	key = jose.JSONWebKey{Key: private, Use: "sig", Algorithm: string(jose.EdDSA)}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return key, fmt.Errorf("signing key: %w", err)
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	if raw, err = json.Marshal(key); err != nil {
		return key, err
	}
	// Another process on the same store may have made one at the same time: the first stays.
	if raw, err = keys.KeepKey(ctx, signingKey, raw); err != nil {
		return key, err
	}
	return readKey(raw)
}

func readKey(raw []byte) (jose.JSONWebKey, error) {
	var key jose.JSONWebKey
	if err := json.Unmarshal(raw, &key); err != nil || !key.Valid() || key.IsPublic() {
		return key, errors.New("the store's signing key is not a private JSON Web Key: remove it to have a new one made")
	}
	return key, nil
}

// serveJWKS tells the public keys (RFC 7517).
func (s *Server) serveJWKS(w http.ResponseWriter, _ *http.Request, _ *Incoming) error {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{s.key.Public()}})
	return nil
}
