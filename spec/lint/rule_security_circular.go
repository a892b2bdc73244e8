package lint

import "strings"

var securityCircular = Rule{
	ID: "security-circular", Severity: Error,
	Finds: "an operation that issues tokens and requires one",
	Why:   "Taken at its word nobody ever gets a first token.",
	Mend:  "Write security: []: the client proves itself by its secret (RFC 6749, 4.4.2).",
	check: func(s *set, report reporter) {
		for _, o := range s.operations() {
			list := o.node.get("security")
			if list == nil {
				list = o.doc.root.get("security")
			}
			if strings.HasSuffix(o.path, "/token") && list.isArray() && len(list.items) > 0 && len(list.items[0].keys) > 0 {
				report(list, "a token is required to get a token", "")
			}
		}
	},
}
