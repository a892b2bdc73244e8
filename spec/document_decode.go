package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
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

// Bounds on one number: beyond them no two implementations agree on its value, and exact arithmetic on it is costly.
const (
	maxNumberLength = 64
	maxExponent     = 308
)

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
	if at := badText(body); at >= 0 {
		return nil, &DecodeError{"json.utf8", int64(at)}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	r := strictReader{dec, limits.MaxDepth}
	value, err := r.value(0)
	if err == nil {
		_, err = dec.Token()
		if errors.Is(err, io.EOF) {
			return value, nil
		}
		err = &DecodeError{"json.trailing", dec.InputOffset()}
	}
	var typed *DecodeError
	if errors.As(err, &typed) {
		return nil, typed
	}
	return nil, &DecodeError{"json.syntax", dec.InputOffset()}
}

type strictReader struct {
	*json.Decoder
	maxDepth int
}

func (r strictReader) value(depth int) (any, error) {
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if depth >= r.maxDepth {
			return nil, &DecodeError{"json.depth", r.InputOffset()}
		}
		if token == '{' {
			return r.object(depth + 1)
		}
		return r.array(depth + 1)
	case json.Number:
		if !bounded(token) {
			return nil, &DecodeError{"json.number", r.InputOffset()}
		}
	}
	return token, nil
}

func (r strictReader) object(depth int) (any, error) {
	members := map[string]any{}
	for r.More() {
		token, err := r.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string)
		if _, twice := members[name]; twice {
			return nil, &DecodeError{"json.duplicate", r.InputOffset()}
		}
		if members[name], err = r.value(depth); err != nil {
			return nil, err
		}
	}
	_, err := r.Token()
	return members, err
}

func (r strictReader) array(depth int) (any, error) {
	items := []any{}
	for r.More() {
		item, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.Token()
	return items, err
}

func bounded(n json.Number) bool {
	if len(n) > maxNumberLength {
		return false
	}
	i := bytes.IndexAny([]byte(n), "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(string(n[i+1:]))
	return err == nil && exponent <= maxExponent && exponent >= -maxExponent
}

// badText gives the place of the first byte that is not UTF-8 or of the first escape that is half a surrogate pair;
// -1 when there is none.
func badText(body []byte) int {
	if !utf8.Valid(body) {
		for i := 0; i < len(body); {
			r, size := utf8.DecodeRune(body[i:])
			if r == utf8.RuneError && size == 1 {
				return i
			}
			i += size
		}
	}
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		r, ok := escaped(body[i:])
		switch {
		case !ok:
			i++
		case !utf16.IsSurrogate(r):
			i += 5
		default:
			low, _ := escaped(body[min(i+6, len(body)):])
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return i
			}
			i += 11
		}
	}
	return -1
}

// escaped reads one \uXXXX.
func escaped(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
