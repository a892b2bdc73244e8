package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/diff"
	"github.com/spconform/spconform/spec/lint"
)

func specDiffCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "diff OLD NEW", Short: "Show what a new document breaks, and which requirements, scenarios and results it touches", Args: cobra.ExactArgs(2),
	}
	var results []string
	command.Flags().StringSliceVar(&results, "report", nil, "report.json of a run: say whether it needs a rerun")
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatMarkdown, reports.FormatCSV)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		known, err := diffKnowledge(cmd, results)
		if err != nil {
			return err
		}
		documents := make([]diff.Document, len(args))
		for i, arg := range args {
			if documents[i], err = diffDocument(arg); err != nil {
				return err
			}
		}
		changes, err := diff.Compare(documents[0], documents[1])
		var unloaded *diff.LoadError
		if errors.As(err, &unloaded) {
			return couldNotRun("%v", err)
		}
		if err != nil {
			return err
		}
		impacts := diff.Impacts(changes, known)
		if err := writeImpacts(cmd.OutOrStdout(), impacts, known.Statements, format.chosen); err != nil {
			return err
		}
		if diff.Counts(changes)[diff.Breaking] > 0 {
			return errDoesNotHold
		}
		return nil
	}
	return command
}

// diffDocument reads a document. One that refers to others is joined with them, as spconform reads its own.
func diffDocument(name string) (diff.Document, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return diff.Document{}, usageError("%v: name an OpenAPI document", err)
	}
	if len(lint.External(lint.Source{Name: name, Data: data})) > 0 {
		joined, err := spec.ReadDocument(besides{os.DirFS(filepath.Dir(name))}, strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)))
		if err != nil {
			return diff.Document{}, couldNotRun("%v: spconform spec lint says where to mend it", err)
		}
		data = joined.JSON()
	}
	return diff.Document{Name: name, Data: data}, nil
}

// besides shows a folder as the folder openapi of another.
type besides struct{ fs.FS }

func (b besides) Open(name string) (fs.File, error) {
	return b.FS.Open(strings.TrimPrefix(name, "openapi/"))
}

func diffKnowledge(cmd *cobra.Command, results []string) (known diff.Knowledge, err error) {
	if known.Catalogue, err = spec.LoadCatalogue(); err != nil {
		return known, err
	}
	if known.Interfaces, err = spec.LoadInterfaces(); err != nil {
		return known, err
	}
	if known.Dictionary, err = datadictionary.Load(); err != nil {
		return known, err
	}
	scenarios, err := features.Load()
	if err != nil {
		return known, err
	}
	known.Scenarios = lo.Map(scenarios, func(s features.Scenario, _ int) diff.Scenario {
		return diff.Scenario{ID: s.ID, Requirements: s.Requirements}
	})
	for _, name := range results {
		report, err := readReport(cmd, name)
		if err != nil {
			return known, err
		}
		for _, tested := range report.Interfaces {
			met := lo.FilterMap(tested.Requirements, func(r result.Requirement, _ int) (string, bool) {
				return r.ID, r.Verdict == result.Met || r.Verdict == result.Justified
			})
			known.Statements = append(known.Statements, diff.Statement{Name: name, Interface: tested.Interface, Met: met})
		}
	}
	return known, nil
}

func writeImpacts(w io.Writer, impacts []diff.Impact, statements []diff.Statement, format reports.Format) error {
	reruns := diff.Reruns(impacts, statements)
	grid := reports.Grid{
		Columns: []string{"level", "operation", "requirements", "scenarios", "dictionary", "change"},
		Items:   map[string]any{"changes": impacts, "rerun": reruns},
	}
	for _, impact := range impacts {
		grid.Rows = append(grid.Rows, []string{
			string(impact.Level), strings.TrimSpace(impact.Method + " " + impact.Path), strings.Join(impact.Requirements, " "),
			fmt.Sprint(len(impact.Scenarios)), strings.Join(impact.Dictionary, " "), impact.Text,
		})
	}
	if err := grid.Write(w, format, reports.TerminalOf(w)); err != nil || format != reports.FormatTable {
		return err
	}
	names := lo.Uniq(lo.Map(statements, func(s diff.Statement, _ int) string { return s.Name }))
	slices.Sort(names)
	for _, name := range names {
		says := "stands"
		if ids := reruns[name]; len(ids) > 0 {
			says = "needs a rerun: " + strings.Join(ids, " ")
		}
		if _, err := fmt.Fprintf(w, "\n%s %s\n", reports.Visible(name), says); err != nil {
			return err
		}
	}
	return nil
}
