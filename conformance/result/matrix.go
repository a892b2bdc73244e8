package result

import (
	"cmp"
	"slices"

	"github.com/samber/lo"
)

// Fate is what became of a known-bad vendor.
type Fate string

// The fates. A survivor is a hole in the suite; a failure is the suite's own.
const (
	FateKilled   Fate = "killed"
	FateSurvived Fate = "survived"
	FateFailed   Fate = "error"
)

// Hit is what the suite said of one requirement of a vendor.
type Hit struct {
	Requirement string   `json:"requirement"`
	Verdict     Verdict  `json:"verdict"`
	Reason      string   `json:"reason,omitempty"`
	Scenarios   []string `json:"scenarios,omitempty"`
	// Failures are, for what fell beside, the first of its failures.
	Failures []Said `json:"failures,omitempty"`
	// Cause is, for what fell beside, how it follows from the defect; empty where nothing says so.
	Cause string `json:"cause,omitempty"`
}

// Said is what was said of one failure, and at which step of its scenario; "" where a check said it.
type Said struct {
	Step   string `json:"step,omitempty"`
	Actual string `json:"actual"`
}

// MatrixRow is the result for one known-bad vendor.
type MatrixRow struct {
	Defect   string `json:"defect"`
	Class    string `json:"class"`
	Sentence string `json:"sentence"`
	// Generated rows are counted apart from those of behavioural defects.
	Generated bool `json:"generated,omitempty"`
	Fate      Fate `json:"fate"`
	// Hits are the requirements that the defect breaks by its own account.
	Hits []Hit `json:"hits"`
	// TimeoutOnly is set where all that the suite said of the defect is that something did not come in
	// time: right where the vendor stays silent, a weak scenario where a message could have said it.
	TimeoutOnly bool `json:"timeoutOnly,omitempty"`
	// Silent says why there is nothing else to see of the vendor; without it TimeoutOnly is a finding.
	Silent string `json:"silent,omitempty"`
	// Cascade lists what else is unmet, with the reason and its cause; of the scenarios that were run, so
	// of all only in a whole run.
	Cascade []Hit   `json:"cascade,omitempty"`
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
}

// Matrix is the result of a self-test: what became of each known-bad vendor.
type Matrix struct {
	SchemaVersion string `json:"schemaVersion"`
	Seed          uint64 `json:"seed"`
	// Whole says that every scenario was run on each vendor.
	Whole   bool    `json:"whole"`
	Seconds float64 `json:"seconds"`
	// Reference lists the requirements that the reference does not meet; it must be empty.
	Reference   []Hit `json:"reference"`
	Behavioural Fates `json:"behavioural"`
	Generated   Fates `json:"generated"`
	// Classes counts by class, in alphabetical order.
	Classes []ClassFates `json:"classes"`
	Rows    []MatrixRow  `json:"rows"`
}

// Fates counts what became of vendors.
type Fates struct {
	Killed   int `json:"killed"`
	Survived int `json:"survived"`
	Failed   int `json:"error"`
	// TimeoutOnly are those of the killed that only a time-out gave away, Unsaid those of them of which
	// more could be seen.
	TimeoutOnly int `json:"timeoutOnly"`
	Unsaid      int `json:"unsaid"`
	// Cascade counts what fell beside, Unexplained what of it has no cause: each is a bug of a check until
	// it is sorted.
	Cascade     int `json:"cascade"`
	Unexplained int `json:"unexplained"`
}

// Total is the number of vendors.
func (f Fates) Total() int { return f.Killed + f.Survived + f.Failed }

// ClassFates counts one class of defects.
type ClassFates struct {
	Class string `json:"class"`
	Fates
}

// Sum counts the rows by kind and by class.
func (m *Matrix) Sum() {
	generated, behavioural := lo.FilterReject(m.Rows, func(row MatrixRow, _ int) bool { return row.Generated })
	m.Behavioural, m.Generated = fatesOf(behavioural), fatesOf(generated)
	m.Classes = []ClassFates{}
	for class, rows := range lo.GroupBy(m.Rows, func(row MatrixRow) string { return row.Class }) {
		m.Classes = append(m.Classes, ClassFates{class, fatesOf(rows)})
	}
	slices.SortFunc(m.Classes, func(a, b ClassFates) int { return cmp.Compare(a.Class, b.Class) })
}

func fatesOf(rows []MatrixRow) Fates {
	counts := lo.CountValuesBy(rows, func(row MatrixRow) Fate { return row.Fate })
	beside := lo.FlatMap(rows, func(row MatrixRow, _ int) []Hit { return row.Cascade })
	return Fates{Killed: counts[FateKilled], Survived: counts[FateSurvived], Failed: counts[FateFailed],
		TimeoutOnly: lo.CountBy(rows, func(row MatrixRow) bool { return row.TimeoutOnly }),
		Unsaid:      lo.CountBy(rows, MatrixRow.Unsaid),
		Cascade:     len(beside), Unexplained: lo.CountBy(beside, func(hit Hit) bool { return hit.Cause == "" })}
}

// Unsaid says whether only a time-out gave the vendor away though more could be seen of it.
func (r MatrixRow) Unsaid() bool { return r.TimeoutOnly && r.Silent == "" }

// Unsorted is what fell beside without a cause.
func (r MatrixRow) Unsorted() []Hit {
	return lo.Filter(r.Cascade, func(hit Hit, _ int) bool { return hit.Cause == "" })
}

// Holds says whether the row leaves nothing to mend in the suite.
func (r MatrixRow) Holds() bool {
	return r.Fate == FateKilled && !r.Unsaid() && len(r.Unsorted()) == 0
}

// Totals is the matrix without the rows that say nothing beyond their count: those that were killed by more
// than a time-out, and of which everything that fell beside has its cause.
func (m Matrix) Totals() Matrix {
	m.Rows = lo.Filter(m.Ordered(), func(row MatrixRow, _ int) bool { return !row.Holds() || row.TimeoutOnly })
	return m
}

// Ordered are the rows as they are shown: what was not killed first, then what leaves something to mend,
// then by class and defect.
func (m Matrix) Ordered() []MatrixRow {
	rank := map[Fate]int{FateSurvived: 0, FateFailed: 1, FateKilled: 2}
	open := func(row MatrixRow) int { return lo.Ternary(row.Holds(), 1, 0) }
	rows := slices.Clone(m.Rows)
	slices.SortStableFunc(rows, func(a, b MatrixRow) int {
		return cmp.Or(cmp.Compare(rank[a.Fate], rank[b.Fate]), cmp.Compare(open(a), open(b)), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Defect, b.Defect))
	})
	return rows
}

// Holds says whether the suite proved itself: the reference meets everything, every defect was killed for
// more than a time-out where there is more, and what fell beside has a cause.
func (m Matrix) Holds() bool {
	return len(m.Reference) == 0 && lo.EveryBy(m.Rows, MatrixRow.Holds)
}
