package coverage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/coverage"
)

// whole is a catalogue of one requirement that is about everything in the social registry's document.
func whole(t *testing.T) (*spec.Catalogue, []*spec.Document) {
	t.Helper()
	document, err := spec.LoadDocument(interfaces(t)[0].Document)
	require.NoError(t, err)
	catalogue := &spec.Catalogue{Requirements: []spec.Requirement{requirement("A-001", "A registry MUST do it all.")}}
	all := &catalogue.Requirements[0]
	for _, element := range coverage.Of(catalogue, interfaces(t), []*spec.Document{document}, nil, nil).Elements {
		if element.Kind == coverage.KindField && !strings.Contains(element.Name, ".") {
			element.Name = "body." + element.Name // it may have the name of an operation
		}
		all.Covers = append(all.Covers, element.Name)
	}
	return catalogue, []*spec.Document{document}
}

func TestTheArtefactLadder(t *testing.T) {
	by := func(maintainers ...string) []spec.Implementation {
		var made []spec.Implementation
		for _, name := range maintainers {
			production := strings.HasSuffix(name, "!")
			one := spec.Implementation{Interface: "social", Maintainer: strings.TrimSuffix(name, "!")}
			if production {
				one.Production = "https://example.org/in-use"
			}
			made = append(made, one)
		}
		return made
	}
	right := coverage.Scenario{ID: "right", Requirements: []string{"A-001"}}
	wrong := coverage.Scenario{ID: "wrong", Requirements: []string{"A-001"}, Negative: true}
	defect := []coverage.Defect{{ID: "d", Breaks: []string{"A-001"}}}
	for name, c := range map[string]struct {
		without         string
		findings        int
		scenarios       []coverage.Scenario
		defects         []coverage.Defect
		implementations []spec.Implementation
		level, missing  string
	}{
		"an operation of which no requirement speaks": {without: "sync-search", level: "A0", missing: "no requirement is about the operation sync-search"},
		"a finding of the linter":                     {findings: 2, level: "A0", missing: "spec lint finds 2 in social"},
		"ids and a clean lint":                        {defects: defect, level: "A1", missing: "untested: A-001"},
		"no defect":                                   {scenarios: []coverage.Scenario{right, wrong}, level: "A1", missing: "toothless: A-001"},
		"right messages alone":                        {scenarios: []coverage.Scenario{right}, defects: defect, level: "A1", missing: "search: no scenario with a wrong message"},
		"wrong messages alone":                        {scenarios: []coverage.Scenario{wrong}, defects: defect, level: "A1", missing: "search: no scenario with a right message"},
		"a code of which no requirement speaks":       {without: "ack_status.NACK", scenarios: []coverage.Scenario{right, wrong}, defects: defect, level: "A1", missing: "1 of kind code in social"},
		"tested":                                      {scenarios: []coverage.Scenario{right, wrong}, defects: defect, level: "A2", missing: "0 of 2 independent implementations"},
		"twice by one maintainer":                     {scenarios: []coverage.Scenario{right, wrong}, defects: defect, implementations: by("a", "a!"), level: "A2", missing: "1 of 2 independent implementations"},
		"two implementations":                         {scenarios: []coverage.Scenario{right, wrong}, defects: defect, implementations: by("a", "b!"), level: "A3", missing: "2 of 3 independent implementations"},
		"three implementations":                       {scenarios: []coverage.Scenario{right, wrong}, defects: defect, implementations: by("a", "b", "c"), level: "A4", missing: "in production"},
		"one of them in production":                   {scenarios: []coverage.Scenario{right, wrong}, defects: defect, implementations: by("a", "b", "c!"), level: "A5"},
	} {
		t.Run(name, func(t *testing.T) {
			catalogue, documents := whole(t)
			if c.without != "" {
				all := &catalogue.Requirements[0]
				before := len(all.Covers)
				kept := all.Covers[:0]
				for _, name := range all.Covers {
					if !strings.HasSuffix("."+name, "."+c.without) {
						kept = append(kept, name)
					}
				}
				all.Covers = kept
				require.Less(t, len(kept), before, "the document has it")
			}
			report := coverage.Of(catalogue, interfaces(t), documents, c.scenarios, c.defects)
			rated := coverage.Ladder(report, catalogue, interfaces(t), documents, c.scenarios,
				coverage.Evidence{Findings: map[string]int{"social": c.findings}, Implementations: c.implementations})
			require.Len(t, rated, 1)
			assert.Equal(t, c.level, rated[0].Level)
			assert.Contains(t, strings.Join(rated[0].Missing, "; "), c.missing)
			assert.Equal(t, c.missing == "", rated[0].Next == "")
		})
	}
}

func TestImplementationsAreChecked(t *testing.T) {
	const right = `implementations:
  - {interface: social, product: P, version: "1", maintainer: M, statement: "https://example.org/s", sha256: SUM, date: "2026-01-31"}
`
	sum := strings.Repeat("ab", 32)
	read, err := spec.ReadImplementations(strings.NewReader(strings.ReplaceAll(right, "SUM", sum)))
	require.NoError(t, err)
	assert.Equal(t, "M", read[0].Maintainer)
	for name, change := range map[string][2]string{
		"unknown interface": {"interface: social", "interface: weather"},
		"no maintainer":     {"maintainer: M", `maintainer: ""`},
		"no such day":       {"2026-01-31", "2026-02-31"},
		"no statement":      {"https://example.org/s", "a friend told us"},
		"no hash":           {sum, "abc"},
		"another member":    {"product: P", "product: P, stars: 5"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := spec.ReadImplementations(strings.NewReader(strings.Replace(strings.ReplaceAll(right, "SUM", sum), change[0], change[1], 1)))
			assert.Error(t, err)
		})
	}
	embedded, err := spec.LoadImplementations()
	require.NoError(t, err)
	assert.NotNil(t, embedded)
}
