package reports_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/reports"
)

func har(t *testing.T, report result.Report) ([]any, []byte) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.HAR(&out, report))
	var file struct{ Log struct{ Entries []any } }
	require.NoError(t, json.Unmarshal(out.Bytes(), &file))
	return file.Log.Entries, out.Bytes()
}

func TestHAR(t *testing.T) {
	entries, raw := har(t, sample())
	golden(t, "exchanges.har", raw)
	assert.Len(t, entries, 3, "the whole transcript")
}

func TestHAROfReadReportHasExchangesOfFailures(t *testing.T) {
	report := sample()
	report.Transcript = nil
	entries, _ := har(t, report)
	assert.Len(t, entries, 2)
}

func TestHARIsInOrderOfTime(t *testing.T) {
	report := sample()
	report.Transcript[2].StartedAt = started
	entries, _ := har(t, report)
	assert.Equal(t, "ex-3", entries[0].(map[string]any)["_id"])
}

func TestHARKeepsBytes(t *testing.T) {
	report := sample()
	body := "\xff\xfe\x00"
	report.Transcript = []result.Exchange{exchange("ex-9", "jwks", 200, body)}
	entries, _ := har(t, report)
	content := entries[0].(map[string]any)["response"].(map[string]any)["content"].(map[string]any)
	assert.Equal(t, "base64", content["encoding"])
	decoded, err := base64.StdEncoding.DecodeString(content["text"].(string))
	require.NoError(t, err)
	assert.Equal(t, body, string(decoded))
}
