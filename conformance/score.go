package conformance

import "github.com/spconform/spconform/conformance/result"

// score fills in conformance, level and headline. A partial selection or an error withholds them.
func score(tested *result.Interface, report result.Report) {
	_ = report
	conformant := tested.Count(result.Unmet, result.Skipped, result.Dialect, result.Error) == 0
	if !report.Selection.Partial && !report.Errored() {
		tested.Conformant = &conformant
	}
}
