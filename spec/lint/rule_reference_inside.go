package lint

import (
	"fmt"
	"slices"
	"strings"
)

var referenceInside = Rule{
	ID: "reference-inside", Severity: Warning,
	Finds: "a reference into the inside of an operation or by the position of an alternative",
	Why:   "A new alternative or a change to one message changes another one unseen, and some loaders cannot follow it.",
	Mend:  "Give the shared schema a name under components.",
	check: func(s *set, report reporter) {
		for _, from := range s.places {
			file, pointer, _ := cutRef(from.node.ref())
			if !from.doc.linted || file != "" || pointer == "" {
				continue
			}
			to, _ := s.target(from.node, from.node.ref())
			if to == nil || s.placeOf[to] == nil {
				continue // other rules
			}
			parts := tokens(pointer)
			positional := slices.ContainsFunc([]string{"oneOf", "anyOf", "allOf"}, func(key string) bool { return slices.Contains(parts, key) })
			if positional || parts[0] == "paths" && len(parts) > 2 {
				report(from.node, fmt.Sprintf("the reference goes into #/%s", strings.Join(parts[:min(3, len(parts))], "/")), "")
			}
		}
	},
}
