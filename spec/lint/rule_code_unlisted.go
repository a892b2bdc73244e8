package lint

import (
	"fmt"
	"strings"
)

var codeUnlisted = Rule{
	ID: "code-unlisted", Severity: Warning,
	Finds: "a code in an example that no enum of the member lists anywhere in the document",
	Why:   "Implementers copy the code, and a receiver that keeps to the list refuses it.",
	Mend:  "Use a listed code in the example, or list this one.",
	check: func(s *set, report reporter) {
		all := s.listedCodes()
		look := func(name string, value *node) {
			if !value.isString() || value.text == "" {
				return
			}
			lists := all[s.documentOf(value)]
			name, code := listOf(name, value.text, lists)
			// Records have the dictionary's code lists; one word such as code or type names many lists.
			if attribute := s.attributeIndex()[name]; attribute.CodeList != "" || !strings.Contains(name, "_") {
				return
			}
			if listed := lists[name]; listed != nil && !listed[code] {
				report(value, fmt.Sprintf("the example has a code for %s that no enum of it lists", name), "")
			}
		}
		for _, sample := range s.samples() {
			if sample.schema.get("enum") == nil {
				look(sample.property, sample.value)
			}
			if holdsSchema(sample.value) != nil {
				continue
			}
			sample.value.walk(func(n *node) {
				for _, key := range n.keys {
					look(key, n.fields[key])
				}
			})
		}
	},
}

// listedCodes are the codes that the enums of each document list for each property name.
func (s *set) listedCodes() map[*document]map[string]map[string]bool {
	all := map[*document]map[string]map[string]bool{}
	for _, p := range s.places {
		name := p.propertyName()
		if p.kind != kindSchema || name == "" {
			continue
		}
		if all[p.doc] == nil {
			all[p.doc] = map[string]map[string]bool{}
		}
		for _, code := range s.resolve(p.node).get("enum").strings() {
			if all[p.doc][name] == nil {
				all[p.doc][name] = map[string]bool{}
			}
			all[p.doc][name][code] = true
		}
	}
	return all
}

// listOf is the property whose list a value is of: ns:org:QueryType:NoSql names the list of query_type
// itself, and else it is that of the property which has the value.
func listOf(property, value string, lists map[string]map[string]bool) (string, string) {
	parts := strings.Split(value, ":")
	if len(parts) >= 3 && !strings.Contains(value, "//") {
		for name := range lists {
			if plain(name) == plain(parts[len(parts)-2]) {
				return name, parts[len(parts)-1]
			}
		}
	}
	return property, value
}
