package compare

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spconform/spconform/conformance/maturity"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// Failing is one reason why a candidate is not eligible. Requirements are the ids that stand in the way.
type Failing struct {
	Interface    string   `json:"interface"`
	Rule         string   `json:"rule"`
	Requirements []string `json:"requirements"`
}

// failings lists what keeps a candidate from being eligible: conformance of each interface that it
// serves, then what the programme asks for.
func failings(one Candidate, options Options) []Failing {
	var found []Failing
	for _, tested := range one.Report.Interfaces {
		if tested.Conformant == nil || !*tested.Conformant {
			found = append(found, Failing{tested.Interface, "it must be conformant", maturity.Blocking(tested)})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(options.Overlay.Interfaces)) {
		tested, served := one.tested(id)
		if !served {
			found = append(found, Failing{id, "the programme asks for this interface", []string{}})
			continue
		}
		found = append(found, unsatisfied(tested, options.Overlay.Interfaces[id], options.Day)...)
	}
	return found
}

func unsatisfied(tested result.Interface, asked Asked, day string) []Failing {
	var found []Failing
	add := func(rule string, ids []string) { found = append(found, Failing{tested.Interface, rule, ids}) }
	if tested.Level == nil || *tested.Level < asked.Level {
		add(fmt.Sprintf("the programme asks for level %d", asked.Level), maturity.Outstanding(tested, "", asked.Level))
	}
	for _, dimension := range spec.Dimensions {
		least := asked.Dimensions[dimension]
		if level := levelOf(tested, dimension); least > 0 && (level == nil || *level < least) {
			add(fmt.Sprintf("the programme asks for level %d in the %s dimension", least, dimension), maturity.Outstanding(tested, dimension, least))
		}
	}
	for _, capability := range asked.Capabilities {
		own := withCapability(tested, capability)
		if ids := notMet(tested, own); len(ids) > 0 {
			add("the programme asks for the capability "+capability, ids)
		}
	}
	if ids := notMet(tested, asked.Requirements); len(ids) > 0 {
		add("the programme asks for these requirements", ids)
	}
	for _, id := range slices.Sorted(maps.Keys(asked.Evidence)) {
		if row, _ := find(tested, id); row.Evidence == nil || row.Evidence.Grade < asked.Evidence[id] || row.Evidence.Expires < day {
			add(fmt.Sprintf("the programme asks for evidence of grade %s", asked.Evidence[id]), []string{id})
		}
	}
	return found
}

func levelOf(tested result.Interface, dimension spec.Dimension) *int {
	for _, one := range tested.Dimensions {
		if one.Dimension == string(dimension) {
			return one.Level
		}
	}
	return nil
}

// withCapability lists the MUSTs of a capability.
func withCapability(tested result.Interface, capability string) []string {
	var ids []string
	for _, row := range tested.Requirements {
		if row.Capability == capability && row.Keyword == string(spec.MUST) && !row.Experimental {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// notMet lists the ids of which no test says that they hold.
func notMet(tested result.Interface, ids []string) []string {
	var open []string
	for _, id := range ids {
		if row, ok := find(tested, id); !ok || row.Verdict != result.Met {
			open = append(open, id)
		}
	}
	return open
}

func find(tested result.Interface, id string) (result.Requirement, bool) {
	for _, row := range tested.Requirements {
		if row.ID == id {
			return row, true
		}
	}
	return result.Requirement{}, false
}
