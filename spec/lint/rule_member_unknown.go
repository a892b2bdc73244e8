package lint

import (
	"fmt"
	"slices"
	"strings"
)

var memberUnknown = Rule{
	ID: "member-unknown", Severity: Error,
	Finds: "a member that OpenAPI does not have at its place",
	Why:   "It is an operation or a rule that no tool sees, mostly for a slip of the indentation.",
	Mend:  "Move the member to where it belongs.",
	check: func(s *set, report reporter) {
		for _, p := range s.places {
			known, checked := members[p.kind]
			if !checked || !p.node.isObject() || p.node.ref() != "" && p.kind != kindPathItem {
				continue
			}
			strange := slices.DeleteFunc(slices.Clone(p.node.keys), func(key string) bool {
				return slices.Contains(known, key) || strings.HasPrefix(key, "x-")
			})
			if len(strange) > 0 {
				report(p.node.fields[strange[0]], fmt.Sprintf("a %s has no %s", p.kind, strings.Join(strange, ", ")), "")
			}
		}
	},
}

// members lists what OpenAPI 3.0 and 3.1 have in each kind of object.
var members = map[kind][]string{
	kindPathItem:  append([]string{"$ref", "summary", "description", "servers", "parameters"}, methods...),
	kindOperation: {"tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses", "callbacks", "deprecated", "security", "servers"},
	kindBody:      {"description", "content", "required"},
	kindResponse:  {"description", "headers", "content", "links"},
	kindMedia:     {"schema", "example", "examples", "encoding"},
	kindParameter: {"name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema", "example", "examples", "content"},
}
