package lint

import "fmt"

var keywordVersion = Rule{
	ID: "keyword-version", Severity: Error,
	Finds: "a keyword or form that the document's version of OpenAPI does not have",
	Why:   "A tool that keeps to the version refuses the document or does not see the rule.",
	Mend:  "Write it as the version has it, or raise the version.",
	check: func(s *set, report reporter) {
		s.schemas(func(p *place) {
			before := p.doc.before31()
			for _, key := range p.node.keys {
				value := p.node.fields[key]
				bound := key == "exclusiveMinimum" || key == "exclusiveMaximum"
				switch {
				case before && keywords[key].since:
					report(value, fmt.Sprintf("OpenAPI 3.0 has no %s", key), "")
				case before && key == "type" && value.isArray():
					report(value, "in OpenAPI 3.0 type is one type", "")
				case before && bound && isNumber(value):
					report(value, fmt.Sprintf("in OpenAPI 3.0 %s is true or false", key), "")
				case !before && key == "nullable":
					report(value, "OpenAPI 3.1 has no nullable", "Add null to the list of types.")
				case !before && bound && isBool(value):
					report(value, fmt.Sprintf("from OpenAPI 3.1 on %s is a number", key), "")
				}
			}
		})
	},
}
