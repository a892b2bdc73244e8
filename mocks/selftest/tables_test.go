package selftest_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/spec"
)

var update = flag.Bool("update", false, "write the tables of the documents anew")

// TestDocumentsTellTheTablesAsTheyAre holds what stands between the markers of README.md and docs/selftest.md.
func TestDocumentsTellTheTablesAsTheyAre(t *testing.T) {
	recorded, err := selftest.Recorded()
	require.NoError(t, err)
	texts := map[string]string{"totals": selftest.TotalsTable(recorded), "classes": selftest.ClassTable(mocks.Defects())}
	marked := regexp.MustCompile(`(?s)(<!-- selftest ([a-z]+) -->\n).*?(<!-- end -->)`)
	for file, sections := range map[string][]string{"../../README.md": {"totals"}, "../../docs/selftest.md": {"totals", "classes"}} {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var found []string
		made := marked.ReplaceAllStringFunc(string(raw), func(section string) string {
			parts := marked.FindStringSubmatch(section)
			found = append(found, parts[2])
			return parts[1] + texts[parts[2]] + "\n" + parts[3]
		})
		assert.Equal(t, sections, found, "%s has other sections", file)
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(made), 0o644))
			continue
		}
		assert.Equal(t, made, string(raw), "%s: go test ./mocks/selftest -run Documents -update writes its tables anew", file)
	}
}

// TestWhatMustBeCaughtHasItsVendors: at least three behavioural ones each.
func TestWhatMustBeCaughtHasItsVendors(t *testing.T) {
	wanted, err := selftest.ReadWanted()
	require.NoError(t, err)
	require.Greater(t, len(wanted), 40)
	for _, row := range wanted {
		assert.GreaterOrEqual(t, len(row.By), 3, row.What)
		for _, id := range row.By {
			_, err := mocks.Find(id)
			assert.NoError(t, err, row.What)
		}
	}
}

// TestEveryStrengthHasVendors: a strength that no vendor has is a promise.
func TestEveryStrengthHasVendors(t *testing.T) {
	counts := map[mocks.Strength]int{}
	for _, defect := range mocks.Defects() {
		counts[defect.Strength]++
	}
	for _, strength := range mocks.Strengths {
		assert.GreaterOrEqual(t, counts[strength], 3, strength)
		delete(counts, strength)
	}
	assert.Empty(t, counts, "strengths of no table")
}

func TestWhatFallsBesideIsExplained(t *testing.T) {
	rules, err := selftest.ReadRules()
	require.NoError(t, err)
	explain := func(breaks, falls, said string) string {
		hits := selftest.Explain(rules, mocks.Defect{ID: "of-a-test", Breaks: []string{breaks}}, []result.Hit{{Requirement: falls, Reason: said}})
		return hits[0].Cause
	}
	assert.Contains(t, explain("REG-CB-001", "REG-SEARCH-007", "ack_status ACK and no callback"), "no callback came")
	assert.Contains(t, explain("PAY-CB-001", "PAY-DSB-001", "ack_status ACK and no callback"), "no callback came")
	assert.Empty(t, explain("REG-CB-001", "REG-SEARCH-007", "2 records: 1 that match are missing"))
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	for _, rule := range rules {
		assert.NotEmpty(t, rule.Cause)
		for _, id := range append(rule.Breaks, rule.Falls...) {
			if strings.Contains(id, "*") {
				continue
			}
			_, known := catalogue.Find(id)
			assert.True(t, known, "the cause %q names %s", rule.Cause, id)
		}
	}
}

// TestNothingIsLeftUnsorted: of the last run of everything, by the rules and tables as they are now.
func TestNothingIsLeftUnsorted(t *testing.T) {
	recorded, err := selftest.Recorded()
	require.NoError(t, err)
	rules, err := selftest.ReadRules()
	require.NoError(t, err)
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	require.NotEmpty(t, recorded.Rows)
	for _, row := range recorded.Rows {
		defect, err := mocks.Find(row.Defect, interfaces...)
		if !assert.NoError(t, err) {
			continue
		}
		row.Silent = defect.Silent
		assert.False(t, row.Unsaid(), "%s was caught by a time-out only: let the suite say more, or the defect why there is no more", row.Defect)
		for _, hit := range selftest.Explain(rules, defect, row.Cascade) {
			assert.NotEmpty(t, hit.Cause, "%s: %s fell beside (%s), and nobody has said why", row.Defect, hit.Requirement, hit.Reason)
		}
	}
}

// TestWhatIsUnsortedFails: the self-test holds only where each row leaves nothing to mend.
func TestWhatIsUnsortedFails(t *testing.T) {
	killed := result.MatrixRow{Defect: "d", Fate: result.FateKilled}
	for name, c := range map[string]struct {
		alter func(*result.MatrixRow)
		holds bool
	}{
		"killed":            {func(*result.MatrixRow) {}, true},
		"by time-out":       {func(r *result.MatrixRow) { r.TimeoutOnly = true }, false},
		"by its silence":    {func(r *result.MatrixRow) { r.TimeoutOnly, r.Silent = true, "nothing is sent" }, true},
		"cascade, sorted":   {func(r *result.MatrixRow) { r.Cascade = []result.Hit{{Requirement: "X", Cause: "it follows"}} }, true},
		"cascade, unsorted": {func(r *result.MatrixRow) { r.Cascade = []result.Hit{{Requirement: "X"}} }, false},
		"survived":          {func(r *result.MatrixRow) { r.Fate = result.FateSurvived }, false},
	} {
		t.Run(name, func(t *testing.T) {
			row := killed
			c.alter(&row)
			matrix := result.Matrix{Rows: []result.MatrixRow{row}}
			matrix.Sum()
			assert.Equal(t, c.holds, matrix.Holds())
			if !c.holds {
				assert.Len(t, matrix.Totals().Rows, 1, "it is kept")
			}
		})
	}
}
