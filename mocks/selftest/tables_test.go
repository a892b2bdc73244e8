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
