package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// vendorOf starts a vendor with a defect (none is right) that serves some interfaces.
func vendorOf(t *testing.T, defect mocks.Defect, ids ...string) *loopback.Server {
	t.Helper()
	described, err := interfacesNamed(ids)
	require.NoError(t, err)
	server, err := defect.Start(context.Background(), "", described...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// mixedManifest describes products that each serve some interfaces, prepared by their own hooks.
func mixedManifest(t *testing.T, products map[string]*loopback.Server, serve map[string][]string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("product: {name: Mixed System}\ninterfaces:\n")
	for _, name := range []string{"Registries One", "Pay Faster"} {
		server := products[name]
		for _, id := range serve[name] {
			described, err := spec.FindInterface(id)
			require.NoError(t, err)
			fmt.Fprintf(&text, "  %s:\n    base: %s\n    id: %s.example.org\n    product: {name: %s, version: \"3\"}\n", id, server.Base(id), id, name)
			fmt.Fprintf(&text, "    capabilities: [%s]\n", strings.Join(described.Capabilities(), ", "))
			fmt.Fprintf(&text, "    hooks: {participants: %q, population: %q, events: %q}\n",
				server.Management+"/participants", server.Management+"/population", server.Management+"/events")
		}
	}
	path := filepath.Join(t.TempDir(), "spconform.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	return path
}

// TestAMixedSystemNamesWhoBrokeTheProcess: of two products one is wrong, and only that one is named.
func TestAMixedSystemNamesWhoBrokeTheProcess(t *testing.T) {
	for _, c := range []struct {
		name, defect                       string
		wrong                              string
		breaks, holds, brokenAt, atProduct string
	}{
		{"the mapper goes on telling an address", "process-unlinked-still-resolved", "Pay Faster", "PROC-PAY-001", "PROC-IBR-001", "mapper", "Pay Faster 3"},
		{"the beneficiary registry answers by what it held before", "process-enrolment-not-seen", "Registries One", "PROC-IBR-001", "PROC-PAY-001", "ibr", "Registries One 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong, err := mocks.Find(c.defect)
			require.NoError(t, err)
			serve := map[string][]string{"Registries One": {"crvs", "ibr", "social"}, "Pay Faster": {"disburse", "mapper"}}
			products := map[string]*loopback.Server{}
			for name, ids := range serve {
				defect := mocks.Defect{}
				if name == c.wrong {
					defect = wrong
				}
				products[name] = vendorOf(t, defect, ids...)
			}
			out := t.TempDir()
			code, _, stderr := spconform(t, "run", "--quiet", "--seed", "3", "--out", out, "--manifest", mixedManifest(t, products, serve),
				"--interfaces", "ibr,process", "--requirement", "PROC-PAY-001,PROC-IBR-001,PROC-DR-003,IBR-UPD-001")
			require.Equal(t, exitDoesNotHold, code, stderr)
			report := reportIn(t, out)
			assert.Equal(t, "Pay Faster 3", report.Target.Products["mapper"])
			rows := map[string]result.Requirement{}
			for _, tested := range report.Interfaces {
				for _, row := range tested.Requirements {
					rows[row.ID] = row
				}
			}
			assert.Equal(t, result.Met, rows[c.holds].Verdict, rows[c.holds].Reason)
			assert.Equal(t, result.Met, rows["IBR-UPD-001"].Verdict, "what one interface owes does not depend on another's failure")
			assert.Equal(t, result.NotApplicable, rows["PROC-DR-003"].Verdict)
			assert.Contains(t, rows["PROC-DR-003"].Reason, "it goes through dr, of which no address was given")
			broken := rows[c.breaks]
			require.Equal(t, result.Unmet, broken.Verdict)
			require.NotEmpty(t, broken.Failures)
			require.NotNil(t, broken.Failures[0].Party)
			assert.Equal(t, c.brokenAt, broken.Failures[0].Party.Interface)
			assert.Equal(t, c.atProduct, broken.Failures[0].Party.Product)
			assert.Contains(t, broken.Reason, c.atProduct)
		})
	}
}

// TestWhatComesLooseIsOfTheProductThatSentIt: a callback that comes again, or to an address that nobody registered, is
// the failure of the product whose answer it is, and not of another in the same run.
func TestWhatComesLooseIsOfTheProductThatSentIt(t *testing.T) {
	for _, c := range []struct{ defect, breaks string }{
		{"callback-twice-every-third", "REG-CB-009"},
		{"sender-uri-not-checked", "SEC-URI-001"},
	} {
		t.Run(c.defect, func(t *testing.T) {
			wrong, err := mocks.Find(c.defect)
			require.NoError(t, err)
			serve := map[string][]string{"Registries One": {"dr"}, "Pay Faster": {"social"}}
			products := map[string]*loopback.Server{"Registries One": vendorOf(t, mocks.Defect{}, "dr"), "Pay Faster": vendorOf(t, wrong, "social")}
			out := t.TempDir()
			code, _, stderr := spconform(t, "run", "--quiet", "--seed", "3", "--out", out, "--manifest", mixedManifest(t, products, serve),
				"--interfaces", "dr,social", "--requirement", c.breaks)
			require.Equal(t, exitDoesNotHold, code, stderr)
			report := reportIn(t, out)
			require.Len(t, report.Interfaces, 2)
			for _, tested := range report.Interfaces {
				want := map[string]result.Verdict{"dr": result.Met, "social": result.Unmet}[tested.Interface]
				assert.Equal(t, want, tested.Requirements[0].Verdict, "%s: %s", tested.Interface, tested.Requirements[0].Reason)
			}
		})
	}
}
