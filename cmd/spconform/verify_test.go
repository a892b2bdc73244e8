package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

// newKeys makes a key pair and gives the paths of the private and the public half.
func newKeys(t *testing.T) (private, public string) {
	t.Helper()
	dir := t.TempDir()
	private, public = filepath.Join(dir, "key.json"), filepath.Join(dir, "public.json")
	code, stdout, stderr := spconform(t, "key", "new", "--out", private)
	require.Equal(t, exitHolds, code, stderr)
	require.NoError(t, os.WriteFile(public, []byte(stdout), 0o600))
	return private, public
}

func requirement(id, dimension string, band int, verdict result.Verdict) result.Requirement {
	row := result.Requirement{ID: id, Statement: "A registry MUST hold to " + id + ".", Keyword: "MUST", Verdict: verdict,
		Area: "Search", Dimension: dimension, Band: band, Basis: "published", Scenarios: []result.Scenario{}}
	status, played := map[result.Verdict]result.Status{result.Met: result.Passed, result.Unmet: result.Failed, result.Skipped: result.Skip}[verdict]
	if played {
		row.Scenarios = append(row.Scenarios, result.Scenario{ID: "x: " + id, Name: id, Status: status})
	}
	if verdict == result.Unmet {
		row.Failures = []result.Failure{{Scenario: "x: " + id, Expected: "this", Actual: "that", Exchanges: []string{"x0001"}}}
	}
	return row
}

// wholeReport is of a run made a moment ago.
func wholeReport(product string, rows ...result.Requirement) result.Report {
	at := time.Now().UTC().Add(-time.Minute)
	hash := statement.Hash([]byte("of another suite"))
	report := result.Report{SchemaVersion: result.SchemaVersion, Seed: 7, StartedAt: at, FinishedAt: at.Add(time.Second),
		Suite:     result.Suite{Name: "spconform", Version: suiteVersion(), CatalogueHash: hash, SpecHash: hash, FeaturesHash: hash},
		Target:    result.Target{Kind: "url", Product: product, Version: "1", Bases: map[string]string{"social": "http://" + product + ".example.org"}},
		Selection: result.Selection{Interfaces: []string{"social"}},
		Transcript: []result.Exchange{{ID: "x0001", Direction: "request", StartedAt: at,
			Request: result.HTTPMessage{Method: "POST", URL: "http://" + product + ".example.org/search", Body: "{}", Size: 2}}},
	}
	tested := result.Interface{Interface: "social", Title: "Social registry", Requirements: rows}
	maturity.Fill(&tested, maturity.Run{Seed: report.Seed})
	report.Interfaces = []result.Interface{tested}
	report.Exchanges = report.Transcript
	return report
}

// resultsOf writes a results folder as a run does, signed where a key is given.
func resultsOf(t *testing.T, report result.Report, key string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, reports.WriteFolder(dir, report))
	if key != "" {
		signing, err := signingKey(key)
		require.NoError(t, err)
		require.NoError(t, writeStatement(t.Context(), dir, *signing))
	}
	return dir
}

func TestVerify(t *testing.T) {
	private, public := newKeys(t)
	_, stranger := newKeys(t)
	whole := func(t *testing.T) string {
		return resultsOf(t, wholeReport("a", requirement("REG-HTTP-001", "technical", 1, result.Met), requirement("REG-REC-001", "semantic", 2, result.Unmet)), private)
	}
	alter := func(name, from, to string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			changed := strings.Replace(string(raw), from, to, 1)
			require.NotEqual(t, string(raw), changed)
			require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, name))) }
	}
	cases := map[string]struct {
		change func(*testing.T, string)
		key    string
		code   int
		says   string
	}{
		"holds":                    {nil, public, exitHolds, "the key that was named"},
		"the private key will do":  {nil, private, exitHolds, "the key that was named"},
		"without a key":            {nil, "", exitHolds, "anybody can have signed this"},
		"somebody else's key":      {nil, stranger, exitDoesNotHold, "signed by another key"},
		"a verdict changed":        {alter("report.json", `"verdict": "unmet"`, `"verdict": "met"`), public, exitDoesNotHold, "not the one that was signed"},
		"a space more":             {alter("report.json", "{", "{ "), public, exitDoesNotHold, "not the one that was signed"},
		"transcript changed":       {alter("exchanges.har", `"POST"`, `"PUT"`), public, exitDoesNotHold, "not the one that was signed"},
		"report is no report":      {alter("report.json", `"schemaVersion"`, `"other"`), public, exitDoesNotHold, "schemaVersion"},
		"the page says otherwise":  {alter("report.html", "unmet", "met"), public, exitDoesNotHold, "report.html not as report.json gives it"},
		"the badge says otherwise": {alter("badge.svg", "not conformant", "conformant"), public, exitDoesNotHold, "badge.svg not as report.json gives it"},
		"the sheet says otherwise": {alter("summary.html", "not conformant", "conformant"), public, exitDoesNotHold, "summary.html not as report.json gives it"},
		"the page is gone":         {remove("report.html"), public, exitHolds, "say what report.json says"},
		"signature changed":        {alter("statement.dsse.json", `"sig": "`, `"sig": "A`), public, exitDoesNotHold, "not base64"},
		"the report is gone":       {remove("report.json"), public, exitHolds, "the file is not there"},
		"no statement":             {remove("statement.dsse.json"), public, exitUsage, "run --key writes"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := whole(t)
			if c.change != nil {
				c.change(t, dir)
			}
			args := []string{"verify", dir}
			if c.key != "" {
				args = append(args, "--key", c.key)
			}
			code, stdout, stderr := spconform(t, args...)
			assert.Equal(t, c.code, code, stdout+stderr)
			assert.Contains(t, strings.Join(strings.Fields(stdout+stderr), " "), c.says)
		})
	}
}

