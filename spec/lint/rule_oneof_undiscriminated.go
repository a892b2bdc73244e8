package lint

import (
	"fmt"
	"slices"
)

var oneOfUndiscriminated = Rule{
	ID: "oneof-undiscriminated", Severity: Warning,
	Finds: "oneOf whose alternatives are objects that one object with the members of both matches, proved by one",
	Why:   "Nothing in a message says which alternative it is: products tell by the members that they happen to look for, and an additional member makes a message match two.",
	Mend:  "Tell the alternatives apart by a member with a constant, or close them.",
	check: func(s *set, report reporter) {
		s.alternatives(func(branches []*node, values [][]any, allowed []string) {
			for i := range branches {
				for j := i + 1; j < len(branches); j++ {
					if _, overlap := s.inBoth(branches[i], branches[j], slices.Concat(values[i], values[j]), allowed); overlap {
						return // oneof-overlap
					}
				}
			}
			for i := range branches {
				for j := i + 1; j < len(branches); j++ {
					if proof, found := s.inBoth(branches[i], branches[j], crossed(values[i], values[j]), allowed); found {
						last := branchName(branches[j], j)
						report(branches[0].parent, fmt.Sprintf("nothing tells %s from the other alternative", last), "", proof)
						return
					}
				}
			}
		})
	},
}
