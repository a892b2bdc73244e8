package selftest

import (
	"regexp"
	"slices"

	"github.com/spconform/spconform/conformance/result"
)

// The words of a failure that says only that time ran out.
var (
	inTime  = regexp.MustCompile(`\bwithin [0-9]`)
	silence = regexp.MustCompile(`^no |\bno callback$`)
	unheard = regexp.MustCompile(`did not answer (in time|properly)`)
)

// onlyWaited says whether every failure of the requirements is one of time.
func onlyWaited(report result.Report, requirements []string) bool {
	failures := 0
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			if !slices.Contains(requirements, requirement.ID) {
				continue
			}
			for _, failure := range requirement.Failures {
				failures++
				if !unheard.MatchString(failure.Actual) && !(inTime.MatchString(failure.Expected) && silence.MatchString(failure.Actual)) {
					return false
				}
			}
		}
	}
	return failures > 0
}

// unanswered are the words of a failure that is one of time, whether it was the vendor's or ours.
var unanswered = regexp.MustCompile(`no callback$|not taken(, and no more)?$|and no second try$|this one (was not told|not)$|` +
	`^no notification of it$|^\d+ came in time$|did not answer in time|does not answer`)

// late says whether all that was said of something that fell is that it took too long.
func late(hit result.Hit) bool {
	return unanswered.MatchString(hit.Reason) &&
		!slices.ContainsFunc(hit.Failures, func(said result.Said) bool { return !unanswered.MatchString(said.Actual) })
}
