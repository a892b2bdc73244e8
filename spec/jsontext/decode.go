package jsontext

import (
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode reads one JSON value with numbers as json.Number, nested at most maxDepth deep. Where it cannot,
// it says why and near which byte.
func Decode(text []byte, maxDepth int) (value any, fault Fault, near int) {
	if !readable(text) {
		return nil, FaultUTF8, 0
	}
	r := reader{text: text, maxDepth: maxDepth}
	value, ok := r.value()
	if ok = ok && r.ended(); !ok {
		return nil, r.fault, r.at
	}
	return value, "", 0
}

func (r *reader) value() (any, bool) {
	switch r.space() {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		token, escaped, ok := r.token()
		if !ok {
			return nil, false
		}
		return textOf(token, escaped), true
	case 't':
		return true, r.literal("true")
	case 'f':
		return false, r.literal("false")
	case 'n':
		return nil, r.literal("null")
	}
	token, _, ok := r.number()
	return json.Number(token), ok
}

func (r *reader) object() (any, bool) {
	made := map[string]any{}
	ok := r.each('}', func() bool {
		token, escaped, ok := r.name()
		if !ok {
			return false
		}
		name := textOf(token, escaped)
		if _, twice := made[name]; twice {
			return r.fail(FaultDuplicate)
		}
		made[name], ok = r.value()
		return ok
	})
	return made, ok
}

func (r *reader) list() (any, bool) {
	made := []any{}
	ok := r.each(']', func() bool {
		value, ok := r.value()
		made = append(made, value)
		return ok
	})
	return made, ok
}

func withinExponent(part []byte) bool {
	if len(part) == 0 {
		return true
	}
	exponent, err := strconv.Atoi(string(part[1:]))
	return err == nil && exponent <= maxExponent && exponent >= -maxExponent
}

// halfSurrogate says whether a string token has an escape that is half a surrogate pair, which readers
// replace, each in its way.
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
