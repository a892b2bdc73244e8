package query

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// decimalText is a JSON number, which is also the form of a decimal in a string. The lengths keep
// every comparison cheap.
var decimalText = regexp.MustCompile(`^-?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?$`)

// ParseNumber reads a decimal exactly.
func ParseNumber(text string) (*apd.Decimal, bool) {
	if !decimalText.MatchString(text) {
		return nil, false
	}
	number, _, err := apd.NewFromString(text)
	return number, err == nil
}

var timeLayouts = []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05.999999999"}

// ParseTime reads an RFC 3339 date-time or full-date as an instant, to the microsecond. A full-date is
// its midnight in UTC; a date-time without offset, which the dictionary accepts, is in UTC.
func ParseTime(text string) (time.Time, bool) {
	if len(text) < len(time.DateOnly) || len(text) > 64 || text[0] < '0' || text[0] > '9' {
		return time.Time{}, false
	}
	upper := strings.ToUpper(text)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, upper); err == nil {
			return at.UTC().Truncate(time.Microsecond), true
		}
	}
	return time.Time{}, false
}

// booleanText are the lexical forms of xsd:boolean, which published examples use in records.
var booleanText = map[string]bool{"true": true, "1": true, "false": false, "0": false}

// Reading is a scalar of a record as one kind of value: string, *apd.Decimal, time.Time or bool.
type Reading struct {
	Kind  Kind
	Value any
}

// Readings lists the kinds of value as which a decoded JSON scalar can be read: the text "5" is a text
// and a number. An attribute's type chooses among them when a query asks.
func Readings(scalar any) []Reading {
	var readings []Reading
	text, isText := scalar.(string)
	if isText {
		readings = append(readings, Reading{Text, text})
		if at, ok := ParseTime(text); ok {
			readings = append(readings, Reading{Time, at})
		}
	}
	if truth, ok := scalar.(bool); ok {
		return append(readings, Reading{Boolean, truth})
	}
	literal, isNumber := numberText(scalar)
	if isText {
		literal = text
	} else if !isNumber {
		return readings
	}
	if number, ok := ParseNumber(literal); ok {
		readings = append(readings, Reading{Number, number})
	}
	if truth, ok := booleanText[literal]; ok {
		readings = append(readings, Reading{Boolean, truth})
	}
	return readings
}

func readAs(kind Kind, scalar any) (any, bool) {
	for _, reading := range Readings(scalar) {
		if reading.Kind == kind {
			return reading.Value, true
		}
	}
	return nil, false
}

// numberText is the literal of a decoded JSON number.
func numberText(value any) (string, bool) {
	switch number := value.(type) {
	case json.Number:
		return number.String(), true
	case float64:
		return strconv.FormatFloat(number, 'g', -1, 64), true
	case int:
		return strconv.Itoa(number), true
	case int64:
		return strconv.FormatInt(number, 10), true
	}
	return "", false
}

var integerText = regexp.MustCompile(`^-?[0-9]{1,100}$`)

// identifierText is an identifier_value as text; an integer is its decimal digits.
func identifierText(value any) (string, bool) {
	if text, ok := value.(string); ok {
		return text, true
	}
	literal, ok := numberText(value)
	return literal, ok && integerText.MatchString(literal)
}

// literal reads the value of a comparison by the attribute's kind, more strictly than a record's.
func literal(kind Kind, value any) (any, bool) {
	switch value.(type) {
	case string:
		if kind == Boolean {
			return nil, false
		}
	case bool:
		if kind != Boolean {
			return nil, false
		}
	default:
		if kind != Number {
			return nil, false
		}
	}
	return readAs(kind, value)
}
