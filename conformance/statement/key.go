package statement

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// Key is an Ed25519 key that signs statements or that they are checked with. Its id is its thumbprint
// (RFC 7638), whatever id it was given elsewhere.
type Key struct {
	id      string
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

// ReadKeys reads Ed25519 keys: a JWK, a JWK set, or PEM ("PRIVATE KEY" in PKCS #8, "PUBLIC KEY").
// Errors are of type *Error.
func ReadKeys(raw []byte) ([]Key, error) {
	given, err := parseKeys(raw)
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, one := range given {
		key, err := newKey(one)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// ReadPrivate reads one key that can sign.
func ReadPrivate(raw []byte) (Key, error) {
	keys, err := ReadKeys(raw)
	if err != nil {
		return Key{}, err
	}
	if len(keys) != 1 || keys[0].private == nil {
		return Key{}, refuse(CodeKey, "the file holds no single private key: make one with spconform key new")
	}
	return keys[0], nil
}

func parseKeys(raw []byte) ([]any, error) {
	if block, _ := pem.Decode(raw); block != nil {
		var key any
		var err error
		if block.Type == "PRIVATE KEY" {
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		} else {
			key, err = x509.ParsePKIXPublicKey(block.Bytes)
		}
		if err != nil {
			return nil, refuse(CodeKey, "the PEM holds no key that can be read: give an Ed25519 key as PKCS #8 or as PUBLIC KEY")
		}
		return []any{key}, nil
	}
	var set jose.JSONWebKeySet
	if json.Unmarshal(raw, &set) == nil && len(set.Keys) > 0 {
		var keys []any
		for _, key := range set.Keys {
			keys = append(keys, key.Key)
		}
		return keys, nil
	}
	var key jose.JSONWebKey
	if json.Unmarshal(raw, &key) != nil {
		return nil, refuse(CodeKey, "the file holds no key: give a JWK, a JWK set or PEM, as spconform key new makes it")
	}
	return []any{key.Key}, nil
}

func newKey(given any) (Key, error) {
	var key Key
	switch typed := given.(type) {
	case ed25519.PrivateKey:
		key.private, key.public = typed, typed.Public().(ed25519.PublicKey)
	case ed25519.PublicKey:
		key.public = typed
	default:
		return Key{}, refuse(CodeKey, "the key is not Ed25519: make one with spconform key new")
	}
	thumbprint, err := key.jwk().Thumbprint(crypto.SHA256)
	if err != nil {
		return Key{}, refuse(CodeKey, "the key has no thumbprint: make another with spconform key new")
	}
	key.id = base64.RawURLEncoding.EncodeToString(thumbprint)
	return key, nil
}

func (k Key) jwk() *jose.JSONWebKey { return &jose.JSONWebKey{Key: k.public} }

// ID is the thumbprint.
func (k Key) ID() string { return k.id }

var errNoSignature = errors.New("the signature does not hold")

// signer is a Key as the envelope library takes it.
type signer struct{ Key }

func (s signer) KeyID() (string, error)   { return s.id, nil }
func (s signer) Public() crypto.PublicKey { return s.public }

func (s signer) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(s.private, data), nil
}

func (s signer) Verify(_ context.Context, data, signature []byte) error {
	if !ed25519.Verify(s.public, data, signature) {
		return errNoSignature
	}
	return nil
}
