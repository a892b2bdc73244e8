package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

// pageMatrix is what the page of a self-test shows.
type pageMatrix struct {
	result.Matrix
	Kinds   []pageFates
	Classes []pageClass
	// Open are the rows that were not killed, Unsorted those of which something fell beside without a cause,
	// Waited those that only a time-out gave away.
	Open, Unsorted, Waited []result.MatrixRow
}

// pageFates is one line of counts.
type pageFates struct {
	Name string
	result.Fates
}

type pageClass struct {
	pageFates
	Rows []result.MatrixRow
}

// MatrixHTML writes a self-test as one page that needs nothing else: totals, survivors, and the rows by class.
func MatrixHTML(w io.Writer, matrix result.Matrix) error {
	rows := matrix.Ordered()
	shown := pageMatrix{Matrix: matrix, Kinds: kindsOf(matrix),
		Open:     lo.Filter(rows, func(row result.MatrixRow, _ int) bool { return row.Fate != result.FateKilled }),
		Unsorted: lo.Filter(rows, func(row result.MatrixRow, _ int) bool { return len(row.Unsorted()) > 0 }),
		Waited:   lo.Filter(rows, func(row result.MatrixRow, _ int) bool { return row.TimeoutOnly })}
	byClass := lo.GroupBy(rows, func(row result.MatrixRow) string { return row.Class })
	for _, class := range matrix.Classes {
		shown.Classes = append(shown.Classes, pageClass{pageFates{class.Class, class.Fates}, byClass[class.Class]})
	}
	return render(w, "selftest.html.tmpl", shown)
}

func kindsOf(matrix result.Matrix) []pageFates {
	return []pageFates{{words("selftest_behavioural"), matrix.Behavioural}, {words("selftest_generated"), matrix.Generated}}
}

// MatrixSummary counts a self-test by class, behavioural and generated defects apart.
func MatrixSummary(matrix result.Matrix) Grid {
	grid := Grid{Columns: []string{"class", "killed", "survived", "error", "by time-out only", "of which unsaid", "cascade", "without a cause"}, Items: matrix.Classes}
	add := func(name string, f result.Fates) {
		grid.Rows = append(grid.Rows, []string{name, fmt.Sprintf("%d of %d", f.Killed, f.Total()), fmt.Sprint(f.Survived), fmt.Sprint(f.Failed), fmt.Sprint(f.TimeoutOnly), fmt.Sprint(f.Unsaid), fmt.Sprint(f.Cascade), fmt.Sprint(f.Unexplained)})
	}
	for _, class := range matrix.Classes {
		add(class.Class, class.Fates)
	}
	for _, kind := range kindsOf(matrix) {
		add(kind.Name, kind.Fates)
	}
	return grid
}

// MatrixRows lists the known-bad vendors with what was said of each, those that were not killed first.
// What fell beside is told apart as cascade.
func MatrixRows(matrix result.Matrix) Grid {
	grid := Grid{Columns: []string{"defect", "class", "fate", "requirement", "said"}, Items: matrix}
	for _, row := range matrix.Ordered() {
		first := []string{row.Defect, row.Class, fateText(row)}
		add := func(requirement, said string) {
			grid.Rows = append(grid.Rows, append(first, requirement, said))
			first = []string{"", "", ""}
		}
		for _, hit := range row.Hits {
			add(hit.Requirement, saidOf(hit))
		}
		if row.Error != "" {
			add("", row.Error)
		}
		for _, hit := range row.Cascade {
			first = []string{"", "", "cascade"}
			add(hit.Requirement, saidOf(hit)+" — "+cmp.Or(hit.Cause, "no cause is known"))
		}
	}
	return grid
}

func fateText(row result.MatrixRow) string {
	switch {
	case row.Unsaid():
		return string(row.Fate) + " by time-out"
	case row.TimeoutOnly:
		return string(row.Fate) + " by its silence"
	}
	return string(row.Fate)
}

func saidOf(hit result.Hit) string {
	return strings.TrimSuffix(string(hit.Verdict)+": "+hit.Reason, ": ")
}
