package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/reports"
)

// selftestFlags are the flags of selftest.
type selftestFlags struct {
	defects, interfaces []string
	jobs                int
	whole, quiet        bool
	seed                uint64
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
	command.Flags().BoolVar(&flags.quiet, "quiet", false, "no progress on standard error")
	command.Flags().Uint64Var(&flags.seed, "seed", 1, "seed of the population")
	addInterfaces(command, &flags.interfaces, "test these interfaces only")
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON)
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
	defects, err := defectsNamed(flags.defects)
	if err != nil {
		return err
	}
	through := 0
	matrix, err := selftest.Run(ctx, selftest.Options{Interfaces: described, Defects: defects, Jobs: flags.jobs,
		Whole: flags.whole, Seed: flags.seed, Done: func(row selftest.Row) {
			through++
			if !flags.quiet {
				fmt.Fprintf(stderr, "%d of %d: %s %s\n", through, len(defects), row.Defect, row.Fate)
			}
		}})
	if err != nil {
		return err
	}
	if err := matrixGrid(matrix).Write(stdout, flags.format.chosen, reports.TerminalOf(stdout)); err != nil {
		return err
	}
	if flags.format.chosen == reports.FormatTable {
		fmt.Fprintf(stdout, "reference: %d requirements not met\nknown-bad vendors: %d killed, %d survived, %d could not be tested\n",
			len(matrix.Reference), matrix.Count(selftest.Killed), matrix.Count(selftest.Survived), matrix.Count(selftest.Failed))
		for _, hit := range matrix.Reference {
			fmt.Fprintf(stdout, "reference %s %s: %s\n", hit.Requirement, hit.Verdict, reports.Visible(hit.Reason))
		}
	}
	if !matrix.Holds() {
		return errDoesNotHold
	}
	return nil
}

// defectsNamed finds defects by id or by the beginning of it; none is all.
func defectsNamed(names []string) ([]mocks.Defect, error) {
	if len(names) == 0 {
		return mocks.Defects(), nil
	}
	var found []mocks.Defect
	for _, name := range names {
		prefix, open := strings.CutSuffix(name, "*")
		matching := lo.Filter(mocks.Defects(), func(d mocks.Defect, _ int) bool {
			return d.ID == name || open && strings.HasPrefix(d.ID, prefix)
		})
		if len(matching) == 0 {
			return nil, usageError("there is no known-bad vendor %q: spconform mock list names them", name)
		}
		found = append(found, matching...)
	}
	return found, nil
}

// matrixGrid shows each vendor with what was said of the requirements that it breaks.
func matrixGrid(matrix selftest.Matrix) reports.Grid {
	grid := reports.Grid{Columns: []string{"defect", "class", "fate", "requirement", "said"}, Items: matrix}
	for _, row := range matrix.Rows {
		for i, hit := range row.Hits {
			said := string(hit.Verdict)
			if hit.Reason != "" {
				said += ": " + hit.Reason
			}
			if i > 0 {
				grid.Rows = append(grid.Rows, []string{"", "", "", hit.Requirement, said})
				continue
			}
			grid.Rows = append(grid.Rows, []string{row.Defect, row.Class, string(row.Fate), hit.Requirement, said})
		}
		if row.Error != "" {
			grid.Rows = append(grid.Rows, []string{row.Defect, row.Class, string(row.Fate), "", row.Error})
		}
		for _, hit := range row.Cascade {
			if matrix.Whole {
				grid.Rows = append(grid.Rows, []string{"", "", "cascade", hit.Requirement, hit.Reason})
			}
		}
	}
	return grid
}
