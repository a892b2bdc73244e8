package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/reports"
)

// releaseWatch is what a run writes to its watch when nothing is left to do.
const releaseWatch = "done\n"

// sweepFlags are the flags of sweep.
type sweepFlags struct {
	all, whenClosed bool
	run             string
}

func sweepCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "sweep", Short: "Remove containers, networks and volumes that an earlier run left", Args: cobra.NoArgs,
		Long: "Remove containers, networks and volumes that an earlier run on this machine left because it was killed. Runs that go on, and those of other machines on the same engine, are kept unless --all says otherwise.",
	}
	var flags sweepFlags
	command.Flags().BoolVar(&flags.all, "all", false, "remove those of every run, also of one that goes on")
	command.Flags().StringVar(&flags.run, "run", "", "remove those of this run only")
	command.Flags().BoolVar(&flags.whenClosed, "when-closed", false, "wait until standard input ends, then sweep: how a run has itself watched over")
	_ = command.Flags().MarkHidden("when-closed")
	command.MarkFlagsMutuallyExclusive("all", "run")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		if flags.whenClosed {
			told, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), int64(len(releaseWatch))))
			if err == nil && string(told) == releaseWatch {
				return nil
			}
		}
		removed, err := flags.sweep(cmd.Context())
		for _, one := range removed {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", one.Kind, reports.Visible(one.Name))
		}
		if err != nil {
			return couldNotRun("%v", err)
		}
		return nil
	}
	return command
}

// sweep removes what the chosen runs left.
func (f sweepFlags) sweep(ctx context.Context) ([]container.Swept, error) {
	switch {
	case f.run != "":
		return container.SweepRun(ctx, f.run)
	case f.all:
		return container.Sweep(ctx, func(string) bool { return true })
	default:
		return container.Sweep(ctx, container.Ended)
	}
}
