package maturity

import (
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Blocking lists the requirements that keep an interface from being conformant, in the order of the report.
func Blocking(tested result.Interface) []string {
	return idsOf(tested, blocksConformance)
}

// Outstanding lists the requirements that keep an interface below a level, in one dimension or, where
// that is empty, in any.
func Outstanding(tested result.Interface, dimension spec.Dimension, level int) []string {
	return idsOf(tested, func(row scored) bool {
		within := row.Band <= level && (dimension == "" || row.Dimension == dimension)
		return within && (row.standing == unsatisfied || row.standing == absent)
	})
}

func idsOf(tested result.Interface, chosen func(scored) bool) []string {
	ids := []string{}
	for _, row := range standings(inputOf(tested)) {
		if chosen(row) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}
