package message

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// Algorithm is the one signature algorithm that the published example names.
	Algorithm = "ed25519"
	// SignedHeaders is the published value of the signature's headers parameter.
	SignedHeaders = "(created) (expires) digest"
	// ClockSkew is how far the clocks of two parties may differ when created and expires are judged.
	ClockSkew = 60 * time.Second
	// DefaultValidity is how long a signature made here holds.
	DefaultValidity = 5 * time.Minute
)

// Namespaces are the values of the signature's namespace parameter that are met in published text.
var Namespaces = []string{"spdci", "g2p", "dci"}

// SignatureFault is why a signature does not hold. Its value is stable.
type SignatureFault string

// The ways in which a signature does not hold.
const (
	FaultMissing     SignatureFault = "missing"
	FaultMalformed   SignatureFault = "malformed"
	FaultAlgorithm   SignatureFault = "algorithm"
	FaultSender      SignatureFault = "sender"
	FaultUnknownKey  SignatureFault = "unknown_key"
	FaultNotYetValid SignatureFault = "not_yet_valid"
	FaultExpired     SignatureFault = "expired"
	FaultMismatch    SignatureFault = "mismatch"
)

// SignatureError says that a signature does not hold, and why.
type SignatureError struct {
	Fault  SignatureFault
	Detail string
}

func (e *SignatureError) Error() string { return "signature " + string(e.Fault) + ": " + e.Detail }

// FaultOf is the fault of err, or "" where err is not a SignatureError.
func FaultOf(err error) SignatureFault {
	var signatureError *SignatureError
	if errors.As(err, &signatureError) {
		return signatureError.Fault
	}
	return ""
}

// Signature is the published signature string, parsed. Created and Expires are Unix seconds.
type Signature struct {
	Namespace, SenderID, KeyID, Algorithm string
	Created, Expires                      int64
	Headers                               string
	Value                                 []byte
}

var parameter = regexp.MustCompile(`^\s*([A-Za-z]+)\s*=\s*"([^"]*)"\s*$`)

// maxSignatureLength bounds what ParseSignature reads; a well-formed one is under 600 characters.
const maxSignatureLength = 4096

// ParseSignature reads the published form. A leading "Signature:" and spaces are optional; every
// parameter is given once; unknown parameters are refused since they would not be covered.
func ParseSignature(text string) (Signature, error) {
	malformed := func(detail string) (Signature, error) {
		return Signature{}, &SignatureError{FaultMalformed, detail}
	}
	if strings.TrimSpace(text) == "" {
		return Signature{}, &SignatureError{FaultMissing, "the message carries no signature"}
	}
	if len(text) > maxSignatureLength {
		return malformed("it is longer than a signature can be")
	}
	rest := strings.TrimPrefix(strings.TrimSpace(text), "Signature:")
	seen := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		match := parameter.FindStringSubmatch(part)
		if match == nil {
			return malformed(`it is not a list of name="value" parameters`)
		}
		if _, twice := seen[match[1]]; twice {
			return malformed("a parameter is given twice")
		}
		seen[match[1]] = match[2]
	}
	return fromParameters(seen)
}

func fromParameters(seen map[string]string) (Signature, error) {
	malformed := func(detail string) (Signature, error) {
		return Signature{}, &SignatureError{FaultMalformed, detail}
	}
	const known = 7
	for _, name := range []string{"namespace", "kidId", "algorithm", "created", "expires", "headers", "signature"} {
		if seen[name] == "" {
			return malformed(name + " is missing")
		}
	}
	if len(seen) != known {
		return malformed("it has a parameter that the standard does not name")
	}
	kid := strings.Split(seen["kidId"], "|")
	if len(kid) != 3 || kid[0] == "" || kid[1] == "" {
		return malformed("kidId is not sender|key|algorithm")
	}
	created, err := strconv.ParseInt(seen["created"], 10, 64)
	if err != nil {
		return malformed("created is not in Unix seconds")
	}
	expires, err := strconv.ParseInt(seen["expires"], 10, 64)
	if err != nil {
		return malformed("expires is not in Unix seconds")
	}
	value, err := base64.StdEncoding.DecodeString(seen["signature"])
	if err != nil {
		return malformed("its value is not standard base64")
	}
	if kid[2] != seen["algorithm"] {
		return malformed("kidId and algorithm name different algorithms")
	}
	return Signature{Namespace: seen["namespace"], SenderID: kid[0], KeyID: kid[1], Algorithm: seen["algorithm"],
		Created: created, Expires: expires, Headers: seen["headers"], Value: value}, nil
}

