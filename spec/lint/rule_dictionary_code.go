package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

var dictionaryCode = Rule{
	ID: "dictionary-code", Severity: Warning,
	Finds: "a code of a record that the code list of the data dictionary spells otherwise or lacks",
	Why:   "A product that keeps to the code list refuses the record.",
	Mend:  "Use a code of the list.",
	check: func(s *set, report reporter) {
		for _, record := range s.records() {
			for _, attribute := range record.object.Attributes {
				list, ok := s.dictionary.CodeList(attribute.CodeList)
				if attribute.CodeList == "" || !ok || list.Open {
					continue
				}
				for _, value := range s.codesOf(record, attribute.Name) {
					known, listed := list.Code(value.text)
					if listed && !known.Deprecated {
						continue
					}
					has := "does not list"
					if listed {
						has = "lists as deprecated"
					}
					report(value, fmt.Sprintf("%s of %s has a code that %s %s", attribute.Name, record.object.Name, list.Key(), has), useOf(list, value.text))
				}
			}
		}
	},
}

// codesOf are the codes that a record has for an attribute: its value in an example, its enum in a schema.
func (s *set) codesOf(record record, attribute string) []*node {
	at := record.members[attribute]
	values := []*node{at}
	if !record.example {
		at = s.resolve(at).get("enum")
	}
	if at.isArray() {
		values = at.items
	} else if !record.example {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(values), func(value *node) bool { return !value.isString() || value.text == "" })
}

// useOf is the mend: the code in place of a deprecated one, the one that it is like, or the first few.
func useOf(list *datadictionary.CodeList, code string) string {
	if known, ok := list.Code(code); ok && known.Use != "" {
		return fmt.Sprintf("Write %q.", known.Use)
	}
	var codes []string
	for _, listed := range list.Codes {
		if !listed.Deprecated {
			codes = append(codes, listed.Code)
		}
	}
	if right := nearest(code, codes); right != "" {
		return fmt.Sprintf("Write %q.", right)
	}
	return fmt.Sprintf("Use one of %s.", strings.Join(codes[:min(6, len(codes))], ", "))
}
