package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	failure "github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

var exampleInvalid = Rule{
	ID: "example-invalid", Severity: Error,
	Finds: "an example or default that is not valid under its own schema",
	Why:   "Implementers copy examples; a product that sends this one is refused by a product that checks.",
	Mend:  "Mend the example, or the schema if the example is right.",
	check: func(s *set, report reporter) {
		for _, sample := range s.samples() {
			if holdsSchema(sample.value) != nil {
				continue // example-is-schema
			}
			schema := s.compiled.schema(sample.schema)
			value, ok := decoded(sample.value.value())
			if schema == nil || !ok {
				continue
			}
			var invalid *jsonschema.ValidationError
			if errors.As(schema.Validate(value), &invalid) {
				leaf := firstLeaf(invalid)
				at := sample.value
				if below := at.at(leaf.InstanceLocation...); below != nil {
					at = below
				}
				report(at, fmt.Sprintf("the example is not valid under its schema: %s", reason(leaf)), quoteIt(at, leaf))
			}
		}
	},
}

// quoteIt is the mend where a number stands for a string: it was meant as text and lacks quotes.
func quoteIt(at *node, leaf *jsonschema.ValidationError) string {
	if _, isType := leaf.ErrorKind.(*failure.Type); isType && !at.quoted && (isNumber(at) || isBool(at)) {
		return "Put the example into quotes, or give the property the type that it has."
	}
	return ""
}

// firstLeaf is the first cause that has no causes of its own.
func firstLeaf(invalid *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(invalid.Causes) > 0 {
		if _, alternatives := invalid.ErrorKind.(*failure.OneOf); alternatives {
			return invalid
		}
		if _, alternatives := invalid.ErrorKind.(*failure.AnyOf); alternatives {
			return invalid
		}
		invalid = invalid.Causes[0]
	}
	return invalid
}

var printer = message.NewPrinter(language.English)

// reason says what a value breaks without showing it: an example may have been taken from life.
func reason(leaf *jsonschema.ValidationError) string {
	where := ""
	if len(leaf.InstanceLocation) > 0 {
		where = "at " + strings.Join(leaf.InstanceLocation, ".") + ": "
	}
	switch broken := leaf.ErrorKind.(type) {
	case *failure.Type, *failure.Required, *failure.AdditionalProperties:
		return where + broken.LocalizedString(printer)
	case *failure.Format:
		return where + "it is no " + broken.Want
	case *failure.Enum:
		return where + "it is not in enum"
	case *failure.OneOf:
		if len(broken.Subschemas) > 1 {
			return where + "it matches more than one alternative of oneOf"
		}
		return where + "it matches no alternative of oneOf"
	}
	return where + "it breaks " + strings.Join(slices.Clone(leaf.ErrorKind.KeywordPath()), ".")
}