// TestVerifyDerivesTheVerdicts: a vendor who writes another verdict into the report and signs it.
func TestVerifyDerivesTheVerdicts(t *testing.T) {
	private, public := newKeys(t)
	lying := requirement("REG-REC-001", "semantic", 2, result.Unmet)
	lying.Verdict = result.Met
	dir := resultsOf(t, wholeReport("a", requirement("REG-HTTP-001", "technical", 1, result.Met), lying), private)
	code, stdout, _ := spconform(t, "verify", dir, "--key", public, "--format", "json")
	assert.Equal(t, exitDoesNotHold, code)
	var told struct {
		Verified bool
		Checks   []statement.Check
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &told))
	assert.False(t, told.Verified)
	verdicts, found := lo.Find(told.Checks, func(c statement.Check) bool { return c.Name == "verdicts" })
	require.True(t, found)
	assert.Contains(t, verdicts.Detail, "social REG-REC-001 is met, and its scenarios and failures make it unmet")
}

func TestAPartialRunHasNoStatement(t *testing.T) {
	private, _ := newKeys(t)
	dir := t.TempDir()
	old := filepath.Join(dir, reports.FileStatement)
	require.NoError(t, os.WriteFile(old, []byte("of an earlier run"), 0o600))
	code, _, stderr := spconform(t, "run", "--quiet", "--interfaces", "social", "--requirement", "REG-HDR-004", "--key", private, "--out", dir)
	require.Equal(t, exitHolds, code, stderr)
	assert.Contains(t, stderr, "the selection was partial")
	assert.NoFileExists(t, old)
}

func TestRunRefusesAKeyThatCannotSign(t *testing.T) {
	_, public := newKeys(t)
	code, _, stderr := spconform(t, "run", "--key", public)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "--key")
}

// TestEveryFieldOfTheFilesCounts alters each member of report.json and of exchanges.har in turn, and takes each away.
func TestEveryFieldOfTheFilesCounts(t *testing.T) {
	private, public := newKeys(t)
	trusted, err := trustedKeys([]string{public})
	require.NoError(t, err)
	dir := resultsOf(t, wholeReport("a", requirement("REG-HTTP-001", "technical", 1, result.Met), requirement("REG-REC-001", "semantic", 2, result.Unmet)), private)
	for _, name := range []string{statement.FileReport, statement.FileTranscript} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		var tree any
		require.NoError(t, json.Unmarshal(whole, &tree))
		places := 0
		eachMember(tree, func() {
			places++
			altered, err := json.Marshal(tree)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, altered, 0o600))
			folder, raw, checks, err := statementAt(dir)
			require.NoError(t, err)
			checks = append(checks, statement.Verify(t.Context(), raw, trusted, statement.Evidence{Report: folder.Report, Hashes: folder.Hashes}, time.Now())...)
			require.False(t, statement.Verified(checks), "%s: change %d", name, places)
		})
		assert.Greater(t, places, 60, name)
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
}

// eachMember calls back with each member of a tree altered, and with it taken away.
func eachMember(node any, altered func()) {
	object, isObject := node.(map[string]any)
	for name, member := range object {
		object[name] = "altered"
		altered()
		delete(object, name)
		altered()
		object[name] = member
		eachMember(member, altered)
	}
	if list, ok := node.([]any); ok && !isObject {
		for _, member := range list {
			eachMember(member, altered)
		}
	}
}
