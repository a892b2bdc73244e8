package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/datadictionary"
)

// addProfile adds --profile to a command.
func addProfile(command *cobra.Command, path *string, usage string) {
	command.Flags().StringVar(path, "profile", "", "country profile, its folder or its profile-metadata.yaml: "+usage)
}

// standardOf is the standard under the profile of the path, or alone where there is none.
func standardOf(path string) (conformance.Standard, error) {
	profile, err := readProfile(path)
	return conformance.Standard{Profile: profile}, err
}

// profileError: records that a profile does not allow are wrong usage.
func profileError(err error) error {
	var wrong *conformance.UsageError
	if errors.As(err, &wrong) {
		return usageError("--profile: %s", wrong.Message)
	}
	return err
}

// readProfile reads a profile's folder, or the folder in which its metadata lie; no path is no profile.
func readProfile(path string) (*datadictionary.Profile, error) {
	if path == "" {
		return nil, nil
	}
	told, err := os.Stat(path)
	if err != nil {
		return nil, usageError("--profile: %v: name the folder of a profile, or its profile-metadata.yaml", err)
	}
	var profile *datadictionary.Profile
	if told.IsDir() {
		profile, err = datadictionary.LoadProfile(os.DirFS(path))
	} else {
		profile, err = datadictionary.ReadProfile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	}
	if err != nil {
		return nil, usageError("--profile %s: %v", path, err)
	}
	return profile, nil
}
