package spec

import (
	"fmt"

	"github.com/spconform/spconform/spec/jsontext"
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
	value, fault, near := jsontext.Decode(body, limits.MaxDepth)
	if fault != "" {
		return nil, &DecodeError{"json." + string(fault), int64(near)}
	}
	return value, nil
}
