package lint

import "fmt"

var responseIsSchema = Rule{
	ID: "response-is-schema", Severity: Error,
	Finds: "a schema that is referred to as a response",
	Why:   "Loaders refuse the document: a response has a description and content, a schema has neither.",
	Mend:  "Write a response whose content has the schema.",
	check: func(s *set, report reporter) {
		s.misplaced(func(from *place, to *node, is kind) {
			if from.kind == kindResponse && is == kindSchema {
				report(from.node, fmt.Sprintf("the response refers to the schema %s", from.node.ref()), "")
			}
		})
	},
}
