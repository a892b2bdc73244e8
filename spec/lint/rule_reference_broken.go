package lint

import (
	"fmt"
	"strings"
)

var referenceBroken = Rule{
	ID: "reference-broken", Severity: Error,
	Finds: "a reference that leads nowhere",
	Why:   "What the reference stands for is not defined, so each implementer invents it.",
	Mend:  "Define the target, or mend its name.",
	check: func(s *set, report reporter) {
		for _, doc := range s.linted() {
			s.references(doc, func(n *node, ref string) {
				if to, known := s.target(n, ref); to == nil && known {
					mend := ""
					if near := s.nearTarget(doc, ref); near != "" {
						mend = fmt.Sprintf("Write %s.", near)
					}
					report(n, fmt.Sprintf("%s leads nowhere", ref), mend)
				}
			})
		}
	},
}

// references gives every reference of a document but those in examples, where a reference is a value.
func (s *set) references(doc *document, visit func(n *node, ref string)) {
	var look func(*node)
	look = func(n *node) {
		if ref := n.ref(); ref != "" {
			visit(n, ref)
		}
		for _, key := range n.keys {
			if (key == "example" || key == "examples" || key == "default") && !s.isProperty(n) {
				continue
			}
			look(n.fields[key])
		}
		for _, item := range n.items {
			look(item)
		}
	}
	look(doc.root)
}

// isProperty says whether the members of n are named by the document's author: those of `properties` or
// of a section of components.
func (s *set) isProperty(n *node) bool {
	if n.parent == nil {
		return false
	}
	if n.parent.parent != nil && n.parent.parent.parent == nil && n.parent.key() == "components" {
		return true
	}
	return n.key() == "properties" && s.placeOf[n.parent] != nil
}

// nearTarget is a target with a name like that of a broken reference, in the same section.
func (s *set) nearTarget(doc *document, ref string) string {
	cut := strings.LastIndex(ref, "/")
	file, pointer, ok := cutRef(ref[:max(cut, 0)])
	if !ok || file != "" {
		return ""
	}
	section := doc.root.at(tokens(pointer)...)
	if section == nil {
		return ""
	}
	if near := nearest(unescape.Replace(ref[cut+1:]), section.keys); near != "" {
		return ref[:cut+1] + escape.Replace(near)
	}
	return ""
}

// cutRef splits a reference into document and pointer.
func cutRef(ref string) (file, pointer string, ok bool) { return strings.Cut(ref, "#") }
