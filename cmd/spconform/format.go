package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/reports"
)

// formatFlag is the value of --format: one of the formats that a command can write.
type formatFlag struct {
	chosen  reports.Format
	allowed []reports.Format
}

// addFormat adds --format to a command; the first format is the default.
func addFormat(command *cobra.Command, allowed ...reports.Format) *formatFlag {
	flag := &formatFlag{chosen: allowed[0], allowed: allowed}
	command.Flags().Var(flag, "format", "how to write the result: "+flag.names())
	names := lo.Map(allowed, func(f reports.Format, _ int) string { return string(f) })
	// It fails only for a flag that is not there.
	lo.Must0(command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)))
	return flag
}

func (f *formatFlag) names() string {
	return strings.Join(lo.Map(f.allowed, func(f reports.Format, _ int) string { return string(f) }), ", ")
}

// String, Set and Type implement pflag.Value.
func (f *formatFlag) String() string { return string(f.chosen) }

func (f *formatFlag) Set(value string) error {
	if !slices.Contains(f.allowed, reports.Format(value)) {
		return fmt.Errorf("name one of %s", f.names())
	}
	f.chosen = reports.Format(value)
	return nil
}

func (f *formatFlag) Type() string { return "format" }
