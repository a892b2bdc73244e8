package main

import (
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/datadictionary"
)

func dictionaryCommand() *cobra.Command {
	command := group("dictionary", "What records mean",
		dictionaryListCommand(), dictionaryShowCommand(), dictionaryValidateCommand(), dictionaryExportCommand())
	command.PersistentFlags().String("profile", "", "country profile to apply, its folder or its profile-metadata.yaml")
	return command
}

// loadDictionary is the embedded dictionary, or with --profile that of a country.
func loadDictionary(cmd *cobra.Command) (*datadictionary.Dictionary, error) {
	path, err := cmd.Flags().GetString("profile")
	if err != nil {
		return nil, err
	}
	profile, err := readProfile(path)
	if err != nil {
		return nil, err
	}
	if profile == nil {
		return datadictionary.Load()
	}
	return profile.Dictionary, nil
}
