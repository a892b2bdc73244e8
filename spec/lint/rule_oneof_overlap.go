package lint

import (
	"fmt"
	"slices"
)

var oneOfOverlap = Rule{
	ID: "oneof-overlap", Severity: Error,
	Finds: "oneOf whose alternatives overlap, proved by a value of the one that the other accepts too",
	Why:   "A value that matches two alternatives is refused by a validator, and taken by a product that stops at the first.",
	Mend:  "Tell the alternatives apart by a member with a constant, or write anyOf.",
	check: func(s *set, report reporter) {
		s.alternatives(func(branches []*node, values [][]any, allowed []string) {
			for i := range branches {
				for j := i + 1; j < len(branches); j++ {
					proof, found := s.inBoth(branches[i], branches[j], slices.Concat(values[i], values[j]), allowed)
					if found {
						report(branches[0].parent, fmt.Sprintf("%s and %s overlap: both accept %s", branchName(branches[i], i), branchName(branches[j], j), proof), "")
						return
					}
				}
			}
		})
	},
}
