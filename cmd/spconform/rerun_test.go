package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// installed writes the manifest of a mapper that runs on this machine and is prepared by its hooks.
func installed(t *testing.T, server *loopback.Server, described spec.Interface) string {
	t.Helper()
	made := manifest.Manifest{Product: manifest.Product{Name: "mapper"},
		Interfaces: map[string]manifest.Interface{described.ID: {Base: server.Base(described.ID), ID: described.ID + ".example.org", Capabilities: described.Capabilities()}},
		Identities: manifest.Identities{Provide: manifest.IdentitiesHTTP, URL: server.Management + "/participants"},
		Population: manifest.Population{Provide: manifest.PopulationHTTP, URL: server.Management + "/population"},
		Events:     manifest.Events{URL: server.Management + "/events"},
		Restart:    manifest.Restart{URL: server.Management + "/restart"},
		Callbacks:  manifest.Callbacks{Listen: "127.0.0.1:0"},
	}
	text, err := manifest.Write(made)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), manifest.FileName)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

// TestRerun signs a run of a mapper and runs it again: on the same product, on one that has forgotten
// how to link, and on none.
func TestRerun(t *testing.T) {
	described, err := spec.FindInterface("mapper")
	require.NoError(t, err)
	good := referenceServing(t, "mapper")
	defect, err := mocks.Find("map-link-forgotten", described)
	require.NoError(t, err)
	bad, err := defect.Start(t.Context(), "127.0.0.1:0", described)
	require.NoError(t, err)
	t.Cleanup(func() { _ = bad.Close() })
	private, public := newKeys(t)
	dir := t.TempDir()
	same, other := installed(t, good, described), installed(t, bad, described)
	code, _, stderr := spconform(t, "run", "--quiet", "--manifest", same, "--seed", "7", "--key", private, "--out", dir)
	holds(t, code, dir, stderr)

	t.Chdir(t.TempDir())
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"same product":  {[]string{"--manifest", same}, exitHolds, []string{"the address that was signed", "every verdict came out the same with seed 7"}},
		"other product": {[]string{"--manifest", other}, exitDoesNotHold, []string{"another address or certificate than the one that was signed", "mapper MAP-LINK-001 was met and is unmet"}},
		"no product":    {nil, exitUsage, []string{"give --target, --image, --compose or --manifest as for run"}},
		"gone":          {[]string{"--target", "http://127.0.0.1:1"}, exitCouldNotRun, []string{"(unreachable)"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := spconform(t, append([]string{"verify", dir, "--key", public, "--rerun"}, c.args...)...)
			assert.Equal(t, c.code, code, stdout+stderr)
			for _, text := range c.says {
				assert.Contains(t, strings.Join(strings.Fields(stdout+stderr), " "), text)
			}
		})
	}
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, left, "a rerun keeps nothing")
}

func TestRerunOfImages(t *testing.T) {
	ran := func(digests ...string) result.Target {
		target := result.Target{Kind: "image"}
		for at, digest := range digests {
			target.Containers = append(target.Containers, result.Container{Name: string(rune('a' + at)), Digest: digest})
		}
		return target
	}
	for name, c := range map[string]struct {
		before, after result.Target
		outcome       statement.Outcome
		says          string
	}{
		"same":          {ran("sha256:1", "sha256:2"), ran("sha256:1", "sha256:2"), statement.Holds, "a sha256:1, b sha256:2"},
		"other":         {ran("sha256:1", "sha256:2"), ran("sha256:1", "sha256:3"), statement.Refused, "of a sha256:1, b sha256:2, this one of a sha256:1, b sha256:3"},
		"one more":      {ran("sha256:1"), ran("sha256:1", "sha256:3"), statement.Refused, "another image"},
		"installed now": {ran("sha256:1"), result.Target{Kind: "url"}, statement.NotChecked, "had its target by image and this one by url"},
	} {
		t.Run(name, func(t *testing.T) {
			check := sameTarget(c.before, c.after)
			assert.Equal(t, c.outcome, check.Outcome)
			assert.Contains(t, check.Detail, c.says)
		})
	}
}
