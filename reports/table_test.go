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

func table(t *testing.T, report result.Report, on reports.Terminal) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.Table(&out, report, on))
	return out.String()
}

func TestTable(t *testing.T) {
	golden(t, "table.txt", []byte(table(t, sample(), reports.Terminal{Width: 110})))
}

func TestTableColors(t *testing.T) {
	colored := table(t, sample(), reports.Terminal{Width: 110, Color: true})
	assert.Contains(t, colored, "\x1b[31munmet\x1b[0m")
	assert.NotContains(t, colored, "\x1b[2J", "escapes of the target never reach the terminal")
}

func TestTableShowsNoControlCharacters(t *testing.T) {
	shown := table(t, sample(), reports.Terminal{Width: 110})
	for _, char := range []string{"\x1b", "\a", "\r", "\u202e", "\u009b"} {
		assert.NotContains(t, shown, char)
	}
	assert.Contains(t, strings.Join(strings.Fields(shown), ""), `\x1b[2J`)
}

func TestTableOfRunThatFailed(t *testing.T) {
	report := sample()
	report.Interfaces = nil
	report.Error = &result.RunError{Code: "target.refused", Message: "nothing answers at http://127.0.0.1:1: start the target"}
	shown := table(t, report, reports.Terminal{Width: 80})
	assert.Contains(t, shown, "could not run: nothing answers at http://127.0.0.1:1: start the target (target.refused)")
}

func TestConclusion(t *testing.T) {
	cases := map[string]struct {
		change func(*result.Report)
		want   string
	}{
		"conformant":     {func(r *result.Report) { r.Interfaces[0].Conformant = pointer(true) }, "social: conformant\n"},
		"not conformant": {func(r *result.Report) {}, "social: not conformant\n"},
		"suite failed":   {func(r *result.Report) { r.Interfaces[0].Conformant = nil }, "social: withheld: the suite itself failed on 1 requirement\n"},
		"partial": {func(r *result.Report) {
			r.Interfaces[0].Conformant, r.Selection.Partial = nil, true
			r.Interfaces[0].Requirements = r.Interfaces[0].Requirements[:1]
		}, "social: partial selection: neither conformance nor level\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			report := sample()
			c.change(&report)
			assert.Contains(t, table(t, report, reports.Terminal{Width: 110}), c.want)
		})
	}
}
