package lint

import (
	"fmt"
	"strings"
)

var codeForm = Rule{
	ID: "code-form", Severity: Warning,
	Finds: "a code of another form than the codes beside it, or a placeholder among them",
	Why:   "It looks like a slip: half of the products mend it and half do not.",
	Mend:  "Write the code as its siblings are written.",
	check: func(s *set, report reporter) {
		s.schemas(func(p *place) {
			list := p.node.get("enum")
			codes := list.strings()
			if len(codes) < 3 {
				return
			}
			prefix := commonPrefix(codes)
			for _, item := range list.items {
				switch {
				case !item.isString():
				case strings.ContainsAny(item.text, "<>") || strings.TrimSpace(item.text) != item.text:
					report(item, fmt.Sprintf("%q is no code but a placeholder or has stray characters", item.text), "Remove it.")
				case prefix != "" && !strings.HasPrefix(item.text, prefix):
					report(item, fmt.Sprintf("%q does not begin with %q as its siblings do", item.text, prefix), "")
				}
			}
		})
	},
}

// commonPrefix is the part up to the first dot that at least two in three codes begin with.
func commonPrefix(codes []string) string {
	count := map[string]int{}
	for _, code := range codes {
		if head, _, dotted := strings.Cut(code, "."); dotted {
			count[head+"."]++
		}
	}
	for prefix, n := range count {
		if n < len(codes) && 3*n >= 2*len(codes) {
			return prefix
		}
	}
	return ""
}
