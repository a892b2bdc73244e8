package compare

import (
	"slices"

	"github.com/spconform/spconform/conformance/result"
)

// SchemaVersion is the version of a Comparison's JSON form.
const SchemaVersion = "1.0.0"

// Comparison is what is shown of candidates side by side. Lists by candidate are in the order of
// Candidates.
type Comparison struct {
	SchemaVersion string       `json:"schemaVersion"`
	Programme     string       `json:"programme,omitempty"`
	Suite         result.Suite `json:"suite"`
	Seed          uint64       `json:"seed"`
	Candidates    []Standing   `json:"candidates"`
	// Tested and Declared are the rows on which the candidates differ, settled by tests and by evidence.
	Tested   []Row   `json:"tested"`
	Declared []Row   `json:"declared"`
	Ranking  Ranking `json:"ranking"`
}

// Standing is one candidate: whether it is eligible, and why not.
type Standing struct {
	Name      string    `json:"name"`
	Signer    string    `json:"signer,omitempty"`
	Trusted   bool      `json:"trusted"`
	Eligible  bool      `json:"eligible"`
	Failing   []Failing `json:"failing"`
	Headlines []string  `json:"headlines"`
}

// NotServed stands for an interface that a candidate does not serve.
const NotServed = "not served"

// Row is a requirement, or with an empty ID a whole interface, on which the candidates differ. Verdicts
// are by candidate.
type Row struct {
	Interface string   `json:"interface"`
	ID        string   `json:"id"`
	Statement string   `json:"statement"`
	Dimension string   `json:"dimension,omitempty"`
	Critical  bool     `json:"critical,omitempty"`
	Verdicts  []string `json:"verdicts"`
}

// Options say how to compare. Seed makes the random weights repeatable.
type Options struct {
	Overlay Overlay
	Allow   Allow
	Seed    uint64
}

// Of compares the candidates. Errors are of type *Error: results that cannot be held against each other.
func Of(candidates []Candidate, options Options) (Comparison, error) {
	if err := admit(candidates, options.Allow); err != nil {
		return Comparison{}, err
	}
	made := Comparison{SchemaVersion: SchemaVersion, Programme: options.Overlay.Programme, Seed: options.Seed, Suite: candidates[0].Report.Suite}
	for _, one := range candidates {
		standing := Standing{Name: one.Name, Signer: one.Signer, Trusted: one.Trusted, Failing: failings(one, options.Overlay)}
		standing.Eligible = len(standing.Failing) == 0
		for _, tested := range one.Report.Interfaces {
			standing.Headlines = append(standing.Headlines, tested.Headline)
		}
		made.Candidates = append(made.Candidates, standing)
	}
	made.Tested, made.Declared = differing(candidates)
	made.Ranking = rank(candidates, made.Candidates, options.Seed)
	return made, nil
}

// Eligible says whether any candidate is.
func (c Comparison) Eligible() bool {
	return slices.ContainsFunc(c.Candidates, func(s Standing) bool { return s.Eligible })
}

// differing lists what the candidates differ in, interface by interface in the order in which they
// first occur.
func differing(candidates []Candidate) (tested, declared []Row) {
	tested, declared = []Row{}, []Row{}
	for _, id := range interfacesOf(candidates) {
		if row, same := presence(candidates, id); !same {
			tested = append(tested, row)
		}
		for _, requirement := range requirementsOf(candidates, id) {
			row, same := verdicts(candidates, id, requirement)
			switch {
			case same:
			case requirement.Evidence != nil:
				declared = append(declared, row)
			default:
				tested = append(tested, row)
			}
		}
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

// presence is the row that says who serves an interface.
func presence(candidates []Candidate, id string) (Row, bool) {
	row := Row{Interface: id}
	same := true
	for _, one := range candidates {
		tested, served := one.tested(id)
		if !served {
			row.Verdicts, same = append(row.Verdicts, NotServed), false
			continue
		}
		row.Statement = tested.Title
		row.Verdicts = append(row.Verdicts, "served")
	}
	return row, same
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

// verdicts is the row of one requirement. Candidates that do not serve the interface do not make it differ.
func verdicts(candidates []Candidate, id string, requirement result.Requirement) (Row, bool) {
	row := Row{Interface: id, ID: requirement.ID, Statement: requirement.Statement, Dimension: requirement.Dimension, Critical: requirement.Critical}
	var told []string
	for _, one := range candidates {
		tested, served := one.tested(id)
		if !served {
			row.Verdicts = append(row.Verdicts, NotServed)
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
		row.Verdicts, told = append(row.Verdicts, verdict), append(told, verdict)
	}
	return row, len(slices.Compact(told)) < 2
}
