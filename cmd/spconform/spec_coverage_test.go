package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSpecCoverage holds what the command says in each format together; whether the gate holds is CI's to ask.
func TestSpecCoverage(t *testing.T) {
	code, stdout, stderr := spconform(t, "spec", "coverage", "--format", "json")
	require.Empty(t, stderr)
	var read struct {
		Failures []struct{ ID string }
		Coverage struct {
			Requirements []struct{ Scenarios, Defects []string }
			Elements     []struct{ Name string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &read))
	assert.NotEmpty(t, read.Coverage.Requirements)
	assert.NotEmpty(t, read.Coverage.Elements)
	assert.Equal(t, len(read.Failures) > 0, code == exitDoesNotHold)
	for format, says := range map[string]string{"table": "positive-only;", "html": "<!doctype html>"} {
		again, stdout, _ := spconform(t, "spec", "coverage", "--format", format)
		assert.Equal(t, code, again)
		assert.Contains(t, stdout, says)
	}
}
