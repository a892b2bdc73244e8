package conformance

import (
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
)

// score fills in conformance, level and headline.
func score(tested *result.Interface, report result.Report) {
	maturity.Fill(tested, maturity.Run{Seed: report.Seed, Partial: report.Selection.Partial,
		DeclaredRecords: report.Target.Population == manifest.PopulationDeclared})
}
