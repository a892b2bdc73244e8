package selftest_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// joined puts files over others.
func joined(t *testing.T, trees ...fs.FS) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	for _, tree := range trees {
		require.NoError(t, fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := fs.ReadFile(tree, name)
			all[name] = &fstest.MapFile{Data: data}
			return err
		}))
	}
	return all
}

// tryOut runs the features of the message pattern on a reference server that serves one interface.
func tryOut(t *testing.T, described spec.Interface, standard conformance.Standard, options ...reference.Option) result.Interface {
	t.Helper()
	server, err := loopback.Start(context.Background(), loopback.Plan{Interfaces: []spec.Interface{described}, Options: options})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	report, err := conformance.Run(context.Background(), conformance.Options{Seed: 3, Version: "test", Standard: standard,
		Target: selftest.Target(server, []spec.Interface{described})})
	require.NoError(t, err)
	require.Nil(t, report.Error)
	require.Len(t, report.Interfaces, 1)
	return report.Interfaces[0]
}

// allMet holds that nothing is unmet. A small registry may hold too few records for the scenarios of an
// experimental requirement, which are then skipped.
func allMet(t *testing.T, tested result.Interface) {
	t.Helper()
	require.Greater(t, len(tested.Requirements), 200)
	for _, requirement := range tested.Requirements {
		if requirement.Verdict != result.Met && (requirement.Verdict != result.Skipped || !requirement.Experimental) {
			t.Errorf("%s %s: %s", requirement.ID, requirement.Verdict, requirement.Reason)
		}
	}
}

// TestARegistryIsData adds a registry of which no Go code knows: a description, a document and an object.
func TestARegistryIsData(t *testing.T) {
	toy := os.DirFS("testdata/toy")
	interfaces, err := spec.ReadInterfaces(joined(t, spec.InterfaceFiles(), toy))
	require.NoError(t, err)
	var described spec.Interface
	for _, one := range interfaces {
		if one.ID == "toy" {
			described = one
		}
	}
	require.Equal(t, "toy", described.ID)
	words, err := datadictionary.LoadFS(joined(t, datadictionary.Files(), toy))
	require.NoError(t, err)
	allMet(t, tryOut(t, described, conformance.Standard{Interfaces: []spec.Interface{described}, Documents: toy, Dictionary: words},
		reference.WithDocuments(toy), reference.WithDictionary(words)))
}

// TestTheEmploymentServiceHasNoCode holds that no Go file but tests and defects knows of it.
func TestTheEmploymentServiceHasNoCode(t *testing.T) {
	require.NoError(t, fs.WalkDir(os.DirFS("../.."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "mocks/") {
			return err
		}
		if strings.HasPrefix(name, "datadictionary/load.go") {
			return nil // the order in which entries are listed
		}
		source, err := os.ReadFile("../../" + name)
		assert.NotContains(t, string(source), `"ess"`, "%s", name)
		return err
	}))
	described, err := spec.FindInterface("ess")
	require.NoError(t, err)
	allMet(t, tryOut(t, described, conformance.Standard{}))
}
