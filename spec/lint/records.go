package lint

import (
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

// attributes are the names that the dictionary gives to attributes, each with its attribute.
func (s *set) attributes() map[string]datadictionary.Attribute {
	all := map[string]datadictionary.Attribute{}
	if s.dictionary == nil {
		return all
	}
	for _, object := range s.dictionary.Objects() {
		for _, attribute := range object.Attributes {
			for _, name := range append([]string{attribute.Name}, attribute.Aliases...) {
				if known, ok := all[name]; !ok || known.CodeList == "" {
					all[name] = attribute
				}
			}
		}
	}
	return all
}

// isAttribute says whether an attribute of the dictionary has the name.
func (s *set) isAttribute(name string) bool {
	_, ok := s.attributeIndex()[name]
	return ok
}

func (s *set) attributeIndex() map[string]datadictionary.Attribute {
	if s.attributesByName == nil {
		s.attributesByName = s.attributes()
	}
	return s.attributesByName
}

// record is a schema that describes an object of the dictionary, or an example of one.
type record struct {
	object *datadictionary.Object
	at     *node
	// members are the names with their nodes: properties of a schema, keys of an example.
	members map[string]*node
	example bool
}

// records finds, among schemas and examples, those that have most of their members, and at least three,
// from one object of the dictionary.
func (s *set) records() []record {
	if s.dictionary == nil {
		return nil
	}
	var found []record
	s.schemas(func(p *place) {
		if properties := p.node.get("properties"); properties.isObject() && s.reached()[p.node] {
			if object := s.objectLike(properties.keys); object != nil {
				found = append(found, record{object, p.node, properties.fields, false})
			}
		}
	})
	for _, sample := range s.samples() {
		if holdsSchema(sample.value) != nil || !s.reached()[sample.value] {
			continue
		}
		sample.value.walk(func(n *node) {
			if !n.isObject() {
				return
			}
			if object := s.objectLike(n.keys); object != nil {
				found = append(found, record{object, n, n.fields, true})
			}
		})
	}
	return found
}

// objectLike is the object of the dictionary that has most of the names, nil where none has three of them
// and two in three.
func (s *set) objectLike(names []string) *datadictionary.Object {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.HasPrefix(name, "@") })
	var best *datadictionary.Object
	most := 0
	for _, object := range s.dictionary.Objects() {
		shared := 0
		for _, name := range names {
			if hasAttribute(object, name) {
				shared++
			}
		}
		if shared > most {
			best, most = object, shared
		}
	}
	if most < 3 || 3*most < 2*len(names) {
		return nil
	}
	return best
}

func hasAttribute(object *datadictionary.Object, name string) bool {
	return slices.ContainsFunc(object.Attributes, func(a datadictionary.Attribute) bool {
		return a.Name == name || slices.Contains(a.Aliases, name)
	})
}
