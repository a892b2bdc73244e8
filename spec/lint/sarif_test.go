package lint_test

import (
	"bytes"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/lint"
)

func TestSARIF(t *testing.T) {
	documents := sources(t, "testdata/registry.yaml")
	documents[0].Data = bytes.ReplaceAll(documents[0].Data, []byte("maxLength: 99"), []byte("minimum: 99"))
	findings := lint.Documents(documents, nil, nil)
	require.Len(t, findings, 1)
	require.Len(t, findings[0].Also, 1)

	var out bytes.Buffer
	require.NoError(t, lint.SARIF(&out, findings, "1.2.3"))
	report, err := sarif.FromBytes(out.Bytes())
	require.NoError(t, err)
	require.NoError(t, report.Validate())
	assert.Equal(t, "2.1.0", report.Version)
	run := report.Runs[0]
	assert.Len(t, run.Tool.Driver.Rules, len(lint.Rules()))
	require.Len(t, run.Results, 1)
	result := run.Results[0]
	assert.Equal(t, "keyword-ignored", *result.RuleID)
	assert.Equal(t, "warning", result.Level)
	place := result.Locations[0].PhysicalLocation
	assert.Equal(t, "registry.yaml", *place.ArtifactLocation.URI)
	assert.Equal(t, findings[0].Line, *place.Region.StartLine)
	assert.Len(t, result.RelatedLocations, 1)
}
