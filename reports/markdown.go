package reports

import (
	"io"
	"strings"

	"github.com/spconform/spconform/conformance/result"
)

// Markdown writes a short report for a merge request or a wiki: the conclusion, the requirements by
// area and what is not met.
func Markdown(w io.Writer, report result.Report) error {
	out := &lines{to: w}
	out.printf("# Conformance of %s\n\n", markdownText(targetOf(report.Target)))
	out.printf("seed %d · suite %s%s · %s\n", report.Seed, markdownText(report.Suite.Version), markdownText(under(report.Profile)), report.StartedAt.UTC().Format("2006-01-02 15:04 MST"))
	if report.Error != nil {
		out.printf("\n**Could not run**: %s (%s)\n", markdownText(report.Error.Message), markdownText(report.Error.Code))
	}
	for _, tested := range report.Interfaces {
		out.printf("\n## %s: %s\n\n%s\n", markdownText(tested.Title), conclusionOf(report, tested), markdownText(headlineOf(tested)))
		if path := pathOf(tested); path != "" {
			out.printf("\n%s\n", markdownText(path))
		}
		markdownAreas(out, tested)
		markdownOpen(out, tested)
		markdownDialects(out, report, tested)
	}
	return out.err
}

func markdownAreas(out *lines, tested result.Interface) {
	columns := columnsOf(tested)
	out.printf("\n| area | requirements |")
	for _, verdict := range columns {
		out.printf(" %s |", verdict)
	}
	out.printf("\n| --- | ---: |%s\n", strings.Repeat(" ---: |", len(columns)))
	for _, area := range areasOf(tested) {
		out.printf("| %s | %d |", markdownText(area.Name), area.Total)
		for _, verdict := range columns {
			out.printf(" %d |", area.Count(verdict))
		}
		out.printf("\n")
	}
}

func markdownOpen(out *lines, tested result.Interface) {
	open := folded(tested, told(tested))
	if len(open) == 0 {
		return
	}
	out.printf("\n| id | verdict | statement | reason |\n| --- | --- | --- | --- |\n")
	for _, requirement := range open {
		out.printf("| %s | %s | %s | %s |\n", markdownText(requirement.ID), requirement.Verdict,
			markdownText(statementOf(requirement)), markdownText(shorten(reasonOf(requirement), reasonLimit)))
	}
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	// A bare address is a link in most dialects; a target's text does not make links.
	"://", `:\/\/`, "@", "&#64;",
)

func markdownText(text string) string { return markdownEscapes.Replace(Visible(text)) }
