package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// edited copies a document with one text replaced and gives the copy's name.
func edited(t *testing.T, document, old, replacement string) string {
	t.Helper()
	data, err := os.ReadFile(document)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	copied := filepath.Join(t.TempDir(), filepath.Base(document))
	require.NoError(t, os.WriteFile(copied, []byte(strings.Replace(string(data), old, replacement, 1)), 0o600))
	return copied
}

var (
	cleanDocument = filepath.Join("..", "..", "spec", "lint", "testdata", "registry.yaml")
	smallDocument = filepath.Join("..", "..", "spec", "diff", "testdata", "small.yaml")
)

func TestSpecLint(t *testing.T) {
	misspelt := edited(t, cleanDocument, "required: [transaction_id, search_request]", "required: [transaction_id, serach_request]")
	cases := map[string]struct {
		args []string
		code int
		says string
	}{
		"embedded documents":  {nil, exitHolds, "none"},
		"document with parts": {[]string{filepath.Join("..", "..", "spec", "openapi", "social.yaml")}, exitHolds, "none"},
		"folder":              {[]string{filepath.Dir(misspelt)}, exitDoesNotHold, "required-unknown"},
		"table":               {[]string{misspelt}, exitDoesNotHold, "required-unknown"},
		"json":                {[]string{misspelt, "--format", "json"}, exitDoesNotHold, `"rule": "required-unknown"`},
		"sarif":               {[]string{misspelt, "--format", "sarif"}, exitDoesNotHold, `"ruleId": "required-unknown"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := spconform(t, append([]string{"spec", "lint"}, c.args...)...)
			assert.Empty(t, stderr)
			assert.Equal(t, c.code, code)
			assert.Contains(t, stdout, c.says)
		})
	}
	code, _, stderr := spconform(t, "spec", "lint", "no-such-file")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "name an OpenAPI document or a folder of them")
}

func TestSpecDiff(t *testing.T) {
	narrowed := edited(t, smallDocument, "[predicate, expression]", "[predicate]")
	code, stdout, stderr := spconform(t, "spec", "diff", smallDocument, narrowed, "--report", reportFile(t), "--format", "json")
	assert.Empty(t, stderr)
	assert.Equal(t, exitDoesNotHold, code)
	var read struct {
		Changes []struct{ Level string }
		Rerun   map[string][]string
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &read))
	assert.NotEmpty(t, read.Changes)

	code, stdout, _ = spconform(t, "spec", "diff", narrowed, smallDocument, "--report", reportFile(t))
	assert.Equal(t, exitHolds, code)
	assert.Contains(t, stdout, "non-breaking")
	assert.Contains(t, stdout, "stands")

	code, _, stderr = spconform(t, "spec", "diff", smallDocument, edited(t, smallDocument, "type: object", "$ref: '#/nowhere'"))
	assert.Equal(t, exitCouldNotRun, code)
	assert.Contains(t, stderr, "spconform spec lint says where to mend it")
}
