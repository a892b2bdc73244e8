// Package maturity turns the verdicts on an interface into its level: pure functions over plain data,
// whole numbers only.
//
// A band, 1 to 5, is earned in a dimension when each applicable stable MUST in it is met and each
// SHOULD met or justified. A dimension's level is its highest band with all bands up to it earned; the
// interface's is the highest band up to which every dimension has earned what the catalogue defines.
// Bands without requirements are undefined: they neither count nor hold back.
package maturity

import (
	"slices"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Highest is the highest band.
const Highest = 5

// conformantLevel is the level that means conformant; nothing from there on without conformance.
const conformantLevel = 2

// Grade is the strength of a declared evidence item.
type Grade int

// The grades: a bare claim; a hashed, dated and valid artefact; one reviewed independently.
const (
	BareClaim Grade = iota
	Artefact
	Reviewed
)

// Row is one requirement of the catalogue that applies to the interface, with its verdict. All such
// requirements are given, whatever their verdict: they define the bands.
type Row struct {
	ID           string
	Keyword      spec.Keyword
	Dimension    spec.Dimension
	Band         int
	Capability   string // empty for core
	Basis        spec.Basis
	Critical     bool
	Experimental bool
	Verdict      result.Verdict
	// Declared requirements are settled by evidence of some grade, the others by tests alone.
	Declared bool
	Grade    Grade
	Expired  bool
}

// Input is what a score depends on.
type Input struct {
	Title   string
	Seed    uint64
	Claimed []string
	Rows    []Row
	// Partial selections have neither conformance nor level.
	Partial bool
	// Ceiling bounds the level, as where the records were only declared; zero does not.
	Ceiling int
}

// Score is the outcome. Conformant and Level are nil where they are withheld: for a partial selection
// and where the suite itself failed on a requirement.
type Score struct {
	Conformant  *bool
	Level       *int
	Provisional bool
	Dimensions  []Dimension
	// NextLevel lists the ids that stand between the level and the next, in the order of the rows.
	NextLevel []string
	// Must counts the applicable stable MUSTs, Met those met by test, Declared those met by evidence.
	Must, Met, Declared int
	NotApplicable       int
	Errors              int
	Headline            string
}

// Dimension is the level in one dimension: nil where the catalogue has no stable requirement in it.
// Top is the highest band that the catalogue defines for it.
type Dimension struct {
	Dimension   spec.Dimension
	Level       *int
	Top         int
	Provisional bool
}

// standing is what a row means for its band.
type standing int

const (
	unsatisfied standing = iota
	satisfied
	unsettled // untested or not testable: never the product's fault
	absent    // of a capability that the product does not have
)

// Assess scores the rows.
func Assess(in Input) Score {
	rows := standings(in)
	made := Score{}
	for _, row := range rows {
		made.count(row)
	}
	for _, dimension := range spec.Dimensions {
		made.Dimensions = append(made.Dimensions, levelOf(dimension, rows))
	}
	if !in.Partial && made.Errors == 0 {
		conformant := !slices.ContainsFunc(rows, blocksConformance)
		level := overall(rows, conformant, in.Ceiling)
		made.Conformant, made.Level = &conformant, &level
		made.Provisional = provisional(rows, level)
		made.NextLevel = toNext(rows, level, conformant)
	} else {
		for at := range made.Dimensions {
			made.Dimensions[at].Level, made.Dimensions[at].Provisional = nil, false
		}
	}
	made.Headline = headline(in, made)
	return made
}

// scored is a stable row with its standing. Experimental rows are shown elsewhere and never scored.
type scored struct {
	Row
	standing standing
}

func standings(in Input) []scored {
	missing := absentCapabilities(in)
	var rows []scored
	for _, row := range in.Rows {
		if !row.Experimental && row.Band >= 1 && row.Band <= Highest {
			rows = append(rows, scored{Row: row, standing: standingOf(row, missing)})
		}
	}
	return rows
}

// absentCapabilities are those not claimed of which nothing was found: every requirement of them is
// not applicable, or could not be tested. A single other verdict shows that the capability is there,
// and then all its requirements count, claimed or not.
func absentCapabilities(in Input) map[string]bool {
	missing := map[string]bool{}
	for _, row := range in.Rows {
		if row.Verdict == result.NotApplicable {
			missing[row.Capability] = true
		}
	}
	for _, row := range in.Rows {
		if row.Verdict != result.NotApplicable && row.Verdict != result.Untested {
			delete(missing, row.Capability)
		}
	}
	for _, claimed := range in.Claimed {
		delete(missing, claimed)
	}
	delete(missing, "")
	return missing
}

func standingOf(row Row, missing map[string]bool) standing {
	if missing[row.Capability] {
		return absent
	}
	if row.Declared {
		return evidenced(row)
	}
	switch row.Verdict {
	case result.Met:
		return satisfied
	case result.Justified:
		if row.Keyword == spec.SHOULD {
			return satisfied
		}
	case result.Dialect:
		// What the suite chose itself another reading may meet as well.
		if row.Basis == spec.House {
			return satisfied
		}
	case result.Untested, result.SpecDefect:
		return unsettled
	}
	return unsatisfied
}

// evidenced holds a declared requirement to the grade that its band asks for.
func evidenced(row Row) standing {
	needed := Artefact
	if row.Band > 3 {
		needed = Reviewed
	}
	if row.Grade >= needed && !row.Expired {
		return satisfied
	}
	return unsatisfied
}

func (s *Score) count(row scored) {
	if row.Verdict == result.Error {
		s.Errors++
	}
	if row.standing == absent {
		s.NotApplicable++
		return
	}
	if row.Keyword != spec.MUST {
		return
	}
	s.Must++
	switch {
	case row.standing != satisfied:
	case row.Declared:
		s.Declared++
	default:
		s.Met++
	}
}

// blocksConformance: a MUST of bands 1 and 2, or anything critical, that is not satisfied.
func blocksConformance(row scored) bool {
	gates := row.Critical || (row.Keyword == spec.MUST && row.Band <= conformantLevel)
	return gates && row.standing == unsatisfied
}

// band says of one band of one dimension whether the catalogue defines it and the product earned it. A
// band of which everything is absent is defined and not earned.
func band(rows []scored, dimension spec.Dimension, number int) (defined, earned bool) {
	present := false
	for _, row := range rows {
		if row.Dimension != dimension || row.Band != number {
			continue
		}
		defined = true
		if row.standing == unsatisfied {
			return true, false
		}
		present = present || row.standing != absent
	}
	return defined, present
}

func levelOf(dimension spec.Dimension, rows []scored) Dimension {
	made := Dimension{Dimension: dimension}
	level, held := 0, true
	for number := 1; number <= Highest; number++ {
		defined, earned := band(rows, dimension, number)
		if !defined {
			continue
		}
		made.Top = number
		held = held && earned
		if held {
			level = number
		}
	}
	if made.Top == 0 {
		return made
	}
	made.Level = &level
	made.Provisional = slices.ContainsFunc(rows, func(row scored) bool {
		return row.Dimension == dimension && row.Band <= level && row.standing == unsettled
	})
	return made
}

func overall(rows []scored, conformant bool, ceiling int) int {
	level := 0
	for number := 1; number <= Highest; number++ {
		defined, earned := everywhere(rows, number)
		if !earned || (number >= conformantLevel && !conformant) || (ceiling > 0 && number > ceiling) {
			break
		}
		if defined {
			level = number
		}
	}
	return level
}

// everywhere says whether some dimension defines the band, and all that define it earned it.
func everywhere(rows []scored, number int) (defined, earned bool) {
	earned = true
	for _, dimension := range spec.Dimensions {
		here, got := band(rows, dimension, number)
		defined = defined || here
		earned = earned && (got || !here)
	}
	return defined, earned
}

func provisional(rows []scored, level int) bool {
	return slices.ContainsFunc(rows, func(row scored) bool {
		return row.Band <= level && row.standing == unsettled
	})
}

// toNext lists what is not satisfied up to the next defined band, what blocks conformance, and the
// requirements of a band that lacks only a capability.
func toNext(rows []scored, level int, conformant bool) []string {
	next := 0
	for number := Highest; number > level; number-- {
		if defined, _ := everywhere(rows, number); defined {
			next = number
		}
	}
	var ids []string
	for _, row := range rows {
		defined, earned := band(rows, row.Dimension, row.Band)
		emptied := row.standing == absent && defined && !earned
		within := row.Band <= next && (row.standing == unsatisfied || emptied)
		if within || (!conformant && blocksConformance(row)) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}
