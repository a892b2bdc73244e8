package lint

import (
	"fmt"
	"strings"
)

var dictionaryLacks = Rule{
	ID: "dictionary-lacks", Severity: Note,
	Finds: "a record schema that lacks attributes of the data dictionary's object",
	Why:   "A product made from the schema neither sends nor reads these attributes.",
	Mend:  "Add the attributes, or generate the schema from the dictionary.",
	check: func(s *set, report reporter) {
		for _, record := range s.records() {
			if record.example || record.at.get("allOf") != nil {
				continue
			}
			var lacking []string
			for _, attribute := range record.object.Attributes {
				has := record.members[attribute.Name] != nil
				for _, name := range append(attribute.Aliases, attribute.Deprecated...) {
					has = has || record.members[name] != nil
				}
				for name := range record.members {
					has = has || near(name, attribute.Name)
				}
				if !has {
					lacking = append(lacking, attribute.Name)
				}
			}
			if len(lacking) > 0 {
				report(record.at, fmt.Sprintf("it lacks of %s: %s", record.object.Name, strings.Join(lacking, ", ")), "")
			}
		}
	},
}
