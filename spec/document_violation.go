package spec

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// maxViolations bounds how many violations of one body are told.
const maxViolations = 20

// Violation is one way in which a message departs from its document. It names the place and the expectation, and never
// a value of the message, which may be people's data.
type Violation struct {
	Pointer  string // JSON Pointer into the body; empty for the whole of it
	Keyword  string // the JSON Schema keyword, or content-type, status, body, operation or a code of DecodeError
	Detail   string // what was expected
	Advisory bool   // good practice beyond the published text: the message is not wrong
}

// String is the violation in one line.
func (v Violation) String() string {
	at := v.Pointer
	if at == "" {
		at = "/"
	}
	line := fmt.Sprintf("%s %s: %s", at, v.Keyword, v.Detail)
	if v.Advisory {
		line += " (advisory)"
	}
	return line
}

func decodeViolation(err error) Violation {
	var decode *DecodeError
	if errors.As(err, &decode) {
		return Violation{Keyword: decode.Code, Detail: decodeText[decode.Code]}
	}
	return Violation{Keyword: "body", Detail: err.Error()}
}

// fromSchema gathers the causes of a failed validation: each once, in the order of their places, up to maxViolations.
func fromSchema(failed *jsonschema.ValidationError) []Violation {
	var found []Violation
	var gather func(*jsonschema.ValidationError)
	gather = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			found = append(found, leaf(e)...)
		}
		for _, cause := range e.Causes {
			gather(cause)
		}
	}
	gather(failed)
	slices.SortFunc(found, func(a, b Violation) int { return strings.Compare(a.String(), b.String()) })
	found = slices.Compact(found)
	return found[:min(len(found), maxViolations)]
}

func leaf(e *jsonschema.ValidationError) []Violation {
	var pointer strings.Builder
	for _, token := range e.InstanceLocation {
		pointer.WriteString("/" + escapePointer.Replace(token))
	}
	if missing := missingMembers(e.ErrorKind); missing != nil {
		found := make([]Violation, len(missing))
		for i, name := range missing {
			found[i] = Violation{Pointer: pointer.String(), Keyword: "required", Detail: name + " is required"}
		}
		return found
	}
	keyword, detail := expectation(e.ErrorKind)
	return []Violation{{Pointer: pointer.String(), Keyword: keyword, Detail: detail}}
}

func missingMembers(k jsonschema.ErrorKind) []string {
	switch k := k.(type) {
	case *kind.Required:
		return k.Missing
	case *kind.DependentRequired:
		return k.Missing
	}
	return nil
}

// expectation words what a schema asked for. It reads what the schema wants, never what it got.
func expectation(k jsonschema.ErrorKind) (keyword, detail string) {
	switch k := k.(type) {
	case *kind.Type:
		return "type", fmt.Sprintf("must be %s, is %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Enum:
		return "enum", "must be one of " + list(k.Want)
	case *kind.Const:
		return "const", fmt.Sprintf("must be %v", k.Want)
	case *kind.Format:
		return "format", "must be a valid " + k.Want
	case *kind.Pattern:
		return "pattern", "must match " + k.Want
	case *kind.MinLength:
		return "minLength", fmt.Sprintf("must have at least %d characters", k.Want)
	case *kind.MaxLength:
		return "maxLength", fmt.Sprintf("must have at most %d characters", k.Want)
	case *kind.MinItems:
		return "minItems", fmt.Sprintf("must have at least %d items", k.Want)
	case *kind.MaxItems:
		return "maxItems", fmt.Sprintf("must have at most %d items", k.Want)
	case *kind.Minimum:
		return "minimum", "must be at least " + rational(k.Want)
	case *kind.Maximum:
		return "maximum", "must be at most " + rational(k.Want)
	case *kind.AdditionalProperties:
		return "additionalProperties", fmt.Sprintf("has %d members that are not known", len(k.Properties))
	case *kind.FalseSchema:
		return "not", "must not be present"
	}
	path := k.KeywordPath()
	if len(path) == 0 {
		return "schema", "does not hold"
	}
	return path[0], "does not hold"
}

func rational(r *big.Rat) string {
	return strings.TrimRight(strings.TrimRight(r.FloatString(6), "0"), ".")
}

func list(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}
