package statement

import (
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

// Expires is when a statement on the report expires: ValidDays after the run, or earlier with the first
// piece of evidence that it rests on.
func Expires(report result.Report) time.Time {
	until, _ := expiry(report.FinishedAt.UTC(), report.Interfaces)
	return until
}

// expiry also names the requirement, as interface/id, whose evidence is the first to expire, or "" where
// the statement's own time ends first. Evidence beside what tests settled is not rested on. It is good to
// the end of its day (UTC); with a day that cannot be read nothing is good.
func expiry(issued time.Time, interfaces []result.Interface) (until time.Time, with string) {
	until = issued.AddDate(0, 0, ValidDays)
	for _, tested := range interfaces {
		for _, row := range tested.Requirements {
			if !row.Declared() {
				continue
			}
			last, err := time.Parse(time.DateOnly, row.Evidence.Expires)
			end := last.AddDate(0, 0, 1)
			if err != nil {
				end = issued
			}
			if end.Before(until) {
				until, with = end, tested.Interface+"/"+row.ID
			}
		}
	}
	return until, with
}

// expiry is that of the verdicts that the statement tells.
func (r Run) expiry() (time.Time, string) {
	return expiry(r.IssuedAt, lo.Map(r.Interfaces, func(told Interface, _ int) result.Interface { return told.rows() }))
}
