package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

// selftestFlags are the flags of selftest.
type selftestFlags struct {
	defects, interfaces []string
	jobs                int
	whole, quiet        bool
	fast, generated     bool
	seed                uint64
	totals              string
	format              *formatFlag
}

func selftestCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "selftest", Short: "Prove the suite: the reference must meet everything, each known-bad vendor must fail what it breaks",
		Args: cobra.NoArgs,
	}
	var flags selftestFlags
	command.Flags().StringSliceVar(&flags.defects, "defects", nil, "test these known-bad vendors only; a name that ends with * stands for all that begin so")
	command.Flags().IntVar(&flags.jobs, "jobs", selftest.JobsPerProcessor*runtime.NumCPU(), "number of vendors that are tested at a time")
	command.Flags().BoolVar(&flags.whole, "whole", false, "run every scenario on each vendor and list what else falls")
	command.Flags().BoolVar(&flags.fast, "fast", false, "a part that is always the same: the first known-bad vendor of each class and of each requirement")
	command.Flags().BoolVar(&flags.generated, "generated", false, "with the defects that are generated from the schemas of the interfaces")
	command.Flags().BoolVar(&flags.quiet, "quiet", false, "no progress on standard error")
	command.Flags().StringVar(&flags.totals, "totals", "", "write the totals, and what was not simply killed, to this file as JSON")
	command.Flags().Uint64Var(&flags.seed, "seed", 1, "seed of the population")
	addInterfaces(command, &flags.interfaces, "test these interfaces only")
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatHTML, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		easeCollector()
		return runSelftest(cmd.Context(), flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

func runSelftest(ctx context.Context, flags selftestFlags, stdout, stderr io.Writer) error {
	described, err := interfacesNamed(flags.interfaces)
	if err != nil {
		return err
	}
	defects, err := flags.chosen(described)
	if err != nil {
		return err
	}
	through := 0
	matrix, err := selftest.Run(ctx, selftest.Options{Interfaces: described, Defects: defects, Jobs: flags.jobs,
		Whole: flags.whole, Seed: flags.seed, Done: func(row result.MatrixRow) {
			through++
			if !flags.quiet {
				fmt.Fprintf(stderr, "%d of %d: %s %s\n", through, len(defects), row.Defect, row.Fate)
			}
		}})
	if err != nil {
		return err
	}
	if err := writeMatrix(matrix, flags.format.chosen, stdout); err != nil {
		return err
	}
	if err := writeTotals(matrix, flags.totals); err != nil {
		return err
	}
	if !matrix.Holds() {
		return errDoesNotHold
	}
	return nil
}

// writeTotals keeps what a run came to.
func writeTotals(matrix result.Matrix, file string) error {
	if file == "" {
		return nil
	}
	kept, err := json.MarshalIndent(matrix.Totals(), "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(kept, '\n'), 0o644)
}

// writeMatrix writes a self-test: rows and totals, for people both.
func writeMatrix(matrix result.Matrix, format reports.Format, stdout io.Writer) error {
	on := reports.TerminalOf(stdout)
	switch format {
	case reports.FormatHTML:
		return reports.MatrixHTML(stdout, matrix)
	case reports.FormatJSON:
		return reports.MatrixRows(matrix).Write(stdout, format, on)
	}
	if err := reports.MatrixRows(matrix).Write(stdout, format, on); err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	if err := reports.MatrixSummary(matrix).Write(stdout, format, on); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\nreference: %d requirements not met\n", len(matrix.Reference))
	for _, hit := range matrix.Reference {
		fmt.Fprintf(stdout, "reference %s %s: %s\n", hit.Requirement, hit.Verdict, reports.Visible(hit.Reason))
	}
	for _, kind := range []struct {
		name string
		result.Fates
	}{{"known-bad vendors", matrix.Behavioural}, {"generated defects", matrix.Generated}} {
		if kind.Total() > 0 {
			fmt.Fprintf(stdout, "%s: %d killed, %d survived, %d could not be tested\n", kind.name, kind.Killed, kind.Survived, kind.Failed)
		}
	}
	fmt.Fprintf(stdout, "time: %.0f s\n", matrix.Seconds)
	return nil
}

// chosen are the defects that the flags name.
func (f selftestFlags) chosen(described []spec.Interface) ([]mocks.Defect, error) {
	all := mocks.Defects()
	if f.generated || lo.SomeBy(f.defects, func(name string) bool { return strings.HasPrefix(name, mocks.GeneratedPrefix) }) {
		generated, err := mocks.Generated(described...)
		if err != nil {
			return nil, err
		}
		all = append(all, generated...)
	}
	defects, err := defectsNamed(f.defects, all)
	if f.fast && err == nil {
		defects = selftest.Fast(defects)
	}
	return defects, err
}

// defectsNamed finds defects by id or by the beginning of it; none is all.
func defectsNamed(names []string, all []mocks.Defect) ([]mocks.Defect, error) {
	if len(names) == 0 {
		return all, nil
	}
	var found []mocks.Defect
	for _, name := range names {
		prefix, open := strings.CutSuffix(name, "*")
		matching := lo.Filter(all, func(d mocks.Defect, _ int) bool {
			return d.ID == name || open && strings.HasPrefix(d.ID, prefix)
		})
		if len(matching) == 0 {
			return nil, usageError("there is no known-bad vendor %q: spconform mock list names them", name)
		}
		found = append(found, matching...)
	}
	return lo.UniqBy(found, func(d mocks.Defect) string { return d.ID }), nil
}
