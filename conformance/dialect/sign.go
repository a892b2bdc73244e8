package dialect

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec/message"
)

// headerName is the HTTP header of FormHTTPHeader.
const headerName = "Signature"

// Keys are the private keys with which the runner signs.
type Keys struct {
	// Of is the key of a participant by its key id; any of its keys for an id that it does not have.
	Of func(senderID, keyID string) (message.Key, bool)
	// Stranger is the key that nobody registered, with which a scenario signs in a participant's name.
	Stranger func(senderID string) ed25519.PrivateKey
}

// intent is what a strict signature says and does: a scenario that signs wrongly in the strict form
// signs wrongly in the same way in the dialect's.
type intent struct {
	senderID, keyID, algorithm, namespace string
	created, expires                      int64
	private                               ed25519.PrivateKey
	// other says that what was signed is not what is sent; nobody, that no participant has the senderID.
	other, nobody bool
}

// intended reads a strict signature; false where it is absent or no signature at all, so that there is
// nothing to say in another form.
func (k Keys) intended(envelope message.Envelope) (intent, bool) {
	read, err := message.ParseSignature(envelope.Signature)
	if err != nil {
		return intent{}, false
	}
	made := intent{senderID: read.SenderID, keyID: read.KeyID, algorithm: read.Algorithm, namespace: read.Namespace,
		created: read.Created, expires: read.Expires}
	var header struct {
		SenderID string `json:"sender_id"`
	}
	_ = json.Unmarshal(envelope.Header, &header)
	key, ok := k.Of(read.SenderID, read.KeyID)
	if made.nobody = !ok; !ok {
		if key, ok = k.Of(header.SenderID, read.KeyID); !ok {
			return intent{}, false
		}
	}
	made.private = key.Private
	digest, err := message.Digest(envelope.Header, envelope.Message)
	if err != nil {
		return intent{}, false
	}
	signed := []byte(message.SigningString(read.Created, read.Expires, message.DigestName+digest))
	stranger := k.Stranger(key.SenderID)
	switch {
	case ed25519.Verify(made.private.Public().(ed25519.PublicKey), signed, read.Value):
	case ed25519.Verify(stranger.Public().(ed25519.PublicKey), signed, read.Value):
		made.private = stranger
	default:
		made.other = true
	}
	return made, true
}

// elsewhere is signed in place of the message where a scenario signs something else than it sends.
var elsewhere = json.RawMessage(`{"transaction_id":"another message"}`)

// spoken is the strict signature of an envelope in the dialect's form, made over header and body as
// they are sent. It is a text for the member signature or for the HTTP header.
func (s Signature) spoken(made intent, header, body json.RawMessage) (string, error) {
	if made.other {
		body = elsewhere
	}
	content, err := s.canonical(header, body)
	if err != nil {
		return "", err
	}
	if made.nobody && (s.Form == FormJWS || s.Form == FormJWSDetached) {
		// The kid of a JWS names no sender unless it is written as kidId is.
		made.keyID = made.senderID + "|" + made.keyID + "|" + message.Algorithm
	}
	switch s.Form {
	case FormJWS:
		return made.token(content, map[jose.HeaderKey]any{"iat": made.created, "exp": made.expires})
	case FormJWSDetached:
		whole, err := made.token(content, map[jose.HeaderKey]any{"iat": made.created, "exp": made.expires})
		parts := strings.Split(whole, ".")
		if err != nil || len(parts) != 3 {
			return whole, err
		}
		return parts[0] + ".." + parts[2], nil
	case FormHTTPHeader:
		claims := text(map[string]any{"iss": made.senderID, "iat": made.created, "exp": made.expires, "digest": s.digest(content)})
		return made.token(claims, nil)
	}
	namespace := made.namespace
	if s.Namespace != "" {
		namespace = s.Namespace
	}
	signed := message.SigningString(made.created, made.expires, s.digest(content))
	return message.Signature{Namespace: namespace, SenderID: made.senderID, KeyID: made.keyID, Algorithm: made.algorithm,
		Created: made.created, Expires: made.expires, Headers: message.SignedHeaders,
		Value: ed25519.Sign(made.private, []byte(signed))}.String(), nil
}

// digest is the digest of what is signed, as the dialect writes it.
func (s Signature) digest(content []byte) string {
	sum := sha256.Sum256(content)
	written := base64.StdEncoding.EncodeToString(sum[:])
	if s.Digest == DigestBare {
		return written
	}
	return message.DigestName + written
}

// token is a compact JWS; one of another algorithm than ed25519 is one without a signature.
func (i intent) token(payload []byte, headers map[jose.HeaderKey]any) (string, error) {
	if i.algorithm != message.Algorithm {
		part := base64.RawURLEncoding.EncodeToString
		return part(text(map[string]any{"alg": "none", "kid": i.keyID})) + "." + part(payload) + ".", nil
	}
	options := (&jose.SignerOptions{ExtraHeaders: headers}).WithType("JWT")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA,
		Key: jose.JSONWebKey{Key: i.private, KeyID: i.keyID}}, options)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// put writes a signature where the dialect has it.
func (s Signature) put(signature string, header http.Header) (member string, kept bool) {
	switch s.Form {
	case FormNone:
		return "", false
	case FormHTTPHeader:
		header.Set(headerName, signature)
		return "", false
	}
	return signature, true
}
