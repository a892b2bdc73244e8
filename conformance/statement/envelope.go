package statement

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

// Sign puts a statement into a DSSE envelope: what statement.dsse.json holds.
func Sign(ctx context.Context, payload []byte, key Key) ([]byte, error) {
	if key.private == nil {
		return nil, refuse(CodeKey, "the key cannot sign: give the private key")
	}
	envelopes, err := dsse.NewEnvelopeSigner(signer{key})
	if err != nil {
		return nil, err
	}
	envelope, err := envelopes.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return nil, err
	}
	return written(envelope)
}

// written is the one form of an envelope, so that any other byte in the file is noticed.
func written(envelope *dsse.Envelope) ([]byte, error) {
	raw, err := json.MarshalIndent(envelope, "", "  ")
	return append(raw, '\n'), err
}

// Signed is a statement whose signature holds.
type Signed struct {
	Predicate Predicate
	// Subjects are what it is about, as bound.
	Subjects []Subject
	// Payload is the signed bytes, Signer the key that signed them.
	Payload []byte
	Signer  Key
	// Trusted says that the signer is one of those that were named.
	Trusted bool
}

// Subject is what a statement is about.
type Subject struct {
	Name   string `json:"name"`
	URI    string `json:"uri,omitempty"`
	SHA256 string `json:"sha256"`
	// Bound is one of the BoundTo constants.
	Bound string `json:"bound"`
}

// Open checks the envelope and its signature and reads the statement. Without trusted keys the
// signature is held to the key that the statement encloses: it is then whole, and nothing is known of
// who made it. Errors are of type *Error.
func Open(ctx context.Context, raw []byte, trusted []Key) (Signed, error) {
	var envelope dsse.Envelope
	if err := json.Unmarshal(raw, &envelope); err != nil {
		return Signed{}, refuse(CodeEnvelope, "the file is no DSSE envelope: give the statement.dsse.json of a run")
	}
	if rewritten, err := written(&envelope); err != nil || !bytes.Equal(rewritten, raw) {
		return Signed{}, refuse(CodeEnvelope, "the envelope is not as spconform writes it: it was altered or written anew")
	}
	if envelope.PayloadType != PayloadType {
		return Signed{}, refuse(CodeEnvelope, "the envelope's payloadType is not that of an in-toto statement")
	}
	if len(envelope.Signatures) != 1 {
		return Signed{}, refuse(CodeEnvelope, "the envelope has not exactly one signature")
	}
	payload, err := envelope.DecodeB64Payload()
	if err != nil || base64.StdEncoding.EncodeToString(payload) != envelope.Payload {
		return Signed{}, refuse(CodeEnvelope, "the envelope's payload is not base64 in its one form")
	}
	opened, err := read(payload)
	if err != nil {
		return Signed{}, err
	}
	if err := opened.authenticate(ctx, &envelope, trusted); err != nil {
		return Signed{}, err
	}
	return opened, nil
}

func (s *Signed) authenticate(ctx context.Context, envelope *dsse.Envelope, trusted []Key) error {
	key, err := newKey(s.Predicate.Run.Signer.Key)
	if err != nil {
		return refuse(CodeSigner, "the statement encloses no Ed25519 key")
	}
	given := envelope.Signatures[0]
	if given.KeyID != key.id {
		return refuse(CodeSigner, "the envelope's keyid is not the thumbprint of the enclosed key")
	}
	signature, err := base64.StdEncoding.DecodeString(given.Sig)
	if err != nil || base64.StdEncoding.EncodeToString(signature) != given.Sig {
		return refuse(CodeSignature, "the signature is not base64 in its one form")
	}
	verifier, err := dsse.NewEnvelopeVerifier(signer{key})
	if err != nil {
		return err
	}
	if _, err := verifier.Verify(ctx, envelope); err != nil {
		return refuse(CodeSignature, "the signature does not hold: the statement or the signature was altered")
	}
	s.Signer = key
	for _, one := range trusted {
		s.Trusted = s.Trusted || one.public.Equal(key.public)
	}
	if len(trusted) > 0 && !s.Trusted {
		return refuse(CodeSigner, "the statement is signed by another key ("+key.id+") than the one named")
	}
	return nil
}

// read takes a statement apart: the parts of in-toto by its library, the predicate strictly.
func read(payload []byte) (Signed, error) {
	wrong := refuse(CodeForm, "the payload is not an in-toto statement with a test result of spconform "+Version)
	if err := fits(payload); err != nil {
		return Signed{}, err
	}
	var statement intoto.Statement
	if protojson.Unmarshal(payload, &statement) != nil || statement.Validate() != nil {
		return Signed{}, wrong
	}
	if statement.GetType() != intoto.StatementTypeUri || statement.GetPredicateType() != PredicateType {
		return Signed{}, wrong
	}
	raw, err := protojson.Marshal(statement.GetPredicate())
	if err != nil {
		return Signed{}, wrong
	}
	opened := Signed{Payload: payload}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&opened.Predicate) != nil || opened.Predicate.Run.Version != Version {
		return Signed{}, wrong
	}
	for _, subject := range statement.GetSubject() {
		opened.Subjects = append(opened.Subjects, Subject{Name: subject.GetName(), URI: subject.GetUri(), SHA256: subject.GetDigest()["sha256"],
			Bound: subject.GetAnnotations().GetFields()["bound"].GetStringValue()})
	}
	return opened, nil
}
