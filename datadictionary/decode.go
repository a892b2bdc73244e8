package datadictionary

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Limits on a record as JSON text. A record of the standard is a few kilobytes; a household
// with all its members some tens.
const (
	MaxBytes    = 4 << 20
	MaxDepth    = 64
	MaxElements = 100_000 // members and array items

	maxNumber   = 64  // characters of a number
	maxExponent = 308 // of a number, either way
)

// ValidateJSON decodes a record strictly and validates it. Text that is no well-formed JSON
// within the limits is refused with json.* violations in time and memory that are bounded by
// the limits; a name that occurs twice in an object is reported and the record still checked.
func (d *Dictionary) ValidateJSON(object string, raw []byte) []Violation {
	record, violations := decode(raw)
	if len(violations) > 0 && record == nil {
		return violations
	}
	return append(violations, d.Validate(object, record)...)
}

// decoder reads JSON by tokens so that depth, count and repeated names are seen in time.
type decoder struct {
	tokens     *json.Decoder
	elements   int
	violations []Violation
}

// refusal ends the decoding with a violation.
type refusal struct{ Violation }

func (r refusal) Error() string { return r.Violation.String() }

func refuse(at *step, rule, detail string) error {
	return refusal{Violation{Path: at.String(), Rule: rule, Detail: detail}}
}

// decode returns nil and the reason for a text that it refuses.
func decode(raw []byte) (any, []Violation) {
	if len(raw) > MaxBytes {
		return nil, []Violation{{Rule: "json.size", Detail: "is larger than a record may be"}}
	}
	if !utf8.Valid(raw) {
		return nil, []Violation{{Rule: "json.utf8", Detail: "expects UTF-8 text"}}
	}
	d := &decoder{tokens: json.NewDecoder(bytes.NewReader(raw))}
	d.tokens.UseNumber()
	record, err := d.value(nil, 0)
	if err == nil {
		if _, more := d.tokens.Token(); !errors.Is(more, io.EOF) {
			err = refuse(nil, "json.syntax", "expects one JSON value and nothing after it")
		}
	}
	if err == nil && record == nil {
		err = refuse(nil, "type.object", "expects a JSON object")
	}
	if err != nil {
		var r refusal
		if !errors.As(err, &r) {
			r = refusal{Violation{Rule: "json.syntax", Detail: "expects well-formed JSON"}}
		}
		return nil, []Violation{r.Violation}
	}
	return record, d.violations
}

func (d *decoder) value(at *step, depth int) (any, error) {
	token, err := d.tokens.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth >= MaxDepth {
			return nil, refuse(nil, "json.depth", "is nested too deep")
		}
		if t == '{' {
			return d.object(at, depth+1)
		}
		return d.array(at, depth+1)
	case json.Number:
		if tooLarge(t.String()) {
			return nil, refuse(at, "json.number", "is a number beyond any measure")
		}
	}
	return token, nil
}

func (d *decoder) count() error {
	if d.elements++; d.elements > MaxElements {
		return refuse(nil, "json.elements", "has more elements than a record may have")
	}
	return nil
}

func (d *decoder) object(at *step, depth int) (any, error) {
	members := map[string]any{}
	for d.tokens.More() {
		token, err := d.tokens.Token()
		if err != nil {
			return nil, err
		}
		if err := d.count(); err != nil {
			return nil, err
		}
		key, ok := token.(string)
		if !ok {
			return nil, refuse(nil, "json.syntax", "expects well-formed JSON")
		}
		here := &step{parent: at, key: safeKey(key)}
		value, err := d.value(here, depth)
		if err != nil {
			return nil, err
		}
		if _, twice := members[key]; twice && len(d.violations) < maxViolations {
			d.violations = append(d.violations, Violation{Path: here.String(), Rule: "json.duplicate_key", Detail: "occurs twice in one object"})
		}
		members[key] = value
	}
	_, err := d.tokens.Token()
	return members, err
}

func (d *decoder) array(at *step, depth int) (any, error) {
	items := []any{}
	for i := 0; d.tokens.More(); i++ {
		if err := d.count(); err != nil {
			return nil, err
		}
		item, err := d.value(&step{parent: at, index: i}, depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := d.tokens.Token()
	return items, err
}
