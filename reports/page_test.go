package reports_test

import (
	"bytes"
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

// TestEveryWordIsInOnePlace: a key that is used has a text, and a text has a use.
func TestEveryWordIsInOnePlace(t *testing.T) {
	raw, err := os.ReadFile("page/strings.en.yaml")
	require.NoError(t, err)
	table := map[string]string{}
	require.NoError(t, yaml.Unmarshal(raw, &table))
	used := map[string]bool{}
	reference := regexp.MustCompile(`(?:\bt |words\()"([a-z_]+)"`)
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") || (filepath.Ext(path) != ".go" && filepath.Ext(path) != ".tmpl") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, match := range reference.FindAllSubmatch(content, -1) {
			used[string(match[1])] = true
		}
		return err
	}))
	// The beginning of a key is used with what varies.
	beginnings := regexp.MustCompile(`^(dimension|level_means)_`)
	for key := range used {
		if beginnings.FindString(key) != key {
			assert.Contains(t, table, key)
		}
	}
	for key := range table {
		assert.True(t, used[key] || beginnings.MatchString(key), "%s is used nowhere", key)
	}
}

func badge(t *testing.T, report result.Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.Badge(&out, report))
	return out.String()
}

func TestBadge(t *testing.T) {
	cases := map[string]struct {
		change func(*result.Report)
		says   string
	}{
		"not conformant": {func(*result.Report) {}, "spconform: social not conformant"},
		"conformant":     {func(r *result.Report) { r.Interfaces[0].Conformant = pointer(true) }, "spconform: social 1°"},
		"partial":        {func(r *result.Report) { r.Interfaces[0].Conformant = nil }, "spconform: no level"},
		"run failed":     {func(r *result.Report) { r.Error = &result.RunError{} }, "spconform: no level"},
		"hostile":        {func(r *result.Report) { r.Interfaces[0].Interface = hostile }, "&lt;script&gt;"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			report := sample()
			c.change(&report)
			shown := badge(t, report)
			assert.Contains(t, shown, c.says)
			assert.NotContains(t, shown, "<script")
			var any struct{}
			require.NoError(t, xml.Unmarshal([]byte(shown), &any), "well-formed XML")
		})
	}
}

func TestSummary(t *testing.T) {
	report := sample()
	var out bytes.Buffer
	require.NoError(t, reports.Summary(&out, report))
	assert.Contains(t, out.String(), "To reach level 2")
	assert.NotContains(t, out.String(), "<script")
	assert.NotContains(t, out.String(), "expires on", "a run with an error of ours has no statement")

	report.Interfaces[0].Requirements = report.Interfaces[0].Requirements[:1]
	report.Interfaces = append(report.Interfaces, report.Interfaces[0])
	out.Reset()
	require.NoError(t, reports.Summary(&out, report))
	assert.Contains(t, out.String(), "expires on 2027-03-01")
	assert.Equal(t, 2, strings.Count(out.String(), "<tr><td><b>Social registry"))
}

// TestTheReportSaysWhenItExpires: once, and not of a run of which no statement is made.
func TestTheReportSaysWhenItExpires(t *testing.T) {
	report := sample()
	var out bytes.Buffer
	require.NoError(t, reports.HTML(&out, report))
	assert.NotContains(t, out.String(), "expires on", "a run with an error of ours has no statement")

	report.Interfaces[0].Requirements = report.Interfaces[0].Requirements[:1]
	out.Reset()
	require.NoError(t, reports.HTML(&out, report))
	assert.Equal(t, 1, strings.Count(out.String(), "expires on 2027-03-01"))
}

// comparison has hostile names, a winner and rows of both parts.
// outcomes are those of a candidate that is tested on two interfaces.
func outcomes(level int, conformant bool) []compare.Outcome {
	dimensions := []result.DimensionLevel{{Dimension: "legal"}, {Dimension: "technical", Level: &level, Provisional: true}}
	return []compare.Outcome{{Interface: "crvs", Title: "Civil registration", Conformant: conformant, Level: level, Dimensions: dimensions},
		{Interface: "social", Title: "Social registry " + hostile, Conformant: conformant, Level: level, Provisional: true, Dimensions: dimensions}}
}

