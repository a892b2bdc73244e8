package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

// reasonLimit is the number of characters of a reason that a table shows; report.json has it whole.
const reasonLimit = 400

// Table writes a report for a terminal: for each interface the requirements by area, every
// requirement that is not met with its reason, and the headline with the path to the next level.
func Table(w io.Writer, report result.Report, on Terminal) error {
	out := &lines{to: w}
	for _, tested := range report.Interfaces {
		if err := areaTable(out, tested, on); err != nil {
			return err
		}
		if err := outstandingTable(out, tested, on); err != nil {
			return err
		}
		if err := dialectTables(out, report, tested, on); err != nil {
			return err
		}
	}
	out.printf("target %s · seed %d · suite %s%s\n", Visible(targetOf(report.Target)), report.Seed, report.Suite.Version, Visible(under(report.Profile)))
	for _, tested := range report.Interfaces {
		conclusion := conclusionOf(report, tested)
		style := yellow
		if tested.Conformant != nil {
			style = map[bool]string{true: green, false: red}[*tested.Conformant]
		}
		out.printf("%s\n", on.paint(bold, Visible(headlineOf(tested))))
		out.printf("%s: %s\n", Visible(tested.Interface), on.paint(style, conclusion))
		if path := pathOf(tested); path != "" {
			out.printf("%s\n", Visible(path))
		}
	}
	if report.Error != nil {
		out.printf("%s\n", on.paint(red, Visible(fmt.Sprintf("could not run: %s (%s)", report.Error.Message, report.Error.Code))))
	}
	return out.err
}

func areaTable(w io.Writer, tested result.Interface, on Terminal) error {
	if len(tested.Requirements) == 0 {
		return nil
	}
	columns := columnsOf(tested)
	header := []string{Visible(tested.Title), "all"}
	total := []string{"all", strconv.Itoa(len(tested.Requirements))}
	for _, verdict := range columns {
		header = append(header, heading(verdict))
		total = append(total, count(on, verdict, tested.Count(verdict)))
	}
	alignment := make([]tw.Align, len(header))
	for i := range alignment {
		alignment[i] = tw.AlignRight
	}
	alignment[0] = tw.AlignLeft
	table := NewTable(w, tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: alignment}),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: alignment}))
	table.Header(header)
	for _, area := range areasOf(tested) {
		row := []string{Visible(area.Name), strconv.Itoa(area.Total)}
		for _, verdict := range columns {
			row = append(row, count(on, verdict, area.Count(verdict)))
		}
		if err := table.Append(row); err != nil {
			return err
		}
	}
	if err := table.Append(total); err != nil {
		return err
	}
	if row, some := experimentalRow(tested, columns, on); some {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	return closeTable(w, table)
}

// experimentalRow counts the requirements of the total that are not scored, where there are any.
func experimentalRow(tested result.Interface, columns []result.Verdict, on Terminal) ([]string, bool) {
	tried := lo.Filter(tested.Requirements, func(r result.Requirement, _ int) bool { return r.Experimental })
	row := []string{words("of_these_experimental"), strconv.Itoa(len(tried))}
	for _, verdict := range columns {
		row = append(row, count(on, verdict, lo.CountBy(tried, func(r result.Requirement) bool { return r.Verdict == verdict })))
	}
	return row, len(tried) > 0
}

// heading is a verdict as the head of a narrow column.
func heading(verdict result.Verdict) string {
	if verdict == result.NotApplicable {
		return "n/a"
	}
	return string(verdict)
}

func outstandingTable(w io.Writer, tested result.Interface, on Terminal) error {
	open := folded(tested, told(tested))
	if len(open) == 0 {
		return nil
	}
	// The id and the verdict have their own width; statement and reason share the rest.
	longest := 0
	for _, requirement := range open {
		longest = max(longest, len(requirement.ID))
	}
	table, text := wrappedTable(w, on.Width-longest-len("not applicable")-8)
	table.Header([]string{"id", "verdict", "statement", "reason"})
	for _, requirement := range open {
		verdict := on.paint(verdictStyles[requirement.Verdict], string(requirement.Verdict))
		row := []string{Visible(requirement.ID), verdict, breakable(statementOf(requirement), text-2), breakable(shorten(reasonOf(requirement), reasonLimit), text-2)}
		if err := table.Append(row); err != nil {
			return err
		}
	}
	return closeTable(w, table)
}

// wrappedTable is a table whose third and fourth column share a width, and the width of each.
func wrappedTable(w io.Writer, width int) (table *tablewriter.Table, text int) {
	text = max(18, width/2)
	widths := tw.NewMapper[int, int]().Set(2, text).Set(3, text)
	return NewTable(w,
		tablewriter.WithRowConfig(tw.CellConfig{
			Formatting:   tw.CellFormatting{AutoWrap: tw.WrapNormal},
			Alignment:    tw.CellAlignment{Global: tw.AlignLeft},
			ColMaxWidths: tw.CellWidth{PerColumn: widths},
			Padding:      tw.CellPadding{Global: gap},
		})), text
}

var gap = tw.Padding{Right: "  ", Overwrite: true}

// NewTable is a table in the one style of the command line: no borders, a rule under the header,
// headings as they are given.
func NewTable(w io.Writer, options ...tablewriter.Option) *tablewriter.Table {
	style := []tablewriter.Option{
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithPadding(gap),
	}
	return tablewriter.NewTable(w, append(style, options...)...)
}

func closeTable(w io.Writer, table *tablewriter.Table) error {
	if err := table.Render(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func count(on Terminal, verdict result.Verdict, number int) string {
	if number == 0 {
		return "·"
	}
	return on.paint(verdictStyles[verdict], strconv.Itoa(number))
}

// breakable is text in which no word is longer than width, so that a column can wrap it.
func breakable(text string, width int) string {
	words := strings.Fields(Visible(text))
	for i, word := range words {
		words[i] = strings.Join(lo.ChunkString(word, width), " ")
	}
	return strings.Join(words, " ")
}

// lines keeps the first error of several writes.
type lines struct {
	to  io.Writer
	err error
}

func (l *lines) Write(raw []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	var written int
	written, l.err = l.to.Write(raw)
	return written, l.err
}

func (l *lines) printf(format string, values ...any) { fmt.Fprintf(l, format, values...) }
