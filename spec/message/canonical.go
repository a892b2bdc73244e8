package message

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Canonical is the RFC 8785 form of {"header":…,"message":…} as the two were sent; a message that is
// absent stays absent. The published text names a digest and not what it is taken over: this choice
// is ours (errata.yaml) and pinned by the golden vectors.
func Canonical(header, message json.RawMessage) ([]byte, error) {
	joined := make([]byte, 0, len(header)+len(message)+24)
	joined = append(joined, `{"header":`...)
	joined = append(joined, header...)
	if len(message) > 0 {
		joined = append(joined, `,"message":`...)
		joined = append(joined, message...)
	}
	joined = append(joined, '}')
	canonical := jsontext.Value(joined)
	if err := canonical.Canonicalize(); err != nil {
		return nil, fmt.Errorf("%w: header or message has no canonical JSON form", ErrEnvelope)
	}
	return canonical, nil
}

// Digest is the standard base64 of SHA-256 over Canonical.
func Digest(header, message json.RawMessage) (string, error) {
	canonical, err := Canonical(header, message)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}
