package lint

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// base is where documents stand for the schema compiler.
const base = "lint:///"

// compiled compiles schemas of the documents where they stand, once each.
type compiled struct {
	set      *set
	compiler *jsonschema.Compiler
	done     map[*node]*jsonschema.Schema
}

func newCompiled(s *set) *compiled {
	c := &compiled{set: s, compiler: jsonschema.NewCompiler(), done: map[*node]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	for _, doc := range s.documents {
		if doc.root == nil {
			continue
		}
		encoded, err := json.Marshal(c.convert(doc.root))
		if err != nil {
			continue
		}
		resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
		if err == nil {
			_ = c.compiler.AddResource(base+doc.name, resource) // its schemas will not compile, and schema returns nil
		}
	}
	return c
}

// schema is the schema at a node, nil where it does not compile: other rules say why.
func (c *compiled) schema(n *node) *jsonschema.Schema {
	if made, ok := c.done[n]; ok {
		return made
	}
	made, err := c.compiler.Compile(base + c.set.documentOf(n).name + "#" + fragment.Replace(n.pointer))
	if err != nil {
		made = nil
	}
	c.done[n] = made
	return made
}

// fragment escapes what a JSON pointer has and a URI fragment has not.
var fragment = strings.NewReplacer("%", "%25", " ", "%20", "<", "%3C", ">", "%3E", "{", "%7B", "}", "%7D", `"`, "%22", "^", "%5E", "|", "%7C", "`", "%60", `\`, "%5C", "#", "%23")

// convert gives a tree in which the schemas are those of JSON Schema 2020-12, without what no validator
// looks at and without what would keep the rest from compiling.
func (c *compiled) convert(n *node) any {
	switch {
	case n.isObject():
		object := map[string]any{}
		p := c.set.placeOf[n]
		schema := p != nil && p.kind == kindSchema
		for _, key := range n.keys {
			value := n.fields[key]
			if schema && c.drop(p, key, value) {
				continue
			}
			object[key] = c.convert(value)
		}
		if schema {
			c.modernize(p, object)
		}
		return object
	case n.isArray():
		array := make([]any, len(n.items))
		for i, item := range n.items {
			array[i] = c.convert(item)
		}
		return array
	}
	return scalar(n.tag, n.text)
}

// annotations are keywords that have no part in validation; $-keywords other than $ref would move what
// references lead to.
var annotations = []string{"example", "examples", "default", "discriminator", "xml", "externalDocs", "deprecated", "readOnly", "writeOnly", "components"}

func (c *compiled) drop(p *place, key string, value *node) bool {
	if key == "$ref" {
		to, known := c.set.target(p.node, value.text)
		return to == nil || !known
	}
	if p.node.ref() != "" && p.doc.before31() {
		return true
	}
	if slices.Contains(annotations, key) || strings.HasPrefix(key, "$") && key != "$defs" {
		return true
	}
	known, isKeyword := keywords[key]
	if isKeyword && !known.form(value) {
		return true
	}
	if key == "pattern" {
		_, err := regexp.Compile(value.text)
		return err != nil
	}
	return false
}

// modernize writes the forms of OpenAPI 3.0 in those of 3.1.
func (c *compiled) modernize(p *place, schema map[string]any) {
	if ref, ok := schema["$ref"].(string); ok {
		file, pointer, _ := cutRef(ref)
		schema["$ref"] = file + "#" + fragment.Replace(pointer)
	}
	if schema["nullable"] == true {
		if named, ok := schema["type"].(string); ok {
			schema["type"] = []any{named, "null"}
		}
		if codes, ok := schema["enum"].([]any); ok {
			schema["enum"] = append(codes, nil)
		}
	}
	delete(schema, "nullable")
	for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		if flag, ok := schema[exclusive].(bool); ok {
			delete(schema, exclusive)
			if flag && schema[bound] != nil {
				schema[exclusive] = schema[bound]
				delete(schema, bound)
			}
		}
	}
}

// decoded gives a value the types that the validator knows.
func decoded(value any) (any, bool) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, false
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	return read, err == nil
}
