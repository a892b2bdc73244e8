package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

// runFlags are the flags of run.
type runFlags struct {
	target, tags, out        string
	format                   *formatFlag
	interfaces, requirements []string
	seed                     uint64
	concurrency              int
	quiet                    bool
}

func runCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "run", Short: "Test a product and judge it; without a target, the embedded reference server", Args: cobra.NoArgs,
	}
	var flags runFlags
	command.Flags().StringVar(&flags.target, "target", "", "base URL of the product; {interface} in it stands for the interface's id")
	command.Flags().StringVar(&flags.tags, "tags", "", `run only scenarios with these tags: "@a && ~@b", a comma is or`)
	command.Flags().StringSliceVar(&flags.requirements, "requirement", nil, "run only the scenarios of these requirement ids")
	command.Flags().StringVar(&flags.out, "out", "spconform-results", "folder for report.json, report.html, junit.xml and exchanges.har")
	command.Flags().Uint64Var(&flags.seed, "seed", 0, "repeat the run of this seed; a new one is drawn and printed where none is given")
	command.Flags().IntVar(&flags.concurrency, "concurrency", conformance.DefaultConcurrency, "number of scenarios that run at a time")
	command.Flags().BoolVar(&flags.quiet, "quiet", false, "no progress on standard error")
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON)
	addInterfaces(command, &flags.interfaces, "test these interfaces only")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		if !cmd.Flags().Changed("seed") {
			flags.seed = newSeed()
		}
		return runSuite(cmd.Context(), flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

// newSeed draws a seed that is easy to copy.
func newSeed() uint64 {
	var bytes [8]byte
	_, _ = rand.Read(bytes[:])
	return binary.BigEndian.Uint64(bytes[:]) % 1_000_000_000
}

func runSuite(ctx context.Context, flags runFlags, stdout, stderr io.Writer) (err error) {
	described, err := interfacesNamed(flags.interfaces)
	if err != nil {
		return err
	}
	target, closeTarget, err := flags.open(ctx, described)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeTarget()) }()
	report, err := conformance.Run(ctx, conformance.Options{
		Target: target, Seed: flags.seed, Version: suiteVersion(), Concurrency: flags.concurrency,
		Selection: conformance.Selection{Interfaces: flags.interfaces, Tags: flags.tags, Requirements: flags.requirements},
		Progress:  reports.NewProgress(stderr, reports.TerminalOf(stderr), flags.quiet),
	})
	var wrong *conformance.UsageError
	if errors.As(err, &wrong) {
		return usageError("%s", wrong.Message)
	}
	if err != nil {
		return err
	}
	return publish(report, flags.out, flags.format.chosen, stdout)
}

// publish writes the results folder and what goes to standard output, then says how the run ended.
func publish(report result.Report, out string, format reports.Format, stdout io.Writer) error {
	written := reports.WriteFolder(out, report)
	shown := writeReport(stdout, report, format)
	if failed := errors.Join(written, shown); failed != nil {
		return couldNotRun("%v", failed)
	}
	return outcomeOf(report)
}

// open gives the target of the run: the one named, or the embedded reference server.
func (f runFlags) open(ctx context.Context, described []spec.Interface) (conformance.Target, func() error, error) {
	target := conformance.Target{Kind: "url", Waits: conformance.DefaultWaits, Population: "preloaded",
		Interfaces: map[string]conformance.Access{}}
	if f.target != "" {
		for _, one := range described {
			target.Interfaces[one.ID] = conformance.Access{Base: strings.ReplaceAll(f.target, "{interface}", one.ID)}
		}
		return target, func() error { return nil }, nil
	}
	server, err := loopback.Start(ctx, loopback.Plan{Interfaces: described})
	if err != nil {
		return target, nil, err
	}
	return embedded(server, described), server.Close, nil
}

// embedded is the reference server as a target: all capabilities claimed, prepared by its hooks.
func embedded(server *loopback.Server, described []spec.Interface) conformance.Target {
	hooks := conformance.Hooks{Participants: server.Management + "/participants",
		Population: server.Management + "/population", Events: server.Management + "/events"}
	target := conformance.Target{Kind: "embedded", Product: "spconform reference", Version: suiteVersion(), Population: "hook",
		Interfaces: map[string]conformance.Access{}, Provide: hooks.Provide, Trigger: hooks.Trigger, Waits: conformance.DefaultWaits}
	for _, one := range described {
		target.Interfaces[one.ID] = conformance.Access{Base: server.Base(one.ID), ID: one.ID + ".example.org", Capabilities: one.Capabilities()}
	}
	return target
}
