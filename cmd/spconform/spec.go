package main

import "github.com/spf13/cobra"

func specCommand() *cobra.Command {
	return group("spec", "What the standards require", specRequirementsCommand(), specCoverageCommand(), specLintCommand(), specDiffCommand())
}
