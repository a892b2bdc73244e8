package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

func reportCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "report FILE|DIR", Short: "Show a report.json, or that of a results folder, in another form (- reads standard input)", Args: cobra.ExactArgs(1),
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatJUnit, reports.FormatHTML, reports.FormatMarkdown,
		reports.FormatSummary, reports.FormatBadge)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		report, err := readReport(cmd, args[0])
		if err != nil {
			return err
		}
		return writeReport(cmd.OutOrStdout(), report, format.chosen)
	}
	return command
}

func readReport(cmd *cobra.Command, path string) (result.Report, error) {
	from := cmd.InOrStdin()
	if path != "-" {
		if told, err := os.Stat(path); err == nil && told.IsDir() {
			path = filepath.Join(path, statement.FileReport)
		}
		file, err := os.Open(path)
		if err != nil {
			return result.Report{}, usageError("%v: name the report.json of a run", err)
		}
		defer file.Close()
		from = file
	}
	report, err := reports.ReadJSON(from)
	var unreadable *reports.Error
	if errors.As(err, &unreadable) {
		return result.Report{}, usageError("%s: %v", path, unreadable)
	}
	return report, err
}

// writeReport writes a report in one of the formats of a run.
func writeReport(w io.Writer, report result.Report, format reports.Format) error {
	if render, ok := reports.Renders[format]; ok {
		return render(w, report)
	}
	return reports.Table(w, report, reports.TerminalOf(w))
}
