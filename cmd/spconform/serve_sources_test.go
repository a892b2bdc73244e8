package main

import (
	"encoding/json"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// freeAddress is one on which nobody listens, until somebody else takes it.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// registriesFor serves the registries of a seed as a product of their own, to which the service at the URL is
// known as a participant, and gives the flags by which the service asks them.
func registriesFor(t *testing.T, service, callbacks string) []string {
	t.Helper()
	dir := t.TempDir()
	code, _, stderr := spconform(t, "fixtures", "--interfaces", "social,crvs,ibr,dr,fr", "--seed", "7", "--out", dir, "--callbacks", callbacks)
	require.Equal(t, exitHolds, code, stderr)
	path := filepath.Join(dir, "participants.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var known fixture.Participants
	require.NoError(t, json.Unmarshal(raw, &known))
	known.Participants = append(known.Participants, fixture.Participant{ID: "eligibility.example.org", Roles: []string{"client"},
		ClientID: "eligibility", ClientSecret: "asks-registries", JWKSURI: service + "/.well-known/jwks.json"})
	raw, err = json.Marshal(known)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	registries, end := serving(t, 5, "--interfaces", "social,crvs,ibr,dr,fr", "--fixtures", dir)
	t.Cleanup(func() { end() })
	t.Setenv("SPCONFORM_TEST_SOURCES_SECRET", "asks-registries")
	flags := []string{"--sources-client", "eligibility", "--sources-secret", "env:SPCONFORM_TEST_SOURCES_SECRET"}
	for id, base := range registries {
		flags = append(flags, "--sources", id+"="+base)
	}
	return flags
}

// TestServeAsksRegistriesElsewhere has a service decide by registries that are another product, once by the
// embedded schemes and once by a programme's own.
func TestServeAsksRegistriesElsewhere(t *testing.T) {
	callbacks, address := "http://"+freeAddress(t), freeAddress(t)
	flags := registriesFor(t, "http://"+address, callbacks)
	own := t.TempDir()
	embedded, err := fs.Glob(spec.SchemeFiles(), "*.yaml")
	require.NoError(t, err)
	for _, name := range embedded {
		text, err := fs.ReadFile(spec.SchemeFiles(), name)
		require.NoError(t, err)
		stricter := strings.Replace(string(text), "value: 65", "value: 70", 1)
		require.NoError(t, os.WriteFile(filepath.Join(own, name), []byte(stricter), 0o600))
	}
	for _, row := range []struct {
		name    string
		flags   []string
		verdict result.Verdict
	}{
		{"by the embedded schemes", nil, result.Met},
		{"by schemes of its own", []string{"--schemes", own}, result.Unmet},
	} {
		t.Run(row.name, func(t *testing.T) {
			served, end := serving(t, 1, append(append([]string{"--addr", address, "--interfaces", "eligibility", "--population", "7", "--callbacks", callbacks}, flags...), row.flags...)...)
			defer end()
			out := t.TempDir()
			code, _, stderr := spconform(t, "run", "--quiet", "--target", served["eligibility"], "--interfaces", "eligibility", "--seed", "7",
				"--requirement", "ELG-DEC-002", "--callbacks", callbacks, "--out", out)
			require.Contains(t, []int{exitHolds, exitDoesNotHold}, code, stderr)
			tested := reportIn(t, out).Interfaces[0].Requirements
			require.Len(t, tested, 1)
			assert.Equal(t, row.verdict, tested[0].Verdict, tested[0].Reason)
		})
	}
}

func TestServeRefusesSourcesItCannotAsk(t *testing.T) {
	empty := t.TempDir()
	for _, row := range []struct {
		name string
		args []string
		said string
	}{
		{"nothing asks", []string{"--interfaces", "social", "--sources", "crvs=http://127.0.0.1:1"}, "serve eligibility with --interfaces"},
		{"no registry", []string{"--interfaces", "eligibility", "--sources", "mapper=http://127.0.0.1:1"}, `"mapper" is no registry that is asked`},
		{"no URL", []string{"--interfaces", "eligibility", "--sources", "crvs=here"}, "crvs is at no URL"},
		{"no scheme", []string{"--interfaces", "eligibility", "--schemes", empty}, "the folder holds no scheme"},
		{"a secret itself", []string{"--interfaces", "eligibility", "--sources-client", "c", "--sources-secret", "hush"}, "env:NAME or file:PATH"},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, _, stderr := spconform(t, append([]string{"serve", "--addr", "127.0.0.1:0"}, row.args...)...)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, stderr, row.said)
			assert.NotContains(t, stderr, "hush")
		})
	}
}
