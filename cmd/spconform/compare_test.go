package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/result"
)

// candidates writes the results of three products: one that lets anybody in, one that lacks a
// capability and says so, one that skips.
func candidates(t *testing.T, key string) []string {
	t.Helper()
	folder := func(product string, access, notified result.Verdict) string {
		token := requirement("SEC-TOK-001", "security", 2, access)
		token.Critical = true
		notify := requirement("REG-NTF-001", "technical", 2, notified)
		notify.Capability = "subscribe"
		return resultsOf(t, wholeReport(product, requirement("REG-HTTP-001", "technical", 1, result.Met),
			requirement("REG-SEARCH-001", "technical", 2, result.Met), token, notify), key)
	}
	return []string{folder("broad", result.Unmet, result.Met), folder("narrow", result.Met, result.NotApplicable), folder("glossy", result.Met, result.Skipped)}
}

func TestCompare(t *testing.T) {
	private, public := newKeys(t)
	folders := candidates(t, private)
	code, stdout, stderr := spconform(t, append([]string{"compare", "--key", public, "--format", "json"}, folders...)...)
	require.Equal(t, exitHolds, code, stderr)
	var told compare.Comparison
	require.NoError(t, json.Unmarshal([]byte(stdout), &told))
	require.Len(t, told.Candidates, 3)
	for i, want := range []bool{false, true, false} {
		assert.Equal(t, want, told.Candidates[i].Eligible, told.Candidates[i].Name)
		assert.True(t, told.Candidates[i].Trusted)
	}
	for format, says := range map[string]string{"table": "Only narrow 1 is eligible.", "csv": "tested,social,SEC-TOK-001", "html": "<!doctype html>"} {
		_, stdout, stderr := spconform(t, append([]string{"compare", "--format", format}, folders...)...)
		assert.Contains(t, stdout, says, stderr)
	}
}

func TestCompareByAnOverlay(t *testing.T) {
	private, _ := newKeys(t)
	folders := candidates(t, private)
	overlay := filepath.Join(t.TempDir(), "country.yaml")
	cases := map[string]struct {
		text string
		code int
		says string
	}{
		"asks for nothing more": {"programme: X\ninterfaces: {social: {level: 2}}", exitHolds, "Only narrow 1 is eligible"},
		"asks for a capability": {"programme: X\ninterfaces: {social: {capabilities: [subscribe]}}", exitDoesNotHold, "No candidate is eligible"},
		"would loosen":          {"programme: X\ninterfaces: {social: {level: 1}}", exitUsage, "loosens"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(overlay, []byte(c.text), 0o600))
			code, stdout, stderr := spconform(t, append([]string{"compare", "--overlay", overlay}, folders...)...)
			assert.Equal(t, c.code, code)
			assert.Contains(t, stdout+stderr, c.says)
		})
	}
}

func TestCompareRefuses(t *testing.T) {
	private, _ := newKeys(t)
	_, stranger := newKeys(t)
	good := resultsOf(t, wholeReport("good", requirement("REG-HTTP-001", "technical", 1, result.Met)), private)
	old := wholeReport("old", requirement("REG-HTTP-001", "technical", 1, result.Met))
	old.StartedAt, old.FinishedAt = old.StartedAt.AddDate(-2, 0, 0), old.FinishedAt.AddDate(-2, 0, 0)
	other := wholeReport("other", requirement("REG-HTTP-001", "technical", 1, result.Met))
	other.Suite.Version = "another"
	altered := resultsOf(t, wholeReport("altered", requirement("REG-HTTP-001", "technical", 1, result.Met)), private)
	raw, err := os.ReadFile(filepath.Join(altered, "report.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(altered, "report.json"), append(raw, ' '), 0o600))
	everything := []string{"--allow", "unsigned,expired,unlike"}
	cases := map[string]struct {
		args []string
		code int
		says string
	}{
		"unsigned":           {[]string{resultsOf(t, wholeReport("bare"), "")}, exitUsage, "is not signed"},
		"expired":            {[]string{resultsOf(t, old, private)}, exitUsage, "expired on " + time.Now().AddDate(-1, 0, 0).Format("2006")},
		"unlike":             {[]string{resultsOf(t, other, private)}, exitUsage, "different suites"},
		"expired, allowed":   {append(everything, resultsOf(t, old, private)), exitHolds, "old 1"},
		"unlike, allowed":    {append(everything, resultsOf(t, other, private)), exitHolds, "other 1"},
		"altered":            {append(everything, altered), exitUsage, "not what was signed"},
		"another's key":      {[]string{"--key", stranger}, exitUsage, "another key"},
		"nothing there":      {[]string{t.TempDir()}, exitUsage, "no report.json"},
		"an unknown excuse":  {[]string{"--allow", "everything"}, exitUsage, "name unsigned, expired or unlike"},
		"an overlay missing": {[]string{"--overlay", "no-such-file"}, exitUsage, "--overlay"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := spconform(t, append([]string{"compare", good}, c.args...)...)
			assert.Equal(t, c.code, code, stdout+stderr)
			assert.Contains(t, stdout+stderr, c.says)
		})
	}
}

func TestCompareWithABaseline(t *testing.T) {
	private, _ := newKeys(t)
	before := resultsOf(t, wholeReport("p", requirement("REG-A-001", "technical", 1, result.Met), requirement("REG-B-001", "technical", 1, result.Unmet)), private)
	after := resultsOf(t, wholeReport("p", requirement("REG-A-001", "technical", 1, result.Unmet), requirement("REG-B-001", "technical", 1, result.Met)), private)
	code, stdout, stderr := spconform(t, "compare", after, "--baseline", before)
	assert.Equal(t, exitDoesNotHold, code, stderr)
	assert.Regexp(t, `worse +social +REG-A-001 +met +unmet`, stdout)
	assert.Regexp(t, `better +social +REG-B-001 +unmet +met`, stdout)
	code, _, _ = spconform(t, "compare", after, before, "--baseline", before)
	assert.Equal(t, exitUsage, code)
}
