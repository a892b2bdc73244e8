package lint

import "fmt"

var securityUndefined = Rule{
	ID: "security-undefined", Severity: Error,
	Finds: "security by a scheme that the document does not define",
	Why:   "What a client has to send is not said, and loaders refuse the document.",
	Mend:  "Define the scheme under components/securitySchemes.",
	check: func(s *set, report reporter) {
		look := func(doc *document, list *node) {
			if !list.isArray() {
				return
			}
			for _, requirement := range list.items {
				for _, name := range requirement.keys {
					if doc.root.at("components", "securitySchemes", name) == nil {
						report(requirement.fields[name], fmt.Sprintf("the security scheme %q is not defined", name), "")
					}
				}
			}
		}
		for _, doc := range s.linted() {
			look(doc, doc.root.get("security"))
		}
		for _, p := range s.places {
			if p.kind == kindOperation {
				look(p.doc, p.node.get("security"))
			}
		}
	},
}
