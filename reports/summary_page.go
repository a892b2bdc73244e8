package reports

import (
	"io"

	"github.com/spconform/spconform/conformance/result"
)

// Summary writes one page to print: level, conclusion and path of each interface, what was tested and
// until when it holds.
func Summary(w io.Writer, report result.Report) error {
	shown := pageOf(report)
	for i := range shown.Interfaces {
		// What the path leads to is on the other page.
		for j := range shown.Interfaces[i].Path {
			shown.Interfaces[i].Path[j].Anchor = ""
		}
	}
	return render(w, "summary.html.tmpl", shown)
}
