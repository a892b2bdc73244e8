package population

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// value is a scalar as it compares: text and codes exactly, numbers as decimals, moments as instants.
type value struct {
	kind   string // of datadictionary: string, decimal, date_time or boolean
	text   string
	number apd.Decimal
	at     time.Time
	truth  bool
}

// momentKey begins the key of a moment, which goes on by RFC 3339 in UTC.
const momentKey = "t:"

// key is equal for equal values.
func (v value) key() string {
	switch v.kind {
	case datadictionary.TypeDecimal:
		var reduced apd.Decimal
		reduced.Reduce(&v.number)
		return "n:" + reduced.Text('f')
	case datadictionary.TypeDateTime:
		return momentKey + v.at.UTC().Format(time.RFC3339Nano)
	case datadictionary.TypeBoolean:
		return fmt.Sprint("b:", v.truth)
	}
	return "s:" + v.text
}

// against is negative, zero or positive; it is false where the two do not compare.
func (v value) against(w value) (int, bool) {
	if v.kind != w.kind {
		return 0, false
	}
	switch v.kind {
	case datadictionary.TypeDecimal:
		return v.number.Cmp(&w.number), true
	case datadictionary.TypeDateTime:
		return v.at.Compare(w.at), true
	case datadictionary.TypeBoolean:
		if v.truth == w.truth {
			return 0, true
		}
		return 0, false
	}
	return cmp.Compare(v.text, w.text), true
}

// shape is what the dictionary says of a record type, and how its records are made.
type shape struct {
	words  *datadictionary.Dictionary
	object string
	query  []attribute
	maker  recordKind
	// fit is nil where records stay as they are made.
	fit *fitter
}

// attribute is a path of the dictionary with what its values are.
type attribute struct {
	path   string
	about  datadictionary.Resolved
	listed *datadictionary.CodeList
}

func newShape(words *datadictionary.Dictionary, kind spec.RecordType) (*shape, error) {
	made := &shape{words: words, object: kind.Object}
	for _, asked := range kind.Query {
		found, err := made.attribute(asked.Attribute)
		if err != nil {
			return nil, failure(CodeInvalid, "%s is queried by %s, which its object %s does not have: see the data dictionary", kind.Name, asked.Attribute, kind.Object)
		}
		made.query = append(made.query, found)
	}
	return made, nil
}

func (s *shape) attribute(path string) (attribute, error) {
	about, err := s.words.Attribute(s.object, path)
	if err != nil {
		return attribute{}, err
	}
	found := attribute{path: about.Path, about: about}
	if about.Attribute.CodeList != "" {
		found.listed, _ = s.words.CodeList(about.Attribute.CodeList)
	}
	return found, nil
}

// valuesOf are the values that a record holds at the attribute, through arrays.
func (a attribute) valuesOf(data any) []value {
	found := []any{data}
	for segment := range strings.SplitSeq(a.path, ".") {
		var next []any
		for _, at := range found {
			members, _ := at.(map[string]any)
			switch held := members[segment].(type) {
			case nil:
			case []any:
				next = append(next, held...)
			default:
				next = append(next, held)
			}
		}
		found = next
	}
	var values []value
	for _, one := range found {
		if read, ok := a.read(one); ok {
			values = append(values, read)
		}
	}
	return values
}

// read is a JSON scalar as a value of the attribute; codes by the published spelling.
func (a attribute) read(written any) (value, bool) {
	if number, ok := numeral(written); ok {
		written = number
	}
	switch a.about.Scalar {
	case datadictionary.TypeDecimal, datadictionary.TypeInteger:
		return decimalOf(written)
	case datadictionary.TypeDateTime:
		return momentOf(written)
	case datadictionary.TypeBoolean:
		return truthOf(written)
	}
	text, ok := written.(string)
	if !ok {
		number, isNumber := written.(json.Number)
		if !isNumber || a.listed == nil {
			return value{}, false
		}
		text = number.String()
	}
	if a.listed != nil {
		if code, known := a.listed.Code(text); known {
			if text = code.Code; code.Use != "" {
				text = code.Use
			}
		}
	}
	return value{kind: datadictionary.TypeString, text: text}, true
}

// numeral is a Go number as JSON has it.
func numeral(written any) (json.Number, bool) {
	switch number := written.(type) {
	case int, int64, uint64, float64:
		text, err := json.Marshal(number)
		return json.Number(text), err == nil
	}
	return "", false
}

// maxNumeral bounds the digits of a number that a target may send.
const maxNumeral = 64

func decimalOf(written any) (value, bool) {
	var text string
	switch held := written.(type) {
	case json.Number:
		text = held.String()
	case string:
		text = held
	}
	if text == "" || len(text) > maxNumeral || strings.ContainsAny(text, "xXnNiI_") {
		return value{}, false
	}
	made := value{kind: datadictionary.TypeDecimal}
	if _, _, err := made.number.SetString(text); err != nil || made.number.Exponent > maxNumeral || made.number.Exponent < -maxNumeral {
		return value{}, false
	}
	return made, true
}

// momentOf reads RFC 3339; a day is its midnight in UTC.
func momentOf(written any) (value, bool) {
	text, ok := written.(string)
	if !ok {
		return value{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return value{kind: datadictionary.TypeDateTime, at: at}, true
		}
	}
	return value{}, false
}

func truthOf(written any) (value, bool) {
	truth, known := map[any]bool{true: true, "true": true, "1": true, json.Number("1"): true, false: false, "false": false, "0": false, json.Number("0"): false}[written]
	return value{kind: datadictionary.TypeBoolean, truth: truth}, known
}
