package lint

import (
	"io"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// levels are SARIF's words for the severities.
var levels = map[Severity]string{Error: "error", Warning: "warning", Note: "note"}

// SARIF writes findings as SARIF 2.1.0. Further places of a finding are related locations.
func SARIF(w io.Writer, findings []Finding, version string) error {
	run := sarif.NewRunWithInformationURI("spconform", "https://github.com/spconform/spconform")
	run.Tool.Driver.WithVersion(version)
	for _, rule := range rules {
		run.AddRule(rule.ID).
			WithDescription(rule.Finds).
			WithFullDescription(sarif.NewMultiformatMessageString().WithText(rule.Why)).
			WithHelp(sarif.NewMultiformatMessageString().WithText(rule.Mend)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(levels[rule.Severity]))
	}
	for _, finding := range findings {
		result := run.CreateResultForRule(finding.Rule).
			WithLevel(levels[finding.Severity]).
			WithMessage(sarif.NewTextMessage(finding.Message + ". " + finding.Why + " " + finding.Mend))
		result.AddLocation(location(finding.Place))
		for _, place := range finding.Also {
			result.AddRelatedLocation(location(place))
		}
	}
	report := sarif.NewReport()
	report.AddRun(run)
	return report.PrettyWrite(w)
}

func location(at Place) *sarif.Location {
	return sarif.NewLocationWithPhysicalLocation(
		sarif.NewPhysicalLocation().
			WithArtifactLocation(sarif.NewSimpleArtifactLocation(at.Document)).
			WithRegion(sarif.NewRegion().WithStartLine(at.Line)),
	).AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(at.Pointer))
}
