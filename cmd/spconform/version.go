package main

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

func versionCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "version", Short: "Show the version and the hashes of what it judges with", Args: cobra.NoArgs,
	}
	format := addFormat(command, reports.FormatTable, reports.FormatJSON)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		catalogue, err := spec.LoadCatalogue()
		if err != nil {
			return err
		}
		facts := [][]string{
			{"version", suiteVersion()},
			{"go", runtime.Version()},
			{"reportSchema", result.SchemaVersion},
			{"catalogueHash", catalogue.Hash()},
			{"specHash", spec.Hash()},
		}
		items := map[string]string{}
		for _, fact := range facts {
			items[fact[0]] = fact[1]
		}
		grid := reports.Grid{Columns: []string{"spconform", ""}, Rows: facts, Items: items}
		return grid.Write(cmd.OutOrStdout(), format.chosen, reports.TerminalOf(cmd.OutOrStdout()))
	}
	return command
}

// suiteVersion is the version that the program was built as: a release's tag, or the commit.
func suiteVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, revision := info.Main.Version, ""
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			revision = setting.Value
		}
	}
	if version == "(devel)" {
		version = ""
	}
	return cmp.Or(version, revision, "devel")
}
