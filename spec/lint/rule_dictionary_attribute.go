package lint

import (
	"fmt"
	"slices"
)

var dictionaryAttribute = Rule{
	ID: "dictionary-attribute", Severity: Warning,
	Finds: "a member of a record that is spelt otherwise than the attribute of the data dictionary",
	Why:   "A product that keeps to the dictionary does not see the value.",
	Mend:  "Write the name of the dictionary.",
	check: func(s *set, report reporter) {
		for _, record := range s.records() {
			for name, at := range record.members {
				if hasAttribute(record.object, name) {
					continue
				}
				var free []string
				for _, attribute := range record.object.Attributes {
					if record.members[attribute.Name] != nil {
						continue
					}
					if slices.Contains(attribute.Deprecated, name) {
						free = []string{attribute.Name}
						break
					}
					if near(name, attribute.Name) || plural(name, attribute.Name) || plural(attribute.Name, name) {
						free = append(free, attribute.Name)
					}
				}
				if len(free) > 0 {
					report(at, fmt.Sprintf("%s has %q, and here it is %q", record.object.Name, free[0], name), fmt.Sprintf("Write %q.", free[0]))
				}
			}
		}
	},
}
