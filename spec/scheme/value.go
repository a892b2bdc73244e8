package scheme

import (
	"encoding/json"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/datadictionary"
)

// value is a scalar as it compares: numbers as decimals, dates as days, truth and codes as text.
type value struct {
	text   string
	number *apd.Decimal
	day    Day
}

// maxNumeral bounds the digits of a number that a source may send, and exact has room for sums of such.
const maxNumeral = 64

var exact = apd.BaseContext.WithPrecision(4 * maxNumeral)

func numberOf(n int64) value { return value{number: apd.New(n, 0)} }

// against compares values of one kind.
func (v value) against(w value) int {
	switch {
	case v.number != nil && w.number != nil:
		return v.number.Cmp(w.number)
	case v.day != Day{}:
		return v.day.Compare(w.day)
	}
	return strings.Compare(v.text, w.text)
}

// readValue reads a scalar of a record, or of a scheme, as a kind of the data dictionary.
func readValue(kind string, held any) (value, bool) {
	text, ok := scalarText(held)
	if !ok {
		return value{}, false
	}
	switch kind {
	case datadictionary.TypeDecimal, datadictionary.TypeInteger:
		number, ok := decimal(text)
		return value{number: number}, ok
	case datadictionary.TypeDateTime:
		day, ok := dayIn(text)
		return value{day: day}, ok
	case datadictionary.TypeCode:
		return value{text: bare(text)}, true
	}
	return value{text: text}, true
}

// bare is a code without the prefix of its list, with which JSON-LD may write it.
func bare(code string) string { return code[strings.LastIndexByte(code, ':')+1:] }

func decimal(text string) (*apd.Decimal, bool) {
	if text == "" || len(text) > maxNumeral || strings.ContainsAny(text, "xXnNiI_") {
		return nil, false
	}
	number, _, err := apd.NewFromString(text)
	return number, err == nil && number.Exponent <= maxNumeral && number.Exponent >= -maxNumeral
}

// scalarText is a JSON scalar as text.
func scalarText(held any) (string, bool) {
	switch held := held.(type) {
	case string:
		return held, true
	case json.Number:
		return held.String(), true
	case bool:
		return map[bool]string{true: "true", false: "false"}[held], true
	case float64:
		raw, err := json.Marshal(held)
		return string(raw), err == nil
	}
	return "", false
}
