// Package message is the wire form that every interface shares: the envelope of signature, header
// and message, the published codes, the canonical form and the signature over it.
//
// Both the runner and the reference server use it, so a mistake here would be invisible to a test of
// one against the other. It is therefore held to golden vectors that other implementations made
// (testdata/signature.json, testdata/make.mjs).
package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Envelope is one message as it travels: the raw header and message are kept byte for byte, because
// the signature covers them as they were sent and a re-serialised form may differ.
type Envelope struct {
	Signature string          `json:"signature,omitempty"`
	Header    json.RawMessage `json:"header"`
	Message   json.RawMessage `json:"message,omitempty"`
}

// ErrEnvelope is wrapped by every failure to read an envelope.
var ErrEnvelope = errors.New("not a message envelope")

// ParseEnvelope reads a JSON object with the members signature, header and message. It does not
// judge the header or the message beyond their being JSON objects where they are present.
func ParseEnvelope(body []byte) (Envelope, error) {
	if envelope, ok := plainEnvelope(body); ok {
		return envelope, nil
	}
	var envelope Envelope
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&envelope); err != nil {
		return Envelope{}, fmt.Errorf("%w: the body is not a JSON object with header and message", ErrEnvelope)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Envelope{}, fmt.Errorf("%w: there is text after the JSON object", ErrEnvelope)
	}
	if !isObject(envelope.Header) {
		return Envelope{}, fmt.Errorf("%w: header is missing or is not an object", ErrEnvelope)
	}
	return envelope, nil
}

// plainEnvelope reads an envelope that is written as the standard writes it, which nearly every one is, in
// one pass. What it does not take may still be an envelope.
func plainEnvelope(body []byte) (Envelope, bool) {
	var envelope Envelope
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	if opening, err := dec.ReadToken(); err != nil || opening.Kind() != '{' {
		return envelope, false
	}
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return envelope, false
		}
		name := token.String()
		value, err := dec.ReadValue()
		if err != nil {
			return envelope, false
		}
		end := int(dec.InputOffset())
		raw := json.RawMessage(body[end-len(value) : end : end])
		switch name {
		case "header":
			envelope.Header = raw
		case "message":
			envelope.Message = raw
		case "signature":
			if json.Unmarshal(raw, &envelope.Signature) != nil {
				return envelope, false
			}
		default:
			// encoding/json takes names in other cases for the same.
			if slices.ContainsFunc([]string{"signature", "header", "message"}, func(known string) bool { return strings.EqualFold(name, known) }) {
				return envelope, false
			}
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return envelope, false
	}
	_, err := dec.ReadToken()
	return envelope, err == io.EOF && isObject(envelope.Header)
}

// ReadHeader decodes the header members that this package knows; others stay in the raw form.
func (e Envelope) ReadHeader() (Header, error) {
	var header Header
	if err := json.Unmarshal(e.Header, &header); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return header, &HeaderError{Field: wrongType.Field, Want: wrongType.Type.String()}
		}
		return header, fmt.Errorf("%w: header is not a JSON object", ErrEnvelope)
	}
	return header, nil
}

// HeaderError says that a header field has the wrong JSON type. Field is the member's name.
type HeaderError struct{ Field, Want string }

func (e *HeaderError) Error() string {
	return fmt.Sprintf("header.%s is not a JSON %s", e.Field, e.Want)
}

// Seal puts header and message, already in wire form, into an envelope signed by signer.
func Seal(signer Signer, header, message json.RawMessage) (Envelope, error) {
	signature, err := signer.Sign(header, message)
	if err != nil {
		return Envelope{}, err
	}
	return Envelope{Signature: signature, Header: header, Message: message}, nil
}

func isObject(raw json.RawMessage) bool {
	trimmed := bytes.TrimLeft(raw, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}
