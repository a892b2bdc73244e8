package lint

import "slices"

// keyword describes a keyword of schemas.
type keyword struct {
	form  func(*node) bool // whether the value is of the form that the keyword takes
	want  string           // that form in words
	types []string         // the types of value that it says something about; none: all
	since bool             // it is not there before OpenAPI 3.1
}

var schemaTypes = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func isNumber(n *node) bool { return n.tag == "!!int" || n.tag == "!!float" }
func isCount(n *node) bool  { return n.tag == "!!int" && n.text != "" && n.text[0] != '-' }
func isBool(n *node) bool   { return n.tag == "!!bool" }
func isSchema(n *node) bool { return n.isObject() || isBool(n) }
func isText(n *node) bool   { return n.isString() }

func isSchemas(n *node) bool {
	return n.isArray() && len(n.items) > 0 && !slices.ContainsFunc(n.items, func(i *node) bool { return !isSchema(i) })
}

func isNamedSchemas(n *node) bool {
	if !n.isObject() {
		return false
	}
	for _, key := range n.keys {
		if !isSchema(n.fields[key]) {
			return false
		}
	}
	return true
}

func isNames(n *node) bool {
	return n.isArray() && !slices.ContainsFunc(n.items, func(i *node) bool { return !i.isString() })
}

func isType(n *node) bool {
	if n.isArray() {
		return len(n.items) > 0 && !slices.ContainsFunc(n.items, func(i *node) bool { return !slices.Contains(schemaTypes, i.text) })
	}
	return slices.Contains(schemaTypes, n.text)
}

var (
	numeric = []string{"integer", "number"}
	object  = []string{"object"}
	array   = []string{"array"}
	text    = []string{"string"}
)

// keywords are those of OpenAPI 3.0 and JSON Schema 2020-12 that say what a value may be.
var keywords = map[string]keyword{
	"type":                  {form: isType, want: "a type of JSON"},
	"enum":                  {form: (*node).isArray, want: "an array"},
	"const":                 {form: func(*node) bool { return true }, since: true},
	"properties":            {form: isNamedSchemas, want: "an object of schemas", types: object},
	"patternProperties":     {form: isNamedSchemas, want: "an object of schemas", types: object, since: true},
	"required":              {form: isNames, want: "an array of names", types: object},
	"additionalProperties":  {form: isSchema, want: "a schema", types: object},
	"minProperties":         {form: isCount, want: "a count", types: object},
	"maxProperties":         {form: isCount, want: "a count", types: object},
	"propertyNames":         {form: isSchema, want: "a schema", types: object, since: true},
	"dependentRequired":     {form: (*node).isObject, want: "an object", types: object, since: true},
	"dependentSchemas":      {form: isNamedSchemas, want: "an object of schemas", types: object, since: true},
	"unevaluatedProperties": {form: isSchema, want: "a schema", types: object, since: true},
	"items":                 {form: isSchema, want: "a schema", types: array},
	"prefixItems":           {form: isSchemas, want: "an array of schemas", types: array, since: true},
	"contains":              {form: isSchema, want: "a schema", types: array, since: true},
	"minItems":              {form: isCount, want: "a count", types: array},
	"maxItems":              {form: isCount, want: "a count", types: array},
	"uniqueItems":           {form: isBool, want: "true or false", types: array},
	"minLength":             {form: isCount, want: "a count", types: text},
	"maxLength":             {form: isCount, want: "a count", types: text},
	"pattern":               {form: isText, want: "a regular expression", types: text},
	"minimum":               {form: isNumber, want: "a number", types: numeric},
	"maximum":               {form: isNumber, want: "a number", types: numeric},
	"exclusiveMinimum":      {form: func(n *node) bool { return isNumber(n) || isBool(n) }, want: "a number", types: numeric},
	"exclusiveMaximum":      {form: func(n *node) bool { return isNumber(n) || isBool(n) }, want: "a number", types: numeric},
	"multipleOf":            {form: isNumber, want: "a number", types: numeric},
	"format":                {form: isText, want: "the name of a format"},
	"nullable":              {form: isBool, want: "true or false"},
	"allOf":                 {form: isSchemas, want: "an array of schemas"},
	"anyOf":                 {form: isSchemas, want: "an array of schemas"},
	"oneOf":                 {form: isSchemas, want: "an array of schemas"},
	"not":                   {form: isSchema, want: "a schema"},
	"if":                    {form: isSchema, want: "a schema", since: true},
	"then":                  {form: isSchema, want: "a schema", since: true},
	"else":                  {form: isSchema, want: "a schema", since: true},
}

// typesOf lists the types that a schema names, with those that its other keywords speak of where it names
// none; empty where it leaves the type open.
func (s *set) typesOf(n *node) []string {
	n = s.resolve(n)
	if n == nil {
		return nil
	}
	if types, done := s.types[n]; done {
		return types
	}
	s.types[n] = nil // a schema that is a part of itself says nothing more
	s.types[n] = s.namedTypes(n)
	return s.types[n]
}

func (s *set) namedTypes(n *node) []string {
	if named := n.get("type"); named != nil {
		if named.isArray() {
			return named.strings()
		}
		return []string{named.text}
	}
	switch {
	case n.get("properties") != nil:
		return object
	case n.get("items") != nil:
		return array
	}
	if branches := n.get("allOf"); branches != nil {
		for _, branch := range branches.items {
			if types := s.typesOf(branch); len(types) > 0 {
				return types
			}
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if branches := n.get(key); branches != nil {
			return s.typesOfAny(branches)
		}
	}
	if codes := n.get("enum"); codes.isArray() && len(codes.items) > 0 && len(codes.strings()) == len(codes.items) {
		return text
	}
	return nil
}

// typesOfAny joins the types of alternatives; one that leaves its type open leaves all open.
func (s *set) typesOfAny(branches *node) []string {
	var all []string
	for _, branch := range branches.items {
		types := s.typesOf(branch)
		if len(types) == 0 {
			return nil
		}
		all = append(all, types...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
