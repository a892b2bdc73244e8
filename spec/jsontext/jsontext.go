// Package jsontext reads JSON in one pass over its bytes. Every message of a run is read several times on
// either side, to be judged, signed and compared; a general reader takes most of a run's time with that.
//
// What it cannot read it says so of, and its callers then ask a general reader: it never reads anything
// otherwise than encoding/json and github.com/gowebpki/jcs do, which its tests hold it to.
package jsontext

import (
	"encoding/json"
	"unicode/utf8"
)

// Fault is why a text is not read. Its value is stable.
type Fault string

// The faults. The JSON grammar allows what is beyond FaultSyntax; two readers could understand it in two
// ways, or it is costly to read.
const (
	FaultSyntax    Fault = "syntax"
	FaultTrailing  Fault = "trailing"
	FaultUTF8      Fault = "utf8"
	FaultDepth     Fault = "depth"
	FaultDuplicate Fault = "duplicate"
	FaultNumber    Fault = "number"
)

// Bounds on one number: beyond them no two implementations agree on its value, and exact arithmetic on it
// is costly.
const (
	maxNumberLength = 64
	maxExponent     = 308
)

// reader stands at a place of a text. Its methods give false, and note the fault, where they cannot go on.
type reader struct {
	text            []byte
	at              int
	depth, maxDepth int
	fault           Fault
}

func (r *reader) fail(fault Fault) bool {
	if r.fault == "" {
		r.fault = fault
	}
	return false
}

// space steps over white space and gives the byte that follows, 0 at the end.
func (r *reader) space() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// enter steps over the bracket that begins an object or list, and leave over the one that ends it.
func (r *reader) enter() bool {
	if r.depth++; r.depth > r.maxDepth {
		return r.fail(FaultDepth)
	}
	r.at++
	return true
}

func (r *reader) leave() {
	r.depth--
	r.at++
}

// each reads the members of an object or the elements of a list up to the bracket that ends it; part reads
// one and is called at its beginning.
func (r *reader) each(end byte, part func() bool) bool {
	if !r.enter() {
		return false
	}
	if r.space() == end {
		r.leave()
		return true
	}
	for {
		if !part() {
			return false
		}
		switch r.space() {
		case ',':
			r.at++
			if r.space() == end {
				return r.fail(FaultSyntax)
			}
		case end:
			r.leave()
			return true
		default:
			return r.fail(FaultSyntax)
		}
	}
}

// name reads the name of a member and the colon after it.
func (r *reader) name() (token []byte, escaped, ok bool) {
	if token, escaped, ok = r.token(); !ok {
		return nil, false, false
	}
	if r.space() != ':' {
		return nil, false, r.fail(FaultSyntax)
	}
	r.at++
	return token, escaped, true
}

// token reads a string and gives it with its quotes, and whether it has escapes.
func (r *reader) token() (token []byte, escaped, ok bool) {
	if r.space() != '"' {
		return nil, false, r.fail(FaultSyntax)
	}
	start := r.at
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			token = r.text[start:r.at]
			if escaped && halfSurrogate(token) {
				return nil, false, r.fail(FaultUTF8)
			}
			return token, escaped, true
		case c == '\\':
			escaped = true
			r.at++
			if !r.escape() {
				return nil, false, false
			}
		case c < ' ':
			return nil, false, r.fail(FaultSyntax)
		}
	}
	return nil, false, r.fail(FaultSyntax)
}

// escape stands at the byte after a backslash and steps to the escape's last byte.
func (r *reader) escape() bool {
	if r.at >= len(r.text) {
		return r.fail(FaultSyntax)
	}
	switch r.text[r.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if _, ok := unicodeEscape(r.text[r.at-1:]); ok {
			r.at += 4
			return true
		}
	}
	return r.fail(FaultSyntax)
}

// textOf is what a string token says.
func textOf(token []byte, escaped bool) string {
	if !escaped {
		return string(token[1 : len(token)-1])
	}
	var text string
	_ = json.Unmarshal(token, &text)
	return text
}

// number reads a number; whole says that it has neither fraction nor exponent.
func (r *reader) number() (token []byte, whole, ok bool) {
	start := r.at
	if r.is('-') {
		r.at++
	}
	switch {
	case r.is('0'):
		r.at++
	case !r.digits():
		return nil, false, r.fail(FaultSyntax)
	}
	whole = true
	if r.is('.') {
		whole = false
		r.at++
		if !r.digits() {
			return nil, false, r.fail(FaultSyntax)
		}
	}
	exponent := r.at
	if r.is('e') || r.is('E') {
		whole = false
		r.at++
		if r.is('+') || r.is('-') {
			r.at++
		}
		if !r.digits() {
			return nil, false, r.fail(FaultSyntax)
		}
	}
	token = r.text[start:r.at]
	if len(token) > maxNumberLength || !withinExponent(r.text[exponent:r.at]) {
		return nil, false, r.fail(FaultNumber)
	}
	return token, whole, true
}

func (r *reader) is(c byte) bool { return r.at < len(r.text) && r.text[r.at] == c }

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

// literal reads true, false or null.
func (r *reader) literal(word string) bool {
	if len(r.text)-r.at < len(word) || string(r.text[r.at:r.at+len(word)]) != word {
		return r.fail(FaultSyntax)
	}
	r.at += len(word)
	return true
}

// ended says whether nothing but white space follows.
func (r *reader) ended() bool {
	r.space()
	if r.at < len(r.text) {
		return r.fail(FaultTrailing)
	}
	return true
}

// readable says whether a text is UTF-8; a reader of bytes does not look.
func readable(text []byte) bool { return utf8.Valid(text) }
