package lint

import (
	"slices"
	"strings"
)

// field is a property of a body, reached from its top.
type field struct {
	path     string // dotted, arrays left out: message.search_response.reference_id
	name     string // the last part of path
	node     *node  // the property's schema, as written
	required bool   // the object that it belongs to requires it
}

// fields lists the properties of a schema, references followed.
func (s *set) fields(schema *node) []field {
	f := fieldWalk{set: s}
	f.schema(schema, "", nil)
	return f.found
}

type fieldWalk struct {
	set   *set
	found []field
	on    []*node // the schemas on the way, against cycles
	steps int
}

// mostSteps bounds the schemas that are looked at for one body: references can multiply them.
const mostSteps = 20_000

func (f *fieldWalk) schema(n *node, path string, required []string) {
	n = f.set.resolve(n)
	f.steps++
	if n == nil || slices.Contains(f.on, n) || f.steps > mostSteps {
		return
	}
	f.on = append(f.on, n)
	defer func() { f.on = f.on[:len(f.on)-1] }()
	required = append(slices.Clone(required), n.get("required").strings()...)
	if properties := n.get("properties"); properties != nil {
		for _, name := range properties.keys {
			property := properties.fields[name]
			at := strings.TrimPrefix(path+"."+name, ".")
			f.found = append(f.found, field{at, name, property, slices.Contains(required, name)})
			f.schema(property, at, nil)
		}
	}
	f.schema(n.get("items"), path, nil)
	for _, key := range []string{"then", "else"} {
		f.schema(n.get(key), path, required)
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if branches := n.get(key); branches != nil {
			for _, branch := range branches.items {
				f.schema(branch, path, required)
			}
		}
	}
}

// operation is one method on one path.
type operation struct {
	doc  *document
	path string
	node *node
}

// operations lists the operations of the linted documents.
func (s *set) operations() []operation {
	var all []operation
	for _, doc := range s.linted() {
		paths := doc.root.get("paths")
		if !paths.isObject() {
			continue
		}
		for _, path := range paths.keys {
			item := s.resolve(paths.fields[path])
			for _, method := range methods {
				if found := item.get(method); found.isObject() {
					all = append(all, operation{doc, path, found})
				}
			}
		}
	}
	return all
}

// segments are the parts of the path.
func (o operation) segments() []string { return strings.Split(strings.Trim(o.path, "/"), "/") }

// request lists the fields of the JSON request body.
func (s *set) request(o operation) []field {
	return s.fields(s.resolve(o.node.get("requestBody")).at("content", "application/json", "schema"))
}

// answer lists the fields of the JSON body of the responses that say that all went well.
func (s *set) answer(o operation) []field {
	responses := o.node.get("responses")
	if !responses.isObject() {
		return nil
	}
	var all []field
	for _, status := range responses.keys {
		if status == "default" || strings.HasPrefix(status, "2") {
			all = append(all, s.fields(s.resolve(responses.fields[status]).at("content", "application/json", "schema"))...)
		}
	}
	return all
}

// within lists the fields below the message.
func within(fields []field) []field {
	var below []field
	for _, field := range fields {
		if strings.HasPrefix(field.path, "message.") {
			below = append(below, field)
		}
	}
	return below
}

func hasField(fields []field, match func(field) bool) bool { return slices.ContainsFunc(fields, match) }