func comparison() compare.Comparison {
	return compare.Comparison{
		SchemaVersion: compare.SchemaVersion, Programme: "Examplia " + hostile, Suite: result.Suite{Name: "spconform", Version: "1"}, Seed: 1,
		Candidates: []compare.Standing{
			{Name: "Broad " + hostile, Failing: []compare.Failing{{Interface: "social", Rule: "it must be conformant", Requirements: []string{"SEC-TOK-001"}},
				{Interface: "social", Rule: "the programme asks for level 3", Requirements: []string{"SEC-TOK-001", "LEG-DPA-001"}}}, Headlines: []string{"social registry 0"}, Interfaces: outcomes(0, false)},
			{Name: "=Narrow", Eligible: true, Signer: "thumb", Trusted: true, Failing: []compare.Failing{}, Headlines: []string{"social registry 2"}, Expires: "2027-03-01", Interfaces: outcomes(2, true)[1:]},
			{Name: "Other", Eligible: true, Signer: "print", Failing: []compare.Failing{}, Headlines: []string{"social registry 3"}, Interfaces: outcomes(3, true)},
		},
		Tested: []compare.Row{{Interface: "crvs", Statement: "Civil registration", Verdicts: []string{compare.Tested, compare.NotTested, compare.Tested}},
			{Interface: "social", Capability: "subscribe", Statement: "the capability subscribe", Requirements: []string{"REG-SUB-001"}, Verdicts: []string{compare.Present, compare.Absent, compare.Present}},
			{Interface: "social", ID: "LEG-LOG-001", Statement: "A registry MUST log.", Experimental: true, Verdicts: []string{"unmet", "met", "met"}},
			{Interface: "social", ID: "SEC-TOK-001", Statement: "A registry MUST ask for a token.", Critical: true, Verdicts: []string{"unmet", "met", "met"}}},
		Declared: []compare.Row{{Interface: "social", ID: "LEG-DPA-001", Statement: "An agreement MUST be there.", Verdicts: []string{"unmet", "met, declared E1", "met, declared E2"}}},
		Ranking:  compare.Ranking{Dominates: []compare.Dominance{}, Shares: []compare.Share{{Name: "=Narrow", First: .4}, {Name: "Other", First: .6}}, Draws: compare.Draws, Criteria: []string{"a", "b"}},
	}
}

func TestComparison(t *testing.T) {
	for _, format := range []reports.Format{reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatHTML} {
		t.Run(string(format), func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, reports.Comparison(&out, comparison(), format, reports.Terminal{Width: 120}))
			shown := out.String()
			for _, part := range []string{"SEC-TOK-001", "LEG-DPA-001", "Narrow", "capability subscribe", "experimental"} {
				assert.Contains(t, shown, part)
			}
			assert.NotContains(t, shown, "\x1b[2J")
			switch format {
			case reports.FormatHTML:
				assert.NotContains(t, shown, "<script")
				assert.Contains(t, shown, "No robust winner")
				assert.Contains(t, shown, `href="#row-social-SEC-TOK-001"`, "why not leads to the row")
				assert.Contains(t, shown, `id="row-social-SEC-TOK-001"`)
				assert.Equal(t, 1, strings.Count(shown, ">SEC-TOK-001</a>"), "what is named above is not named again")
			case reports.FormatTable:
				assert.Contains(t, shown, "those named above, LEG-DPA-001")
				assert.Contains(t, shown, "valid until 2027-03-01")
				assert.Contains(t, shown, "No robust winner")
				assert.Contains(t, shown, "40.0 %")
			case reports.FormatCSV:
				assert.True(t, slices.ContainsFunc(strings.Split(shown, "\n"), func(line string) bool { return strings.HasPrefix(line, "tested,social,SEC-TOK-001") }))
				assert.NotContains(t, shown, ",=Narrow", "no formula")
			}
		})
	}
}

func since() compare.Since {
	level := 2
	return compare.Since{SchemaVersion: compare.SchemaVersion, Before: "P 1", After: "P 2" + hostile, Levels: []compare.LevelChange{{Interface: "social", After: &level}},
		Changes: []compare.Change{{Difference: result.Difference{Interface: "social", Requirement: "REG-SEARCH-001", Before: result.Met, After: result.Unmet}, Direction: compare.Worse, Statement: hostile}}}
}

func TestSince(t *testing.T) {
	for _, format := range []reports.Format{reports.FormatTable, reports.FormatJSON, reports.FormatCSV, reports.FormatHTML} {
		var out bytes.Buffer
		require.NoError(t, reports.Since(&out, since(), format, reports.Terminal{Width: 120}))
		assert.Contains(t, out.String(), "worse", format)
		assert.Contains(t, out.String(), "REG-SEARCH-001", format)
		if format == reports.FormatHTML {
			assert.NotContains(t, out.String(), "<script")
		}
		if format == reports.FormatHTML || format == reports.FormatTable {
			assert.Contains(t, out.String(), "level 2, was –", format)
		}
	}
}
