// Package reports renders the result of a run: for a terminal, as JSON, JUnit, HAR, HTML and Markdown.
// All renderings come from one result.Report. Whatever came from a target is escaped for the place
// where it is shown.
package reports

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// failing are the verdicts that stand against a target or leave the run undecided; what holds only under a
// dialect is told apart.
var failing = []result.Verdict{result.Error, result.Unmet, result.Skipped}

// area counts the verdicts on the requirements of one area.
type area struct {
	Name   string
	Total  int
	Counts map[result.Verdict]int
}

// Count is the number of requirements of the area with the verdict.
func (a area) Count(verdict result.Verdict) int { return a.Counts[verdict] }

// under names the country's profile of a run, to stand after what else is told of it.
func under(profile *result.Profile) string {
	if profile == nil {
		return ""
	}
	return fmt.Sprintf(" · profile %s %s (%.12s)", profile.Name, profile.Version, profile.Hash)
}

// areasOf groups the requirements of an interface by area, in the order in which areas first occur.
func areasOf(tested result.Interface) []area {
	var areas []area
	for _, requirement := range tested.Requirements {
		at := slices.IndexFunc(areas, func(a area) bool { return a.Name == requirement.Area })
		if at < 0 {
			at = len(areas)
			areas = append(areas, area{Name: requirement.Area, Counts: map[result.Verdict]int{}})
		}
		areas[at].Total++
		areas[at].Counts[requirement.Verdict]++
	}
	return areas
}

// columnsOf is the verdicts that a table of areas shows: met and unmet, and what else occurs.
func columnsOf(tested result.Interface) []result.Verdict {
	columns := []result.Verdict{result.Met, result.Unmet}
	for _, verdict := range result.Verdicts {
		if !slices.Contains(columns, verdict) && tested.Count(verdict) > 0 {
			columns = append(columns, verdict)
		}
	}
	return columns
}

// outstanding is the requirements that are not met: what needs attention first, scored before
// experimental, critical before other, MUST before SHOULD, then in the order of the catalogue.
func outstanding(tested result.Interface) []result.Requirement {
	open := lo.Filter(tested.Requirements, func(r result.Requirement, _ int) bool { return r.Verdict != result.Met })
	slices.SortStableFunc(open, func(a, b result.Requirement) int {
		return cmp.Or(
			cmp.Compare(aside(a), aside(b)),
			cmp.Compare(slices.Index(result.Verdicts, a.Verdict), slices.Index(result.Verdicts, b.Verdict)),
			cmp.Compare(lo.Ternary(a.Critical, 0, 1), lo.Ternary(b.Critical, 0, 1)),
			cmp.Compare(a.Keyword, b.Keyword),
		)
	})
	return open
}

// told is the outstanding requirements less those that hold under a dialect, which have a section of their own.
func told(tested result.Interface) []result.Requirement {
	return lo.Reject(outstanding(tested), func(r result.Requirement, _ int) bool { return r.Verdict == result.Dialect })
}

// open says whether a requirement counts as one that does not hold, or whose verdict is left undecided.
func open(row result.Requirement) bool {
	return slices.Contains(failing, row.Verdict) || row.Verdict == result.Dialect && !row.MetByDialect()
}

// aside is 1 for what is not scored, unless the suite failed on it.
func aside(row result.Requirement) int {
	return lo.Ternary(row.Experimental && row.Verdict != result.Error, 1, 0)
}

// failures is the outstanding requirements whose verdict stands against the target or the run.
func failures(tested result.Interface) []result.Requirement {
	return lo.Filter(outstanding(tested), func(r result.Requirement, _ int) bool {
		return slices.Contains(failing, r.Verdict)
	})
}

