package mocks

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/spec"
)

// shape is a schema with what it refers to put in: enough of it to make a valid value and to know each property.
type shape struct {
	types      []string
	codes      []any // enum, or the one value of const
	format     string
	pattern    string
	properties map[string]shape
	items      *shape
}

// shapes reads schemas of a document.
type shapes struct{ tree map[string]any }

// then are the schemas of which the branch under then is what a registry sends; otherwise it is that under else.
var then = map[string]bool{"SubscriptionAnswerHeader": true}

// deepest ends schemas that hold themselves.
const deepest = 24

func newShapes(doc *spec.Document) (shapes, error) {
	var tree map[string]any
	err := json.Unmarshal(doc.JSON(), &tree)
	return shapes{tree}, err
}

// of merges a schema with its parts; where two parts say something of a property, the first is kept and
// the others fill it up.
func (s shapes) of(schema map[string]any, depth int) shape {
	var made shape
	if depth > deepest {
		return made
	}
	chosen := schema["else"] == nil
	if ref, ok := schema["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		target := within(s.tree, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		if then[name] {
			target = maps.Clone(target)
			delete(target, "else")
		}
		made.add(s.of(target, depth+1))
	}
	made.add(s.own(schema, depth))
	parts, _ := schema["allOf"].([]any)
	for _, part := range parts {
		made.add(s.of(part.(map[string]any), depth+1))
	}
	branch := "else"
	if chosen {
		branch = "then"
	}
	if part, ok := schema[branch].(map[string]any); ok {
		made.add(s.of(part, depth+1))
	}
	return made
}

// own is what a schema says itself.
func (s shapes) own(schema map[string]any, depth int) shape {
	var made shape
	switch kind := schema["type"].(type) {
	case string:
		made.types = []string{kind}
	case []any:
		for _, one := range kind {
			made.types = append(made.types, one.(string))
		}
	}
	made.codes, _ = schema["enum"].([]any)
	if one, ok := schema["const"]; ok {
		made.codes = []any{one}
	}
	made.format, _ = schema["format"].(string)
	made.pattern, _ = schema["pattern"].(string)
	if items, ok := schema["items"].(map[string]any); ok {
		element := s.of(items, depth+1)
		made.items = &element
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		if described, ok := property.(map[string]any); ok {
			if made.properties == nil {
				made.properties = map[string]shape{}
			}
			made.properties[name] = s.of(described, depth+1)
		}
	}
	return made
}

func (s *shape) add(other shape) {
	if len(s.types) == 0 {
		s.types = other.types
	}
	if len(s.codes) == 0 {
		s.codes = other.codes
	}
	if s.format == "" {
		s.format = other.format
	}
	if s.pattern == "" {
		s.pattern = other.pattern
	}
	if s.items == nil {
		s.items = other.items
	}
	for name, property := range other.properties {
		if s.properties == nil {
			s.properties = map[string]shape{}
		}
		kept := s.properties[name]
		kept.add(property)
		s.properties[name] = kept
	}
}

// kind is the type of which a sample is made.
func (s shape) kind() string {
	switch {
	case len(s.types) > 0:
		return s.types[0]
	case len(s.properties) > 0:
		return "object"
	default:
		return "string"
	}
}

// texts are samples of texts by format or pattern.
var texts = map[string]string{
	`^elg\.[a-z_]+\.[a-z_]+$`: "elg.age.minor", "date-time": "2026-01-01T00:00:00Z", "uri": "https://registry.example.org/", "^[a-z]{2,3}$": "en",
	"^[0-9]+$": "3600", "^[Bb][Ee][Aa][Rr][Ee][Rr]$": "Bearer",
	`^\d{1,13}\.\d{1,2}$`: "10.50", "^[A-Z]{3,3}$": "XXX",
	`^([A-Za-z0-9.-]+:)?[A-Za-z0-9.+-]+@[A-Za-z0-9.-]+$`: "account:1001@bank.example"}

// sample is a value with every property.
func (s shape) sample() any {
	if len(s.codes) > 0 {
		return s.codes[0]
	}
	switch s.kind() {
	case "object":
		made := map[string]any{}
		for name, property := range s.properties {
			made[name] = property.sample()
		}
		return made
	case "array":
		if s.items == nil {
			return []any{}
		}
		return []any{s.items.sample()}
	case "integer", "number":
		return 1
	case "boolean":
		return false
	}
	if text, ok := texts[s.format+s.pattern]; ok {
		return text
	}
	return "text"
}

// listed says whether the values are codes of a list.
func (s shape) listed() bool { return len(s.codes) > 0 && s.kind() == "string" }

// anotherType is a value of a type that the schema does not name.
func (s shape) anotherType() any {
	if slices.Contains(s.types, "string") || s.listed() {
		return 7
	}
	return "text"
}

// walk visits every property below the shape in the order of their names, those that hold others first.
func (s shape) walk(path []string, visit func(path []string, property shape)) {
	for _, name := range slices.Sorted(maps.Keys(s.properties)) {
		property := s.properties[name]
		at := append(slices.Clone(path), name)
		visit(at, property)
		property.walk(at, visit)
	}
	if s.items != nil {
		s.items.walk(append(slices.Clone(path), "*"), visit)
	}
}

// schemaAt is the schema of an operation's body.
func schemaAt(doc *spec.Document, operation spec.Operation, at ...string) map[string]any {
	var tree map[string]any
	if json.Unmarshal(doc.JSON(), &tree) != nil {
		return nil
	}
	described, _ := doc.Operation(operation.ID)
	schema := within(tree, "paths", described.Path, strings.ToLower(described.Method))
	for i, name := range at {
		schema = within(schema, name)
		if ref, ok := schema["$ref"].(string); ok && i < len(at)-1 {
			schema = within(tree, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return schema
}
