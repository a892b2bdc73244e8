package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

// TestServedOutlivesARestart tests what serve serves over a restart by its management.
func TestServedOutlivesARestart(t *testing.T) {
	urls, end := serving(t, 2, "--interfaces", "social", "--management", "127.0.0.1:0")
	defer end()
	door := urls["management"]
	path, out := filepath.Join(t.TempDir(), manifest.FileName), t.TempDir()
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "product: {name: served}\ninterfaces: {social: {base: %q, capabilities: [restart]}}\n"+
		"identities: {provide: http, url: %q}\npopulation: {provide: http, url: %q}\nevents: {url: %q}\nrestart: {url: %q}\n",
		urls["social"], door+"/participants", door+"/population", door+"/events", door+"/restart"), 0o600))
	code, _, stderr := spconform(t, "run", "--quiet", "--manifest", path, "--out", out, "--requirement",
		"REG-RST-001,REG-RST-002,REG-RST-003,REG-RST-004,REG-RST-005,REG-RST-006,REG-RST-007")
	require.Equal(t, exitHolds, code, stderr)
	rows := reportIn(t, out).Interfaces[0].Requirements
	require.Len(t, rows, 7)
	for _, row := range rows {
		assert.Equal(t, result.Met, row.Verdict, "%s: %s", row.ID, row.Reason)
	}
}
