package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/lint"
)

const formatSARIF reports.Format = "sarif"

func specLintCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "lint [FILE|FOLDER…]", Short: "Find what makes OpenAPI documents contradict themselves or each other",
		Long: "Find what makes OpenAPI documents contradict themselves, each other or the data dictionary.\n\n" +
			"Documents that are named together are compared with each other. Without a name the embedded documents are looked at.",
		Args: cobra.ArbitraryArgs,
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, formatSARIF)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		linted, referred, err := lintSources(args)
		if err != nil {
			return err
		}
		dictionary, err := datadictionary.Load()
		if err != nil {
			return err
		}
		findings := lint.Documents(linted, referred, dictionary)
		if err := writeFindings(cmd.OutOrStdout(), findings, format.chosen); err != nil {
			return err
		}
		if slices.ContainsFunc(findings, func(f lint.Finding) bool { return f.Severity != lint.Note }) {
			return errDoesNotHold
		}
		return nil
	}
	return command
}

// lintSources reads the documents that are named, or the embedded ones, and those that they refer to.
func lintSources(args []string) (linted, referred []lint.Source, err error) {
	if len(args) == 0 {
		linted, err = sourcesIn(spec.OpenAPIFiles(), ".")
		return linted, nil, err
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, nil, usageError("%v: name an OpenAPI document or a folder of them", err)
		}
		if info.IsDir() {
			found, err := sourcesIn(os.DirFS(arg), arg)
			if err != nil {
				return nil, nil, err
			}
			linted = append(linted, found...)
			continue
		}
		data, err := os.ReadFile(arg)
		if err != nil {
			return nil, nil, usageError("%v: name an OpenAPI document or a folder of them", err)
		}
		linted = append(linted, lint.Source{Name: filepath.ToSlash(arg), Data: data})
	}
	return linted, readReferred(linted), nil
}

// documentSuffixes are the names that documents of a folder end in.
var documentSuffixes = []string{".yaml", ".yml", ".json"}

func sourcesIn(files fs.FS, folder string) ([]lint.Source, error) {
	var found []lint.Source
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(documentSuffixes, filepath.Ext(name)) {
			return err
		}
		data, err := fs.ReadFile(files, name)
		found = append(found, lint.Source{Name: filepath.ToSlash(filepath.Join(folder, name)), Data: data})
		return err
	})
	if err == nil && len(found) == 0 {
		return nil, usageError("%s: there is no .yaml, .yml or .json file in it", folder)
	}
	return found, err
}

// readReferred reads the documents that others refer to. One that is not there is a broken reference, which
// the lint reports.
func readReferred(from []lint.Source) []lint.Source {
	var read []lint.Source
	seen := lo.SliceToMap(from, func(s lint.Source) (string, bool) { return filepath.ToSlash(filepath.Clean(s.Name)), true })
	for len(from) > 0 {
		var next []lint.Source
		for _, source := range from {
			for _, name := range lint.External(source) {
				if seen[name] || !slices.Contains(documentSuffixes, filepath.Ext(name)) {
					continue
				}
				seen[name] = true
				if data, err := os.ReadFile(filepath.FromSlash(name)); err == nil {
					next = append(next, lint.Source{Name: name, Data: data})
				}
			}
		}
		read, from = append(read, next...), next
	}
	return read
}

func writeFindings(w io.Writer, findings []lint.Finding, format reports.Format) error {
	if format == formatSARIF {
		return lint.SARIF(w, findings, suiteVersion())
	}
	grid := reports.Grid{Columns: []string{"severity", "rule", "document", "line", "finding"}, Items: findings}
	for _, finding := range findings {
		text := finding.Message
		if len(finding.Also) > 0 {
			text += " (and at " + strconv.Itoa(len(finding.Also)) + " more)"
		}
		grid.Rows = append(grid.Rows, []string{
			string(finding.Severity), finding.Rule, finding.Document, strconv.Itoa(finding.Line), text + ". " + finding.Mend,
		})
	}
	return grid.Write(w, format, reports.TerminalOf(w))
}
