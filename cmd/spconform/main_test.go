package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/datadictionary/export"
	"github.com/spconform/spconform/reports"
)

// spconform runs the program and gives its exit code, standard output and standard error.
func spconform(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := execute(context.Background(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// reportFile writes a report of one met requirement.
func reportFile(t *testing.T) string {
	t.Helper()
	conformant := true
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "report.json")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	require.NoError(t, reports.JSON(file, result.Report{
		SchemaVersion: result.SchemaVersion, Target: result.Target{Kind: "embedded"}, StartedAt: at, FinishedAt: at,
		Interfaces: []result.Interface{{Interface: "social", Title: "Social registry", Conformant: &conformant,
			Requirements: []result.Requirement{{
				ID: "REG-SEARCH-001", Statement: "A registry MUST answer.", Keyword: "MUST", Verdict: result.Met,
				Area: "Search", Dimension: "technical", Band: 1, Basis: "published",
			}}}},
	}))
	return path
}

func TestUsage(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"schemaVersion":"9.0.0"}`), 0o600))
	cases := map[string]struct {
		args []string
		says string
	}{
		"unknown command":       {[]string{"accredit"}, `unknown command "accredit" for "spconform": see spconform --help`},
		"misspelt command":      {[]string{"servee"}, "Did you mean this? serve"},
		"no profile":            {[]string{"dictionary", "list", "--profile", "no-such-folder"}, "--profile: "},
		"unknown flag":          {[]string{"version", "--loud"}, "unknown flag: --loud: see spconform version --help"},
		"unknown format":        {[]string{"version", "--format", "pdf"}, "name one of table, json"},
		"argument missing":      {[]string{"report"}, "accepts 1 arg(s), received 0"},
		"group alone":           {[]string{"spec"}, "spconform spec takes one of requirements, coverage"},
		"group with another":    {[]string{"dictionary", "drop"}, `takes one of list, show, validate, export, and "drop" was given`},
		"report missing":        {[]string{"report", "no-such-file"}, "name the report.json of a run"},
		"report of another age": {[]string{"report", broken}, "use the version of spconform that wrote it"},
		"interface unknown":     {[]string{"spec", "requirements", "--interfaces", "soicial"}, `there is no interface "soicial": name one of`},
		"object unknown":        {[]string{"dictionary", "show", "Persn"}, `the dictionary has no "Persn"`},
		"record of no type":     {[]string{"dictionary", "validate", "main_test.go"}, "name its object before the file"},
		"record missing":        {[]string{"dictionary", "validate", "Person", "no-such-file"}, "name a file with one JSON record"},
		"fixtures missing":      {[]string{"serve", "--fixtures", "no-such-folder"}, "name the folder that spconform fixtures wrote"},
		"store unknown":         {[]string{"serve", "--db", "mongodb://x"}, "--db: the store is memory, sqlite:FILE or postgres://"},
		"two populations":       {[]string{"serve", "--fixtures", "a", "--population", "1"}, "[fixtures population] were all set"},
		"seed is no number":     {[]string{"serve", "--population", "x"}, `invalid argument "x" for "--population"`},
		"escape in an argument": {[]string{"certify\x1b[2J"}, `certify\x1b[2J`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := spconform(t, c.args...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.says)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), "one line: %s", stderr)
			assert.NotContains(t, stderr, "\x1b")
		})
	}
}

func TestHelpNamesEveryCommandAndTheExitCodes(t *testing.T) {
	code, stdout, stderr := spconform(t, "--help")
	assert.Equal(t, exitHolds, code)
	assert.Empty(t, stderr)
	for _, made := range commands {
		assert.Contains(t, stdout, "\n  "+made().Name()+" ")
	}
	assert.Contains(t, stdout, "0 holds, 1 does not hold, 2 wrong usage, 3 could not run")
}

func TestVersion(t *testing.T) {
	code, stdout, _ := spconform(t, "version", "--format", "json")
	require.Equal(t, exitHolds, code)
	var facts map[string]string
	require.NoError(t, json.Unmarshal([]byte(stdout), &facts))
	assert.Equal(t, result.SchemaVersion, facts["reportSchema"])
	assert.Len(t, facts["catalogueHash"], 64)
	assert.NotEmpty(t, facts["version"])
}

func TestReport(t *testing.T) {
	path := reportFile(t)
	for format, says := range map[string]string{
		"table": "social: conformant", "json": `"schemaVersion"`, "junit": "<testsuites", "html": "<!doctype html>", "markdown": "## Social registry: conformant",
		"summary": "<!doctype html>", "badge": "<svg",
	} {
		t.Run(format, func(t *testing.T) {
			code, stdout, stderr := spconform(t, "report", path, "--format", format)
			assert.Equal(t, exitHolds, code)
			assert.Empty(t, stderr)
			assert.Contains(t, stdout, says)
			assert.NotContains(t, stdout, "\x1b", "no colours where the output is no terminal")
			_, ofFolder, _ := spconform(t, "report", filepath.Dir(path), "--format", format)
			assert.Equal(t, stdout, ofFolder, "a results folder will do")
		})
	}
}

func TestSpecRequirements(t *testing.T) {
	code, stdout, _ := spconform(t, "spec", "requirements", "--interfaces", "social", "--format", "json")
	require.Equal(t, exitHolds, code)
	var listed []map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &listed))
	for _, requirement := range listed {
		assert.Contains(t, []any{"MUST", "SHOULD"}, requirement["keyword"])
	}
}

func TestDictionary(t *testing.T) {
	code, stdout, _ := spconform(t, "dictionary", "list", "--format", "csv")
	require.Equal(t, exitHolds, code)
	assert.Contains(t, stdout, ",SRPerson,social,")
	for name, says := range map[string]string{"SRPerson": "birth_date", "sex": "female", "date_time": "date_time"} {
		code, stdout, _ := spconform(t, "dictionary", "show", name)
		assert.Equal(t, exitHolds, code)
		assert.Contains(t, stdout, says)
	}
}

func TestDictionaryValidate(t *testing.T) {
	cases := map[string]struct {
		record string
		code   int
		says   string
	}{
		"holds":         {`{"birth_date":"1980-02-28"}`, exitHolds, "none"},
		"no such day":   {`{"birth_date":"1980-02-31"}`, exitDoesNotHold, "birth_date"},
		"advisory only": {`{"shoe_size":44}`, exitHolds, "attribute.unknown"},
		"not JSON":      {`<xml/>`, exitDoesNotHold, "json."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "record.json")
			require.NoError(t, os.WriteFile(path, []byte(c.record), 0o600))
			code, stdout, stderr := spconform(t, "dictionary", "validate", "Person", path)
			assert.Equal(t, c.code, code)
			assert.Empty(t, stderr)
			assert.Contains(t, stdout, c.says)
			assert.NotContains(t, stdout, "1980-02-31", "never a value of the record")
		})
	}
}

func TestCompletion(t *testing.T) {
	code, stdout, _ := spconform(t, "completion", "bash")
	assert.Equal(t, exitHolds, code)
	assert.Contains(t, stdout, "bash completion")
	_, stdout, _ = spconform(t, "__complete", "report", "--format", "")
	assert.Contains(t, stdout, "junit\n")
}

func TestDictionaryExport(t *testing.T) {
	for _, format := range export.Formats() {
		code, stdout, stderr := spconform(t, "dictionary", "export", "--format", format)
		assert.Equal(t, exitHolds, code, stderr)
		assert.Contains(t, stdout, "SRPerson", format)
	}
}

func TestDictionaryOfACountry(t *testing.T) {
	profile := filepath.Join("..", "..", "datadictionary", "testdata", "profile", "examplia")
	code, _, stderr := spconform(t, "dictionary", "list", "--profile", profile)
	assert.Equal(t, exitHolds, code, stderr)
}
