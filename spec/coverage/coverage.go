// Package coverage walks the thread from requirement to scenario to defect both ways, and from the
// documents to the requirements that mention their parts. It is pure: everything is handed to it.
package coverage

import (
	"cmp"
	"slices"

	"github.com/spconform/spconform/spec"
)

// Scenario is what coverage needs to know of a scenario.
type Scenario struct {
	ID           string
	Requirements []string // the requirement ids that it is tagged with
	Negative     bool     // it sends something wrong and expects a refusal
}

// Defect is what coverage needs to know of a known-bad vendor.
type Defect struct {
	ID     string
	Breaks []string // the requirement ids that it breaks
}

// Gap says what a requirement lacks.
type Gap string

// The gaps. A requirement is toothless when no defect shows that its scenarios can fail.
const (
	Untested     Gap = "untested"
	Toothless    Gap = "toothless"
	PositiveOnly Gap = "positive-only"
	Orphan       Gap = "orphan"
)

// Row is one requirement with what hangs on it.
type Row struct {
	ID        string       `json:"id"`
	Statement string       `json:"statement"`
	Keyword   spec.Keyword `json:"keyword"`
	Area      string       `json:"area"`
	Stable    bool         `json:"stable"`
	Scenarios []string     `json:"scenarios"`
	Defects   []string     `json:"defects"`
	Gaps      []Gap        `json:"gaps"`
}

// Stray is a requirement id that a scenario or defect names and no row of the catalogue has.
type Stray struct {
	ID string `json:"id"`
	In string `json:"in"`
}

// Report is the whole of it. Its lists are never nil and in a stable order.
type Report struct {
	Requirements []Row     `json:"requirements"`
	Orphans      []Stray   `json:"orphans"`
	Elements     []Element `json:"elements"`
	// Dangling are entries of `covers` and `exclusions` that no document has: misspelt, or removed.
	Dangling []Stray `json:"dangling"`
	// Ladder is how far the artefacts of each interface have come; empty unless Ladder was asked.
	Ladder []Artefact `json:"ladder"`
}

// Of joins the catalogue with the scenarios and defects, and the interfaces' documents with what the
// catalogue's requirements cover. Only requirements that apply to one of the interfaces are shown.
func Of(catalogue *spec.Catalogue, interfaces []spec.Interface, documents []*spec.Document, scenarios []Scenario, defects []Defect) Report {
	report := Report{Requirements: []Row{}, Ladder: []Artefact{}, Orphans: orphans(catalogue, scenarios, defects)}
	for _, requirement := range catalogue.Requirements {
		if slices.ContainsFunc(interfaces, requirement.AppliesTo) {
			report.Requirements = append(report.Requirements, rowOf(requirement, scenarios, defects))
		}
	}
	report.Elements, report.Dangling = elements(catalogue, interfaces, documents)
	return report
}

func rowOf(requirement spec.Requirement, scenarios []Scenario, defects []Defect) Row {
	row := Row{
		ID: requirement.ID, Statement: requirement.Statement, Keyword: requirement.Keyword(), Area: requirement.Area,
		Stable: !requirement.Experimental, Scenarios: []string{}, Defects: []string{}, Gaps: []Gap{},
	}
	negative := false
	for _, scenario := range scenarios {
		if slices.Contains(scenario.Requirements, requirement.ID) {
			row.Scenarios = append(row.Scenarios, scenario.ID)
			negative = negative || scenario.Negative
		}
	}
	for _, defect := range defects {
		if slices.Contains(defect.Breaks, requirement.ID) {
			row.Defects = append(row.Defects, defect.ID)
		}
	}
	switch tested := len(row.Scenarios) > 0; {
	case !tested:
		row.Gaps = append(row.Gaps, Untested)
	case !negative:
		row.Gaps = append(row.Gaps, PositiveOnly)
	}
	if len(row.Defects) == 0 {
		row.Gaps = append(row.Gaps, Toothless)
	}
	return row
}

func orphans(catalogue *spec.Catalogue, scenarios []Scenario, defects []Defect) []Stray {
	strays := []Stray{}
	look := func(ids []string, in string) {
		for _, id := range ids {
			if _, found := catalogue.Find(id); !found {
				strays = append(strays, Stray{id, in})
			}
		}
	}
	for _, scenario := range scenarios {
		look(scenario.Requirements, "scenario "+scenario.ID)
	}
	for _, defect := range defects {
		look(defect.Breaks, "defect "+defect.ID)
	}
	slices.SortFunc(strays, compareStrays)
	return strays
}

func compareStrays(a, b Stray) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.In, b.In)) }

// Uncovered lists the elements that no requirement covers and no exclusion names.
func (r Report) Uncovered() []Element {
	return slices.DeleteFunc(slices.Clone(r.Elements), func(e Element) bool { return len(e.CoveredBy) > 0 || e.Excluded != "" })
}

// Count is the number of requirements with the gap; for Orphan that of stray ids.
func (r Report) Count(gap Gap) int {
	if gap == Orphan {
		return len(r.Orphans)
	}
	count := 0
	for _, row := range r.Requirements {
		if slices.Contains(row.Gaps, gap) {
			count++
		}
	}
	return count
}
