package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
)

func dictionaryCommand() *cobra.Command {
	command := group("dictionary", "What records mean",
		dictionaryListCommand(), dictionaryShowCommand(), dictionaryValidateCommand(), dictionaryExportCommand())
	command.PersistentFlags().String("profile", "", "folder of a country profile to apply")
	return command
}

// loadDictionary is the embedded dictionary, or with --profile that of a country.
func loadDictionary(cmd *cobra.Command) (*datadictionary.Dictionary, error) {
	dir, err := cmd.Flags().GetString("profile")
	if err != nil || dir == "" {
		return datadictionary.Load()
	}
	profile, err := datadictionary.LoadProfile(os.DirFS(dir))
	if err != nil {
		return nil, usageError("--profile: %v", err)
	}
	return profile.Dictionary, nil
}
