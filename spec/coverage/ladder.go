package coverage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/spec"
)

// Artefact is how far the artefacts of an interface have come on the ladder from A0 to A5.
type Artefact struct {
	Interface string `json:"interface"`
	Title     string `json:"title"`
	Level     string `json:"level"`
	Means     string `json:"means"`
	// Next is the rung above, empty at the top, and Missing what keeps the interface from it.
	Next    string   `json:"next,omitempty"`
	Missing []string `json:"missing"`
}

// Evidence is what the ladder rests on besides the coverage.
type Evidence struct {
	// Findings counts what the linter has against each document, by the document's name.
	Findings map[string]int
	// Implementations are those made apart from this project.
	Implementations []spec.Implementation
}

// rungs are the levels from the lowest; missing says what keeps an interface from standing on one, given that
// it stands on those below.
var rungs = []struct {
	level, means string
	missing      func(climber) []string
}{
	{"A0", "prose", func(climber) []string { return nil }},
	{"A1", "ids and a clean lint", climber.identified},
	{"A2", "positive, negative and defect-killing tests", climber.tested},
	{"A3", "two independent implementations", implementedBy(2)},
	{"A4", "three independent implementations", implementedBy(3)},
	{"A5", "in production", climber.inProduction},
}

// climber is an interface with what is known of it.
type climber struct {
	iface     spec.Interface
	document  *spec.Document
	rows      []Row
	elements  []Element
	evidence  Evidence
	scenarios []Scenario
}

// Ladder rates the artefacts of each interface, in the order given. What a requirement is owed is looked for
// among the stable ones: an experimental one holds nothing up.
func Ladder(report Report, catalogue *spec.Catalogue, interfaces []spec.Interface, documents []*spec.Document, scenarios []Scenario, evidence Evidence) []Artefact {
	made := []Artefact{}
	for _, described := range interfaces {
		c := climber{iface: described, evidence: evidence, scenarios: scenarios}
		for _, document := range documents {
			if document.Name() == described.Document {
				c.document = document
			}
		}
		for _, row := range report.Requirements {
			if requirement, ok := catalogue.Find(row.ID); ok && row.Stable && requirement.AppliesTo(described) {
				c.rows = append(c.rows, row)
			}
		}
		for _, element := range report.Elements {
			if element.Document == described.Document {
				c.elements = append(c.elements, element)
			}
		}
		made = append(made, c.climb())
	}
	return made
}

func (c climber) climb() Artefact {
	made := Artefact{Interface: c.iface.ID, Title: c.iface.Title, Missing: []string{}}
	for _, rung := range rungs {
		if missing := rung.missing(c); len(missing) > 0 {
			made.Next, made.Missing = rung.level, missing
			break
		}
		made.Level, made.Means = rung.level, rung.means
	}
	return made
}

// identified: each operation can be spoken of by the id of a requirement, and the linter finds nothing.
func (c climber) identified() []string {
	var missing []string
	if len(c.rows) == 0 {
		missing = append(missing, "no stable requirement with an id")
	}
	for _, element := range c.elements {
		if element.Kind == KindOperation && len(element.CoveredBy) == 0 && element.Excluded == "" {
			missing = append(missing, "no requirement is about the operation "+element.Name)
		}
	}
	if count := c.evidence.Findings[c.iface.Document]; count > 0 {
		missing = append(missing, fmt.Sprintf("spec lint finds %d in %s", count, c.iface.Document))
	}
	return missing
}

// tested: each requirement has a scenario and a defect that makes it fall, each operation that takes a message
// is tested with right ones and with wrong ones, and no part of the document is left without a requirement.
func (c climber) tested() []string {
	var missing []string
	for _, gap := range []Gap{Untested, Toothless} {
		var ids []string
		for _, row := range c.rows {
			if slices.Contains(row.Gaps, gap) {
				ids = append(ids, row.ID)
			}
		}
		if len(ids) > 0 {
			missing = append(missing, fmt.Sprintf("%s: %s", gap, strings.Join(ids, " ")))
		}
	}
	left := map[string]int{}
	for _, element := range c.elements {
		if element.Kind == KindOperation && c.takesMessage(element.Name) {
			missing = append(missing, c.oneSided(element)...)
		}
		if len(element.CoveredBy) == 0 && element.Excluded == "" {
			left[element.Kind]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(left)) {
		missing = append(missing, fmt.Sprintf("%d of kind %s in %s that no requirement mentions", left[kind], kind, c.iface.Document))
	}
	return missing
}

// takesMessage says whether a product serves the operation and is sent something there, so that it can be sent
// something wrong.
func (c climber) takesMessage(operation string) bool {
	served, ok := c.iface.Operation(operation)
	return ok && served.Role == spec.RoleRegistry && slices.ContainsFunc(c.document.Operations(), func(o spec.DocumentOperation) bool {
		return slices.Contains(o.IDs, operation) && len(o.RequestTypes) > 0
	})
}

// oneSided says which of the two sides of an operation no scenario tests.
func (c climber) oneSided(operation Element) []string {
	if operation.Excluded != "" && len(operation.CoveredBy) == 0 {
		return nil
	}
	sides := map[bool]bool{}
	for _, scenario := range c.scenarios {
		if slices.ContainsFunc(scenario.Requirements, func(id string) bool { return slices.Contains(operation.CoveredBy, id) }) {
			sides[scenario.Negative] = true
		}
	}
	var missing []string
	for _, side := range []struct {
		negative bool
		of       string
	}{{false, "right"}, {true, "wrong"}} {
		if !sides[side.negative] {
			missing = append(missing, fmt.Sprintf("%s: no scenario with a %s message", operation.Name, side.of))
		}
	}
	return missing
}

// makers are those who implemented the interface, each once.
func (c climber) makers() []string {
	var makers []string
	for _, one := range c.evidence.Implementations {
		if one.Interface == c.iface.ID && !slices.Contains(makers, one.Maintainer) {
			makers = append(makers, one.Maintainer)
		}
	}
	return makers
}

func implementedBy(needed int) func(climber) []string {
	return func(c climber) []string {
		if made := len(c.makers()); made < needed {
			return []string{fmt.Sprintf("%d of %d independent implementations in spec/implementations.yaml", made, needed)}
		}
		return nil
	}
}

func (c climber) inProduction() []string {
	for _, one := range c.evidence.Implementations {
		if one.Interface == c.iface.ID && one.Production != "" {
			return nil
		}
	}
	return []string{"no implementation in spec/implementations.yaml is in production"}
}
