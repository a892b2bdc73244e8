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

// interfacesNamed finds interfaces by id; no ids are all interfaces. Processes go through whatever is named
// beside them, or through all.
func interfacesNamed(ids []string) ([]spec.Interface, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == spec.PatternProcess })
	if len(ids) == 0 {
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
