package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	if !utf8.Valid(body) {
		return nil, &DecodeError{"json.utf8", 0}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, &DecodeError{"json.syntax", dec.InputOffset()}
	}
	end := int(dec.InputOffset())
	if len(bytes.TrimLeft(body[end:], " \t\r\n")) > 0 {
		return nil, &DecodeError{"json.trailing", int64(end)}
	}
	s := strictScan{text: body[:end], maxDepth: limits.MaxDepth}
	for s.at < end {
		if code := s.next(); code != "" {
			return nil, &DecodeError{code, int64(s.at)}
		}
	}
	return value, nil
}

// strictScan walks a text that is known to be JSON and looks for what the JSON grammar allows and we refuse.
type strictScan struct {
	text     []byte
	at       int
	maxDepth int
	within   []map[string]bool // names seen in each object around this place; nil for an array
	nameNext bool
}

// next steps over one token and gives the code of what is wrong with it.
func (s *strictScan) next() string {
	switch c := s.text[s.at]; c {
	case '{', '[':
		if len(s.within) >= s.maxDepth {
			return "json.depth"
		}
		var names map[string]bool
		if c == '{' {
			names = make(map[string]bool, 8)
		}
		s.within = append(s.within, names)
		s.nameNext = c == '{'
	case '}', ']':
		s.within = s.within[:len(s.within)-1]
		s.nameNext = false
	case ',':
		s.nameNext = s.within[len(s.within)-1] != nil
	case ':':
		s.nameNext = false
	case '"':
		return s.string()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return s.number()
	}
	s.at++
	return ""
}

func (s *strictScan) string() string {
	start, escaped := s.at, false
	for s.at++; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			escaped = true
			s.at++
		}
	}
	s.at++
	token := s.text[start:s.at]
	if escaped && halfSurrogate(token) {
		return "json.utf8"
	}
	if !s.nameNext {
		return ""
	}
	name := string(token[1 : len(token)-1])
	if escaped {
		_ = json.Unmarshal(token, &name)
	}
	names := s.within[len(s.within)-1]
	if names[name] {
		return "json.duplicate"
	}
	names[name] = true
	return ""
}

func (s *strictScan) number() string {
	start := s.at
	for s.at < len(s.text) && bytes.IndexByte([]byte("+-.0123456789eE"), s.text[s.at]) >= 0 {
		s.at++
	}
	token := s.text[start:s.at]
	if len(token) > maxNumberLength {
		return "json.number"
	}
	if i := bytes.IndexAny(token, "eE"); i >= 0 {
		exponent, err := strconv.Atoi(string(token[i+1:]))
		if err != nil || exponent > maxExponent || exponent < -maxExponent {
			return "json.number"
		}
	}
	return ""
}

// halfSurrogate says whether a string token has an escape that is half a surrogate pair, which readers replace, each in
// its way.
func halfSurrogate(token []byte) bool {
	for i := 0; i < len(token); i++ {
		if token[i] != '\\' {
			continue
		}
		r, ok := unicodeEscape(token[i:])
		switch {
		case !ok:
			i++
		case !utf16.IsSurrogate(r):
			i += 5
		default:
			low, _ := unicodeEscape(token[min(i+6, len(token)):])
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return true
			}
			i += 11
		}
	}
	return false
}

func unicodeEscape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
