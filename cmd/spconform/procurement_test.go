package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference/loopback"
)

// offered is a product that is offered to a programme: what it does and what its maker says of it.
type offered struct {
	name    string
	product mocks.Defect
	claims  string
	// manifest is what else its manifest says.
	manifest func(*testing.T, *loopback.Server) string
}

// hooks let the runner in everywhere.
func hooks(_ *testing.T, server *loopback.Server) string {
	return fmt.Sprintf("events: {url: %q}\nrotation: {url: %q}\nrestart: {url: %q}\n", server.Management+"/events", server.Management+"/keys", server.Management+"/restart")
}

// declares lets the runner into nothing that a subscription shows, and declares an artefact for it instead.
func declares(t *testing.T, _ *loopback.Server) string {
	file := filepath.Join(t.TempDir(), "brochure.pdf")
	require.NoError(t, os.WriteFile(file, []byte("We notify."), 0o600))
	return fmt.Sprintf("evidence:\n  - {requirement: REG-NTF-001, grade: E1, file: %s, sha256: %s, issued: \"2026-01-01\", expires: \"2099-01-01\"}\n",
		file, statement.Hash([]byte("We notify.")))
}

// without is a product that lacks what is at the paths.
func without(paths ...string) mocks.Defect {
	return mocks.Defect{Alter: func(v *mocks.Vendor) {
		v.Before(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
			if slices.Contains(paths, r.URL.Path) {
				r.URL.Path = "/no-such-path"
			}
			return false
		})
	}}
}

// results runs the whole suite on the product and gives the results folder, signed.
func (o offered) results(t *testing.T, key string) string {
	t.Helper()
	server := vendorOf(t, o.product, "social")
	text := fmt.Sprintf("product: {name: %s}\ninterfaces:\n  social: {base: %s, id: social.example.org, capabilities: [%s]}\nidentities: {provide: http, url: %q}\npopulation: {provide: http, url: %q}\n",
		o.name, server.Base("social"), o.claims, server.Management+"/participants", server.Management+"/population")
	path := filepath.Join(t.TempDir(), "spconform.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text+o.manifest(t, server)), 0o600))
	out := t.TempDir()
	code, _, stderr := spconform(t, "run", "--quiet", "--seed", "7", "--manifest", path, "--key", key, "--out", out)
	require.Contains(t, []int{exitHolds, exitDoesNotHold}, code, stderr)
	return out
}

// TestThreeCandidatesOfAProgramme runs the suite on three products and compares what came of it: one meets 99 of 100 and
// lets a stranger's signature pass, one has less and says so, one shows nothing and declares much. Only the second is
// eligible.
func TestThreeCandidatesOfAProgramme(t *testing.T) {
	if testing.Short() {
		t.Skip("three whole runs")
	}
	private, public := newKeys(t)
	critical, err := mocks.Find("signature-of-another-client-taken")
	require.NoError(t, err)
	args := []string{"compare", "--key", public, "--format", "json"}
	for _, one := range []offered{
		{"Broad", critical, "subscribe, oauth2", hooks},
		{"Narrow", without("/registry/subscribe", "/registry/unsubscribe"), "oauth2", hooks},
		// What it holds can be changed neither by a message nor by the runner: no notification can be seen.
		{"Glossy", without("/registry/notify"), "subscribe, oauth2", declares},
	} {
		args = append(args, one.results(t, private))
	}
	code, stdout, stderr := spconform(t, args...)
	require.Equal(t, exitHolds, code, stderr)
	var told compare.Comparison
	require.NoError(t, json.Unmarshal([]byte(stdout), &told))
	eligible, met := map[string]bool{}, map[string]float64{}
	for i, one := range told.Candidates {
		eligible[one.Name] = one.Eligible
		folder, must, holds := args[len(args)-3+i], 0, 0
		report, err := readReport(reportCommand(), folder)
		require.NoError(t, err)
		for _, row := range report.Interfaces[0].Requirements {
			if row.Keyword == "MUST" && !row.Experimental && row.Verdict != "not applicable" {
				must++
				if row.Verdict == "met" {
					holds++
				}
			}
		}
		met[one.Name] = float64(holds) / float64(must)
	}
	assert.Equal(t, map[string]bool{"Broad": false, "Narrow": true, "Glossy": false}, eligible)
	require.NotEmpty(t, told.Candidates[0].Failing)
	require.NotEmpty(t, told.Candidates[2].Failing)
	assert.Greater(t, met["Broad"], 0.98, "what it breaks is little, and critical")
	assert.Contains(t, told.Candidates[2].Failing[0].Requirements, "REG-NTF-001", "a declaration stands for no test")
	assert.Equal(t, "Narrow", told.Ranking.Winner)
	var critically []string
	for _, row := range told.Tested {
		if row.Critical && row.Verdicts[0] == "unmet" {
			critically = append(critically, row.ID)
		}
	}
	assert.NotEmpty(t, critically)
	assert.Subset(t, told.Candidates[0].Failing[0].Requirements, critically)
}
