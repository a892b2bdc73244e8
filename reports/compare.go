package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/compare"
)

// Comparison writes candidates side by side as table, JSON, CSV or HTML.
func Comparison(w io.Writer, shown compare.Comparison, format Format, on Terminal) error {
	switch format {
	case FormatJSON:
		return writeJSON(w, shown)
	case FormatHTML:
		return render(w, "compare.html.tmpl", comparisonOf(shown))
	case FormatCSV:
		return comparisonGrid(shown).Write(w, FormatCSV, on)
	}
	return comparisonTable(w, shown, on)
}

// comparisonGrid has one line a fact, so that a spreadsheet can filter it.
func comparisonGrid(shown compare.Comparison) Grid {
	grid := Grid{Columns: append([]string{"part", "interface", "id", "fact"}, namesOf(shown)...)}
	grid.Rows = append(grid.Rows, append([]string{"eligible", "", "", ""}, lo.Map(shown.Candidates, func(s compare.Standing, _ int) string { return eligibility(s) })...))
	for i, one := range shown.Candidates {
		for _, failing := range one.Failing {
			cells := make([]string, len(shown.Candidates))
			cells[i] = strings.Join(failing.Requirements, " ")
			grid.Rows = append(grid.Rows, append([]string{"failing", failing.Interface, "", failing.Rule}, cells...))
		}
	}
	for _, part := range comparisonParts(shown) {
		for _, row := range part.rows {
			grid.Rows = append(grid.Rows, append([]string{part.name, row.Interface, row.ID, row.Statement + asExperimental(row)}, row.Verdicts...))
		}
	}
	if len(shown.Ranking.Shares) > 0 {
		firsts := lo.Map(shown.Candidates, func(s compare.Standing, _ int) string { return firstShare(shown, s.Name) })
		grid.Rows = append(grid.Rows, append([]string{"first", "", "", ""}, firsts...))
	}
	return grid
}

type comparisonPart struct {
	name, title string
	rows        []compare.Row
}

func comparisonParts(shown compare.Comparison) []comparisonPart {
	return []comparisonPart{{"tested", words("tested_title"), shown.Tested}, {"declared", words("declared_title"), shown.Declared}}
}

func namesOf(shown compare.Comparison) []string {
	return lo.Map(shown.Candidates, func(s compare.Standing, _ int) string { return s.Name })
}

func eligibility(one compare.Standing) string {
	return lo.Ternary(one.Eligible, words("eligible"), words("not_eligible"))
}

// signature says who signed; the key is shortened to what tells it from others.
func signature(one compare.Standing) string {
	key := shorten(one.Signer, 13)
	switch {
	case one.Trusted:
		return words("signed_trusted", key)
	case one.Signer != "":
		return words("signed", key)
	}
	return words("unsigned")
}

// rowName names what a row is about: a requirement, a capability or the interface itself.
func rowName(row compare.Row) string {
	switch {
	case row.ID != "":
		return row.ID
	case row.Capability != "":
		return words("row_capability", row.Capability)
	}
	return words("row_interface")
}

func asExperimental(row compare.Row) string {
	return lo.Ternary(row.Experimental, " ("+words("experimental")+")", "")
}

// reason is a compare.Failing in which the ids that an earlier one of the interface names are left out.
type reason struct {
	compare.Failing
	// New are the ids that stand here for the first time; Again says that others stand above.
	New   []string
	Again bool
}

func reasonsOf(one compare.Standing) []reason {
	named := map[string]bool{}
	return lo.Map(one.Failing, func(failing compare.Failing, _ int) reason {
		made := reason{Failing: failing}
		for _, id := range failing.Requirements {
			at := failing.Interface + " " + id
			if named[at] {
				made.Again = true
				continue
			}
			named[at], made.New = true, append(made.New, id)
		}
		return made
	})
}

// String is the ids on one line.
func (r reason) String() string {
	switch {
	case r.Again && len(r.New) == 0:
		return words("failing_above")
	case r.Again:
		return words("failing_above") + ", " + idsText(r.New)
	}
	return idsText(r.New)
}

