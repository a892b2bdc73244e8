package maturity_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// row is a core MUST of basis published; change makes it another.
func row(id string, dimension spec.Dimension, band int, verdict result.Verdict, change ...func(*maturity.Row)) maturity.Row {
	made := maturity.Row{ID: id, Keyword: spec.MUST, Dimension: dimension, Band: band, Basis: spec.Published, Verdict: verdict}
	for _, apply := range change {
		apply(&made)
	}
	return made
}

func should(r *maturity.Row)       { r.Keyword = spec.SHOULD }
func critical(r *maturity.Row)     { r.Critical = true }
func experimental(r *maturity.Row) { r.Experimental = true }
func house(r *maturity.Row)        { r.Basis = spec.House }
func of(capability string) func(*maturity.Row) {
	return func(r *maturity.Row) { r.Capability = capability }
}
func declared(grade maturity.Grade) func(*maturity.Row) {
	return func(r *maturity.Row) { r.Declared, r.Grade = true, grade }
}
func expired(r *maturity.Row) { r.Expired = true }

// base is met in bands 1 and 2 of semantic, technical and security.
func base(more ...maturity.Row) []maturity.Row {
	var rows []maturity.Row
	for at, dimension := range []spec.Dimension{spec.Semantic, spec.Technical, spec.Security} {
		for band := 1; band <= 2; band++ {
			rows = append(rows, row(fmt.Sprintf("BASE-%d%d-001", at, band), dimension, band, result.Met))
		}
	}
	return append(rows, more...)
}

func TestAssess(t *testing.T) {
	cases := map[string]struct {
		in         maturity.Input
		conformant bool
		level      int
		next       []string
	}{
		"all met":                        {maturity.Input{Rows: base()}, true, 2, nil},
		"nothing at all":                 {maturity.Input{}, true, 0, nil},
		"must of band 1 unmet":           {maturity.Input{Rows: base(row("A-001", spec.Technical, 1, result.Unmet))}, false, 0, []string{"A-001"}},
		"must of band 2 skipped":         {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Skipped))}, false, 1, []string{"A-001"}},
		"should of band 2 unmet":         {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Unmet, should))}, true, 1, []string{"A-001"}},
		"should justified":               {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Justified, should))}, true, 2, nil},
		"must justified":                 {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Justified))}, false, 1, []string{"A-001"}},
		"band 3 of one dimension":        {maturity.Input{Rows: base(row("A-001", spec.Technical, 3, result.Met))}, true, 3, nil},
		"band 3 unmet":                   {maturity.Input{Rows: base(row("A-001", spec.Technical, 3, result.Unmet))}, true, 2, []string{"A-001"}},
		"a gap in the bands":             {maturity.Input{Rows: base(row("A-001", spec.Technical, 5, result.Met))}, true, 5, nil},
		"experimental unmet":             {maturity.Input{Rows: base(row("A-001", spec.Technical, 1, result.Unmet, experimental, critical))}, true, 2, nil},
		"critical of band 4 unmet":       {maturity.Input{Rows: base(row("A-001", spec.Technical, 3, result.Met), row("A-002", spec.Technical, 4, result.Unmet, critical))}, false, 1, []string{"A-002"}},
		"dialect on published text":      {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Dialect))}, false, 1, []string{"A-001"}},
		"dialect on a house rule":        {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Dialect, house))}, true, 2, nil},
		"capability absent":              {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.NotApplicable, of("subscribe")))}, true, 2, nil},
		"capability claimed, absent":     {maturity.Input{Claimed: []string{"subscribe"}, Rows: base(row("A-001", spec.Technical, 2, result.NotApplicable, of("subscribe")))}, false, 1, []string{"A-001"}},
		"unclaimed, present and broken":  {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Unmet, of("subscribe")), row("A-002", spec.Technical, 2, result.NotApplicable, of("subscribe")))}, false, 1, []string{"A-001", "A-002"}},
		"core is never not applicable":   {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.NotApplicable))}, false, 1, []string{"A-001"}},
		"a band of nothing but absent":   {maturity.Input{Rows: base(row("A-001", spec.Technical, 3, result.NotApplicable, of("subscribe")))}, true, 2, []string{"A-001"}},
		"and no band above it":           {maturity.Input{Rows: base(row("A-001", spec.Technical, 3, result.NotApplicable, of("x")), row("A-002", spec.Technical, 4, result.Met))}, true, 2, []string{"A-001"}},
		"spec defect":                    {maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.SpecDefect))}, true, 2, nil},
		"declared without evidence":      {maturity.Input{Rows: base(row("A-001", spec.Legal, 2, result.Met, declared(maturity.BareClaim)))}, false, 1, []string{"A-001"}},
		"declared with an artefact":      {maturity.Input{Rows: base(row("A-001", spec.Legal, 2, result.Unmet, declared(maturity.Artefact)))}, true, 2, nil},
		"declared with expired evidence": {maturity.Input{Rows: base(row("A-001", spec.Legal, 1, result.Unmet, declared(maturity.Reviewed), expired))}, false, 0, []string{"A-001"}},
		"band 4 wants a review":          {maturity.Input{Rows: base(row("A-001", spec.Legal, 4, result.Unmet, declared(maturity.Artefact)))}, true, 2, []string{"A-001"}},
		"band 4 with a review":           {maturity.Input{Rows: base(row("A-001", spec.Legal, 4, result.Unmet, declared(maturity.Reviewed)))}, true, 4, nil},
		"evidence for a tested one":      {maturity.Input{Rows: base(row("A-001", spec.Legal, 1, result.Unmet, func(r *maturity.Row) { r.Grade = maturity.Reviewed }))}, false, 0, []string{"A-001"}},
		"ceiling":                        {maturity.Input{Ceiling: 1, Rows: base()}, true, 1, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			score := maturity.Assess(c.in)
			require.NotNil(t, score.Level)
			assert.Equal(t, c.conformant, *score.Conformant, "conformant")
			assert.Equal(t, c.level, *score.Level, "level")
			assert.Equal(t, c.next, score.NextLevel, "next level")
		})
	}
}

