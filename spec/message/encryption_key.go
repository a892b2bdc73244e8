package message

import (
	"crypto/aes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"slices"

	"github.com/go-jose/go-jose/v4"
	josecipher "github.com/go-jose/go-jose/v4/cipher"
)

// UseEncryption is the use of a key to which messages are encrypted (RFC 7517, 4.2).
const UseEncryption = "enc"

// minRSA is the smallest RSA key, in bits, that RFC 7518 allows.
const minRSA = 2048

// EncryptionKey picks the key of a set to which a message is encrypted: the first with use enc, a kid and an
// algorithm that is known here. revoked are ids that no longer hold.
func EncryptionKey(set []jose.JSONWebKey, revoked ...string) (jose.JSONWebKey, bool) {
	for _, key := range set {
		if key.Use == UseEncryption && CanEncryptTo(key) && !slices.Contains(revoked, key.KeyID) {
			return key, true
		}
	}
	return jose.JSONWebKey{}, false
}

// CanEncryptTo says whether a message can be encrypted to the key.
func CanEncryptTo(key jose.JSONWebKey) bool { return key.KeyID != "" && keyAlgorithm(key) != "" }

// keyAlgorithm is the algorithm by which a content key is encrypted to a key, or "" for none. A key that
// names no algorithm has that of its type.
func keyAlgorithm(key jose.JSONWebKey) string {
	algorithm := ""
	switch material := key.Public().Key.(type) {
	case *rsa.PublicKey:
		if material.N.BitLen() >= minRSA {
			algorithm = KeyRSA
		}
	case *ecdsa.PublicKey:
		algorithm = KeyECDH
	}
	if key.Algorithm != "" && key.Algorithm != algorithm {
		return ""
	}
	return algorithm
}

// wrapKey encrypts the content key to a public key; it completes the header with what the receiver needs.
func wrapKey(header *EncryptedHeader, contentKey []byte, to jose.JSONWebKey) ([]byte, error) {
	switch public := to.Public().Key.(type) {
	case *rsa.PublicKey:
		return rsa.EncryptOAEP(sha256.New(), rand.Reader, public, contentKey, nil)
	case *ecdsa.PublicKey:
		ephemeral, err := ecdsa.GenerateKey(public.Curve, rand.Reader)
		if err != nil {
			return nil, err
		}
		header.EPK = &jose.JSONWebKey{Key: &ephemeral.PublicKey}
		block, err := aes.NewCipher(josecipher.DeriveECDHES(KeyECDH, nil, nil, ephemeral, public, contentKeySize))
		if err != nil {
			return nil, err
		}
		return josecipher.KeyWrap(block, contentKey)
	}
	return nil, ErrEncryptionKey
}

// unwrapKey is the content key. Where an RSA key does not fit, it is a random one, so that the failure shows
// where every other does (RFC 7516, 11.5).
func unwrapKey(header EncryptedHeader, wrapped []byte, private jose.JSONWebKey) ([]byte, error) {
	switch key := private.Key.(type) {
	case *rsa.PrivateKey:
		contentKey, err := rsa.DecryptOAEP(sha256.New(), nil, key, wrapped, nil)
		if err != nil || len(contentKey) != contentKeySize {
			return drawn(nil, contentKeySize)
		}
		return contentKey, nil
	case *ecdsa.PrivateKey:
		return unwrapECDH(header, wrapped, key)
	}
	return nil, ErrEncryption
}

func unwrapECDH(header EncryptedHeader, wrapped []byte, private *ecdsa.PrivateKey) ([]byte, error) {
	// The derivation panics where the two keys are not points of one curve.
	ephemeral := header.ephemeral()
	if ephemeral == nil || !sameCurve(private.Curve, ephemeral) {
		return nil, ErrEncryption
	}
	partyU, errU := base64url.DecodeString(header.APU)
	partyV, errV := base64url.DecodeString(header.APV)
	if errU != nil || errV != nil {
		return nil, ErrEncryption
	}
	block, err := aes.NewCipher(josecipher.DeriveECDHES(KeyECDH, partyU, partyV, private, ephemeral, contentKeySize))
	if err != nil {
		return nil, err
	}
	return josecipher.KeyUnwrap(block, wrapped)
}

func sameCurve(curve elliptic.Curve, point *ecdsa.PublicKey) bool {
	if point.Curve != curve {
		return false
	}
	// The bytes are those of a point of the curve, or there is an error.
	_, err := point.ECDH()
	return err == nil
}

// ephemeral is the sender's key for this message, or nil where there is none.
func (h EncryptedHeader) ephemeral() *ecdsa.PublicKey {
	if h.EPK == nil || !h.EPK.IsPublic() {
		return nil
	}
	public, _ := h.EPK.Key.(*ecdsa.PublicKey)
	return public
}