// firstShare is how often a candidate comes first, in percent, or "" where it is not eligible.
func firstShare(shown compare.Comparison, name string) string {
	for _, share := range shown.Ranking.Shares {
		if share.Name == name {
			return fmt.Sprintf("%.1f %%", share.First*100)
		}
	}
	return ""
}

// ranked is what can be said of the eligible among themselves, sentence by sentence.
func ranked(shown compare.Comparison) []string {
	ranking := shown.Ranking
	switch len(ranking.Shares) {
	case 0:
		return []string{words("ranking_none")}
	case 1:
		return []string{words("ranking_one", ranking.Shares[0].Name)}
	}
	var said []string
	for _, d := range ranking.Dominates {
		said = append(said, words("dominates", d.Better, d.Worse))
	}
	if ranking.Winner == "" {
		return append(said, words("no_winner"))
	}
	return append(said, words("winner", ranking.Winner))
}

func comparisonTable(w io.Writer, shown compare.Comparison, on Terminal) error {
	out := &lines{to: w}
	for _, one := range shown.Candidates {
		out.printf("%s: %s · %s\n", on.paint(bold, Visible(one.Name)), on.paint(lo.Ternary(one.Eligible, green, red), eligibility(one)), Visible(signature(one)))
		if one.Expires != "" {
			out.printf("  %s\n", words("valid_until", one.Expires))
		}
		for _, headline := range one.Headlines {
			out.printf("  %s\n", Visible(headline))
		}
		for _, failing := range reasonsOf(one) {
			out.printf("  %s: %s: %s\n", Visible(failing.Interface), failing.Rule, Visible(failing.String()))
		}
	}
	for _, part := range comparisonParts(shown) {
		out.printf("\n%s\n\n", part.title)
		grid := Grid{Columns: append([]string{"interface", "requirement"}, namesOf(shown)...)}
		grid.Columns = lo.Map(grid.Columns, func(name string, _ int) string { return Visible(name) })
		for _, row := range part.rows {
			mark := lo.Ternary(row.Critical, " · "+words("critical"), "") + lo.Ternary(row.Experimental, " · "+words("experimental_short"), "")
			grid.Rows = append(grid.Rows, append([]string{row.Interface, rowName(row) + mark}, row.Verdicts...))
		}
		if err := grid.Write(out, FormatTable, on); err != nil {
			return err
		}
	}
	out.printf("\n")
	if len(shown.Ranking.Shares) > 1 {
		out.printf("%s\n", words("ranking_intro", shown.Ranking.Draws, len(shown.Ranking.Criteria), shown.Seed))
		for _, share := range shown.Ranking.Shares {
			out.printf("  %s: %s\n", Visible(share.Name), firstShare(shown, share.Name))
		}
	}
	for _, sentence := range ranked(shown) {
		out.printf("%s\n", Visible(sentence))
	}
	return out.err
}

// idsText lists ids on one line, the first few.
func idsText(ids []string) string {
	const most = 12
	if len(ids) == 0 {
		return words("compare_no_requirement")
	}
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + " " + words("path_more", len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

// Since writes what changed between two versions of a product as table, JSON, CSV or HTML.
func Since(w io.Writer, shown compare.Since, format Format, on Terminal) error {
	switch format {
	case FormatJSON:
		return writeJSON(w, shown)
	case FormatHTML:
		return render(w, "since.html.tmpl", shown)
	}
	grid := Grid{Columns: []string{"change", "interface", "requirement", "was", "is"}}
	for _, change := range shown.Changes {
		grid.Rows = append(grid.Rows, []string{change.Direction, change.Interface, cmp.Or(change.Requirement, words("row_interface")),
			cmp.Or(string(change.Before), "–"), cmp.Or(string(change.After), "–")})
	}
	if format == FormatCSV {
		return grid.Write(w, format, on)
	}
	out := &lines{to: w}
	out.printf("%s\n", Visible(words("since_title", shown.After, shown.Before)))
	for _, level := range shown.Levels {
		out.printf("%s\n", level)
	}
	out.printf("\n")
	if out.err != nil {
		return out.err
	}
	return grid.Write(w, FormatTable, on)
}