func TestUntestedMarksTheLevelProvisional(t *testing.T) {
	score := maturity.Assess(maturity.Input{Rows: base(row("A-001", spec.Technical, 2, result.Untested))})
	assert.Equal(t, 2, *score.Level)
	assert.True(t, score.Provisional)
	for _, dimension := range score.Dimensions {
		assert.Equal(t, dimension.Dimension == spec.Technical, dimension.Provisional, dimension.Dimension)
	}
	above := maturity.Assess(maturity.Input{Rows: base(row("A-001", spec.Technical, 4, result.Unmet), row("A-002", spec.Technical, 4, result.Untested))})
	assert.False(t, above.Provisional, "what is untested above the level does not matter to it")
}

func TestWithheld(t *testing.T) {
	for name, in := range map[string]maturity.Input{
		"partial": {Partial: true, Rows: base()},
		"error":   {Rows: base(row("A-001", spec.Technical, 5, result.Error))},
	} {
		t.Run(name, func(t *testing.T) {
			score := maturity.Assess(in)
			assert.Nil(t, score.Level)
			assert.Nil(t, score.Conformant)
			for _, dimension := range score.Dimensions {
				assert.Nil(t, dimension.Level)
			}
		})
	}
}

func TestHeadline(t *testing.T) {
	rows := base(
		row("A-001", spec.Technical, 2, result.Untested, should),
		row("A-002", spec.Technical, 2, result.NotApplicable, of("subscribe")),
		row("A-003", spec.Semantic, 3, result.Met),
		row("A-004", spec.Technical, 3, result.Met),
	)
	cases := map[string]struct {
		in   maturity.Input
		want string
	}{
		"level": {maturity.Input{Title: "Social registry", Seed: 7, Rows: rows},
			"social registry 3° · L– O– S3 T3° X2– · tested 8/8 MUST · 1 n/a · seed 7"},
		"not conformant": {maturity.Input{Title: "Social registry", Seed: 7, Rows: append(base(row("A-009", spec.Security, 2, result.Unmet)), rows[6:]...)},
			"social registry 1 · not conformant · L– O– S3 T3° X1 · tested 8/9 MUST · 1 n/a · seed 7"},
		"declared": {maturity.Input{Title: "Social registry", Seed: 7, Rows: base(row("A-001", spec.Legal, 1, result.Untested, declared(maturity.Artefact)))},
			"social registry 2 · L1– O– S2 T2 X2 · tested 6/7 MUST, declared 1 · seed 7"},
		"partial": {maturity.Input{Title: "Social registry", Seed: 7, Partial: true, Rows: base()},
			"social registry · partial selection, no level · tested 6/6 MUST · seed 7"},
		"error": {maturity.Input{Title: "Social registry", Seed: 7, Rows: base(row("A-001", spec.Legal, 1, result.Error))},
			"social registry · level withheld, 1 errors of the suite · tested 6/7 MUST · seed 7"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, maturity.Assess(c.in).Headline)
		})
	}
}

