package selftest_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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

// spoken runs an interface's scenarios on a vendor that declares dialects; all of them, or those of some
// requirements.
func spoken(t *testing.T, on string, vendor mocks.Defect, declared []string, requirements ...string) result.Report {
	t.Helper()
	tested, err := spec.FindInterface(on)
	require.NoError(t, err)
	server, err := vendor.Start(t.Context(), "", tested)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	target := selftest.Target(server, []spec.Interface{tested})
	// Vendors side by side are slow, and each answers in the end.
	target.Waits.Callback, target.Waits.Notify, target.Waits.Keys = 15*time.Second, 15*time.Second, 15*time.Second
	target.Waits.Run = time.Hour
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

// oneOfEachKind are the dialects that are tried where SPCONFORM_DIALECTS does not ask for all of them.
var oneOfEachKind = []string{"paths-prefixed", "action-search", "error-single", "idtype-value-nested", "expression-range", "action-as-published",
	"signature-jws-detached", "signature-none", "canonical-insertion"}

// touched are requirements that dialects touch in one way or another. SPCONFORM_DIALECTS=all tries every
// dialect on them, whole tries every dialect on all requirements.
var touched = []string{"REG-SEARCH-001", "REG-ACK-001", "REG-HDR-004", "REG-ENV-001", "REG-HTTP-005", "REG-CB-001", "REG-CB-006",
	"REG-QEX-001", "REG-QEX-005", "REG-QEX-006", "REG-QEX-012", "SEC-SIG-001", "SEC-SIG-002", "SEC-SIG-005", "SEC-SIG-006", "SEC-SIG-007",
	"SEC-SIG-008", "SEC-SIG-009", "SEC-SIG-010", "SEC-SIG-011", "REG-SUB-001", "REG-NTF-001", "REG-TXN-001",
	"PAY-DSB-001", "PAY-STAT-001", "PAY-HDR-002", "PAY-SIG-001", "MAP-LINK-001", "MAP-UPD-001", "MAP-UNL-001", "MAP-RES-001"}

// TestEachDialectIsToldFromWrong: what falls in the strict form holds under the dialect, but for what the
// vendor says remains.
func TestEachDialectIsToldFromWrong(t *testing.T) {
	only, tried := touched, oneOfEachKind
	switch ids := os.Getenv("SPCONFORM_DIALECTS"); ids {
	case "":
	case "all":
		tried = nil
	case "whole":
		only, tried = nil, nil
	default:
		only, tried = strings.Fields(ids), nil
	}
	for _, one := range mocks.Dialects() {
		if tried != nil && !slices.Contains(tried, one.ID) {
			continue
		}
		t.Run(one.ID, func(t *testing.T) {
			t.Parallel()
			on := one.Interfaces
			if len(on) == 0 {
				on = []string{"social"}
			}
			for _, id := range on {
				told(t, id, one, of(t, id, only))
			}
		})
	}
}

// told holds a vendor on one interface to what it says falls and remains.
func told(t *testing.T, on string, one mocks.Dialect, only []string) {
	t.Helper()
	report := spoken(t, on, one.Vendor(), []string{one.ID}, only...)
	assert.Empty(t, with(report, result.Error, result.Skipped))
	held, unmet := with(report, result.Dialect), with(report, result.Unmet)
	t.Logf("%d hold under the dialect, %d remain unmet", len(held), len(unmet))
	for _, row := range report.Interfaces[0].Requirements {
		if row.Verdict == result.Unmet && !slices.Contains(one.Remains, row.ID) {
			t.Logf("unmet %s: %s; under the dialect %+v", row.ID, row.Reason, lo.FromPtr(row.Spoken).Failures)
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
}

// of are those of the requirements that the interface owes.
func of(t *testing.T, on string, ids []string) []string {
	t.Helper()
	tested, err := spec.FindInterface(on)
	require.NoError(t, err)
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	return lo.FilterMap(catalogue.For(tested, spec.RoleRegistry), func(q spec.Requirement, _ int) (string, bool) {
		return q.ID, slices.Contains(ids, q.ID)
	})
}

// TestADialectHidesNothingWrong: a vendor that speaks a dialect and is wrong besides is unmet where it is
// wrong, and what is right of it holds under the dialect.
func TestADialectHidesNothingWrong(t *testing.T) {
	for _, row := range []struct {
		dialect, defect string
		// holds is a requirement that the defect leaves whole.
		holds string
	}{
		{"paths-prefixed", "search-canned-person", "REG-ACK-001"},
		{"signature-jws", "search-query-ignored", "REG-ACK-001"},
		{"expression-sequence", "expression-unknown-attribute-dropped", "REG-QEX-001"},
		{"signature-jws-detached", "signature-not-checked", "SEC-SIG-001"},
		{"action-search", "callback-unsigned", "REG-HDR-004"},
	} {
		t.Run(row.dialect+" and "+row.defect, func(t *testing.T) {
			defect, err := mocks.Find(row.defect)
			require.NoError(t, err)
			speaks, ok := lo.Find(mocks.Dialects(), func(d mocks.Dialect) bool { return d.ID == row.dialect })
			require.True(t, ok)
			report := spoken(t, "social", speaks.Vendor(defect), []string{row.dialect}, append([]string{row.holds}, defect.Breaks...)...)
			for _, id := range defect.Breaks {
				assert.Contains(t, with(report, result.Unmet), id)
			}
			assert.Contains(t, with(report, result.Dialect), row.holds)
		})
	}
}

// TestAVerdictUnderADialectCannotBeMadeUp: a report that claims a dialect where there was none.
func TestAVerdictUnderADialectCannotBeMadeUp(t *testing.T) {
	speaks, _ := lo.Find(mocks.Dialects(), func(d mocks.Dialect) bool { return d.ID == "action-search" })
	report := spoken(t, "social", speaks.Vendor(), []string{"action-search"}, "REG-HDR-004")
	for name, change := range map[string]func(*result.Requirement, *result.Report){
		"as it was":        func(*result.Requirement, *result.Report) {},
		"no outcome":       func(r *result.Requirement, _ *result.Report) { r.Spoken = nil },
		"another dialect":  func(r *result.Requirement, _ *result.Report) { r.Spoken.Dialects = []string{"paths-mixed"} },
		"nothing fell":     func(r *result.Requirement, _ *result.Report) { r.Failures = nil },
		"a scenario fewer": func(r *result.Requirement, _ *result.Report) { r.Spoken.Scenarios = nil },
		"another description": func(_ *result.Requirement, whole *result.Report) {
			whole.Target.Dialects[0].Description += "# more\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(report)
			require.NoError(t, err)
			var changed result.Report
			require.NoError(t, json.Unmarshal(raw, &changed))
			for i := range changed.Interfaces[0].Requirements {
				row := &changed.Interfaces[0].Requirements[i]
				require.Equal(t, result.Dialect, row.Verdict)
				if name == "nothing fell" {
					for at := range row.Scenarios {
						row.Scenarios[at].Status = result.Passed
					}
				}
				change(row, &changed)
			}
			checks, err := conformance.Recompute(t.Context(), conformance.Standard{}, changed, report.Transcript)
			require.NoError(t, err)
			refused := lo.ContainsBy(checks, func(c statement.Check) bool { return c.Outcome == statement.Refused })
			assert.Equal(t, name != "as it was", refused)
		})
	}
}
