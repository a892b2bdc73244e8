package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
)

// TestAServiceBesideRegistriesOfAnotherProduct: the registries are told of the service that asks them, also after a
// restart; what is done to the service's product by its hooks is not expected of theirs.
func TestAServiceBesideRegistriesOfAnotherProduct(t *testing.T) {
	const secret = "SPCONFORM_TEST_SOURCES_SECRET"
	t.Setenv(secret, "asks-registries")
	registries := []string{"social", "crvs", "ibr", "dr", "fr"}
	theirs := vendorOf(t, mocks.Defect{}, registries...)
	flags := []string{"--interfaces", "eligibility,ess", "--management", "127.0.0.1:0", "--sources-client", "eligibility", "--sources-secret", "env:" + secret}
	for _, id := range registries {
		flags = append(flags, "--sources", id+"="+theirs.Base(id))
	}
	ours, end := serving(t, 3, flags...)
	t.Cleanup(func() { end() })

	var text strings.Builder
	fmt.Fprintf(&text, "product: {name: A Service}\ninterfaces:\n")
	for _, id := range []string{"eligibility", "ess"} {
		fmt.Fprintf(&text, "  %s: {id: %s.example.org, base: %q, capabilities: [oauth2]}\n", id, id, ours[id])
	}
	for _, id := range registries {
		fmt.Fprintf(&text, "  %s: {base: %q, capabilities: [oauth2, subscribe], product: {name: Registries}, hooks: {participants: %q, population: %q, events: %q}}\n",
			id, theirs.Base(id), theirs.Management+"/participants", theirs.Management+"/population", theirs.Management+"/events")
	}
	own := ours["management"]
	fmt.Fprintf(&text, "identities: {provide: http, url: %q}\npopulation: {provide: http, url: %q}\nevents: {url: %q}\n", own+"/participants", own+"/population", own+"/events")
	fmt.Fprintf(&text, "rotation: {url: %q}\nrestart: {url: %q}\n", own+"/keys", own+"/restart")
	fmt.Fprintf(&text, "sharing: {provide: http, agreements: %q, consents: %q, access_log: /registry/access-log}\n", own+"/agreements", own+"/consents")
	fmt.Fprintf(&text, "sources: {url: %q, participant: {id: eligibility.example.org, client_id: eligibility, secret: \"env:%s\", jwks: %q}}\n",
		own+"/sources", secret, ours["eligibility"]+"/.well-known/jwks.json")
	path := filepath.Join(t.TempDir(), "spconform.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))

	out := t.TempDir()
	code, _, stderr := spconform(t, "run", "--quiet", "--seed", "3", "--out", out, "--manifest", path, "--interfaces", "eligibility,ess,crvs,process",
		"--requirement", "ELG-DEC-002,ELG-SRC-001,SEC-ROT-001,LEG-PURPOSE-001,REG-RST-001,PROC-ELG-001")
	require.Contains(t, []int{exitHolds, exitDoesNotHold}, code, stderr)
	want := map[string]map[string]result.Verdict{
		"eligibility": {"ELG-DEC-002": result.Met, "ELG-SRC-001": result.Met},
		"ess":         {"SEC-ROT-001": result.Met, "LEG-PURPOSE-001": result.Met, "REG-RST-001": result.Met},
		"crvs":        {"SEC-ROT-001": result.NotApplicable, "LEG-PURPOSE-001": result.Skipped, "REG-RST-001": result.NotApplicable},
		"process":     {"PROC-ELG-001": result.Met},
	}
	for _, tested := range reportIn(t, out).Interfaces {
		for _, row := range tested.Requirements {
			assert.Equal(t, want[tested.Interface][row.ID], row.Verdict, "%s %s: %s", tested.Interface, row.ID, row.Reason)
		}
	}
}
