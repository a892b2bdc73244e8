package lint

import "fmt"

var referenceMisplaced = Rule{
	ID: "reference-misplaced", Severity: Error,
	Finds: "a reference to something of another kind, such as an example where a schema belongs",
	Why:   "A tool that follows it reads data as a schema, or refuses the document.",
	Mend:  "Define the target under components and refer to it there.",
	check: func(s *set, report reporter) {
		s.misplaced(func(from *place, to *node, is kind) {
			if from.kind != kindResponse || is != kindSchema {
				what := "a " + string(is)
				if is == "" {
					what = "a place where OpenAPI has none"
				}
				report(from.node, fmt.Sprintf("a %s is wanted, and %s leads to %s", from.kind, from.node.ref(), what), "")
			}
		})
	},
}

// misplaced gives each reference whose target is not of its own kind; is is "" where OpenAPI has nothing
// of a kind at the target.
func (s *set) misplaced(visit func(from *place, to *node, is kind)) {
	for _, from := range s.places {
		ref := from.node.ref()
		if ref == "" || !from.doc.linted {
			continue
		}
		to, _ := s.target(from.node, ref)
		if to == nil {
			continue
		}
		is := kind("")
		if at := s.placeOf[to]; at != nil {
			is = at.kind
		}
		if is != from.kind && !(from.kind == kindHeader && is == kindParameter) {
			visit(from, to, is)
		}
	}
}
