package compare_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/spec"
)

// row is a requirement of the social registry; change alters it.
func row(id, dimension string, band int, verdict result.Verdict, change ...func(*result.Requirement)) result.Requirement {
	made := result.Requirement{ID: id, Statement: "A registry MUST hold to " + id + ".", Keyword: "MUST", Dimension: dimension, Band: band,
		Basis: "published", Verdict: verdict}
	for _, alter := range change {
		alter(&made)
	}
	return made
}

func critical(r *result.Requirement) { r.Critical = true }

func of(capability string) func(*result.Requirement) {
	return func(r *result.Requirement) { r.Capability = capability }
}

func declared(grade string) func(*result.Requirement) {
	return func(r *result.Requirement) {
		r.Verdict, r.Evidence = result.Untested, &result.Evidence{Grade: grade, SHA256: "00", Expires: "2030-01-01"}
	}
}

// candidate is a product with its social registry scored, signed by a key that was named.
func candidate(name string, claimed []string, rows ...result.Requirement) compare.Candidate {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	tested := result.Interface{Interface: "social", Title: "Social registry", Claimed: claimed, Requirements: rows}
	maturity.Fill(&tested, maturity.Run{Seed: 1})
	return compare.Candidate{Name: name, Signer: "thumbprint", Trusted: true,
		Checks: []statement.Check{{Name: statement.CheckSignature, Outcome: statement.Holds}, {Name: statement.CheckDates, Outcome: statement.Holds}},
		Report: result.Report{StartedAt: at, FinishedAt: at, Suite: result.Suite{Name: "spconform", Version: "1", CatalogueHash: "c"},
			Selection: result.Selection{Interfaces: []string{"social"}}, Interfaces: []result.Interface{tested}}}
}

// three are the candidates of a procurement: one meets 99 of 100 and lets anybody in, one is narrower
// and honest about it, one skips what it can and declares the rest.
func three() []compare.Candidate {
	make := func(name string, claimed []string, access, capability, skipped result.Verdict, evidence ...func(*result.Requirement)) compare.Candidate {
		rows := []result.Requirement{
			row("SEC-TOK-001", "security", 2, access, critical),
			row("REG-SUB-001", "technical", 2, capability, of("subscribe")),
			row("REG-SUB-002", "technical", 2, capability, of("subscribe")),
			row("REG-NTF-001", "technical", 2, skipped),
			row("LEG-DPA-001", "legal", 2, result.Unmet, evidence...),
		}
		for i := range 95 {
			rows = append(rows, row(fmt.Sprintf("REG-SEARCH-%03d", i+1), "technical", 1+i%2, result.Met))
		}
		made := candidate(name, claimed, rows...)
		if capability == result.NotApplicable {
			made.Report.Interfaces[0].Absent = []string{"subscribe"}
		}
		return made
	}
	return []compare.Candidate{
		make("Broad", []string{"subscribe"}, result.Unmet, result.Met, result.Met, declared("E1")),
		make("Narrow", nil, result.Met, result.NotApplicable, result.Met, declared("E1")),
		make("Glossy", []string{"subscribe"}, result.Met, result.Skipped, result.Skipped),
	}
}

func comparison(t *testing.T, candidates []compare.Candidate, overlay compare.Overlay) compare.Comparison {
	t.Helper()
	made, err := compare.Of(candidates, compare.Options{Overlay: overlay, Seed: 1})
	require.NoError(t, err)
	return made
}

func eligible(made compare.Comparison) []string {
	var names []string
	for _, one := range made.Candidates {
		if one.Eligible {
			names = append(names, one.Name)
		}
	}
	return names
}

func TestThreeCandidates(t *testing.T) {
	made := comparison(t, three(), compare.Overlay{})
	assert.Equal(t, []string{"Narrow"}, eligible(made))
	assert.Equal(t, []string{"SEC-TOK-001"}, made.Candidates[0].Failing[0].Requirements)
	assert.Equal(t, []string{"REG-SUB-001", "REG-SUB-002", "REG-NTF-001", "LEG-DPA-001"}, made.Candidates[2].Failing[0].Requirements)

	ids := func(rows []compare.Row) (all []string) {
		for _, row := range rows {
			all = append(all, row.ID)
		}
		return all
	}
	assert.Equal(t, []string{"SEC-TOK-001", "", "REG-SUB-001", "REG-SUB-002", "REG-NTF-001"}, ids(made.Tested), "only what differs")
	assert.Equal(t, []string{compare.Present, compare.Absent, compare.Present}, made.Tested[1].Verdicts)
	assert.Equal(t, []string{"REG-SUB-001", "REG-SUB-002"}, made.Tested[1].Requirements)
	assert.Equal(t, []string{"LEG-DPA-001"}, ids(made.Declared), "evidence stands apart")
	assert.Equal(t, []string{"untested, declared E1", "untested, declared E1", "unmet"}, made.Declared[0].Verdicts)
	assert.Equal(t, "Narrow", made.Ranking.Winner)
}

