package selftest_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/spec"
)

// recomputed are vendors whose departures the checks find, of several kinds. SPCONFORM_RECOMPUTE=all
// takes every vendor.
var recomputed = []string{"action-echoed", "message-id-constant", "answer-unsigned-sometimes", "callback-unsigned",
	"answer-signed-by-unpublished-key", "content-type-text-plain", "error-body-empty", "keys-of-two-nodes"}

// TestRecordedExchangesGiveTheSameOutcome: what the checks find in the transcript of a run is what they
// found in the run, for vendors that fail them as for those that do not.
func TestRecordedExchangesGiveTheSameOutcome(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, defect := range mocks.Defects() {
		if os.Getenv("SPCONFORM_RECOMPUTE") != "all" && !slices.Contains(recomputed, defect.ID) {
			continue
		}
		t.Run(defect.ID, func(t *testing.T) {
			server, err := defect.Start(t.Context(), "", social)
			require.NoError(t, err)
			defer server.Close()
			report, err := conformance.Run(t.Context(), conformance.Options{Target: selftest.Target(server, []spec.Interface{social}), Seed: 5,
				Version: "test", Selection: conformance.Selection{Requirements: defect.Breaks}})
			require.NoError(t, err)
			require.Nil(t, report.Error)
			checks, err := conformance.Recompute(t.Context(), report, report.Transcript)
			require.NoError(t, err)
			for _, check := range checks {
				assert.Equal(t, statement.Holds, check.Outcome, "%s: %s", check.Name, check.Detail)
			}
			assert.True(t, strings.Contains(checks[len(checks)-1].Detail, "judged again"))
		})
	}
}
