package message

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"
	"github.com/gowebpki/jcs"
)

// The algorithms of an encrypted message (RFC 7518): how the content key is encrypted to the receiver, and
// how the content is. The published text names none; these are ours (errata.yaml, ERR-028).
const (
	KeyRSA           = string(jose.RSA_OAEP_256)
	KeyECDH          = string(jose.ECDH_ES_A256KW)
	ContentAlgorithm = string(jose.A256GCM)
)

// Authenticated says which data the tag covers beside the content. The published form of an encrypted
// message leaves it open; ERR-026 in errata.yaml says what is sent and what is read.
type Authenticated string

// The data that a tag covers: the RFC 8785 form of the header in base64url, as if it had been the protected
// header of a JWE, which is what is sent; the member protected, where it is there; nothing, as RFC 7516 has
// it for a JWE whose header is not protected.
const (
	AuthenticatedHeader    Authenticated = "header"
	AuthenticatedProtected Authenticated = "protected"
	AuthenticatedNothing   Authenticated = "nothing"
)

// ErrEncryption is the one error of a message that cannot be decrypted. What exactly is wrong is not told:
// who sends altered messages must learn nothing from the answers.
var ErrEncryption = errors.New("the message cannot be decrypted: encrypt it to a key of the receiver's key set that has use enc")

// ErrEncryptionKey is the error of a key to which no message can be encrypted.
var ErrEncryptionKey = errors.New("the key is none to encrypt to: it needs a kid and alg " + KeyRSA + " or " + KeyECDH)

// The sizes of A256GCM, and what bounds the members of an encrypted message besides, in characters.
const (
	contentKeySize   = 32
	ivSize           = 12
	tagSize          = 16
	maxEncryptedKey  = 2048
	maxEncryptHeader = 4096
)

// base64url as RFC 7515 has it: without padding, and one text for one value.
var base64url = base64.RawURLEncoding.Strict()

// Encrypter encrypts a message in wire form to the receiver's public key.
type Encrypter interface {
	Encrypt(message json.RawMessage, to jose.JSONWebKey) (json.RawMessage, error)
}

// Encryption encrypts messages; its zero value is how they are sent.
type Encryption struct {
	// Authenticated is AuthenticatedHeader where empty.
	Authenticated Authenticated
	// ContentKey and IV are drawn for each message where nil, as they must be but in tests.
	ContentKey, IV []byte
	// Header, where it is not nil, changes the header before it is authenticated, in tests.
	Header func(*EncryptedHeader)
}

// Encrypt implements Encrypter: the result is an EncryptedMessage in wire form.
func (e Encryption) Encrypt(message json.RawMessage, to jose.JSONWebKey) (json.RawMessage, error) {
	if !CanEncryptTo(to) {
		return nil, ErrEncryptionKey
	}
	contentKey, err := drawn(e.ContentKey, contentKeySize)
	if err != nil {
		return nil, err
	}
	iv, err := drawn(e.IV, ivSize)
	if err != nil {
		return nil, err
	}
	header := EncryptedHeader{Alg: keyAlgorithm(to), Enc: ContentAlgorithm, Kid: to.KeyID}
	wrapped, err := wrapKey(&header, contentKey, to)
	if err != nil {
		return nil, err
	}
	if e.Header != nil {
		e.Header(&header)
	}
	rawHeader, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	made := EncryptedMessage{Header: rawHeader, EncryptedKey: base64url.EncodeToString(wrapped), IV: base64url.EncodeToString(iv)}
	authenticated, err := protectedForm(rawHeader)
	if err != nil {
		return nil, err
	}
	switch e.Authenticated {
	case AuthenticatedProtected:
		made.Protected = authenticated
	case AuthenticatedNothing:
		authenticated = ""
	}
	gcm, err := contentCipher(contentKey)
	if err != nil {
		return nil, err
	}
	sealed := gcm.Seal(nil, iv, message, []byte(authenticated))
	made.Ciphertext = base64url.EncodeToString(sealed[:len(sealed)-tagSize])
	made.Tag = base64url.EncodeToString(sealed[len(sealed)-tagSize:])
	return json.Marshal(made)
}

// Decrypted is an encrypted message that was read.
type Decrypted struct {
	// Message is the message as it was encrypted.
	Message json.RawMessage
	// KeyID is the receiver's key, ContentKey and IV what encrypted the message.
	KeyID          string
	ContentKey, IV []byte
	Authenticated  Authenticated
}

// DecryptionKeys is the private key with an id, and whether the receiver has it.
type DecryptionKeys func(keyID string) (jose.JSONWebKey, bool)

// MayBeEncrypted says of a body or message, at a glance, whether the member that no plain message has can be
// in it, as it stands or with escapes.
func MayBeEncrypted(text []byte) bool {
	return bytes.Contains(text, []byte("ciphertext")) || bytes.Contains(text, []byte(`\u`))
}