func TestOverlayTightens(t *testing.T) {
	cases := map[string]struct {
		asked compare.Asked
		rule  string
		ids   []string
	}{
		"capability":       {compare.Asked{Capabilities: []string{"subscribe"}}, "capability subscribe", []string{"REG-SUB-001", "REG-SUB-002"}},
		"level":            {compare.Asked{Level: 3}, "level 3", []string{"REG-SUB-001", "REG-SUB-002"}},
		"dimension":        {compare.Asked{Dimensions: map[spec.Dimension]int{spec.Security: 3}}, "security dimension", []string{}},
		"requirement":      {compare.Asked{Requirements: []string{"REG-SEARCH-001", "REG-NOT-001"}}, "these requirements", []string{"REG-NOT-001"}},
		"reviewed":         {compare.Asked{Evidence: map[string]string{"LEG-DPA-001": "E2"}}, "evidence of grade E2", []string{"LEG-DPA-001"}},
		"evidence at all":  {compare.Asked{Evidence: map[string]string{"SEC-TOK-001": "E1"}}, "evidence of grade E1", []string{"SEC-TOK-001"}},
		"nothing it lacks": {compare.Asked{Level: 2, Evidence: map[string]string{"LEG-DPA-001": "E1"}}, "", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			made := comparison(t, three(), compare.Overlay{Interfaces: map[string]compare.Asked{"social": c.asked}})
			if c.rule == "" {
				assert.Equal(t, []string{"Narrow"}, eligible(made))
				return
			}
			assert.Empty(t, eligible(made))
			require.NotEmpty(t, made.Candidates[1].Failing)
			assert.Contains(t, made.Candidates[1].Failing[0].Rule, c.rule)
			assert.Equal(t, c.ids, made.Candidates[1].Failing[0].Requirements)
		})
	}
	missing := comparison(t, three(), compare.Overlay{Interfaces: map[string]compare.Asked{"crvs": {}}})
	assert.Empty(t, eligible(missing), "nobody serves it")
}

// TestACapabilityThatIsAbsentIsOneRow: what follows from it for the requirements is not said of each.
func TestACapabilityThatIsAbsentIsOneRow(t *testing.T) {
	candidates := three()[:2]
	made := comparison(t, candidates, compare.Overlay{})
	require.Len(t, made.Tested, 2)
	assert.Equal(t, "SEC-TOK-001", made.Tested[0].ID, "what is critical comes first")
	assert.Equal(t, "subscribe", made.Tested[1].Capability)
	candidates[1].Report.Interfaces[0].Absent = nil
	assert.Len(t, comparison(t, candidates, compare.Overlay{}).Tested, 3, "what is not applicable for another reason is")
}

// TestEvidenceThatHasEnded is none for a programme that asks for it.
func TestEvidenceThatHasEnded(t *testing.T) {
	overlay := compare.Overlay{Interfaces: map[string]compare.Asked{"social": {Evidence: map[string]string{"LEG-DPA-001": "E1"}}}}
	for day, want := range map[string][]string{"": {"Narrow"}, "2030-01-01": {"Narrow"}, "2030-01-02": nil} {
		made, err := compare.Of(three(), compare.Options{Overlay: overlay, Day: day})
		require.NoError(t, err)
		assert.Equal(t, want, eligible(made), day)
	}
}

// TestNoOverlayMakesAnybodyEligible who would not be without it.
func TestNoOverlayMakesAnybodyEligible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := compare.Asked{Level: rapid.IntRange(0, 5).Draw(t, "level"),
			Capabilities: rapid.SliceOfN(rapid.SampledFrom([]string{"subscribe", "oauth2"}), 0, 2).Draw(t, "capabilities"),
			Requirements: rapid.SliceOfN(rapid.SampledFrom([]string{"REG-SEARCH-001", "SEC-TOK-001", "REG-SUB-001"}), 0, 3).Draw(t, "requirements"),
			Dimensions:   map[spec.Dimension]int{rapid.SampledFrom(spec.Dimensions).Draw(t, "dimension"): rapid.IntRange(0, 5).Draw(t, "least")}}
		id := rapid.SampledFrom([]string{"social", "crvs"}).Draw(t, "interface")
		made, err := compare.Of(three(), compare.Options{Overlay: compare.Overlay{Interfaces: map[string]compare.Asked{id: asked}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range eligible(made) {
			if name != "Narrow" {
				t.Fatalf("%s is eligible", name)
			}
		}
	})
}

