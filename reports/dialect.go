package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

// inDialect is what dialects explain: requirements that hold under the same ones and not in the strict form.
type inDialect struct {
	Names []string
	// Titles say what each of Names is, in their order.
	Titles []string
	// Requirements are those that it explains, AsMet how many of them count as met.
	Requirements []result.Requirement
	AsMet        int
}

// Name is the dialects' names as one.
func (d inDialect) Name() string { return strings.Join(d.Names, ", ") }

// dialectsIn groups the requirements of an interface that hold only under declared dialects by these, in
// the order in which they first occur.
func dialectsIn(report result.Report, tested result.Interface) []inDialect {
	titles := lo.SliceToMap(report.Target.Dialects, func(d result.DialectUsed) (string, string) { return d.Name, d.Title })
	var groups []inDialect
	for _, requirement := range outstanding(tested) {
		if requirement.Verdict != result.Dialect {
			continue
		}
		var names []string
		if requirement.Spoken != nil {
			names = requirement.Spoken.Dialects
		}
		at := slices.IndexFunc(groups, func(g inDialect) bool { return slices.Equal(g.Names, names) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, inDialect{Names: names, Titles: lo.Map(names, func(name string, _ int) string { return titles[name] })})
		}
		groups[at].Requirements = append(groups[at].Requirements, requirement)
		if requirement.MetByDialect() {
			groups[at].AsMet++
		}
	}
	return groups
}

// countsAs is the verdict as which a requirement that holds only under a dialect goes into the level.
func countsAs(requirement result.Requirement) result.Verdict {
	return lo.Ternary(requirement.MetByDialect(), result.Met, result.Unmet)
}

// strictly is why a requirement does not hold in the strict form, on one line.
func strictly(requirement result.Requirement) string {
	for _, failure := range requirement.Failures {
		return fmt.Sprintf("expected %s; got %s", failure.Expected, failure.Actual)
	}
	for _, scenario := range requirement.Scenarios {
		if scenario.Reason != "" {
			return scenario.Reason
		}
	}
	return ""
}

// explained says on one line what the dialects of a group are and what they explain.
func (d inDialect) explained() string {
	said := fmt.Sprintf("%s (%s): %s only so", d.Name(), strings.Join(d.Titles, "; "),
		plural(len(d.Requirements), "requirement")+lo.Ternary(len(d.Requirements) == 1, " holds", " hold"))
	if d.AsMet > 0 {
		said += fmt.Sprintf("; %d of them met all the same, since the suite chose the form", d.AsMet)
	}
	return said
}

func dialectTables(out *lines, report result.Report, tested result.Interface, on Terminal) error {
	for _, group := range dialectsIn(report, tested) {
		out.printf("%s\n\n", on.paint(bold, Visible("only under "+group.explained())))
		longest := lo.Max(lo.Map(group.Requirements, func(r result.Requirement, _ int) int { return len(r.ID) }))
		table, text := wrappedTable(out, on.Width-longest-len("counts as")-8)
		table.Header([]string{"id", "counts as", "statement", "in the strict form"})
		for _, requirement := range group.Requirements {
			counts := countsAs(requirement)
			row := []string{Visible(requirement.ID), on.paint(verdictStyles[counts], string(counts)),
				breakable(requirement.Statement, text-2), breakable(shorten(strictly(requirement), reasonLimit), text-2)}
			if err := table.Append(row); err != nil {
				return err
			}
		}
		if err := closeTable(out, table); err != nil {
			return err
		}
	}
	return nil
}

func markdownDialects(out *lines, report result.Report, tested result.Interface) {
	for _, group := range dialectsIn(report, tested) {
		out.printf("\n### Only under %s\n\n%s.\n", markdownText(group.Name()), markdownText(group.explained()))
		out.printf("\n| id | counts as | statement | in the strict form |\n| --- | --- | --- | --- |\n")
		for _, requirement := range group.Requirements {
			out.printf("| %s | %s | %s | %s |\n", markdownText(requirement.ID), countsAs(requirement),
				markdownText(requirement.Statement), markdownText(shorten(strictly(requirement), reasonLimit)))
		}
	}
}
