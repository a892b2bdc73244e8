package lint

import (
	"fmt"
	"regexp"
)

var schemaInvalid = Rule{
	ID: "schema-invalid", Severity: Error,
	Finds: "a keyword whose value is not of its form, an array without items, components inside a schema",
	Why:   "Tools refuse the schema or leave the keyword out: the one checks what the other does not.",
	Mend:  "Give the keyword a value of its form.",
	check: func(s *set, report reporter) {
		s.schemas(func(p *place) {
			for _, key := range p.node.keys {
				known, ok := keywords[key]
				value := p.node.fields[key]
				switch {
				case ok && !known.form(value):
					report(value, fmt.Sprintf("%s is not %s", key, known.want), "")
				case key == "pattern" && !validPattern(value.text):
					report(value, "the pattern is no regular expression", "")
				case key == "components" || key == "paths":
					report(value, fmt.Sprintf("%s is no keyword of a schema", key), "Move its content to the document's own components.")
				}
			}
			if p.doc.before31() && p.node.str("type") == "array" && p.node.get("items") == nil {
				report(p.node, "an array has no items", "Say with items what the array holds.")
			}
		})
	},
}

// lookaround is what ECMA 262 patterns have and Go's do not.
var lookaround = regexp.MustCompile(`\(\?[=!<]|\\[1-9]`)

func validPattern(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil || lookaround.MatchString(pattern)
}