func TestRanking(t *testing.T) {
	product := func(name string, technical, security int) compare.Candidate {
		var rows []result.Requirement
		for band := 1; band <= 4; band++ {
			rows = append(rows, row(fmt.Sprint("T-", band), "technical", band, verdict(band <= technical)), row(fmt.Sprint("X-", band), "security", band, verdict(band <= security)))
		}
		return candidate(name, nil, rows...)
	}
	cases := map[string]struct {
		candidates []compare.Candidate
		winner     string
		dominates  []compare.Dominance
		shares     []float64
	}{
		"one better in everything": {[]compare.Candidate{product("A", 4, 4), product("B", 3, 4)}, "A", []compare.Dominance{{Better: "A", Worse: "B"}}, []float64{1, 0}},
		"each its own strength":    {[]compare.Candidate{product("A", 4, 2), product("B", 2, 4)}, "", []compare.Dominance{}, []float64{.5, .5}},
		"alike":                    {[]compare.Candidate{product("A", 3, 3), product("B", 3, 3)}, "", []compare.Dominance{}, []float64{.5, .5}},
		"nobody is eligible":       {[]compare.Candidate{product("A", 1, 1), product("B", 1, 0)}, "", []compare.Dominance{}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			made := comparison(t, c.candidates, compare.Overlay{})
			assert.Equal(t, c.winner, made.Ranking.Winner)
			assert.Equal(t, c.dominates, made.Ranking.Dominates)
			require.Len(t, made.Ranking.Shares, len(c.shares))
			for i, share := range made.Ranking.Shares {
				assert.InDelta(t, c.shares[i], share.First, 0.02)
			}
			assert.Equal(t, made.Ranking, comparison(t, c.candidates, compare.Overlay{}).Ranking, "the seed repeats it")
		})
	}
}

func verdict(met bool) result.Verdict {
	if met {
		return result.Met
	}
	return result.Unmet
}

func TestRefusals(t *testing.T) {
	check := func(name string, outcome statement.Outcome) []statement.Check {
		return []statement.Check{{Name: name, Outcome: outcome, Detail: "why"}}
	}
	cases := map[string]struct {
		change func(*compare.Candidate)
		code   string
		allow  *compare.Allow
	}{
		"unsigned":          {func(c *compare.Candidate) { c.Checks = nil }, compare.CodeUnsigned, &compare.Allow{Unsigned: true}},
		"expired":           {func(c *compare.Candidate) { c.Checks = check(statement.CheckDates, statement.Refused) }, compare.CodeExpired, &compare.Allow{Expired: true}},
		"another catalogue": {func(c *compare.Candidate) { c.Report.Suite.CatalogueHash = "d" }, compare.CodeUnlike, &compare.Allow{Unlike: true}},
		"another suite":     {func(c *compare.Candidate) { c.Report.Suite.Version = "2" }, compare.CodeUnlike, &compare.Allow{Unlike: true}},
		"altered":           {func(c *compare.Candidate) { c.Checks = check(statement.CheckReport, statement.Refused) }, compare.CodeAltered, nil},
		"bad signature":     {func(c *compare.Candidate) { c.Checks = check(statement.CheckSignature, statement.Refused) }, compare.CodeAltered, nil},
		"partial":           {func(c *compare.Candidate) { c.Report.Selection.Partial = true }, compare.CodeWithheld, nil},
	}
	everything := compare.Allow{Unsigned: true, Expired: true, Unlike: true}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			candidates := three()
			c.change(&candidates[2])
			_, err := compare.Of(candidates, compare.Options{})
			var refused *compare.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.code, refused.Code)
			assert.Contains(t, refused.Message, "Glossy")
			if c.allow == nil {
				_, err = compare.Of(candidates, compare.Options{Allow: everything})
				require.ErrorAs(t, err, &refused, "no flag puts up with it")
				return
			}
			_, err = compare.Of(candidates, compare.Options{Allow: *c.allow})
			require.NoError(t, err)
		})
	}
}

