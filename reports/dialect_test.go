package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

// sections are the parts of each rendering that tell of dialects and those that tell of failures.
func sections(t *testing.T, report result.Report) map[string][2]string {
	t.Helper()
	var markdown bytes.Buffer
	require.NoError(t, reports.Markdown(&markdown, report))
	apart := func(text, from, until string) [2]string {
		failures, rest, found := strings.Cut(text, from)
		require.True(t, found, "there is no section on dialects")
		if until != "" {
			rest, _, _ = strings.Cut(rest, until)
		}
		return [2]string{failures, rest}
	}
	return map[string][2]string{
		"table":    apart(table(t, report, reports.Terminal{Width: 200}), "only under ", "target Registry"),
		"markdown": apart(markdown.String(), "### Only under", ""),
		"html":     apart(html(t, report), `<section id="dialects-social">`, "</section>"),
	}
}

func TestDialectsAreListedApart(t *testing.T) {
	for name, shown := range sections(t, sample()) {
		t.Run(name, func(t *testing.T) {
			failures, dialects := shown[0], shown[1]
			for _, id := range []string{"REG-SIG-002", "REG-CB-006"} {
				assert.NotContains(t, failures, id)
				assert.Contains(t, dialects, id)
			}
			assert.NotContains(t, dialects, "REG-SEARCH-004")
			for _, part := range []string{"signature-jws", "The signature is a JWS", "a signature string", "a JWS", "unmet", "met"} {
				assert.Contains(t, dialects, part)
			}
		})
	}
}

// TestDialectsCount: what the suite chose itself counts as met.
func TestDialectsCount(t *testing.T) {
	report := sample()
	_, shown, _ := strings.Cut(html(t, report), `<section id="dialects-social">`)
	for id, counts := range map[string]string{"REG-SIG-002": "counts as unmet", "REG-CB-006": "counts as met"} {
		_, row, _ := strings.Cut(shown, `id="social-`+id+`"`)
		row, _, _ = strings.Cut(row, "</summary>")
		assert.Contains(t, row, counts, id)
	}
	partial := report
	partial.Selection.Partial = true
	partial.Interfaces = []result.Interface{{Requirements: []result.Requirement{{Verdict: result.Dialect, Basis: "house"}}}}
	assert.True(t, partial.Holds())
	partial.Interfaces[0].Requirements[0].Basis = "published"
	assert.False(t, partial.Holds())
}

func TestNoSectionWithoutDialects(t *testing.T) {
	report := sample()
	for i := range report.Interfaces[0].Requirements {
		if row := &report.Interfaces[0].Requirements[i]; row.Verdict == result.Dialect {
			row.Verdict = result.Met
		}
	}
	assert.NotContains(t, table(t, report, reports.Terminal{Width: 110}), "only under")
	assert.NotContains(t, html(t, report), "dialects-social")
}
