package main

import "github.com/spf13/cobra"

func dictionaryCommand() *cobra.Command {
	return group("dictionary", "What records mean", dictionaryListCommand(), dictionaryShowCommand(), dictionaryValidateCommand())
}
