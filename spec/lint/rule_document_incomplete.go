package lint

import "fmt"

var documentIncomplete = Rule{
	ID: "document-incomplete", Severity: Error,
	Finds: "a member that OpenAPI requires and that is not there",
	Why:   "Loaders refuse the document, and generated clients and servers with it.",
	Mend:  "Add the member.",
	check: checkIncomplete,
}

// required lists what OpenAPI requires of each kind of object.
var requiredMembers = map[kind][]string{
	kindOperation: {"responses"},
	kindParameter: {"name", "in"},
	kindBody:      {"content"},
	kindResponse:  {"description"},
	kindSecurity:  {"type"},
}

func checkIncomplete(s *set, report reporter) {
	need := func(n *node, what string, members ...string) {
		if !n.isObject() || n.ref() != "" {
			return
		}
		for _, member := range members {
			if value := n.get(member); value == nil || value.isString() && value.text == "" && member != "description" {
				report(n, fmt.Sprintf("%s has no %s", what, member), "")
			}
		}
	}
	for _, doc := range s.linted() {
		need(doc.root, "the document", "openapi", "info")
		need(doc.root.get("info"), "info", "title", "version")
		if doc.root.get("paths") == nil && (doc.before31() || doc.root.get("components") == nil && doc.root.get("webhooks") == nil) {
			report(doc.root, "the document has no paths", "")
		}
	}
	for _, p := range s.places {
		need(p.node, "the "+string(p.kind), requiredMembers[p.kind]...)
	}
}
