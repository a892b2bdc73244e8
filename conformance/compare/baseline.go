package compare

import (
	"fmt"
	"slices"

	"github.com/spconform/spconform/conformance/result"
)

// Change is what happened to one requirement between two versions of a product.
type Change struct {
	result.Difference
	Statement string `json:"statement"`
	// Direction is better, worse or other.
	Direction string `json:"direction"`
}

// Since is what changed between two versions of a product.
type Since struct {
	SchemaVersion string        `json:"schemaVersion"`
	Before        string        `json:"before"`
	After         string        `json:"after"`
	Levels        []LevelChange `json:"levels"`
	Changes       []Change      `json:"changes"`
}

// LevelChange is the level of an interface before and after; nil where it was not tested.
type LevelChange struct {
	Interface string `json:"interface"`
	Before    *int   `json:"before"`
	After     *int   `json:"after"`
}

// The directions of a change.
const (
	Better = "better"
	Worse  = "worse"
	Other  = "other"
)

// Baseline tells what changed from one version of a product to the next.
func Baseline(before, after Candidate, allow Allow) (Since, error) {
	if err := admit([]Candidate{before, after}, allow); err != nil {
		return Since{}, err
	}
	made := Since{SchemaVersion: SchemaVersion, Before: before.Name, After: after.Name, Levels: []LevelChange{}, Changes: []Change{}}
	for _, id := range interfacesOf([]Candidate{before, after}) {
		was, _ := before.tested(id)
		is, _ := after.tested(id)
		made.Levels = append(made.Levels, LevelChange{id, was.Level, is.Level})
	}
	for _, id := range interfacesOf([]Candidate{before, after}) {
		if change, alone := inOneAlone(before, after, id); alone {
			made.Changes = append(made.Changes, change)
		}
	}
	for _, difference := range result.Differences(before.Report, after.Report) {
		tested, there := after.tested(difference.Interface)
		if _, was := before.tested(difference.Interface); !there || !was {
			// What is said of the whole interface is not said again of each requirement.
			continue
		}
		row, _ := find(tested, difference.Requirement)
		if row.Statement == "" {
			tested, _ = before.tested(difference.Interface)
			row, _ = find(tested, difference.Requirement)
		}
		made.Changes = append(made.Changes, Change{difference, row.Statement, directionOf(difference)})
	}
	return made, nil
}

// inOneAlone is the change of an interface that only one of the results has.
func inOneAlone(before, after Candidate, id string) (Change, bool) {
	was, had := before.tested(id)
	is, has := after.tested(id)
	switch {
	case had && !has:
		return Change{result.Difference{Interface: id, Before: Tested, After: NotTested}, was.Title, Worse}, true
	case has && !had:
		return Change{result.Difference{Interface: id, Before: NotTested, After: Tested}, is.Title, Other}, true
	}
	return Change{}, false
}

// Worse says whether anything got worse.
func (s Since) Worse() bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Direction == Worse })
}

// directionOf: what was met and no longer is got worse; what is met now got better.
func directionOf(d result.Difference) string {
	bad := []result.Verdict{result.Unmet, result.Skipped, result.Dialect, ""}
	switch {
	case d.After == "" && d.Before != result.Met:
		return Other
	case d.After == result.Met:
		return Better
	case slices.Contains(bad, d.After) && !slices.Contains(bad, d.Before):
		return Worse
	}
	return Other
}

// String is the level's change on one line.
func (l LevelChange) String() string {
	return fmt.Sprintf("%s: level %s, was %s", l.Interface, levelText(l.After), levelText(l.Before))
}

func levelText(level *int) string {
	if level == nil {
		return "–"
	}
	return fmt.Sprint(*level)
}
