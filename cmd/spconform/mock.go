package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

func mockCommand() *cobra.Command {
	return group("mock", "The known-bad vendors by which the suite proves itself", mockListCommand(), mockServeCommand())
}

func mockListCommand() *cobra.Command {
	command := &cobra.Command{Use: "list", Short: "List the known-bad vendors", Args: cobra.NoArgs}
	var quiet, generated bool
	command.Flags().BoolVar(&quiet, "quiet", false, "one id a line")
	command.Flags().BoolVar(&generated, "generated", false, "with the defects that are generated from the schemas of the interfaces")
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		defects, err := mocksListed(generated)
		if err != nil {
			return err
		}
		defects = append(defects, lo.Map(mocks.Dialects(), func(d mocks.Dialect, _ int) mocks.Defect { return d.Vendor() })...)
		if quiet {
			for _, defect := range defects {
				fmt.Fprintln(cmd.OutOrStdout(), defect.ID)
			}
			return nil
		}
		type item struct {
			ID, Class, Sentence string
			Breaks              []string
		}
		grid := reports.Grid{Columns: []string{"defect", "class", "breaks", "what it does"},
			Items: lo.Map(defects, func(d mocks.Defect, _ int) item { return item{d.ID, d.Class, d.Sentence, d.Breaks} })}
		for _, defect := range defects {
			grid.Rows = append(grid.Rows, []string{defect.ID, defect.Class, strings.Join(defect.Breaks, " "), defect.Sentence})
		}
		return grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout()))
	}
	return command
}

func mocksListed(generated bool) ([]mocks.Defect, error) {
	defects := mocks.Defects()
	if !generated {
		return defects, nil
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return nil, err
	}
	more, err := mocks.Generated(interfaces...)
	return append(defects, more...), err
}

// mockServeFlags are the flags of mock serve.
type mockServeFlags struct {
	addr, callbacks string
	interfaces      []string
	population      uint64
}

func mockServeCommand() *cobra.Command {
	command := &cobra.Command{Use: "serve ID", Short: "Serve a known-bad vendor until interrupted", Args: cobra.ExactArgs(1)}
	var flags mockServeFlags
	command.Flags().StringVar(&flags.addr, "addr", "127.0.0.1:8080", "address to serve on; port 0 takes a free one")
	command.Flags().Uint64Var(&flags.population, "population", 0, "load the records and participants of this seed")
	command.Flags().StringVar(&flags.callbacks, "callbacks", "http://127.0.0.1:8090", "with --population: the URL under which the participants take callbacks")
	addInterfaces(command, &flags.interfaces, "serve these interfaces only")
	command.RunE = func(cmd *cobra.Command, args []string) error {
		return serveMock(cmd.Context(), args[0], flags, cmd.Flags().Changed("population"), cmd.OutOrStdout())
	}
	return command
}

func serveMock(ctx context.Context, id string, flags mockServeFlags, populated bool, stdout io.Writer) error {
	described, err := interfacesNamed(flags.interfaces)
	if err != nil {
		return err
	}
	defect, err := mocks.Find(id, described...)
	if err != nil {
		return usageError("%v", err)
	}
	server, err := defect.Start(ctx, flags.addr, described...)
	if err != nil {
		return err
	}
	if populated {
		given, err := conformance.Fixture(flags.population, described, flags.callbacks)
		if err != nil {
			return err
		}
		hooks := conformance.ReferenceHooks(server.Management)
		if err := hooks.Provide(ctx, given); err != nil {
			return err
		}
	}
	for _, one := range described {
		fmt.Fprintf(stdout, "%s %s\n", one.ID, server.Base(one.ID))
	}
	fmt.Fprintf(stdout, "management %s\n", server.Management)
	<-ctx.Done()
	return server.Close()
}
