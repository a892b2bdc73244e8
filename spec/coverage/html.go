package coverage

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
)

//go:embed coverage.html.tmpl
var pageText string

var page = template.Must(template.New("coverage").Parse(pageText))

// document groups the uncovered elements of one document for the page.
type document struct {
	Name            string
	Total, Covered  int
	Excluded        int
	Uncovered       []Element
	ExcludedReasons []Element
}

// HTML writes the report as one offline page, what fails the gate first.
func (r Report) HTML(w io.Writer, failures []Failure) error {
	return page.Execute(w, map[string]any{
		"Report": r, "Failures": failures, "Documents": r.documents(),
		"Untested": r.Count(Untested), "Toothless": r.Count(Toothless), "PositiveOnly": r.Count(PositiveOnly), "Orphans": r.Count(Orphan),
	})
}

func (r Report) documents() []document {
	var grouped []document
	for _, element := range r.Elements {
		at := slices.IndexFunc(grouped, func(d document) bool { return d.Name == element.Document })
		if at < 0 {
			at = len(grouped)
			grouped = append(grouped, document{Name: element.Document})
		}
		group := &grouped[at]
		group.Total++
		switch {
		case len(element.CoveredBy) > 0:
			group.Covered++
		case element.Excluded != "":
			group.Excluded++
			group.ExcludedReasons = append(group.ExcludedReasons, element)
		default:
			group.Uncovered = append(group.Uncovered, element)
		}
	}
	return grouped
}
