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
			Ladder       []struct{ Interface, Level, Next string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &read))
	assert.NotEmpty(t, read.Coverage.Requirements)
	assert.NotEmpty(t, read.Coverage.Elements)
	require.NotEmpty(t, read.Coverage.Ladder)
	for _, one := range read.Coverage.Ladder {
		if one.Interface == "eligibility" {
			assert.Equal(t, "A0", one.Level, "all that is required of it is experimental")
			continue
		}
		assert.Contains(t, []string{"A1", "A2"}, one.Level, "%s: nothing stands below A1, and without implementations nothing above A2", one.Interface)
	}
	assert.Equal(t, len(read.Failures) > 0, code == exitDoesNotHold)
	for format, says := range map[string]string{"table": "The artefact ladder", "html": "The artefact ladder"} {
		again, stdout, _ := spconform(t, "spec", "coverage", "--format", format)
		assert.Equal(t, code, again)
		assert.Contains(t, stdout, says)
	}
}
