package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/reports"
)

func dictionaryListCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List the objects, code lists and formats", Args: cobra.NoArgs,
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatMarkdown)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		dictionary, err := loadDictionary(cmd)
		if err != nil {
			return err
		}
		grid := reports.Grid{Columns: []string{"kind", "id", "name", "registry", "entries", "label"}}
		for _, object := range dictionary.Objects() {
			grid.Rows = append(grid.Rows, []string{"object", object.ID, object.Name, object.Registry, strconv.Itoa(len(object.Attributes)), object.Label})
		}
		for _, list := range dictionary.CodeLists() {
			grid.Rows = append(grid.Rows, []string{"code list", list.ID, list.Name, list.Registry, strconv.Itoa(len(list.Codes)), list.Label})
		}
		for _, rule := range dictionary.Formats() {
			grid.Rows = append(grid.Rows, []string{"format", rule.ID, rule.Name, "", "", rule.Label})
		}
		return grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout()))
	}
	return command
}
