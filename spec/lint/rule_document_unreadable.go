package lint

import "fmt"

var documentUnreadable = Rule{
	ID: "document-unreadable", Severity: Error,
	Finds: "a document that is no YAML or JSON object, or beyond the limits",
	Why:   "No tool can read it.",
	Mend:  "Mend the syntax at this line.",
}

// unread are the faults of reading: they have a line where there may be no node.
func (d *document) unread() []Finding {
	var findings []Finding
	for _, fault := range d.faults {
		at := Place{d.name, fault.pointer, fault.line}
		if fault.code == "duplicate" {
			findings = append(findings, duplicateKey.finding(at, fmt.Sprintf("the member %q stands twice in one object", fault.text), ""))
			continue
		}
		findings = append(findings, documentUnreadable.finding(at, fault.text, ""))
	}
	return findings
}