// folded is the requirements with one row for all that are not applicable since the target has not a capability.
func folded(tested result.Interface, rows []result.Requirement) []result.Requirement {
	absent := func(r result.Requirement) bool {
		return r.Verdict == result.NotApplicable && r.Capability != "" && slices.Contains(tested.Absent, r.Capability)
	}
	several := lo.CountValuesBy(lo.Filter(rows, func(r result.Requirement, _ int) bool { return absent(r) }), func(r result.Requirement) string { return r.Capability })
	told := map[string]bool{}
	return lo.FilterMap(rows, func(row result.Requirement, _ int) (result.Requirement, bool) {
		if !absent(row) || several[row.Capability] == 1 {
			return row, true
		}
		again := told[row.Capability]
		told[row.Capability] = true
		return result.Requirement{ID: words("row_capability", row.Capability), Verdict: row.Verdict, Reason: row.Reason,
			Statement: words("row_requirements", several[row.Capability])}, !again
	})
}

// statementOf is a requirement's sentence, marked where it is not scored.
func statementOf(requirement result.Requirement) string {
	if requirement.Experimental {
		return "(" + words("experimental") + ") " + requirement.Statement
	}
	return requirement.Statement
}

// reasonOf is why a requirement is not met, on one line.
func reasonOf(requirement result.Requirement) string {
	return cmp.Or(requirement.Reason, strictly(requirement))
}

// conclusionOf says in words whether the interface is conformant, and why nothing is said where it is
// withheld.
func conclusionOf(report result.Report, tested result.Interface) string {
	switch errors := tested.Count(result.Error); {
	case tested.Conformant != nil && *tested.Conformant:
		return "conformant"
	case tested.Conformant != nil:
		return "not conformant"
	case report.Error != nil:
		return "withheld: the run could not be carried through"
	case errors > 0:
		return fmt.Sprintf("withheld: the suite itself failed on %s", plural(errors, "requirement"))
	case report.Selection.Partial:
		return "partial selection: neither conformance nor level"
	default:
		return "withheld"
	}
}

// standsOf lists what stands between the interface and its next level. Processes have no ladder that a product
// climbs: of them it is what did not hold, and not what could not be carried out.
func standsOf(tested result.Interface) []string {
	if tested.Interface != spec.PatternProcess {
		return tested.NextLevel
	}
	byID := lo.KeyBy(tested.Requirements, func(r result.Requirement) string { return r.ID })
	return lo.Filter(tested.NextLevel, func(id string, _ int) bool { return byID[id].Verdict != result.NotApplicable })
}

// pathOf is standsOf in words, or is empty.
func pathOf(tested result.Interface) string {
	const shown = 12
	ids := standsOf(tested)
	if len(ids) == 0 {
		return ""
	}
	to := "to reach the next level: "
	switch {
	case tested.Interface == spec.PatternProcess:
		to = "to be mended by whom each failure names: "
	case tested.Level != nil:
		to = fmt.Sprintf("to reach level %d: ", *tested.Level+1)
	}
	if len(ids) > shown {
		return to + strings.Join(ids[:shown], ", ") + fmt.Sprintf(" and %d more", len(ids)-shown)
	}
	return to + strings.Join(ids, ", ")
}

// headlineOf is the interface's headline, or its title where the run gave none.
func headlineOf(tested result.Interface) string {
	return cmp.Or(tested.Headline, tested.Title, tested.Interface)
}

// exchangesOf finds the exchanges of a report by id.
func exchangesOf(report result.Report) map[string]result.Exchange {
	byID := make(map[string]result.Exchange, len(report.Transcript)+len(report.Exchanges))
	for _, exchange := range slices.Concat(report.Transcript, report.Exchanges) {
		byID[exchange.ID] = exchange
	}
	return byID
}

func plural(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}

// targetOf names what was tested on one line.
func targetOf(target result.Target) string {
	name := strings.TrimSpace(target.Product + " " + target.Version)
	where := target.Kind
	switch {
	case target.Image != "":
		where += " " + target.Image
	case len(target.Bases) > 0:
		servers := lo.Uniq(lo.Map(lo.Values(target.Bases), func(base string, _ int) string { return serverOf(base) }))
		slices.Sort(servers)
		where += " " + strings.Join(servers, ", ")
	}
	if name == "" {
		return where
	}
	return name + " (" + where + ")"
}

// serverOf is the server of a base address: what eight interfaces of one product share is named once.
func serverOf(base string) string {
	read, err := url.Parse(base)
	if err != nil || read.Host == "" {
		return base
	}
	return read.Scheme + "://" + read.Host
}