// SaysEncrypted says whether a message has the member that no plain message has.
func SaysEncrypted(message json.RawMessage) bool {
	if !MayBeEncrypted(message) {
		return false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(message, &members) != nil {
		return false
	}
	_, ciphertext := members["ciphertext"]
	return ciphertext
}

// Readable is the body of an encrypted envelope as it would be in plain, for what judges messages by their
// plain form.
func (e Envelope) Readable(plain json.RawMessage) ([]byte, error) {
	var header map[string]json.RawMessage
	if err := json.Unmarshal(e.Header, &header); err != nil {
		return nil, fmt.Errorf("%w: header is not a JSON object", ErrEnvelope)
	}
	header["is_msg_encrypted"] = json.RawMessage("false")
	raw, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	return json.Marshal(Envelope{Signature: e.Signature, Header: raw, Message: plain})
}

// Decrypt reads an EncryptedMessage in wire form. Its only error is ErrEncryption.
func Decrypt(message json.RawMessage, keys DecryptionKeys) (Decrypted, error) {
	parsed, header, err := readEncrypted(message)
	if err != nil {
		return Decrypted{}, ErrEncryption
	}
	private, known := keys(header.Kid)
	if !known || keyAlgorithm(private) != header.Alg {
		return Decrypted{}, ErrEncryption
	}
	contentKey, err := unwrapKey(header, parsed.wrapped, private)
	if err != nil {
		return Decrypted{}, ErrEncryption
	}
	gcm, err := contentCipher(contentKey)
	if err != nil {
		return Decrypted{}, ErrEncryption
	}
	for _, covered := range parsed.covered {
		plain, err := gcm.Open(nil, parsed.iv, parsed.sealed, []byte(covered.data))
		if err == nil {
			return Decrypted{Message: plain, KeyID: header.Kid, ContentKey: contentKey, IV: parsed.iv, Authenticated: covered.what}, nil
		}
	}
	return Decrypted{}, ErrEncryption
}

// encrypted is the content of an EncryptedMessage out of base64url. Sealed is ciphertext and tag.
type encrypted struct {
	wrapped, iv, sealed []byte
	covered             []covered
}

// covered is what a tag may cover.
type covered struct {
	what Authenticated
	data string
}

// readEncrypted takes a message's members apart, within bounds.
func readEncrypted(message json.RawMessage) (encrypted, EncryptedHeader, error) {
	var sent EncryptedMessage
	if err := json.Unmarshal(message, &sent); err != nil {
		return encrypted{}, EncryptedHeader{}, err
	}
	if len(sent.Header) > maxEncryptHeader || len(sent.Protected) > maxEncryptHeader || len(sent.EncryptedKey) > maxEncryptedKey {
		return encrypted{}, EncryptedHeader{}, ErrEncryption
	}
	header, err := readEncryptedHeader(sent)
	if err != nil {
		return encrypted{}, header, err
	}
	var read encrypted
	var tag []byte
	for text, into := range map[*string]*[]byte{&sent.EncryptedKey: &read.wrapped, &sent.IV: &read.iv, &sent.Ciphertext: &read.sealed, &sent.Tag: &tag} {
		if *into, err = base64url.DecodeString(*text); err != nil {
			return encrypted{}, header, err
		}
	}
	if len(read.wrapped) == 0 || len(read.iv) != ivSize || len(tag) != tagSize {
		return encrypted{}, header, ErrEncryption
	}
	read.sealed = append(read.sealed, tag...)
	read.covered, err = coveredBy(sent)
	return read, header, err
}

// coveredBy lists what the tag may cover: protected where it is sent and nothing else, else each of the two
// readings of a message without it.
func coveredBy(sent EncryptedMessage) ([]covered, error) {
	if sent.Protected != "" {
		return []covered{{AuthenticatedProtected, sent.Protected}}, nil
	}
	canonical, err := protectedForm(sent.Header)
	return []covered{{AuthenticatedHeader, canonical}, {AuthenticatedNothing, ""}}, err
}

// refusedParameters change how the rest is to be read, and are not.
var refusedParameters = []string{"crit", "zip"}

// readEncryptedHeader reads header, and protected where it is sent: what both name must be the same.
func readEncryptedHeader(sent EncryptedMessage) (EncryptedHeader, error) {
	var header EncryptedHeader
	members, err := headerMembers(sent.Header)
	if err != nil {
		return header, err
	}
	if sent.Protected != "" {
		raw, err := base64url.DecodeString(sent.Protected)
		if err != nil {
			return header, err
		}
		protected, err := headerMembers(raw)
		if err != nil {
			return header, err
		}
		for name, value := range protected {
			if other, twice := members[name]; twice && !sameJSON(other, value) {
				return header, ErrEncryption
			}
			members[name] = value
		}
	}
	joined, err := json.Marshal(members)
	if err != nil {
		return header, err
	}
	if err := json.Unmarshal(joined, &header); err != nil {
		return header, err
	}
	if header.Enc != ContentAlgorithm || header.Alg != KeyRSA && header.Alg != KeyECDH || header.Kid == "" {
		return header, ErrEncryption
	}
	return header, nil
}

func headerMembers(raw json.RawMessage) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, ErrEncryption
	}
	for _, name := range refusedParameters {
		if _, there := members[name]; there {
			return nil, ErrEncryption
		}
	}
	return members, nil
}

func sameJSON(a, b json.RawMessage) bool {
	first, err := jcs.Transform(a)
	if err != nil {
		// A bare text or number is no JSON document to the canonicaliser.
		return bytes.Equal(bytes.TrimSpace(a), bytes.TrimSpace(b))
	}
	second, err := jcs.Transform(b)
	return err == nil && bytes.Equal(first, second)
}

// protectedForm is the base64url of the RFC 8785 form of a header.
func protectedForm(header json.RawMessage) (string, error) {
	canonical, err := jcs.Transform(header)
	if err != nil {
		return "", fmt.Errorf("the header of an encrypted message has no canonical form: %w", err)
	}
	return base64url.EncodeToString(canonical), nil
}

func contentCipher(key []byte) (cipher.AEAD, error) {
	if len(key) != contentKeySize {
		return nil, ErrEncryption
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// drawn is given, or random bytes where it is nil.
func drawn(given []byte, size int) ([]byte, error) {
	if given != nil {
		return given, nil
	}
	made := make([]byte, size)
	_, err := io.ReadFull(rand.Reader, made)
	return made, err
}
