package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/reports"
)

func manifestCommand() *cobra.Command {
	return group("manifest", "The file that describes a product", manifestCheckCommand(), manifestSchemaCommand(), manifestExampleCommand())
}

func manifestCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [FILE]", Short: "Say whether a manifest can be run, its secrets, keys and records included", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := manifest.FileName
			if len(args) > 0 {
				path = args[0]
			}
			read, err := manifest.Load(path)
			if err != nil {
				return usageError("%v", err)
			}
			if _, err := conformance.Described(read); err != nil {
				return usageError("%v", err)
			}
			for _, name := range read.Containers {
				if _, _, err := read.Environment(name); err != nil {
					return usageError("%v", err)
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, %s\n", path, reports.Visible(read.Product.Name), strings.Join(read.InterfaceIDs(), ", "))
			return nil
		},
	}
}

func manifestSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Write the JSON Schema of manifests, for editors", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(manifest.Schema())
			return err
		},
	}
}

func manifestExampleCommand() *cobra.Command {
	return &cobra.Command{
		Use: "example", Short: "Write a manifest with every key, commented", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(manifest.Example())
			return err
		},
	}
}
