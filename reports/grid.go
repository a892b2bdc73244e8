package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/samber/lo"
)

// Format names an output format of the command line.
type Format string

// The output formats.
const (
	FormatTable    Format = "table"
	FormatJSON     Format = "json"
	FormatJUnit    Format = "junit"
	FormatHTML     Format = "html"
	FormatMarkdown Format = "markdown"
	FormatCSV      Format = "csv"
	FormatSummary  Format = "summary"
	FormatBadge    Format = "badge"
)

// Renders are the formats of a report other than the table, which depends on the terminal.
var Renders = map[Format]Render{FormatJSON: JSON, FormatJUnit: JUnit, FormatHTML: HTML, FormatMarkdown: Markdown,
	FormatSummary: Summary, FormatBadge: Badge}

// Grid is a list that is shown in rows: requirements, objects of the dictionary, defects.
type Grid struct {
	Columns []string
	Rows    [][]string
	// Items is what JSON shows in place of the rows, an array.
	Items any
}

// Write writes the grid as table, json, csv or markdown.
func (g Grid) Write(w io.Writer, format Format, on Terminal) error {
	for _, row := range g.Rows {
		if len(row) != len(g.Columns) {
			return fmt.Errorf("a row has %d cells for %d columns", len(row), len(g.Columns))
		}
	}
	switch format {
	case FormatJSON:
		return writeJSON(w, g.items())
	case FormatCSV:
		return g.csv(w)
	case FormatMarkdown:
		return g.markdown(w)
	default:
		return g.table(w, on)
	}
}

func (g Grid) items() any {
	if g.Items != nil {
		return g.Items
	}
	return lo.Map(g.Rows, func(row []string, _ int) map[string]string {
		return lo.FromEntries(lo.Map(g.Columns, func(column string, i int) lo.Entry[string, string] {
			return lo.Entry[string, string]{Key: column, Value: row[i]}
		}))
	})
}

func (g Grid) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	for _, row := range append([][]string{g.Columns}, g.Rows...) {
		if err := out.Write(lo.Map(row, func(cell string, _ int) string { return literal(Visible(cell)) })); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// literal keeps a spreadsheet from taking a cell for a formula.
func literal(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func (g Grid) markdown(w io.Writer) error {
	out := &lines{to: w}
	row := func(cells []string) { out.printf("| %s |\n", strings.Join(cells, " | ")) }
	row(g.Columns)
	row(lo.Map(g.Columns, func(string, int) string { return "---" }))
	for _, cells := range g.Rows {
		row(lo.Map(cells, func(cell string, _ int) string { return markdownText(cell) }))
	}
	return out.err
}

// table gives the last column, which holds the longest text, what width the others leave.
func (g Grid) table(w io.Writer, on Terminal) error {
	if len(g.Rows) == 0 {
		_, err := io.WriteString(w, "none\n")
		return err
	}
	const widest = 40
	last := len(g.Columns) - 1
	left := on.Width
	widths := tw.NewMapper[int, int]()
	limits := make([]int, len(g.Columns))
	for i := range g.Columns[:last] {
		longest := len(g.Columns[i])
		for _, row := range g.Rows {
			longest = max(longest, len([]rune(Visible(row[i]))))
		}
		limits[i] = min(longest, widest)
		left -= limits[i] + 2
	}
	limits[last] = max(left-2, 24)
	for i, limit := range limits {
		widths.Set(i, limit+2)
	}
	table := NewTable(w, tablewriter.WithRowConfig(tw.CellConfig{
		Formatting:   tw.CellFormatting{AutoWrap: tw.WrapNormal},
		Alignment:    tw.CellAlignment{Global: tw.AlignLeft},
		ColMaxWidths: tw.CellWidth{PerColumn: widths},
		Padding:      tw.CellPadding{Global: gap},
	}))
	table.Header(g.Columns)
	for _, row := range g.Rows {
		cells := lo.Map(row, func(cell string, i int) string { return breakable(cell, limits[i]) })
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	return table.Render()
}
