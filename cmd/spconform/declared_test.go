package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// TestDeclaredRecords tests a product that takes neither participants nor records: it was configured
// with keys of its own, and its vendor declares some records that it holds.
func TestDeclaredRecords(t *testing.T) {
	const seed = 5
	folder := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listen := free.Addr().String()
	require.NoError(t, free.Close())
	described, err := spec.FindInterface("social")
	require.NoError(t, err)
	given, err := conformance.Fixture(seed, []spec.Interface{described}, "http://"+listen)
	require.NoError(t, err)

	require.NoError(t, os.Mkdir(filepath.Join(folder, "keys"), 0o700))
	for at, name := range []string{"client", "other-client", "client-with-a-revoked-key"} {
		code, public, stderr := spconform(t, "key", "new", "--out", filepath.Join(folder, "keys", name+".json"))
		require.Equal(t, exitHolds, code, stderr)
		var set jose.JSONWebKeySet
		require.NoError(t, json.Unmarshal([]byte(public), &set))
		participant := &given.Participants.Participants[at]
		participant.Keys = set
		if len(participant.RevokedKeys) > 0 {
			participant.RevokedKeys = []string{set.Keys[0].KeyID}
		}
	}
	kinds := map[string]int{}
	var few []fixture.Record
	for _, record := range given.Records {
		if kinds[record.RegRecordType]++; kinds[record.RegRecordType] <= 3 && record.RegRecordType != "Member" {
			few = append(few, record)
		}
	}
	var lines bytes.Buffer
	require.NoError(t, fixture.Write(&lines, fixture.CSV, few))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "held.csv"), lines.Bytes(), 0o600))

	server, err := loopback.Start(context.Background(), loopback.Plan{Interfaces: []spec.Interface{described},
		Options: []reference.Option{reference.WithParticipants(given.Participants)}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	load := conformance.Hooks{Population: server.Management + "/population"}
	require.NoError(t, load.Provide(t.Context(), conformance.Provision{Records: few}))

	text := strings.NewReplacer("BASE", server.URL, "LISTEN", listen).Replace(`
product: {name: declared}
interfaces: {social: {base: "BASE", capabilities: [subscribe, oauth2]}}
identities: {provide: preconfigured, keys: keys}
population: {provide: declared, file: held.csv}
callbacks: {listen: "LISTEN", base: "http://LISTEN"}
timeouts: {callback: 30s, notify: 30s, quiet: 50ms}
`)
	path := filepath.Join(folder, "spconform.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	code, stdout, stderr := spconform(t, "run", "--quiet", "--manifest", path, "--seed", "5", "--out", filepath.Join(folder, "out"))
	assert.Equal(t, exitDoesNotHold, code, "%s\n%s", stdout, stderr)
	report := reportIn(t, filepath.Join(folder, "out"))
	assertNothingOf(t, few, filepath.Join(folder, "out"))
	assert.Equal(t, "declared", report.Target.Population)
	require.Len(t, report.Interfaces, 1)
	tested := report.Interfaces[0]
	verdicts := map[result.Verdict]int{}
	for _, requirement := range tested.Requirements {
		verdicts[requirement.Verdict]++
		if requirement.Verdict == result.Unmet || requirement.Verdict == result.Error {
			t.Errorf("%s %s: %s", requirement.ID, requirement.Verdict, requirement.Reason)
		}
	}
	assert.Greater(t, verdicts[result.Met], 100, "what can be asked of few records is judged")
	assert.Positive(t, verdicts[result.Skipped], "what they do not offer is skipped")
	require.NotNil(t, tested.Level)
	assert.LessOrEqual(t, *tested.Level, 1)

	require.NoError(t, os.Remove(filepath.Join(folder, "keys", "other-client.json")))
	code, _, stderr = spconform(t, "run", "--quiet", "--manifest", path)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "identities.keys: other-client.json is missing there: make it with spconform key new --out other-client.json")
}

// assertNothingOf fails where a file of a results folder holds a value of a declared record by which a person
// is known.
func assertNothingOf(t *testing.T, declared []fixture.Record, results string) {
	t.Helper()
	telling := map[string]bool{}
	var walk func(name string, held any)
	walk = func(name string, held any) {
		switch held := held.(type) {
		case map[string]any:
			for inner, value := range held {
				walk(inner, value)
			}
		case []any:
			for _, value := range held {
				walk(name, value)
			}
		case string:
			if slices.Contains([]string{"identifier_value", "surname", "phone_number", "email", "address_line_1", "birth_date"}, name) {
				telling[held] = true
			}
		}
	}
	for _, record := range declared {
		var data any
		require.NoError(t, json.Unmarshal(record.Data, &data))
		walk("", data)
	}
	require.NotEmpty(t, telling)
	written := 0
	require.NoError(t, filepath.WalkDir(results, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for value := range telling {
			assert.NotContains(t, string(text), value, "%s", entry.Name())
		}
		written++
		return err
	}))
	assert.Greater(t, written, 3)
}
