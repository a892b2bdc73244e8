package selftest

import (
	"cmp"
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/mocks"
)

// Fast chooses the defects of the fast gate: in the order of their ids, each that breaks a requirement or
// belongs to a class that none before it does. The choice is the same for the same defects.
func Fast(defects []mocks.Defect) []mocks.Defect {
	ordered := slices.Clone(defects)
	slices.SortStableFunc(ordered, func(a, b mocks.Defect) int { return cmp.Compare(a.ID, b.ID) })
	requirements, classes := map[string]bool{}, map[string]bool{}
	return lo.Filter(ordered, func(defect mocks.Defect, _ int) bool {
		fresh := !classes[defect.Class]
		classes[defect.Class] = true
		for _, id := range defect.Breaks {
			fresh = fresh || !requirements[id]
			requirements[id] = true
		}
		return fresh
	})
}
