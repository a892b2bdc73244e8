package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/spec"
)

// Selection narrows a run down. Empty means everything.
type Selection struct {
	Interfaces   []string
	Tags         string
	Requirements []string
}

// Partial says whether the selection leaves requirements out, so that neither conformance nor level
// can be told.
func (s Selection) Partial() bool { return strings.TrimSpace(s.Tags) != "" || len(s.Requirements) > 0 }

// UsageError is a selection that cannot be run; its message says how to mend it.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

// plan is what is run on one interface.
type plan struct {
	described spec.Interface
	// owed are the requirements that the selection takes in.
	owed []spec.Requirement
	// scenarios are those that test them, in the order of the files.
	scenarios []features.Scenario
	// processes are those that the requirements owed are of, where the interface is that of processes.
	processes []spec.Process
}

// newPlan picks the requirements and scenarios of one interface.
func newPlan(catalogue *spec.Catalogue, words *datadictionary.Dictionary, described spec.Interface, selection Selection) (*plan, error) {
	matches, err := features.Select(selection.Tags)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	all, err := features.Load(described.Pattern, described.ID)
	if err != nil {
		return nil, err
	}
	p := &plan{described: described}
	applies, cannot := map[string]bool{}, impossible(words, described, all)
	for _, requirement := range catalogue.For(described, spec.RoleRegistry) {
		if cannot[requirement.ID] {
			continue
		}
		if len(selection.Requirements) > 0 && !slices.Contains(selection.Requirements, requirement.ID) {
			continue
		}
		applies[requirement.ID] = true
		p.owed = append(p.owed, requirement)
	}
	chosen := map[string]bool{}
	for _, scenario := range all {
		tested := slices.ContainsFunc(scenario.Requirements, func(id string) bool { return applies[id] })
		if !tested || !matches(scenario.Tags) || !steps.Servable(words, described, scenario.Steps) {
			continue
		}
		p.scenarios = append(p.scenarios, scenario)
		for _, id := range scenario.Requirements {
			chosen[id] = true
		}
	}
	if selection.Tags != "" {
		p.owed = slices.DeleteFunc(p.owed, func(r spec.Requirement) bool { return !chosen[r.ID] })
	}
	if isProcess(described) {
		p.processes, err = processesOf(p.owed)
	}
	return p, err
}

// impossible are the requirements whose scenarios all speak of what the interface does not have: they are
// not about it.
func impossible(words *datadictionary.Dictionary, described spec.Interface, all []features.Scenario) map[string]bool {
	cannot := map[string]bool{}
	for _, scenario := range all {
		can := steps.Servable(words, described, scenario.Steps)
		for _, id := range scenario.Requirements {
			before, seen := cannot[id]
			cannot[id] = (!seen || before) && !can
		}
	}
	return cannot
}

// plans makes the plan of every interface of the selection, and refuses one that selects nothing.
func (r *run) plans() (made []*plan, err error) {
	catalogue, target, selection := r.catalogue, r.Target, r.Selection
	wanted := selection.Interfaces
	if len(wanted) == 0 {
		for id := range target.Interfaces {
			wanted = append(wanted, id)
		}
		slices.Sort(wanted)
		if wanted, err = r.withProcesses(wanted); err != nil {
			return nil, err
		}
	}
	for _, id := range selection.Requirements {
		if _, ok := catalogue.Find(id); !ok {
			return nil, &UsageError{fmt.Sprintf("there is no requirement %q: spconform spec requirements lists them", id)}
		}
	}
	scenarios := 0
	for _, id := range processesLast(wanted) {
		described, err := r.Standard.find(id)
		if err != nil {
			return nil, &UsageError{err.Error()}
		}
		if _, ok := target.Interfaces[id]; !ok && id != spec.PatternProcess {
			return nil, &UsageError{fmt.Sprintf("interface %q has no address: name its base in the manifest or with --target", id)}
		}
		if target.Declared != nil && id != spec.PatternProcess {
			if described = population.Held(described, target.Declared); len(described.Records) == 0 {
				return nil, &UsageError{fmt.Sprintf("no record of interface %q is declared: declare one in population.records, or leave the interface out", id)}
			}
		}
		p, err := newPlan(catalogue, r.dictionary, described, selection)
		if err != nil {
			return nil, err
		}
		if isProcess(described) && len(p.owed) == 0 {
			continue
		}
		scenarios += len(p.scenarios)
		made = append(made, p)
	}
	// What asks other interfaces is tested while their records are as they were given.
	slices.SortStableFunc(made, func(a, b *plan) int { return min(len(b.described.Sources), 1) - min(len(a.described.Sources), 1) })
	if scenarios == 0 {
		return nil, &UsageError{"the selection matches no scenario: widen --tags, --requirement or --interfaces"}
	}
	return made, nil
}
