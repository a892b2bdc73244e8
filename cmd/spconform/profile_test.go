package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec/fixture"
)

const (
	examplia   = "../../datadictionary/testdata/profile/examplia"
	strictland = "../../datadictionary/testdata/profile/strictland"
)

// TestARunUnderAProfile makes a whole run, signed, and does with its results what those who rely on them do.
func TestARunUnderAProfile(t *testing.T) {
	private, public := newKeys(t)
	out := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := spconform(t, "run", "--quiet", "--interfaces", "social", "--seed", "42", "--profile", examplia, "--key", private, "--out", out)
	require.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
	assert.Contains(t, stdout, "profile Examplia 1.0.0")
	report := reportIn(t, out)
	require.NotNil(t, report.Profile)
	assert.Equal(t, "Examplia", report.Profile.Name)
	for _, file := range []string{"report.html", "summary.html", "junit.xml"} {
		rendered, err := os.ReadFile(filepath.Join(out, file))
		require.NoError(t, err)
		assert.Contains(t, string(rendered), "Examplia 1.0.0", file)
	}

	verify := func(args ...string) (int, string) {
		code, stdout, stderr := spconform(t, append([]string{"verify", "--key", public, out}, args...)...)
		return code, strings.Join(strings.Fields(stdout+stderr), " ")
	}
	code, told := verify("--profile", examplia)
	assert.Equal(t, exitHolds, code, told)
	assert.Contains(t, told, "Examplia 1.0.0 is the one that the run was judged under")
	assert.Contains(t, told, "judged again with the same outcome")
	code, told = verify()
	assert.Equal(t, exitDoesNotHold, code, told)
	assert.Contains(t, told, "profile refused the run was judged under the profile Examplia 1.0.0, which is not here: give --profile")
	code, told = verify("--profile", strictland)
	assert.Equal(t, exitDoesNotHold, code, told)
	assert.Contains(t, told, "of SHA-256 "+report.Profile.Hash+", and this is Strictland 2.0.0")

	without := resultsOf(t, wholeReport("b", requirement("REG-HTTP-001", "technical", 1, result.Met)), private)
	code, _, _ = spconform(t, "compare", without, out)
	assert.Equal(t, exitUsage, code)
	like := report
	like.Profile = nil
	code, _, stderr = spconform(t, "compare", resultsOf(t, like, private), out)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "were judged under different country profiles")
}

// TestAVendorThatKnowsNoProfile: its records are those of the standard, and the report says which attribute
// the country's profile does not find in them.
func TestAVendorThatKnowsNoProfile(t *testing.T) {
	served, end := serving(t, 1, "--interfaces", "social", "--population", "42", "--callbacks", "http://127.0.0.1:8099")
	defer end()
	run := func(args ...string) (int, []result.Failure) {
		out := filepath.Join(t.TempDir(), "out")
		code, _, _ := spconform(t, append([]string{"run", "--quiet", "--target", served["social"], "--interfaces", "social", "--seed", "42",
			"--requirement", "REG-REC-001", "--callbacks", "http://127.0.0.1:8099", "--out", out}, args...)...)
		return code, lo.FlatMap(reportIn(t, out).Interfaces, func(i result.Interface, _ int) []result.Failure { return i.Requirements[0].Failures })
	}
	code, failures := run()
	assert.Equal(t, exitHolds, code, "%v", failures)
	code, failures = run("--profile", strictland)
	assert.Equal(t, exitDoesNotHold, code)
	attributes := lo.Map(failures, func(f result.Failure, _ int) string { return f.Attribute })
	assert.Contains(t, strings.Join(attributes, " "), "address_line_2", "the country asks for the second line")
}

