package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

func grid(t *testing.T, g reports.Grid, format reports.Format) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, g.Write(&out, format, reports.Terminal{Width: 60}))
	return out.String()
}

var rows = reports.Grid{
	Columns: []string{"id", "text"},
	Rows:    [][]string{{"A-001", strings.Repeat("words and ", 12)}, {"=1+1", hostile}},
}

func TestGridTable(t *testing.T) { golden(t, "grid.txt", []byte(grid(t, rows, reports.FormatTable))) }

func TestGridTableFits(t *testing.T) {
	for line := range strings.Lines(grid(t, rows, reports.FormatTable)) {
		assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), 60, line)
	}
}

func TestGridCSV(t *testing.T) {
	read, err := csv.NewReader(strings.NewReader(grid(t, rows, reports.FormatCSV))).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, rows.Columns, read[0])
	assert.Equal(t, "'=1+1", read[2][0], "no formula")
}

func TestGridMarkdown(t *testing.T) {
	shown := grid(t, rows, reports.FormatMarkdown)
	assert.Equal(t, 4, strings.Count(shown, "\n"))
	assert.NotContains(t, shown, "<script")
}

func TestGridJSON(t *testing.T) {
	var items []map[string]string
	require.NoError(t, json.Unmarshal([]byte(grid(t, rows, reports.FormatJSON)), &items))
	assert.Equal(t, hostile, items[1]["text"])
}

func TestGridJSONOfNothingIsAnArray(t *testing.T) {
	assert.Equal(t, "[]\n", grid(t, reports.Requirements(nil), reports.FormatJSON))
	assert.Equal(t, "[]\n", grid(t, reports.Grid{Columns: []string{"id"}}, reports.FormatJSON))
}

func TestRequirements(t *testing.T) {
	listed := reports.Requirements([]spec.Requirement{{
		ID: "REG-SEARCH-001", Statement: "A registry MUST answer.", Pattern: "registry", Interfaces: []string{"ess"}, Band: 2,
	}})
	var items []map[string]any
	require.NoError(t, json.Unmarshal([]byte(grid(t, listed, reports.FormatJSON)), &items))
	assert.Equal(t, "MUST", items[0]["keyword"])
	assert.Contains(t, grid(t, listed, reports.FormatCSV), "every registry ess")
}
