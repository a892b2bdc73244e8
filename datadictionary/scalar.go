package datadictionary

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

var (
	decimalText = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?$`)
	// xsd:boolean also has the lexical forms 1 and 0, and the published text explains
	// booleans by them.
	booleanText = map[string]bool{"true": true, "false": true, "1": true, "0": true}
)

func (v *validation) scalar(a *Attribute, value any, at *step) {
	switch a.Type {
	case TypeString:
		if text, ok := value.(string); ok {
			v.format(a, text, at)
			return
		}
		v.report(at, "type.string", "expects a JSON string")
	case TypeDateTime:
		if text, ok := value.(string); ok {
			v.format(a, text, at)
			return
		}
		v.report(at, "type.date_time", "expects a JSON string with a date and time")
	case TypeCode:
		v.code(a.codeList, value, at)
	case TypeBoolean:
		v.boolean(value, at)
	case TypeInteger:
		v.integer(a, value, at)
	case TypeDecimal:
		v.decimal(a, value, at)
	}
}

func (v *validation) format(a *Attribute, text string, at *step) {
	if a.format == nil {
		return
	}
	rule := "format." + a.format.Name
	switch result := a.format.check(text); {
	case result == fits:
	case result == nearly:
		v.advise(at, rule+".offset", "should name its offset from UTC")
	case a.format.Advisory:
		v.advise(at, rule, "should be: "+a.format.Definition)
	default:
		v.report(at, rule, "expects: "+a.format.Definition)
	}
}

func (v *validation) code(list *CodeList, value any, at *step) {
	text, ok := value.(string)
	if !ok {
		v.report(at, "type.code", "expects a JSON string with a code of "+list.Key())
		return
	}
	bare := strings.TrimPrefix(text, list.Prefix+":")
	listed, ok := list.index[bare]
	switch {
	case !ok && list.Open && strings.TrimSpace(bare) != "":
		v.advise(at, "code.unlisted", "is outside the published sample of "+list.Key())
	case !ok:
		v.report(at, "codelist."+list.Key(), "expects a code of "+list.Name)
	case listed.Deprecated:
		v.advise(at, "code.deprecated", "is an older or misspelt code of "+list.Key()+"; write "+listed.Use)
	case bare != text:
		v.advise(at, "code.prefixed", "should be the bare code of "+list.Key())
	}
}

func (v *validation) boolean(value any, at *step) {
	if _, ok := value.(bool); ok {
		return
	}
	text, ok := value.(string)
	if !ok {
		text, ok = numberText(value)
	}
	if ok && booleanText[text] {
		v.advise(at, "type.boolean.lexical", "should be a JSON boolean")
		return
	}
	v.report(at, "type.boolean", "expects a JSON boolean")
}

func (v *validation) integer(a *Attribute, value any, at *step) {
	text, isNumber := numberText(value)
	if !isNumber {
		quoted, ok := value.(string)
		if !ok || strings.Contains(quoted, ".") || !decimalText.MatchString(quoted) {
			v.report(at, "type.integer", "expects a JSON number without a fraction")
			return
		}
		v.advise(at, "type.integer.lexical", "should be a JSON number, not a string")
		text = quoted
	} else if !whole(text) {
		v.report(at, "type.integer", "expects a JSON number without a fraction")
		return
	}
	v.format(a, text, at)
}

// decimal accepts a JSON number or a decimal string: published examples use both.
func (v *validation) decimal(a *Attribute, value any, at *step) {
	text, isNumber := numberText(value)
	if !isNumber {
		quoted, ok := value.(string)
		if !ok || !decimalText.MatchString(quoted) {
			v.report(at, "type.decimal", "expects a JSON number or a string with a decimal number")
			return
		}
		text = quoted
	} else if tooLarge(text) {
		v.report(at, "json.number", "is a number beyond any measure")
		return
	}
	v.format(a, text, at)
}

// numberText returns the literal of a decoded JSON number.
func numberText(value any) (string, bool) {
	switch n := value.(type) {
	case json.Number:
		return n.String(), true
	case float64:
		return strconv.FormatFloat(n, 'g', -1, 64), true
	case int:
		return strconv.Itoa(n), true
	case int64:
		return strconv.FormatInt(n, 10), true
	}
	return "", false
}

// whole reports whether a number literal has no fraction; 1.0 and 1e2 are whole.
func whole(literal string) bool {
	if tooLarge(literal) {
		return false
	}
	if !strings.ContainsAny(literal, ".eE") {
		return true
	}
	exact, ok := new(big.Rat).SetString(literal)
	return ok && exact.IsInt()
}

// tooLarge reports a literal that costs more to work with than any measure needs.
func tooLarge(literal string) bool {
	if len(literal) > maxNumber {
		return true
	}
	_, exponent, found := strings.Cut(strings.ToLower(literal), "e")
	if !found {
		return false
	}
	size, err := strconv.Atoi(exponent)
	return err != nil || size > maxExponent || size < -maxExponent
}
