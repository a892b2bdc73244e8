package lint

var exampleIsSchema = Rule{
	ID: "example-is-schema", Severity: Error,
	Finds: "an example in which a schema or a reference stands",
	Why:   "An example is a value: tools show the schema to the reader as data, and the members that it describes are checked by nothing.",
	Mend:  "Move the members to properties, and give a value as the example.",
	check: func(s *set, report reporter) {
		for _, sample := range s.samples() {
			if at := holdsSchema(sample.value); at != nil {
				report(at, "the example holds a schema", "")
			}
		}
	},
}
