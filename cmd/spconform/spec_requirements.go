package main

import (
	"slices"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

func specRequirementsCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "requirements", Short: "List the requirements of the catalogue", Args: cobra.NoArgs,
	}
	var ids []string
	addInterfaces(command, &ids, "only those that apply to these interfaces")
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		catalogue, err := spec.LoadCatalogue()
		if err != nil {
			return err
		}
		listed := catalogue.Requirements
		if len(ids) > 0 {
			interfaces, err := interfacesNamed(ids)
			if err != nil {
				return err
			}
			listed = lo.Filter(listed, func(r spec.Requirement, _ int) bool { return slices.ContainsFunc(interfaces, r.AppliesTo) })
		}
		grid := reports.Requirements(listed)
		if format.chosen == reports.FormatTable {
			grid = reports.RequirementsBrief(listed)
		}
		return grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout()))
	}
	return command
}
