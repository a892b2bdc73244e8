package selftest_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
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
			checks, err := conformance.Recompute(t.Context(), conformance.Standard{}, report, report.Transcript)
			require.NoError(t, err)
			for _, check := range checks {
				assert.Equal(t, statement.Holds, check.Outcome, "%s: %s", check.Name, check.Detail)
			}
			assert.True(t, strings.Contains(checks[len(checks)-1].Detail, "judged again"))
		})
	}
}

// TestWhoeverSignsCannotSayOtherwise: a report that was changed after its run, whoever signs it.
func TestWhoeverSignsCannotSayOtherwise(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	defect, _ := mocks.Find("answer-unsigned-sometimes")
	server, err := defect.Start(t.Context(), "", social)
	require.NoError(t, err)
	defer server.Close()
	run := func() result.Report {
		report, err := conformance.Run(t.Context(), conformance.Options{Target: selftest.Target(server, []spec.Interface{social}), Seed: 5,
			Version: "test", Selection: conformance.Selection{Requirements: defect.Breaks}})
		require.NoError(t, err)
		return report
	}
	// embellish makes an unmet requirement look met, with its scenarios and without its failures.
	embellish := func(r *result.Report) {
		row := &r.Interfaces[0].Requirements[0]
		row.Verdict, row.Reason, row.Failures = result.Met, "", nil
		for i := range row.Scenarios {
			row.Scenarios[i].Status, row.Scenarios[i].Reason = result.Passed, ""
		}
		for i := range r.Transcript {
			r.Transcript[i].Notes = nil
		}
		r.Exchanges = nil
	}
	cases := map[string]struct {
		change func(*result.Report)
		check  string
		says   string
	}{
		"verdict":         {func(r *result.Report) { r.Interfaces[0].Requirements[0].Verdict = result.Met }, conformance.CheckVerdicts, "make it unmet"},
		"verdict and all": {embellish, conformance.CheckExchanges, "departs from it"},
		"not applicable":  {func(r *result.Report) { r.Interfaces[0].Requirements[0].Verdict = result.NotApplicable }, conformance.CheckVerdicts, "shown to be absent"},
		"left out":        {func(r *result.Report) { r.Interfaces[0].Requirements = r.Interfaces[0].Requirements[1:] }, conformance.CheckCatalogue, "requirements apply"},
		"less demanding":  {func(r *result.Report) { r.Interfaces[0].Requirements[0].Keyword = "SHOULD" }, conformance.CheckCatalogue, "not as the catalogue has it"},
		"no scenario": {func(r *result.Report) {
			r.Interfaces[0].Requirements[0].Scenarios = r.Interfaces[0].Requirements[0].Scenarios[1:]
		}, conformance.CheckCatalogue, "lacks some of its scenarios"},
		"another exchange": {func(r *result.Report) { r.Exchanges[0].Response.Body = "{}" }, conformance.CheckExchanges, "another one"},
		"no exchanges":     {func(r *result.Report) { r.Transcript = []result.Exchange{} }, conformance.CheckExchanges, "not in exchanges.har"},
	}
	whole := run()
	require.Equal(t, result.Unmet, whole.Interfaces[0].Requirements[0].Verdict)
	raw, err := json.Marshal(whole)
	require.NoError(t, err)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var report result.Report
			require.NoError(t, json.Unmarshal(raw, &report))
			report.Transcript = slices.Clone(whole.Transcript)
			c.change(&report)
			checks, err := conformance.Recompute(t.Context(), conformance.Standard{}, report, report.Transcript)
			require.NoError(t, err)
			at := slices.IndexFunc(checks, func(check statement.Check) bool { return check.Name == c.check })
			require.GreaterOrEqual(t, at, 0)
			assert.Equal(t, statement.Refused, checks[at].Outcome, checks[at].Detail)
			assert.Contains(t, checks[at].Detail, c.says)
		})
	}
}
