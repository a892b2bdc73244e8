package lint

import "fmt"

var securityMissing = Rule{
	ID: "security-missing", Severity: Error,
	Finds: "an operation without the security that its siblings have",
	Why:   "One product asks for a token there and another does not: records may be had without one.",
	Mend:  "Give the operation the security of its siblings, or write security: [] if it is meant to be open.",
	check: func(s *set, report reporter) {
		secured := map[*document]int{}
		for _, o := range s.operations() {
			if list := o.node.get("security"); list.isArray() && len(list.items) > 0 {
				secured[o.doc]++
			}
		}
		for _, o := range s.operations() {
			if o.node.get("security") == nil && o.doc.root.get("security") == nil && secured[o.doc] > 0 {
				report(o.node, fmt.Sprintf("%s says nothing of security, and %d operations of the document require a token", o.path, secured[o.doc]), "")
			}
		}
	},
}
