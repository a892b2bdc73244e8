package lint

import "slices"

// sample is an example with the schema that it is given for.
type sample struct {
	value  *node
	schema *node // not resolved
	// property is the name of the property whose schema has the example, or "".
	property string
}

// samples lists the examples and defaults of the linted documents.
func (s *set) samples() []sample {
	var all []sample
	for _, p := range s.places {
		if !p.doc.linted || p.node.ref() != "" && p.doc.before31() {
			continue
		}
		switch p.kind {
		case kindSchema:
			property := p.propertyName()
			for _, key := range []string{"example", "default"} {
				if value := p.node.get(key); value != nil {
					all = append(all, sample{value, p.node, property})
				}
			}
			if list := p.node.get("examples"); list.isArray() {
				for _, value := range list.items {
					all = append(all, sample{value, p.node, property})
				}
			}
		case kindMedia, kindParameter, kindHeader:
			schema := p.node.get("schema")
			if value := p.node.get("example"); value != nil && schema != nil {
				all = append(all, sample{value, schema, p.node.str("name")})
			}
			if named := p.node.get("examples"); named.isObject() && schema != nil {
				for _, key := range named.keys {
					if value := s.resolve(named.fields[key]).get("value"); value != nil {
						all = append(all, sample{value, schema, p.node.str("name")})
					}
				}
			}
		}
	}
	return all
}

// propertyName is the name of the property that the schema, as a part or as the items of it, describes.
func (p *place) propertyName() string {
	for p != nil {
		if p.property != "" {
			return p.property
		}
		if !p.branch && p.node.key() != "items" {
			return ""
		}
		p = p.up
	}
	return ""
}

// schemaWords are members that a schema has and data hardly ever.
var schemaWords = []string{"properties", "items", "allOf", "oneOf", "anyOf", "enum", "format"}

// holdsSchema finds, in an example, what is a schema and not a value: a reference, or an object with a type
// of JSON beside other words of schemas.
func holdsSchema(example *node) *node {
	var found *node
	example.walk(func(n *node) {
		if found != nil || !n.isObject() {
			return
		}
		typed := slices.Contains(schemaTypes, n.str("type"))
		worded := slices.ContainsFunc(n.keys, func(key string) bool { return slices.Contains(schemaWords, key) })
		described := n.get("description") != nil && typed
		bare := typed && len(n.keys) == 1
		if n.ref() != "" || typed && worded || described || bare {
			found = n
		}
	})
	return found
}
