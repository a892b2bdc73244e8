package diff

import (
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// Scenario is what the impact needs to know of a scenario.
type Scenario struct {
	ID           string
	Requirements []string
}

// Statement is a result that somebody relies on: which requirements were found met on which interface.
type Statement struct {
	Name      string   // as people know it: a file
	Interface string   // id
	Met       []string // requirement ids
}

// Knowledge is what changes may touch.
type Knowledge struct {
	Catalogue  *spec.Catalogue
	Interfaces []spec.Interface
	Scenarios  []Scenario
	Dictionary *datadictionary.Dictionary
	Statements []Statement
}

// Impact is what one change touches.
type Impact struct {
	Change
	Requirements []string `json:"requirements,omitempty"`
	Scenarios    []string `json:"scenarios,omitempty"`
	Dictionary   []string `json:"dictionary,omitempty"` // objects with the attribute, and code lists with the code
	Rerun        []string `json:"rerun,omitempty"`      // the statements that rest on a touched requirement
}

// Impacts says for each change what it touches. A requirement is touched by a change to an operation that it is
// about or covers: by one that names fields or codes where it covers one of them, and by every other change to the
// operation itself. A statement needs a rerun for a change that breaks or may.
func Impacts(changes []Change, known Knowledge) []Impact {
	impacts := make([]Impact, 0, len(changes))
	for _, change := range changes {
		impact := Impact{Change: change}
		for _, requirement := range known.Catalogue.Requirements {
			if known.touched(requirement, change) {
				impact.Requirements = append(impact.Requirements, requirement.ID)
			}
		}
		for _, scenario := range known.Scenarios {
			if shares(scenario.Requirements, impact.Requirements) {
				impact.Scenarios = append(impact.Scenarios, scenario.ID)
			}
		}
		impact.Dictionary = known.entries(change)
		for _, statement := range known.Statements {
			if change.Level != NonBreaking && known.serves(statement.Interface, change.Path) && shares(statement.Met, impact.Requirements) {
				impact.Rerun = append(impact.Rerun, statement.Name)
			}
		}
		impacts = append(impacts, impact)
	}
	return impacts
}

// Reruns lists the statements that need a rerun, each with the requirements that were met and are touched.
func Reruns(impacts []Impact, statements []Statement) map[string][]string {
	reruns := map[string][]string{}
	for _, impact := range impacts {
		for _, statement := range statements {
			if !slices.Contains(impact.Rerun, statement.Name) {
				continue
			}
			for _, id := range impact.Requirements {
				if slices.Contains(statement.Met, id) && !slices.Contains(reruns[statement.Name], id) {
					reruns[statement.Name] = append(reruns[statement.Name], id)
				}
			}
		}
	}
	for _, ids := range reruns {
		slices.Sort(ids)
	}
	return reruns
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool { return slices.Contains(b, one) })
}

// operations are the ids of the operations at a path on the interfaces that a requirement is about; sync and async
// forms and both directions of notify share names but not paths.
func (k Knowledge) operations(requirement spec.Requirement, path string) []string {
	var ids []string
	for _, described := range k.Interfaces {
		if !requirement.AppliesTo(described) {
			continue
		}
		for _, operation := range described.Operations {
			if operation.Path == path && !slices.Contains(ids, operation.ID) {
				ids = append(ids, operation.ID)
			}
		}
	}
	return ids
}

func (k Knowledge) serves(id, path string) bool {
	return path == "" || slices.ContainsFunc(k.Interfaces, func(described spec.Interface) bool {
		return described.ID == id && slices.ContainsFunc(described.Operations, func(o spec.Operation) bool { return o.Path == path })
	})
}

func (k Knowledge) touched(requirement spec.Requirement, change Change) bool {
	operations := k.operations(requirement, change.Path)
	if change.Path != "" && len(operations) == 0 {
		return false
	}
	if requirement.Operation != "" && change.Path != "" && !slices.Contains(operations, requirement.Operation) && !shares(requirement.Covers, operations) {
		return false
	}
	var fields []string
	for _, name := range change.Names {
		if strings.Contains(name, ".") || slices.ContainsFunc(k.Catalogue.Requirements, func(r spec.Requirement) bool { return slices.ContainsFunc(r.Covers, ends(name)) }) {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return slices.Contains(operations, requirement.Operation) || shares(requirement.Covers, operations)
	}
	return slices.ContainsFunc(fields, func(name string) bool {
		return slices.ContainsFunc(requirement.Covers, func(cover string) bool { return overlaps(name, cover) })
	})
}

// ends says whether an entry of covers names the same field as a bare name.
func ends(name string) func(string) bool {
	return func(cover string) bool { return cover == name || strings.HasSuffix(cover, "."+name) }
}

// overlaps says whether a changed field is what an entry of covers names, or lies within it.
func overlaps(name, cover string) bool {
	whole, below := strings.CutSuffix(cover, ".*")
	within := strings.Contains("."+name+".", "."+whole+".") && (below || strings.Contains(whole, "."))
	return ends(name)(whole) || ends(whole)(name) || within
}

// entries are the objects that have an attribute which the change names last, and the code lists that have a code
// which it names.
func (k Knowledge) entries(change Change) []string {
	if k.Dictionary == nil {
		return nil
	}
	var found []string
	for _, name := range change.Names {
		last := name[strings.LastIndex(name, ".")+1:]
		inRecord := strings.Contains(name, "reg_records.")
		for _, object := range k.Dictionary.Objects() {
			if inRecord && slices.ContainsFunc(object.Attributes, func(a datadictionary.Attribute) bool { return a.Name == last }) {
				found = append(found, object.Name+"."+last)
			}
		}
		for _, list := range k.Dictionary.CodeLists() {
			if slices.ContainsFunc(list.Codes, func(c datadictionary.ListedCode) bool { return c.Code == name && len(name) > 2 }) {
				found = append(found, list.Key()+" "+name)
			}
		}
	}
	return slices.Compact(found)
}