func TestFill(t *testing.T) {
	tested := result.Interface{Title: "Social registry", Claimed: []string{"subscribe"}, Requirements: []result.Requirement{
		{ID: "A-001", Keyword: "MUST", Dimension: "technical", Band: 1, Verdict: result.Met, Basis: "published"},
		{ID: "A-002", Keyword: "MUST", Dimension: "technical", Band: 2, Verdict: result.Unmet, Basis: "published", Capability: "subscribe"},
		{ID: "A-003", Keyword: "SHOULD", Dimension: "technical", Band: 2, Verdict: result.Unmet, Basis: "published", Experimental: true},
	}}
	maturity.Fill(&tested, maturity.Run{Seed: 3})
	require.NotNil(t, tested.Level)
	assert.Equal(t, 1, *tested.Level)
	assert.False(t, *tested.Conformant)
	assert.Equal(t, []string{"A-002"}, tested.NextLevel)
	assert.Len(t, tested.Dimensions, 5)
	assert.Contains(t, tested.Headline, "social registry 1 · not conformant")

	tested.Requirements[1].Verdict = result.Met
	maturity.Fill(&tested, maturity.Run{Seed: 3, DeclaredRecords: true})
	assert.Equal(t, 1, *tested.Level, "declared records cap the level")
	maturity.Fill(&tested, maturity.Run{Seed: 3})
	assert.Equal(t, 2, *tested.Level)
}

func TestEvidenceSettlesNoTestedRequirement(t *testing.T) {
	for _, c := range []struct {
		name       string
		verdict    result.Verdict
		grade      string
		conformant bool
		level      int
	}{
		{"what no test settles", result.Untested, "E1", true, 2},
		{"a test that failed", result.Unmet, "E2", false, 0},
		{"a test that was skipped", result.Skipped, "E2", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tested := result.Interface{Title: "Social registry", Requirements: []result.Requirement{
				{ID: "A-001", Keyword: "MUST", Dimension: "legal", Band: 1, Basis: "published", Verdict: result.Met},
				{ID: "A-002", Keyword: "MUST", Dimension: "legal", Band: 2, Basis: "published", Verdict: c.verdict,
					Evidence: &result.Evidence{Grade: c.grade, SHA256: "00", Expires: "2999-01-01"}},
			}}
			maturity.Fill(&tested, maturity.Run{})
			require.NotNil(t, tested.Conformant)
			assert.Equal(t, c.conformant, *tested.Conformant)
			if c.conformant {
				assert.Equal(t, c.level, *tested.Level)
			}
		})
	}
}
