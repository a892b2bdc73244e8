package lint

import "strings"

// kind says what OpenAPI has at a place.
type kind string

// The kinds of places.
const (
	kindPathItem  kind = "path item"
	kindOperation kind = "operation"
	kindParameter kind = "parameter"
	kindBody      kind = "request body"
	kindResponse  kind = "response"
	kindHeader    kind = "header"
	kindMedia     kind = "media type"
	kindSchema    kind = "schema"
	kindExample   kind = "example"
	kindSecurity  kind = "security scheme"
	kindCallback  kind = "callback"
	kindLink      kind = "link"
)

// place is a node of which it is known what OpenAPI takes it for.
type place struct {
	doc  *document
	kind kind
	node *node
	// property is the name of the property that a schema is the value of, or "".
	property string
	// branch says that a schema is a part of the schema around it: a branch of allOf, anyOf or oneOf, or
	// not, if, then or else.
	branch bool
	// up is the schema around a schema.
	up *place
}

var sections = map[string]kind{
	"schemas": kindSchema, "responses": kindResponse, "parameters": kindParameter, "requestBodies": kindBody,
	"headers": kindHeader, "examples": kindExample, "securitySchemes": kindSecurity, "callbacks": kindCallback,
	"links": kindLink, "pathItems": kindPathItem,
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// survey finds the places of a document, each once, without following references.
type survey struct {
	doc   *document
	found func(*place)
}

func (s survey) document() {
	root := s.doc.root
	for _, section := range []string{"paths", "webhooks"} {
		s.each(root.get(section), func(item *node) { s.pathItem(item) })
	}
	components := root.get("components")
	for section, kind := range sections {
		s.each(components.get(section), func(part *node) { s.part(kind, part) })
	}
}

func (s survey) each(n *node, then func(*node)) {
	if n == nil {
		return
	}
	for _, key := range n.keys {
		if !strings.HasPrefix(key, "x-") {
			then(n.fields[key])
		}
	}
}

func (s survey) add(kind kind, n *node) bool {
	if n == nil {
		return false
	}
	s.found(&place{doc: s.doc, kind: kind, node: n})
	return n.ref() == ""
}

func (s survey) part(kind kind, n *node) {
	switch kind {
	case kindSchema:
		s.schema(n, nil, "", false)
	case kindPathItem:
		s.pathItem(n)
	case kindResponse:
		s.response(n)
	case kindParameter, kindHeader:
		s.parameter(kind, n)
	case kindBody:
		s.body(n)
	case kindCallback:
		s.each(n, s.pathItem)
	default:
		s.add(kind, n)
	}
}

func (s survey) pathItem(n *node) {
	if !s.add(kindPathItem, n) {
		return
	}
	s.parameters(n)
	for _, method := range methods {
		operation := n.get(method)
		if !s.add(kindOperation, operation) {
			continue
		}
		s.parameters(operation)
		if body := operation.get("requestBody"); body != nil {
			s.body(body)
		}
		s.each(operation.get("responses"), s.response)
		s.each(operation.get("callbacks"), func(callback *node) { s.each(callback, s.pathItem) })
	}
}

func (s survey) parameters(n *node) {
	if list := n.get("parameters"); list != nil {
		for _, parameter := range list.items {
			s.parameter(kindParameter, parameter)
		}
	}
}

func (s survey) parameter(kind kind, n *node) {
	if s.add(kind, n) {
		s.schema(n.get("schema"), nil, "", false)
		s.content(n)
	}
}

func (s survey) body(n *node) {
	if s.add(kindBody, n) {
		s.content(n)
	}
}

func (s survey) response(n *node) {
	if s.add(kindResponse, n) {
		s.content(n)
		s.each(n.get("headers"), func(header *node) { s.parameter(kindHeader, header) })
	}
}

func (s survey) content(n *node) {
	s.each(n.get("content"), func(media *node) {
		if s.add(kindMedia, media) {
			s.schema(media.get("schema"), nil, "", false)
		}
	})
}

func (s survey) schema(n *node, up *place, property string, branch bool) {
	if n == nil || !n.isObject() {
		return
	}
	here := &place{doc: s.doc, kind: kindSchema, node: n, up: up, property: property, branch: branch}
	s.found(here)
	if n.ref() != "" && s.doc.before31() {
		return
	}
	for _, key := range []string{"properties", "patternProperties", "dependentSchemas", "$defs"} {
		s.each(n.get(key), func(below *node) {
			name := ""
			if key == "properties" {
				name = below.key()
			}
			s.schema(below, here, name, key == "dependentSchemas")
		})
	}
	for _, key := range []string{"items", "additionalProperties", "contains", "propertyNames"} {
		s.schema(n.get(key), here, "", false)
	}
	for _, key := range []string{"not", "if", "then", "else"} {
		s.schema(n.get(key), here, "", true)
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if list := n.get(key); list != nil {
			for _, below := range list.items {
				s.schema(below, here, "", true)
			}
		}
	}
}

// before31 says whether the document is of OpenAPI 3.0, whose schemas are not those of JSON Schema 2020-12.
func (d *document) before31() bool { return strings.HasPrefix(d.root.str("openapi"), "3.0") }