func TestBaseline(t *testing.T) {
	before := candidate("P 1", nil, row("A-1", "technical", 1, result.Met), row("A-2", "technical", 1, result.Unmet), row("A-3", "technical", 2, result.Met), row("A-4", "technical", 2, result.Met))
	after := candidate("P 2", nil, row("A-1", "technical", 1, result.Met), row("A-2", "technical", 1, result.Met), row("A-3", "technical", 2, result.Unmet), row("A-5", "technical", 2, result.Untested))
	changed, err := compare.Baseline(before, after, compare.Allow{})
	require.NoError(t, err)
	directions := map[string]string{}
	for _, change := range changed.Changes {
		directions[change.Requirement] = change.Direction
	}
	assert.Equal(t, map[string]string{"A-2": compare.Better, "A-3": compare.Worse, "A-4": compare.Worse, "A-5": compare.Other}, directions)
	assert.True(t, changed.Worse())
	same, err := compare.Baseline(before, before, compare.Allow{})
	require.NoError(t, err)
	assert.False(t, same.Worse())
	assert.Empty(t, same.Changes)
}

// TestBaselineOfAnInterfaceAlone: an interface that only one of the results has is one change.
func TestBaselineOfAnInterfaceAlone(t *testing.T) {
	one := candidate("P", nil, row("A-1", "technical", 1, result.Met), row("A-2", "technical", 1, result.Met))
	two := candidate("P", nil, row("A-1", "technical", 1, result.Met), row("A-2", "technical", 1, result.Met))
	more := one.Report.Interfaces[0]
	more.Interface = "crvs"
	two.Report.Interfaces = append(two.Report.Interfaces, more)
	for _, c := range []struct {
		before, after compare.Candidate
		direction     string
	}{{two, one, compare.Worse}, {one, two, compare.Other}} {
		changed, err := compare.Baseline(c.before, c.after, compare.Allow{})
		require.NoError(t, err)
		require.Len(t, changed.Changes, 1)
		assert.Equal(t, "crvs", changed.Changes[0].Interface)
		assert.Empty(t, changed.Changes[0].Requirement)
		assert.Equal(t, c.direction, changed.Changes[0].Direction)
		assert.Equal(t, c.direction == compare.Worse, changed.Worse())
	}
}

func TestReadOverlay(t *testing.T) {
	holds := `
programme: Examplia
interfaces:
  social:
    level: 3
    dimensions: {security: 4}
    capabilities: [subscribe]
    requirements: [REG-HDR-004]
    evidence: {REG-HDR-004: E2}
`
	read, err := compare.ReadOverlay([]byte(holds))
	require.NoError(t, err)
	assert.Equal(t, 4, read.Interfaces["social"].Dimensions[spec.Security])
	for name, text := range map[string]string{
		"nothing":                "",
		"not YAML":               "a: [",
		"no programme":           "interfaces: {social: {}}",
		"no interface":           "programme: X\ninterfaces: {}",
		"unknown interface":      "programme: X\ninterfaces: {tax: {}}",
		"unknown member":         "programme: X\ninterfaces: {social: {exempt: [SEC-SIG-001]}}",
		"unknown dimension":      "programme: X\ninterfaces: {social: {dimensions: {fiscal: 2}}}",
		"unknown capability":     "programme: X\ninterfaces: {social: {capabilities: [telepathy]}}",
		"unknown requirement":    "programme: X\ninterfaces: {social: {requirements: [REG-NONE-001]}}",
		"evidence of no grade":   "programme: X\ninterfaces: {social: {evidence: {REG-HDR-004: E0}}}",
		"evidence for no such":   "programme: X\ninterfaces: {social: {evidence: {REG-NONE-001: E1}}}",
		"less than conformance":  "programme: X\ninterfaces: {social: {level: 1}}",
		"a level there is not":   "programme: X\ninterfaces: {social: {level: 6}}",
		"interface asks nothing": "programme: X\ninterfaces: {social: null}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compare.ReadOverlay([]byte(text))
			var refused *compare.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, compare.CodeOverlay, refused.Code)
		})
	}
}

func FuzzReadOverlay(f *testing.F) {
	f.Add([]byte("programme: X\ninterfaces: {social: {level: 3}}"))
	f.Add([]byte("? [a]: b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := compare.ReadOverlay(raw)
		if err != nil {
			return
		}
		for _, asked := range read.Interfaces {
			if asked.Level == 1 || slices.Contains(asked.Capabilities, "") {
				t.Fatal("it loosens")
			}
		}
	})
}
