package coverage

import (
	"slices"

	"github.com/spconform/spconform/spec"
)

// Failure is a gap that fails the gate.
type Failure struct {
	ID     string `json:"id"`
	Gap    Gap    `json:"gap"`
	Detail string `json:"detail"`
}

// Gate lists what may not stand: stable MUSTs that are untested or toothless, and orphans, less the
// exclusions. An exclusion whose gap is not there is a failure too, so that the list only shrinks.
func (r Report) Gate(exclusions []spec.Exclusion) []Failure {
	failures := []Failure{}
	used := map[spec.Exclusion]bool{}
	fail := func(id string, gap Gap, detail string) {
		at := slices.IndexFunc(exclusions, func(e spec.Exclusion) bool { return e.ID == id && e.Gap == string(gap) })
		if at < 0 {
			failures = append(failures, Failure{id, gap, detail})
			return
		}
		used[exclusions[at]] = true
	}
	for _, row := range r.Requirements {
		if !row.Stable || row.Keyword != spec.MUST {
			continue
		}
		for _, gap := range []Gap{Untested, Toothless} {
			if slices.Contains(row.Gaps, gap) {
				fail(row.ID, gap, row.Statement)
			}
		}
	}
	for _, stray := range r.Orphans {
		fail(stray.ID, Orphan, stray.In)
	}
	for _, exclusion := range exclusions {
		if !used[exclusion] {
			failures = append(failures, Failure{exclusion.ID, Gap(exclusion.Gap), "the exclusion is not needed: remove its row"})
		}
	}
	return failures
}
