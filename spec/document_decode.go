package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits bound what DecodeStrict takes.
type Limits struct {
	MaxBytes int // size of the body
	MaxDepth int // objects and arrays within each other
}

// MaxBodyBytes is the size up to which a message body is read, on either side: far above any page of records that the
// suite asks for, far below what would harm it.
const MaxBodyBytes = 8 << 20

// DefaultLimits are the limits under which bodies are judged.
var DefaultLimits = Limits{MaxBytes: MaxBodyBytes, MaxDepth: 64}

// DecodeError says why a body is not JSON that can be judged. Code is json.syntax, json.trailing, json.utf8, json.size,
// json.depth, json.duplicate or json.number; Offset counts bytes.
type DecodeError struct {
	Code   string
	Offset int64
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s: %s, near byte %d", e.Code, decodeText[e.Code], e.Offset)
}

var decodeText = map[string]string{
	"json.syntax":    "the body is not JSON",
	"json.trailing":  "more follows the JSON value",
	"json.utf8":      "the body is not UTF-8, or holds half a surrogate pair",
	"json.size":      "the body is larger than is read",
	"json.depth":     "objects and arrays are nested too deeply",
	"json.duplicate": "an object names a member twice",
	"json.number":    "a number is out of range",
}

// DecodeStrict reads one JSON value, with numbers as json.Number. It refuses what two readers could understand in two
// ways (members named twice, half surrogate pairs, bytes that are not UTF-8) and what is beyond the limits. The error
// is a *DecodeError.
func DecodeStrict(body []byte, limits Limits) (any, error) {
	if len(body) > limits.MaxBytes {
		return nil, &DecodeError{"json.size", int64(limits.MaxBytes)}
	}
	if !utf8.Valid(body) {
		return nil, &DecodeError{"json.utf8", 0}
	}
	r := strictReader{Decoder: jsontext.NewDecoder(bytes.NewBuffer(body)), maxDepth: limits.MaxDepth}
	value, err := r.value()
	if err != nil {
		return nil, r.fault(body, err)
	}
	if _, err := r.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, &DecodeError{"json.trailing", r.InputOffset()}
	}
	return value, nil
}

// Bounds on one number: beyond them no two implementations agree on its value, and exact arithmetic on it is costly.
const (
	maxNumberLength = 64
	maxExponent     = 308
)

// strictReader makes values of tokens. Member names that come twice and half surrogate pairs are errors of the decoder.
type strictReader struct {
	*jsontext.Decoder
	maxDepth int
}

func (r strictReader) value() (any, error) {
	token, err := r.ReadToken()
	if err != nil {
		return nil, err
	}
	if r.StackDepth() > r.maxDepth {
		return nil, &DecodeError{"json.depth", r.InputOffset()}
	}
	switch token.Kind() {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		return token.String(), nil
	case '0':
		number := token.String()
		if !boundedNumber(number) {
			return nil, &DecodeError{"json.number", r.InputOffset()}
		}
		return json.Number(number), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (r strictReader) object() (any, error) {
	made := map[string]any{}
	for r.PeekKind() != '}' {
		name, err := r.ReadToken()
		if err != nil {
			return nil, err
		}
		said := name.String()
		if made[said], err = r.value(); err != nil {
			return nil, err
		}
	}
	_, err := r.ReadToken()
	return made, err
}

func (r strictReader) list() (any, error) {
	made := []any{}
	for r.PeekKind() != ']' {
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		made = append(made, value)
	}
	_, err := r.ReadToken()
	return made, err
}

// fault is what was wrong by its code. What encoding/json takes and the decoder does not is half a surrogate pair.
func (r strictReader) fault(body []byte, err error) *DecodeError {
	var known *DecodeError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, jsontext.ErrDuplicateName):
		return &DecodeError{"json.duplicate", r.InputOffset()}
	case json.Valid(body):
		return &DecodeError{"json.utf8", r.InputOffset()}
	}
	return &DecodeError{"json.syntax", r.InputOffset()}
}

func boundedNumber(number string) bool {
	if len(number) > maxNumberLength {
		return false
	}
	at := strings.IndexAny(number, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(number[at+1:])
	return err == nil && exponent <= maxExponent && exponent >= -maxExponent
}
