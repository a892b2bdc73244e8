package selftest_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/spec"
)

// spoken runs the social registry's scenarios on a vendor that declares dialects; all of them, or those of
// some requirements.
func spoken(t *testing.T, vendor mocks.Defect, declared []string, requirements ...string) result.Report {
	t.Helper()
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	server, err := vendor.Start(t.Context(), "", social)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	target := selftest.Target(server, []spec.Interface{social})
	for _, id := range declared {
		known, err := dialect.Find(id)
		require.NoError(t, err)
		target.Dialects = append(target.Dialects, known)
	}
	report, err := conformance.Run(context.WithoutCancel(t.Context()), conformance.Options{Target: target, Seed: 7, Version: "test",
		Selection: conformance.Selection{Requirements: requirements}})
	require.NoError(t, err)
	require.Nil(t, report.Error)
	return report
}

// with lists the requirements that have one of the verdicts.
func with(report result.Report, verdicts ...result.Verdict) []string {
	return lo.FilterMap(report.Interfaces[0].Requirements, func(r result.Requirement, _ int) (string, bool) {
		return r.ID, slices.Contains(verdicts, r.Verdict)
	})
}

// touched are requirements that dialects touch in one way or another. SPCONFORM_DIALECTS=whole takes all.
var touched = []string{"REG-SEARCH-001", "REG-ACK-001", "REG-HDR-004", "REG-ENV-001", "REG-HTTP-005", "REG-CB-001", "REG-CB-006",
	"REG-QEX-001", "REG-QEX-005", "REG-QEX-006", "REG-QEX-012", "SEC-SIG-001", "SEC-SIG-002", "SEC-SIG-005", "SEC-SIG-006", "SEC-SIG-007",
	"SEC-SIG-008", "SEC-SIG-009", "SEC-SIG-010", "SEC-SIG-011", "REG-SUB-001", "REG-NTF-001", "REG-TXN-001"}

// TestEachDialectIsToldFromWrong: what falls in the strict form holds under the dialect, but for what the
// vendor says remains.
func TestEachDialectIsToldFromWrong(t *testing.T) {
	only := touched
	if ids := os.Getenv("SPCONFORM_DIALECTS"); ids != "" && ids != "whole" {
		only = strings.Fields(ids)
	} else if ids == "whole" {
		only = nil
	}
	for _, one := range mocks.Dialects() {
		t.Run(one.ID, func(t *testing.T) {
			report := spoken(t, one.Vendor(), []string{one.ID}, only...)
			assert.Empty(t, with(report, result.Error, result.Skipped))
			held, unmet := with(report, result.Dialect), with(report, result.Unmet)
			t.Logf("%d hold under the dialect, %d remain unmet", len(held), len(unmet))
			for _, row := range report.Interfaces[0].Requirements {
				if row.Verdict == result.Unmet {
					t.Logf("unmet %s: %s", row.ID, row.Reason)
					if row.Spoken != nil {
						t.Logf("%+v", row.Spoken.Failures)
					}
				}
				if row.Verdict == result.Dialect {
					assert.Equal(t, []string{one.ID}, row.Spoken.Dialects)
					assert.NotEmpty(t, row.Reason, row.ID)
				}
			}
			checks, err := conformance.Recompute(t.Context(), conformance.Standard{}, report, report.Transcript)
			require.NoError(t, err)
			for _, check := range checks {
				assert.Equal(t, statement.Holds, check.Outcome, "%s: %s", check.Name, check.Detail)
			}
			if one.Published {
				assert.Empty(t, held)
			}
			tested := with(report, result.Verdicts...)
			assert.ElementsMatch(t, lo.Intersect(one.Remains, tested), unmet)
			for _, id := range lo.Intersect(one.Falls, tested) {
				assert.Contains(t, append(held, unmet...), id)
			}
		})
	}
}
