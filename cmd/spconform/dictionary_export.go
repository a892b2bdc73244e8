package main

import (
	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary/export"
	"github.com/spconform/spconform/reports"
)

func dictionaryExportCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "export", Short: "Write the whole dictionary in a form that other tools read", Args: cobra.NoArgs,
	}
	format := addFormat(command, lo.Map(export.Formats(), func(name string, _ int) reports.Format { return reports.Format(name) })...)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		dictionary, err := loadDictionary(cmd)
		if err != nil {
			return err
		}
		return export.Export(cmd.OutOrStdout(), dictionary, string(format.chosen))
	}
	return command
}
