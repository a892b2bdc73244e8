package lint

var duplicateKey = Rule{
	ID: "duplicate-key", Severity: Error,
	Finds: "a member that stands twice in one object",
	Why:   "Some tools take the first, some the last, and some refuse the document.",
	Mend:  "Keep one of the two.",
}
