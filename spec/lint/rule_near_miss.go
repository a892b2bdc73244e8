package lint

import "fmt"

var nameNearMiss = Rule{
	ID: "name-near-miss", Severity: Error,
	Finds: "a property that other places spell otherwise",
	Why:   "A reader of the one spelling does not see the value of the other.",
	Mend:  "Write the name in one way in all documents.",
	check: func(s *set, report reporter) {
		s.names().misspelt(s.isAttribute, func(name, right string, uses []use) {
			for _, use := range uses {
				report(use.at, fmt.Sprintf("%q is spelt %q elsewhere", name, right), fmt.Sprintf("Write %q.", right))
			}
		})
	},
}

var codeNearMiss = Rule{
	ID: "code-near-miss", Severity: Error,
	Finds: "a code that other places spell otherwise",
	Why:   "A receiver refuses the spelling that it does not list.",
	Mend:  "Write the code in one way in all documents.",
	check: func(s *set, report reporter) {
		s.codes().misspelt(nil, func(code, right string, uses []use) {
			for _, use := range uses {
				report(use.at, fmt.Sprintf("the code %q is spelt %q elsewhere", code, right), fmt.Sprintf("Write %q.", right))
			}
		})
	},
}
