package selftest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/spec"
)

// TestWhatIsNotBrokenIsNotBlamed: requirements that a vendor keeps though a scenario that it fails, or a
// message that it should not have taken, is of the same exchange.
func TestWhatIsNotBrokenIsNotBlamed(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, row := range []struct {
		name, defect string
		keeps        []string
	}{
		{"answers under the transaction_id that a message came with", "signature-mismatch-taken", []string{"REG-SEARCH-004"}},
		{"refuses without saying why", "error-body-empty", []string{"SEC-SIG-005", "SEC-SIG-011", "REG-HDR-021"}},
		{"refuses in words of its own", "error-code-of-its-own", []string{"SEC-SIG-005", "SEC-SIG-011"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			defect, err := mocks.Find(row.defect)
			require.NoError(t, err)
			server, err := defect.Start(t.Context(), "", social)
			require.NoError(t, err)
			defer server.Close()
			verdicts := map[string]result.Verdict{}
			report, err := conformance.Run(t.Context(), conformance.Options{Target: selftest.Target(server, []spec.Interface{social}), Seed: 5,
				Version: "test", Selection: conformance.Selection{Requirements: append(row.keeps, defect.Breaks...)}})
			require.NoError(t, err)
			for _, requirement := range report.Interfaces[0].Requirements {
				verdicts[requirement.ID] = requirement.Verdict
			}
			for _, id := range defect.Breaks {
				assert.Equal(t, result.Unmet, verdicts[id], id)
			}
			for _, id := range row.keeps {
				assert.Equal(t, result.Met, verdicts[id], id)
			}
		})
	}
}
