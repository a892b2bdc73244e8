package dialect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/spconform/spconform/spec/message"
)

// canonical is what is signed of a header and a message in wire form.
func (s Signature) canonical(header, body json.RawMessage) ([]byte, error) {
	if len(s.Nulls) > 0 {
		read, err := parse(header)
		object, ok := read.(map[string]any)
		if err != nil || !ok {
			return nil, fmt.Errorf("%w: header is not an object", message.ErrEnvelope)
		}
		for _, member := range s.Nulls {
			if _, there := object[member]; !there {
				object[member] = nil
			}
		}
		header = text(object)
	}
	switch s.Canonical {
	case CanonicalInsertion:
		var compact bytes.Buffer
		if err := json.Compact(&compact, joined(header, body)); err != nil {
			return nil, fmt.Errorf("%w: header or message is not JSON", message.ErrEnvelope)
		}
		return compact.Bytes(), nil
	case CanonicalASCII:
		read, err := parse(joined(header, body))
		if err != nil {
			return nil, fmt.Errorf("%w: header or message is not JSON", message.ErrEnvelope)
		}
		return ascii(nil, read), nil
	}
	return message.Canonical(header, body)
}

func joined(header, body json.RawMessage) []byte {
	out := append([]byte(`{"header":`), header...)
	if len(body) > 0 {
		out = append(append(out, `,"message":`...), body...)
	}
	return append(out, '}')
}

// ascii appends a value as Python's json.dumps with sort_keys, without blanks, writes it: members by
// code point, everything beyond ASCII as \u escapes in small letters. Numbers stay as they are written.
func ascii(out []byte, value any) []byte {
	switch value := value.(type) {
	case map[string]any:
		out = append(out, '{')
		for i, member := range slices.Sorted(maps.Keys(value)) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(asciiText(out, member), ':')
			out = ascii(out, value[member])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for i, element := range value {
			if i > 0 {
				out = append(out, ',')
			}
			out = ascii(out, element)
		}
		return append(out, ']')
	case string:
		return asciiText(out, value)
	case json.Number:
		return append(out, value...)
	case bool:
		return strconv.AppendBool(out, value)
	}
	return append(out, "null"...)
}

var shortEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

func asciiText(out []byte, value string) []byte {
	out = append(out, '"')
	for _, r := range value {
		short, escaped := shortEscapes[r]
		switch {
		case escaped:
			out = append(out, short...)
		case r >= ' ' && r <= '~':
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return append(out, '"')
}
