package datadictionary

import (
	"slices"
	"strings"
)

// maxPath bounds the segments of a dotted path, and maxQueryable those of a listed one: the
// object graph has circles (a place contains places).
const (
	maxPath      = 16
	maxQueryable = 8
)

// Resolved is an attribute reached by a dotted path from an object.
type Resolved struct {
	Object    string // name of the object that the path starts from
	Path      string // canonical: no prefixes, no aliases, no deprecated spellings
	Attribute Attribute
	Repeated  bool   // the attribute, or one on the way to it, is an array
	Scalar    string // the type of the value, empty for an object or an open value
}

// Attribute resolves a dotted path such as "demographic_info.name.surname" from an object.
// Each segment may carry a published prefix or be an accepted other spelling. The error is
// ErrUnknownObject or ErrUnknownAttribute.
func (d *Dictionary) Attribute(object, path string) (Resolved, error) {
	o, ok := d.Object(object)
	if !ok {
		return Resolved{}, newError(CodeUnknownObject, "object %q is not in the dictionary; see the list of objects", object)
	}
	resolved := Resolved{Object: o.Name}
	segments := strings.SplitN(path, ".", maxPath+1)
	if len(segments) > maxPath {
		return Resolved{}, newError(CodeUnknownAttribute, "an attribute path of %s has more than %d segments; shorten it", o.Name, maxPath)
	}
	canonical := make([]string, 0, len(segments))
	for i, segment := range segments {
		if o == nil {
			return Resolved{}, newError(CodeUnknownAttribute, "%s has no attributes of its own; end the path there", strings.Join(canonical, "."))
		}
		position, _, ok := o.attribute(d.localName(segment))
		if !ok {
			return Resolved{}, newError(CodeUnknownAttribute, "%s has no such attribute at segment %d of the path; see its attributes", o.Name, i+1)
		}
		a := &o.Attributes[position]
		canonical = append(canonical, a.Name)
		resolved.Attribute = *a
		resolved.Repeated = resolved.Repeated || a.Repeated()
		o = a.object
	}
	resolved.Path = strings.Join(canonical, ".")
	resolved.Scalar = scalar(&resolved.Attribute)
	return resolved, nil
}

// Queryable lists the scalar leaves of an object, in published order, depth first. An object
// is not entered again below itself. An unknown object has none.
func (d *Dictionary) Queryable(object string) []Resolved {
	root, ok := d.Object(object)
	if !ok {
		return nil
	}
	var leaves []Resolved
	var walk func(o *Object, path []string, within []*Object, repeated bool)
	walk = func(o *Object, path []string, within []*Object, repeated bool) {
		for i := range o.Attributes {
			a := &o.Attributes[i]
			here := append(path[:len(path):len(path)], a.Name)
			many := repeated || a.Repeated()
			if s := scalar(a); s != "" {
				leaves = append(leaves, Resolved{Object: root.Name, Path: strings.Join(here, "."), Attribute: *a, Repeated: many, Scalar: s})
				continue
			}
			if a.object == nil || len(here) >= maxQueryable || slices.Contains(within, a.object) {
				continue
			}
			walk(a.object, here, append(within[:len(within):len(within)], a.object), many)
		}
	}
	walk(root, nil, []*Object{root}, false)
	return leaves
}

func scalar(a *Attribute) string {
	if a.Type == TypeObject || a.Type == TypeAny {
		return ""
	}
	return a.Type
}
