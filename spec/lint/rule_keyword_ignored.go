package lint

import (
	"fmt"
	"slices"
	"strings"
)

var keywordIgnored = Rule{
	ID: "keyword-ignored", Severity: Warning,
	Finds: "a keyword that has no effect where it stands",
	Why:   "It reads as a rule, and nothing checks it: products differ in what they think was meant.",
	Mend:  "Move it to the schema that it is about.",
	check: func(s *set, report reporter) {
		for _, p := range s.places {
			if p.kind != kindSchema || !p.doc.linted {
				continue
			}
			if p.node.ref() != "" && p.doc.before31() {
				for _, key := range p.node.keys {
					if _, rules := keywords[key]; rules {
						report(p.node.fields[key], fmt.Sprintf("in OpenAPI 3.0 %s beside $ref is left out", key), "Put the reference and the keyword into allOf.")
					}
				}
				continue
			}
			ignoredByType(p, report)
		}
	},
}

// inBranch says whether the schema, or one around it, is a part of another one, which may name the type.
func (p *place) inBranch() bool {
	for ; p != nil; p = p.up {
		if p.branch {
			return true
		}
	}
	return false
}

// integerFormats are formats that say integer: on a number they are left out.
var integerFormats = []string{"int32", "int64"}

func ignoredByType(p *place, report reporter) {
	types := p.node.get("type")
	if types == nil {
		if items := p.node.get("items"); items != nil && !p.inBranch() {
			report(items, "items without type array lets every other value pass", "Add type: array.")
		}
		return
	}
	named := types.strings()
	if !types.isArray() {
		named = []string{types.text}
	}
	for _, key := range p.node.keys {
		speaks := keywords[key].types
		if len(speaks) > 0 && !slices.ContainsFunc(speaks, func(t string) bool { return slices.Contains(named, t) }) {
			report(p.node.fields[key], fmt.Sprintf("%s says nothing about a value of type %s", key, strings.Join(named, " or ")), "")
		}
	}
	if format := p.node.get("format"); format != nil && slices.Contains(integerFormats, format.text) && slices.Equal(named, []string{"number"}) {
		report(format, fmt.Sprintf("%s is a format of integers, and the type is number", format.text), "Write type: integer.")
	}
}
