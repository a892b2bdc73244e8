package maturity

import (
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Run is what a score takes from the run beside the interface's requirements.
type Run struct {
	Seed    uint64
	Partial bool
	// DeclaredRecords says that the vendor declared the records: such a run is capped at level 1.
	DeclaredRecords bool
}

// Fill scores the requirements of a tested interface and writes level, conformance and headline to it.
func Fill(tested *result.Interface, run Run) {
	in := inputOf(*tested)
	in.Seed, in.Partial = run.Seed, run.Partial
	if run.DeclaredRecords {
		in.Ceiling = 1
	}
	score := Assess(in)
	tested.Conformant, tested.Level, tested.Provisional = score.Conformant, score.Level, score.Provisional
	tested.NextLevel, tested.Headline = score.NextLevel, score.Headline
	tested.Dimensions = nil
	for _, dimension := range score.Dimensions {
		tested.Dimensions = append(tested.Dimensions, result.DimensionLevel{
			Dimension: string(dimension.Dimension), Level: dimension.Level, Provisional: dimension.Provisional,
		})
	}
}

func inputOf(tested result.Interface) Input {
	in := Input{Title: tested.Title, Claimed: tested.Claimed}
	for _, row := range tested.Requirements {
		made := Row{
			ID: row.ID, Keyword: spec.Keyword(row.Keyword), Dimension: spec.Dimension(row.Dimension), Band: row.Band,
			Capability: row.Capability, Basis: spec.Basis(row.Basis), Critical: row.Critical,
			Experimental: row.Experimental, Verdict: row.Verdict,
		}
		// A process is of one band: what breaks it is never made up for by bands below.
		if tested.Interface == spec.PatternProcess && made.Keyword == spec.MUST {
			made.Critical = true
		}
		if row.Declared() {
			made.Declared, made.Grade = true, grades[row.Evidence.Grade]
		}
		in.Rows = append(in.Rows, made)
	}
	return in
}

var grades = map[string]Grade{"E1": Artefact, "E2": Reviewed}
