package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// commands makes the subcommands; adding one is one line.
var commands = []func() *cobra.Command{
	runCommand,
	fixturesCommand,
	serveCommand,
	mockCommand,
	selftestCommand,
	reportCommand,
	keyCommand,
	verifyCommand,
	compareCommand,
	specCommand,
	dictionaryCommand,
	initCommand,
	manifestCommand,
	sweepCommand,
	versionCommand,
}

// run is the whole program: args without the program's name, results to stdout, progress and messages
// to stderr. It returns the exit code. An interrupt or SIGTERM ends it in good order.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return execute(withProgram(ctx), args, stdout, stderr)
}

func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "spconform",
		Short:         "Proves that a product speaks the social-protection interoperability standards",
		Long:          "Proves that a product speaks the social-protection interoperability standards.\n\nExit codes: 0 holds, 1 does not hold, 2 wrong usage, 3 could not run.",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return err })
	for _, make := range commands {
		root.AddCommand(make())
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	begun := false
	markBegin(root, &begun)
	command, err := root.ExecuteContextC(ctx)
	failure := failureOf(err, begun, command)
	if failure.message != "" {
		fmt.Fprintf(stderr, "spconform: %s\n", failure.message)
	}
	return failure.code
}

// markBegin sets begun when a command's own work starts: an error before is one of usage.
func markBegin(command *cobra.Command, begun *bool) {
	if work := command.RunE; work != nil {
		command.RunE = func(cmd *cobra.Command, args []string) error {
			*begun = true
			return work(cmd, args)
		}
	}
	for _, sub := range command.Commands() {
		markBegin(sub, begun)
	}
}

// group is a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	names := make([]string, len(subs))
	for i, sub := range subs {
		names[i] = sub.Name()
	}
	command := &cobra.Command{
		Use: use, Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			given := "nothing"
			if len(args) > 0 {
				given = fmt.Sprintf("%q", args[0])
			}
			return usageError("%s takes one of %s, and %s was given", cmd.CommandPath(), strings.Join(names, ", "), given)
		},
	}
	command.AddCommand(subs...)
	return command
}
