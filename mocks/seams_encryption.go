package mocks

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// Encrypt is an encrypter made of a function.
type Encrypt func(body json.RawMessage, to jose.JSONWebKey) (json.RawMessage, error)

// Encrypt implements message.Encrypter.
func (f Encrypt) Encrypt(body json.RawMessage, to jose.JSONWebKey) (json.RawMessage, error) {
	return f(body, to)
}

// Encrypting changes how answers are encrypted; next encrypts them properly.
func (v *Vendor) Encrypting(change func(body json.RawMessage, to jose.JSONWebKey, next Encrypt) (json.RawMessage, error)) {
	v.encrypter = append(v.encrypter, func(e message.Encrypter) message.Encrypter {
		return Encrypt(func(body json.RawMessage, to jose.JSONWebKey) (json.RawMessage, error) {
			return change(body, to, e.Encrypt)
		})
	})
}

// vendorKey is a key for encryption of which the defects have the private part: they read messages in ways
// in which nobody should.
var vendorKey = sync.OnceValue(func() jose.JSONWebKey {
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("mocks: no key can be made: " + err.Error())
	}
	return jose.JSONWebKey{Key: pair, KeyID: "vendor-encryption", Use: message.UseEncryption, Algorithm: message.KeyRSA}
})

// received is an encrypted request as a careless vendor reads it.
type received struct {
	message.EncryptedMessage
	header     message.EncryptedHeader
	contentKey []byte
}

// opens is the content without a look at the tag: what AES-GCM would give if it did not authenticate.
func (r received) opens() (json.RawMessage, bool) {
	iv, errIV := base64.RawURLEncoding.DecodeString(r.IV)
	content, errContent := base64.RawURLEncoding.DecodeString(r.Ciphertext)
	if errIV != nil || errContent != nil || len(iv) != 12 || r.contentKey == nil {
		return nil, false
	}
	block, err := aes.NewCipher(r.contentKey)
	if err != nil {
		return nil, false
	}
	plain := make([]byte, len(content))
	cipher.NewCTR(block, slices.Concat(iv, []byte{0, 0, 0, 2})).XORKeyStream(plain, content)
	return plain, json.Valid(plain)
}

// receive takes an encrypted request apart; ok is false for one in plain.
func receive(in *reference.Incoming) (r received, ok bool) {
	if !message.SaysEncrypted(in.Envelope.Message) || json.Unmarshal(in.Envelope.Message, &r.EncryptedMessage) != nil {
		return r, false
	}
	_ = json.Unmarshal(r.Header, &r.header)
	wrapped, err := base64.RawURLEncoding.DecodeString(r.EncryptedKey)
	pair, _ := vendorKey().Key.(*rsa.PrivateKey)
	if err == nil {
		if key, err := rsa.DecryptOAEP(sha256.New(), nil, pair, wrapped, nil); err == nil {
			r.contentKey = key
		}
	}
	return r, true
}

// Reads lets the vendor read encrypted requests in its own way: where read gives a content, the request is
// taken as if it had been encrypted properly; elsewhere it is read as it should be.
func (v *Vendor) Reads(read func(in *reference.Incoming, r received) (json.RawMessage, bool)) {
	v.Option(reference.WithEncryptionKey(vendorKey()))
	v.Check("encryption", func(ctx context.Context, in *reference.Incoming, next run) error {
		sent, encrypted := receive(in)
		if !encrypted {
			return next(ctx, in)
		}
		content, took := read(in, sent)
		if took {
			own := vendorKey()
			proper, err := message.Encryption{}.Encrypt(content, own.Public())
			if err != nil {
				return err
			}
			in.Envelope.Message = proper
		}
		return next(ctx, in)
	})
}
