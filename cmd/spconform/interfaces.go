package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/spec"
)

// addInterfaces adds --interfaces to a command.
func addInterfaces(command *cobra.Command, ids *[]string, usage string) {
	command.Flags().StringSliceVar(ids, "interfaces", nil, usage)
}

// interfacesNamed finds interfaces by id; no ids are all interfaces, and so is "process", which goes through
// whatever there is.
func interfacesNamed(ids []string) ([]spec.Interface, error) {
	if len(ids) == 0 || slices.Contains(ids, spec.PatternProcess) {
		return spec.LoadInterfaces()
	}
	var named []spec.Interface
	for _, id := range ids {
		described, err := spec.FindInterface(id)
		if err != nil {
			return nil, usageError("--interfaces: %v", err)
		}
		named = append(named, described)
	}
	return named, nil
}
