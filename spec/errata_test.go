package spec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
)

func TestErrataHold(t *testing.T) {
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	assert.NotEmpty(t, rows)
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	for _, row := range rows {
		for _, id := range row.Requirements {
			_, ok := catalogue.Find(id)
			assert.True(t, ok, "%s rests on %s, which is not in the catalogue", row.ID, id)
		}
	}
}

func TestReadErrataRefuses(t *testing.T) {
	const good = "documents: {a: A}\nerrata:\n  - {id: ERR-001, documents: [a], pointer: /b, kind: defect, what: c, ours: d, why: e, requirements: []}\n"
	for _, c := range []struct{ name, old, new, want string }{
		{"an id out of order", "ERR-001", "ERR-002", "expected ERR-001"},
		{"an unknown document", "documents: [a]", "documents: [b]", "document"},
		{"no document", "documents: [a]", "documents: []", "names no document"},
		{"an unknown kind", "kind: defect", "kind: slip", "kind"},
		{"an empty text", "ours: d", "ours: ''", "ours is empty"},
		{"a drop without a kind", "requirements: []", "requirements: [], drops: [subscibe]", "drops"},
		{"an unknown member", "why: e", "why: e, more: f", "more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			_, err := spec.ReadErrata(fstest.MapFS{"e.yaml": {Data: []byte(strings.Replace(good, c.old, c.new, 1))}}, "e.yaml")
			assert.ErrorContains(t, err, c.want)
		})
	}
	t.Run("and takes a good one", func(t *testing.T) {
		list, err := spec.ReadErrata(fstest.MapFS{"e.yaml": {Data: []byte(good)}}, "e.yaml")
		require.NoError(t, err)
		assert.Len(t, list.Rows, 1)
	})
}

func TestEveryChoiceIsExplained(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "wire.md"))
	require.NoError(t, err)
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, row := range rows {
		known[row.ID] = true
		if row.Kind == spec.Choice {
			assert.Contains(t, string(page), row.ID, row.What)
		}
	}
	for _, id := range regexp.MustCompile(`ERR-\d{3}`).FindAllString(string(page), -1) {
		assert.True(t, known[id], "docs/wire.md speaks of %s, which is not in errata.yaml", id)
	}
}

// sampleErrata says which row explains each departure of the published social samples.
var sampleErrata = map[string]string{
	"/header/action const":                                               "/header/action (responses)",
	"/header/completed_count type":                                       "/header (responses)",
	"/header/status_reason_code enum":                                    "/header (responses)",
	"/header/meta type":                                                  "/header/meta",
	"/message/search_request/0/search_criteria/authorize type":           "/header/meta",
	"/message/search_request/0/search_criteria/consent type":             "/header/meta",
	"/header/sender_uri format":                                          "/header/sender_uri",
	"/header/total_count type":                                           "/header/total_count",
	"/message/search_response/0/pagination/total_count type":             "/header/total_count",
	"/message/search_request/0/locale pattern":                           "/message/search_request/0/locale",
	"/message/search_response/0/locale pattern":                          "/message/search_request/0/locale",
	"/message/search_response/0/locale type":                             "/message/search_response/0 (responses)",
	"/message/search_response/0/pagination type":                         "/message/search_response/0 (responses)",
	"/message/search_response/0/timestamp type":                          "/message/search_response/0 (responses)",
	"/message/search_response/0/status_reason_code enum":                 "/message/search_response/0 (responses)",
	"/message/search_request/0/search_criteria/response_entity enum":     "/message/search_request/0/search_criteria/response_entity",
	"/message/search_request/0/search_criteria/query/0/condition enum":   "/message/search_request/0/search_criteria/query/0 (processflow2)",
	"/message/search_request/0/search_criteria/query/0/expression2 type": "/message/search_request/0/search_criteria/query/0 (processflow2)",
	"/message/search_request/0/search_criteria/query/0/seq_num type":     "/message/search_request/0/search_criteria/query/0 (processflow2)",
	"/ json.duplicate":                                                   "/message/search_request/0/search_criteria/query/0 (processflow3a, 4)",
}

func TestPublishedSamplesAreExplained(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(upstream(t), "dci-samples", "social", "processflow*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	rows, err := spec.LoadErrata()
	require.NoError(t, err)
	explained := map[string]bool{}
	for _, row := range rows {
		explained[row.Pointer] = true
	}
	met := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		told := social(t).ValidateResponse("sync-search", 200, jsonType, body)
		if strings.HasSuffix(file, "req.json") {
			told = social(t).ValidateRequest("sync-search", jsonType, body)
		}
		require.NotEmpty(t, binding(told), "%s holds: no published sample did", filepath.Base(file))
		for _, place := range binding(told) {
			met[place] = true
			assert.Contains(t, sampleErrata, place, filepath.Base(file))
		}
	}
	for place, pointer := range sampleErrata {
		assert.True(t, met[place], "no sample departs at %s any more", place)
		assert.True(t, explained[pointer], "no erratum has the pointer %s", pointer)
	}
}
