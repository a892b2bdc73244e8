package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
)

// What a row says of a whole interface and of a capability, in place of a verdict.
const (
	Tested    = "tested"
	NotTested = "not tested"
	Present   = "present"
	Absent    = "absent"
)

// Row is something on which the candidates differ: a requirement, a capability with the Requirements that it brings
// along, or with neither a whole interface. Verdicts are by candidate.
type Row struct {
	Interface  string `json:"interface"`
	ID         string `json:"id"`
	Capability string `json:"capability,omitempty"`
	Statement  string `json:"statement"`
	Dimension  string `json:"dimension,omitempty"`
	Critical   bool   `json:"critical,omitempty"`
	// Experimental requirements are shown and never scored.
	Experimental bool     `json:"experimental,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	Verdicts     []string `json:"verdicts"`
}

// rank puts the whole interface first, then what is critical, then capabilities, and last what is not scored.
func (r Row) rank() int {
	switch {
	case r.ID == "" && r.Capability == "":
		return 0
	case r.Critical:
		return 1
	case r.Capability != "":
		return 2
	case r.Experimental:
		return 4
	}
	return 3
}

// differing lists what the candidates differ in, interface by interface in the order in which they
// first occur.
func differing(candidates []Candidate) (tested, declared []Row) {
	tested, declared = []Row{}, []Row{}
	for _, id := range interfacesOf(candidates) {
		var rows []Row
		if row, same := presence(candidates, id); !same {
			rows = append(rows, row)
		}
		requirements := requirementsOf(candidates, id)
		rows = append(rows, capabilities(candidates, id, requirements)...)
		for _, requirement := range requirements {
			row, same := verdicts(candidates, id, requirement)
			switch {
			case same:
			case requirement.Evidence != nil:
				declared = append(declared, row)
			default:
				rows = append(rows, row)
			}
		}
		slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.rank(), b.rank()) })
		tested = append(tested, rows...)
	}
	return tested, declared
}

func interfacesOf(candidates []Candidate) []string {
	var ids []string
	for _, one := range candidates {
		for _, tested := range one.Report.Interfaces {
			if !slices.Contains(ids, tested.Interface) {
				ids = append(ids, tested.Interface)
			}
		}
	}
	return ids
}

// presence is the row that says whose results have an interface.
func presence(candidates []Candidate, id string) (Row, bool) {
	row := Row{Interface: id}
	same := true
	for _, one := range candidates {
		tested, there := one.tested(id)
		if !there {
			row.Verdicts, same = append(row.Verdicts, NotTested), false
			continue
		}
		row.Statement = tested.Title
		row.Verdicts = append(row.Verdicts, Tested)
	}
	return row, same
}

// capabilities are those that some candidates have and others were shown not to have, each with all that
// follows for its requirements in one row.
func capabilities(candidates []Candidate, id string, requirements []result.Requirement) []Row {
	var rows []Row
	for _, requirement := range requirements {
		name := requirement.Capability
		if name == "" {
			continue
		}
		at := slices.IndexFunc(rows, func(r Row) bool { return r.Capability == name })
		if at < 0 {
			at = len(rows)
			rows = append(rows, Row{Interface: id, Capability: name})
		}
		rows[at].Requirements = append(rows[at].Requirements, requirement.ID)
	}
	return lo.FilterMap(rows, func(row Row, _ int) (Row, bool) {
		differs := row.fill(candidates)
		return row, differs
	})
}

// fill says who has the row's capability, and whether candidates differ in it.
func (r *Row) fill(candidates []Candidate) bool {
	r.Statement = fmt.Sprintf("the capability %s, of %d requirements", r.Capability, len(r.Requirements))
	var told []string
	for i := range candidates {
		tested, there := candidates[i].tested(r.Interface)
		switch {
		case !there:
			r.Verdicts = append(r.Verdicts, NotTested)
			continue
		case slices.Contains(tested.Absent, r.Capability):
			r.Verdicts = append(r.Verdicts, Absent)
		default:
			r.Verdicts = append(r.Verdicts, Present)
		}
		told = append(told, r.Verdicts[i])
	}
	return len(slices.Compact(told)) > 1
}

// requirementsOf lists the requirements of an interface that any candidate has, the declared ones as
// such if they are so for any.
func requirementsOf(candidates []Candidate, id string) []result.Requirement {
	var all []result.Requirement
	for _, one := range candidates {
		tested, _ := one.tested(id)
		for _, row := range tested.Requirements {
			at := slices.IndexFunc(all, func(r result.Requirement) bool { return r.ID == row.ID })
			if at < 0 {
				all = append(all, row)
			} else if all[at].Evidence == nil {
				all[at].Evidence = row.Evidence
			}
		}
	}
	return all
}

// verdicts is the row of one requirement. Candidates whose results do not have the interface, or that
// have not the capability, which a row of its own says, do not make it differ.
func verdicts(candidates []Candidate, id string, requirement result.Requirement) (Row, bool) {
	row := Row{Interface: id, ID: requirement.ID, Statement: requirement.Statement, Dimension: requirement.Dimension,
		Critical: requirement.Critical, Experimental: requirement.Experimental}
	var told []string
	for _, one := range candidates {
		tested, there := one.tested(id)
		if !there {
			row.Verdicts = append(row.Verdicts, NotTested)
			continue
		}
		held, ok := find(tested, requirement.ID)
		verdict := string(held.Verdict)
		switch {
		case !ok:
			verdict = "not in its catalogue"
		case held.Evidence != nil:
			verdict += ", declared " + held.Evidence.Grade
		}
		row.Verdicts = append(row.Verdicts, verdict)
		if held.Verdict != result.NotApplicable || !slices.Contains(tested.Absent, held.Capability) {
			told = append(told, verdict)
		}
	}
	return row, len(slices.Compact(told)) < 2
}
