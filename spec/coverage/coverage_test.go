package coverage_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/coverage"
)

func requirement(id, statement string, covers ...string) spec.Requirement {
	return spec.Requirement{ID: id, Statement: statement, Pattern: "registry", Role: spec.RoleRegistry, Covers: covers}
}

func interfaces(t *testing.T) []spec.Interface {
	t.Helper()
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	return []spec.Interface{social}
}

func TestGaps(t *testing.T) {
	catalogue := &spec.Catalogue{Requirements: []spec.Requirement{
		requirement("A-001", "A registry MUST be caught."),
		requirement("A-002", "A registry MUST be asked."),
		requirement("A-003", "A registry SHOULD be kind."),
	}}
	scenarios := []coverage.Scenario{
		{ID: "good", Requirements: []string{"A-001"}},
		{ID: "bad", Requirements: []string{"A-001"}, Negative: true},
		{ID: "one", Requirements: []string{"A-003", "A-009"}},
	}
	defects := []coverage.Defect{{ID: "d", Breaks: []string{"A-001", "A-008"}}}
	report := coverage.Of(catalogue, interfaces(t), nil, scenarios, defects)

	gaps := map[string][]coverage.Gap{}
	for _, row := range report.Requirements {
		gaps[row.ID] = row.Gaps
	}
	assert.Equal(t, map[string][]coverage.Gap{
		"A-001": {},
		"A-002": {coverage.Untested, coverage.Toothless},
		"A-003": {coverage.PositiveOnly, coverage.Toothless},
	}, gaps)
	assert.Equal(t, []coverage.Stray{{ID: "A-008", In: "defect d"}, {ID: "A-009", In: "scenario one"}}, report.Orphans)
}

func TestGate(t *testing.T) {
	experimental := requirement("A-003", "A registry MUST try.")
	experimental.Experimental = true
	catalogue := &spec.Catalogue{Requirements: []spec.Requirement{
		requirement("A-001", "A registry MUST hold."), requirement("A-002", "A registry SHOULD hold."), experimental,
	}}
	holds := []coverage.Scenario{{ID: "s", Requirements: []string{"A-001"}}}
	caught := []coverage.Defect{{ID: "d", Breaks: []string{"A-001"}}}
	excluded := func(gap string) []spec.Exclusion { return []spec.Exclusion{{ID: "A-001", Gap: gap, Reason: "why"}} }
	cases := map[string]struct {
		scenarios  []coverage.Scenario
		defects    []coverage.Defect
		exclusions []spec.Exclusion
		fails      map[string]coverage.Gap
	}{
		"all well":            {holds, caught, nil, nil},
		"untested":            {nil, caught, nil, map[string]coverage.Gap{"A-001": coverage.Untested}},
		"toothless":           {holds, nil, nil, map[string]coverage.Gap{"A-001": coverage.Toothless}},
		"excluded":            {holds, nil, excluded("toothless"), nil},
		"another gap":         {nil, caught, excluded("toothless"), map[string]coverage.Gap{"A-001": coverage.Toothless}},
		"exclusion not used":  {holds, caught, excluded("untested"), map[string]coverage.Gap{"A-001": coverage.Untested}},
		"orphan of a defect":  {holds, append(caught, coverage.Defect{ID: "x", Breaks: []string{"B-001"}}), nil, map[string]coverage.Gap{"B-001": coverage.Orphan}},
		"orphan of a feature": {append(holds, coverage.Scenario{ID: "x", Requirements: []string{"B-001"}}), caught, nil, map[string]coverage.Gap{"B-001": coverage.Orphan}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			fails := map[string]coverage.Gap{}
			for _, failure := range coverage.Of(catalogue, interfaces(t), nil, c.scenarios, c.defects).Gate(c.exclusions) {
				fails[failure.ID] = failure.Gap
				assert.NotEmpty(t, failure.Detail)
			}
			if c.fails == nil {
				c.fails = map[string]coverage.Gap{}
			}
			assert.Equal(t, c.fails, fails)
		})
	}
}

func TestElements(t *testing.T) {
	document, err := spec.LoadDocument("social")
	require.NoError(t, err)
	catalogue := &spec.Catalogue{
		Requirements: []spec.Requirement{
			requirement("A-001", "A registry MUST.", "search", "search_criteria.query_type", "rjct.filter.invalid"),
			requirement("A-002", "A registry MUST.", "header.status_reason_code", "frequency.*", "no.such.field"),
		},
		Exclusions: map[string]string{"http.5XX": "no black box can make a server fail", "message.tga": "misspelt"},
	}
	report := coverage.Of(catalogue, interfaces(t), []*spec.Document{document}, nil, nil)
	covered := map[string][]string{}
	excluded := map[string]bool{}
	for _, element := range report.Elements {
		name := element.Kind + " " + element.Name
		require.NotContains(t, covered, name, "each part once")
		covered[name] = element.CoveredBy
		excluded[name] = element.Excluded != ""
	}
	const frequency = "message.subscribe_request.subscribe_criteria.frequency"
	for name, by := range map[string][]string{
		"operation search":      {"A-001"},
		"operation sync-search": {},
		"field message.search_request.search_criteria.query_type":             {"A-001"},
		"field message.search_request":                                        {},
		"code message.search_response.status_reason_code.rjct.filter.invalid": {"A-001"},
		"code message.search_response.status_reason_code.rjct.sort.invalid":   {},
		"code message.txnstatus_request.txn_type.search":                      {},
		"field header.status_reason_code":                                     {"A-002"},
		"field message.search_response.status_reason_code":                    {},
		"field message.subscribe_response.subscriptions.frequency":            {"A-002"},
		"field message.subscribe_response.subscriptions.frequency.start_time": {"A-002"},
		"field " + frequency: {"A-002"},
		"response http.401":  {},
	} {
		assert.Contains(t, covered, name)
		assert.Equal(t, by, covered[name], name)
	}
	assert.True(t, excluded["response http.5XX"])
	assert.Equal(t, []coverage.Stray{{ID: "message.tga", In: "exclusions"}, {ID: "no.such.field", In: "A-002"}}, report.Dangling)
	assert.Less(t, len(report.Uncovered()), len(report.Elements))
}

func TestHTMLEscapes(t *testing.T) {
	catalogue := &spec.Catalogue{Requirements: []spec.Requirement{requirement("A-001", "A registry MUST <script>alert(1)</script>.")}}
	report := coverage.Of(catalogue, interfaces(t), nil, nil, nil)
	var page bytes.Buffer
	require.NoError(t, report.HTML(&page, report.Gate(nil)))
	assert.Contains(t, page.String(), "A-001")
	assert.NotContains(t, page.String(), "<script>")
}
