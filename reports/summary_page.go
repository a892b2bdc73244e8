package reports

import (
	"io"
	"time"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
)

// pageSummary is the report on one sheet.
type pageSummary struct {
	page
	Expires string
}

// Summary writes one page to print: level, conclusion and path of each interface, what was tested and
// until when it holds.
func Summary(w io.Writer, report result.Report) error {
	shown := pageSummary{page: pageOf(report)}
	for i := range shown.Interfaces {
		// What the path leads to is on the other page.
		for j := range shown.Interfaces[i].Path {
			shown.Interfaces[i].Path[j].Anchor = ""
		}
	}
	if statement.Withheld(report) == nil {
		shown.Expires = statement.Expires(report).Format(time.DateOnly)
	}
	return render(w, "summary.html.tmpl", shown)
}
