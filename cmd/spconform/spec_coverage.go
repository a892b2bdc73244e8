package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/coverage"
	"github.com/spconform/spconform/spec/lint"
)

func specCoverageCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "coverage", Short: "Show what is untested, toothless, positive-only or orphan, and what no requirement mentions", Args: cobra.NoArgs,
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatHTML)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		report, err := coverageReport()
		if err != nil {
			return err
		}
		exclusions, err := spec.LoadExclusions()
		if err != nil {
			return err
		}
		failures := report.Gate(exclusions)
		if err := writeCoverage(cmd.OutOrStdout(), report, failures, format.chosen); err != nil {
			return err
		}
		if len(failures) > 0 {
			return errDoesNotHold
		}
		return nil
	}
	return command
}

// coverageReport joins catalogue, features and defects.
func coverageReport() (coverage.Report, error) {
	catalogue, err := spec.LoadCatalogue()
	if err != nil {
		return coverage.Report{}, err
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return coverage.Report{}, err
	}
	var documents []*spec.Document
	for _, name := range lo.Uniq(lo.Map(interfaces, func(i spec.Interface, _ int) string { return i.Document })) {
		document, err := spec.LoadDocument(name)
		if err != nil {
			return coverage.Report{}, err
		}
		documents = append(documents, document)
	}
	listed, err := features.Load()
	if err != nil {
		return coverage.Report{}, err
	}
	scenarios := lo.Map(listed, func(s features.Scenario, _ int) coverage.Scenario {
		return coverage.Scenario{ID: s.ID, Requirements: s.Requirements, Negative: s.Negative()}
	})
	defects := lo.Map(mocks.Defects(), func(d mocks.Defect, _ int) coverage.Defect {
		return coverage.Defect{ID: d.ID, Breaks: d.Breaks}
	})
	report := coverage.Of(catalogue, append(slices.Clip(interfaces), spec.Processes()), documents, scenarios, defects)
	evidence, err := ladderEvidence(interfaces)
	if err != nil {
		return report, err
	}
	report.Ladder = coverage.Ladder(report, catalogue, interfaces, documents, scenarios, evidence)
	return report, nil
}

// ladderEvidence is what the artefact ladder rests on: the findings of the linter in our own documents, notes
// left out as where the lint says whether it holds, and the implementations that are known. A finding in a part
// that documents share counts against each.
func ladderEvidence(interfaces []spec.Interface) (coverage.Evidence, error) {
	made := coverage.Evidence{Findings: map[string]int{}}
	dictionary, err := datadictionary.Load()
	if err != nil {
		return made, err
	}
	sources, _, err := lintSources(nil)
	if err != nil {
		return made, err
	}
	documents := lo.Uniq(lo.Map(interfaces, func(i spec.Interface, _ int) string { return i.Document }))
	for _, finding := range lint.Documents(sources, nil, dictionary) {
		if finding.Severity == lint.Note {
			continue
		}
		own := strings.TrimPrefix(strings.TrimSuffix(finding.Document, ".yaml"), "records-")
		for _, document := range documents {
			if document == own || !slices.Contains(documents, own) {
				made.Findings[document]++
			}
		}
	}
	made.Implementations, err = spec.LoadImplementations()
	return made, err
}

func writeCoverage(w io.Writer, report coverage.Report, failures []coverage.Failure, format reports.Format) error {
	switch format {
	case reports.FormatJSON:
		return reports.Grid{Items: map[string]any{"failures": failures, "coverage": report}}.Write(w, format, reports.Terminal{})
	case reports.FormatHTML:
		return report.HTML(w, failures)
	}
	requirements := reports.Grid{Columns: []string{"requirement", "scenarios", "defects", "gaps", "statement"}}
	for _, row := range report.Requirements {
		gaps := lo.Map(row.Gaps, func(g coverage.Gap, _ int) string { return string(g) })
		requirements.Rows = append(requirements.Rows, []string{
			row.ID, strconv.Itoa(len(row.Scenarios)), strconv.Itoa(len(row.Defects)), strings.Join(gaps, " "), row.Statement,
		})
	}
	uncovered := reports.Grid{Columns: []string{"document", "kind", "no requirement mentions"}}
	for _, element := range report.Uncovered() {
		uncovered.Rows = append(uncovered.Rows, []string{element.Document, element.Kind, element.Name})
	}
	strays := func(list []coverage.Stray) reports.Grid {
		return reports.Grid{Columns: []string{"id", "in"}, Rows: lo.Map(list, func(s coverage.Stray, _ int) []string { return []string{s.ID, s.In} })}
	}
	failed := reports.Grid{Columns: []string{"requirement", "gap", "detail"}}
	for _, failure := range failures {
		failed.Rows = append(failed.Rows, []string{failure.ID, string(failure.Gap), failure.Detail})
	}
	ladder := reports.Grid{Columns: []string{"interface", "level", "means", "next", "missing for it"}}
	for _, one := range report.Ladder {
		ladder.Rows = append(ladder.Rows, []string{one.Interface, one.Level, one.Means, one.Next, strings.Join(one.Missing, "; ")})
	}
	for _, part := range []struct {
		title string
		grid  reports.Grid
	}{
		{"Requirements", requirements},
		{"Parts of the documents that no requirement mentions", uncovered},
		{"Ids that the catalogue lacks", strays(report.Orphans)},
		{"Entries of covers and exclusions that no document has", strays(report.Dangling)},
		{"What may not stand", failed},
		{"The artefact ladder", ladder},
	} {
		if _, err := fmt.Fprintf(w, "%s\n\n", part.title); err != nil {
			return err
		}
		if err := part.grid.Write(w, reports.FormatTable, reports.TerminalOf(w)); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d requirements: %d untested, %d toothless, %d positive-only; %d orphans; %d of %d parts mentioned by none\n",
		len(report.Requirements), report.Count(coverage.Untested), report.Count(coverage.Toothless), report.Count(coverage.PositiveOnly),
		report.Count(coverage.Orphan), len(report.Uncovered()), len(report.Elements))
	return err
}
