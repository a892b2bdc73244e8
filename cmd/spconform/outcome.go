package main

import (
	"github.com/spconform/spconform/conformance/result"
)

// outcomeOf is how a command ends that made a report: nil where everything selected holds.
func outcomeOf(report result.Report) error {
	switch {
	case report.Error != nil:
		return couldNotRun("%s (%s)", report.Error.Message, report.Error.Code)
	case report.Errored():
		return couldNotRun("the suite itself failed on some requirements, which withholds the result: see the verdict error in the report")
	case report.Holds():
		return nil
	default:
		return errDoesNotHold
	}
}
