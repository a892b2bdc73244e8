package manifest_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
)

// TestTimeoutsAreWrittenDown holds the table of docs/preparing.md to the time-outs of a run.
func TestTimeoutsAreWrittenDown(t *testing.T) {
	page, err := os.ReadFile("../../docs/preparing.md")
	require.NoError(t, err)
	for _, row := range manifest.Timeouts {
		assert.Contains(t, string(page), fmt.Sprintf("| `%s` | %s | %s |\n", row.Name, row.Default, row.For))
	}
}