// String is the published form, with the leading literal of the published example.
func (s Signature) String() string {
	return fmt.Sprintf(`Signature: namespace="%s", kidId="%s|%s|%s", algorithm="%s", created="%d", expires="%d", headers="%s", signature="%s"`,
		s.Namespace, s.SenderID, s.KeyID, s.Algorithm, s.Algorithm, s.Created, s.Expires, s.Headers,
		base64.StdEncoding.EncodeToString(s.Value))
}

// DigestName stands before a digest in what is signed, and names its algorithm.
const DigestName = "SHA-256="

// SigningString is the text that is signed: created, expires and digest, joined by line feeds. The digest is as it is
// signed, after its DigestName.
func SigningString(created, expires int64, digest string) string {
	return fmt.Sprintf("(created): %d\n(expires): %d\ndigest: %s", created, expires, digest)
}

// Signer makes the signature string of a header and message in wire form.
type Signer interface {
	Sign(header, message json.RawMessage) (string, error)
}

// Key signs as one sender with one ed25519 key.
type Key struct {
	SenderID, KeyID string
	Private         ed25519.PrivateKey
	// Namespace is "spdci" where empty.
	Namespace string
	// Now is time.Now where nil; Validity is DefaultValidity where zero.
	Now      func() time.Time
	Validity time.Duration
}

// Sign implements Signer.
func (k Key) Sign(header, message json.RawMessage) (string, error) {
	now := time.Now
	if k.Now != nil {
		now = k.Now
	}
	validity := k.Validity
	if validity == 0 {
		validity = DefaultValidity
	}
	created := now().Unix()
	return k.SignAt(header, message, created, created+int64(validity/time.Second))
}

// SignAt signs with the given created and expires, in Unix seconds.
func (k Key) SignAt(header, message json.RawMessage, created, expires int64) (string, error) {
	digest, err := Digest(header, message)
	if err != nil {
		return "", err
	}
	namespace := k.Namespace
	if namespace == "" {
		namespace = Namespaces[0]
	}
	return Signature{Namespace: namespace, SenderID: k.SenderID, KeyID: k.KeyID, Algorithm: Algorithm,
		Created: created, Expires: expires, Headers: SignedHeaders,
		Value: ed25519.Sign(k.Private, []byte(SigningString(created, expires, DigestName+digest)))}.String(), nil
}

// KeyFinder is the public key of a sender by its key id, and whether the sender has it and it is not
// revoked.
type KeyFinder func(senderID, keyID string) (ed25519.PublicKey, bool)

// Verify judges the signature of an envelope that senderID sent. It returns nil or a
// *SignatureError; text, time, key and bytes are judged in that order.
func Verify(envelope Envelope, senderID string, keys KeyFinder, now time.Time) error {
	return VerifyOver(envelope, senderID, keys, now, func(header, message json.RawMessage) (string, error) {
		digest, err := Digest(header, message)
		return DigestName + digest, err
	})
}

// VerifyOver is Verify for a digest that is taken, or written in what is signed, in another way.
func VerifyOver(envelope Envelope, senderID string, keys KeyFinder, now time.Time, digestOf func(header, message json.RawMessage) (string, error)) error {
	signature, err := ParseSignature(envelope.Signature)
	if err != nil {
		return err
	}
	switch {
	case signature.Algorithm != Algorithm:
		return &SignatureError{FaultAlgorithm, "only ed25519 is accepted"}
	case signature.Headers != SignedHeaders:
		return &SignatureError{FaultMalformed, "headers is not " + SignedHeaders}
	case signature.SenderID != senderID:
		return &SignatureError{FaultSender, "kidId names another sender than header.sender_id"}
	case signature.Expires <= signature.Created:
		return &SignatureError{FaultMalformed, "expires is not after created"}
	case now.Add(ClockSkew).Unix() < signature.Created:
		return &SignatureError{FaultNotYetValid, "created lies in the future"}
	case now.Add(-ClockSkew).Unix() > signature.Expires:
		return &SignatureError{FaultExpired, "expires lies in the past"}
	}
	public, ok := keys(signature.SenderID, signature.KeyID)
	if !ok {
		return &SignatureError{FaultUnknownKey, "the sender has no such key, or it is revoked"}
	}
	digest, err := digestOf(envelope.Header, envelope.Message)
	if err != nil {
		return &SignatureError{FaultMalformed, "header and message have no canonical form"}
	}
	signed := SigningString(signature.Created, signature.Expires, digest)
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, []byte(signed), signature.Value) {
		return &SignatureError{FaultMismatch, "it does not match header and message as they were received"}
	}
	return nil
}