func TestServeUnderAProfile(t *testing.T) {
	served, end := serving(t, 1, "--interfaces", "social", "--population", "42", "--profile", strictland, "--callbacks", "http://127.0.0.1:8098")
	defer end()
	code, stdout, stderr := spconform(t, "run", "--quiet", "--target", served["social"], "--interfaces", "social", "--seed", "42", "--profile", strictland,
		"--requirement", "REG-REC-001,REG-SEARCH-001", "--callbacks", "http://127.0.0.1:8098", "--out", t.TempDir())
	assert.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
}

func TestFixturesUnderAProfile(t *testing.T) {
	plain, fitted := t.TempDir(), t.TempDir()
	code, _, stderr := spconform(t, "fixtures", "--interfaces", "social", "--seed", "42", "--out", plain)
	require.Equal(t, exitHolds, code, stderr)
	code, _, stderr = spconform(t, "fixtures", "--interfaces", "social", "--seed", "42", "--profile", filepath.Join(strictland, "profile-metadata.yaml"), "--out", fitted)
	require.Equal(t, exitHolds, code, stderr)
	code, _, stderr = spconform(t, "serve", "--interfaces", "social", "--addr", "127.0.0.1:0", "--profile", strictland, "--fixtures", plain)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "profile Strictland 2.0.0 does not allow a ")
	assert.Contains(t, stderr, "write the fixtures with the same --profile")
	_, end := serving(t, 1, "--interfaces", "social", "--profile", strictland, "--fixtures", fitted)
	code, _ = end()
	assert.Equal(t, exitHolds, code)
}

func TestAProfileThatCannotBeMet(t *testing.T) {
	write := func(dir, name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	circular := t.TempDir()
	write(circular, "profile-metadata.yaml", "profileName: Circular\nversion: '1'\nschemasIndex: schemas.yaml\n")
	write(circular, "schemas.yaml", "includes: [profiles/c/person.jsonld]\n")
	write(circular, "person.jsonld", `{"@context":{"spdci":"https://schema.spdci.org/core/v1/data"},"@id":"spdci:Person","@type":"rdfs:Class",
		"required":["c:chief"],"rdfs:property":[{"@id":"c:chief","rdfs:range":"spdci:Person"}]}`)
	declared := t.TempDir()
	record, err := json.Marshal(fixture.Record{Interface: "social", RegRecordType: "Person",
		Data: json.RawMessage(`{"identifier":[{"identifier_type":"SECRET-TYPE","identifier_value":"SECRET-VALUE"}]}`)})
	require.NoError(t, err)
	write(declared, "held.ndjson", string(record)+"\n")
	write(declared, "spconform.yaml", `
product: {name: declared}
interfaces: {social: {base: "http://127.0.0.1:9"}}
population: {provide: declared, file: held.ndjson}
`)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"generated":  {[]string{"--interfaces", "social", "--profile", circular}, "profile Circular 1 does not allow a "},
		"declared":   {[]string{"--manifest", filepath.Join(declared, "spconform.yaml"), "--profile", strictland}, "does not allow a Person of social: identifier[0].identifier_type: expects a code of identifier_type"},
		"no folder":  {[]string{"--profile", filepath.Join(circular, "nowhere")}, "name the folder of a profile"},
		"no profile": {[]string{"--profile", declared}, "profile-metadata.yaml: cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := spconform(t, append([]string{"run", "--quiet", "--out", t.TempDir()}, c.args...)...)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, stderr, c.want)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			assert.NotContains(t, stderr, "SECRET")
		})
	}
}

// TestAPublishedProfile runs under the profile that a country published.
func TestAPublishedProfile(t *testing.T) {
	dir := filepath.Join(os.Getenv("SPCONFORM_UPSTREAM"), "dci-schemas", "profiles", "peru")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SPCONFORM_UPSTREAM names no folder with the published profiles")
	}
	code, stdout, stderr := spconform(t, "run", "--quiet", "--interfaces", "social,fr", "--requirement", "REG-REC-001,REG-SEARCH-001", "--profile", dir, "--out", t.TempDir())
	assert.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
}
