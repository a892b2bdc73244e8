package lint

import (
	"fmt"
	"slices"
)

var requiredUnknown = Rule{
	ID: "required-unknown", Severity: Error,
	Finds: "a name in required that no property has",
	Why:   "A message of the schema's own members is always refused; each product mends it in its own way.",
	Mend:  "Require the property by its name, define it, or drop the requirement.",
	check: func(s *set, report reporter) {
		s.schemas(func(p *place) {
			list := p.node.get("required")
			if !list.isArray() || p.node.get("properties") == nil || s.inCondition(p) {
				return
			}
			names := s.propertiesAround(p)
			for _, item := range list.items {
				if !item.isString() || slices.Contains(names, item.text) {
					continue
				}
				mend := ""
				if near := nearest(item.text, names); near != "" && !slices.Contains(list.strings(), near) {
					mend = fmt.Sprintf("Make %q and the property %q one name.", item.text, near)
				}
				report(item, fmt.Sprintf("%q is required, and no property has the name", item.text), mend)
			}
		})
	},
}

// inCondition says whether the schema only decides: it stands in `if` or `not`.
func (s *set) inCondition(p *place) bool {
	for ; p != nil; p = p.up {
		if key := p.node.key(); p.branch && (key == "if" || key == "not") {
			return true
		}
	}
	return false
}

// propertiesAround lists the names that the schema, its branches and, where it is a branch itself, the
// schemas around it define.
func (s *set) propertiesAround(p *place) []string {
	for p.branch && p.up != nil {
		p = p.up
	}
	var names []string
	s.propertyNames(p.node, map[*node]bool{}, &names)
	return names
}

// propertyNames adds the names that a schema and its branches define, looking at each schema once.
func (s *set) propertyNames(n *node, seen map[*node]bool, names *[]string) {
	n = s.resolve(n)
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	if properties := n.get("properties"); properties != nil {
		*names = append(*names, properties.keys...)
	}
	for _, key := range []string{"if", "then", "else"} {
		s.propertyNames(n.get(key), seen, names)
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if list := n.get(key); list != nil {
			for _, branch := range list.items {
				s.propertyNames(branch, seen, names)
			}
		}
	}
}
