package mocks

import (
	"fmt"
	"slices"
	"strings"
)

// odd is an attribute with a code and one with a date of a registry's records, each by its path.
type odd struct{ registry, coded, dated string }

// odds are of the registries other than that on which most defects of records show.
var odds = []odd{
	{"crvs", "sex", "birth_date"},
	{"ibr", "enrolment_status", "enrolment_date"},
	{"dr", "disability_status_level", "registration_date"},
	{"fr", "farm_type", "registration_date"},
	{"ess", "employment_info.employment_type", "registration_date"},
}

// reached changes what a path leads to in a record, in each element of the lists on the way.
func reached(at any, path []string, change func(parent map[string]any, name string)) {
	switch at := at.(type) {
	case []any:
		for _, element := range at {
			reached(element, path, change)
		}
	case map[string]any:
		if len(path) > 1 {
			reached(at[path[0]], path[1:], change)
		} else if at[path[0]] != nil {
			change(at, path[0])
		}
	}
}

func atPath(path string, change func(value any) any) func(*Vendor) {
	return records(func(record map[string]any) {
		reached(record, strings.Split(path, "."), func(parent map[string]any, name string) { parent[name] = change(parent[name]) })
	})
}

var _ = register(slices.Concat(
	everyOdd("code-in-words", classDictionary, "REG-REC-001", "writes %s in words", func(o odd) string { return o.coded },
		func(any) any { return "see the file" }),
	everyOdd("code-as-list", classCardinality, "REG-REC-001", "writes a list of values for %s", func(o odd) string { return o.coded },
		func(value any) any { return []any{value, value} }),
	everyOdd("date-that-does-not-exist", classDates, "REG-REC-001", "writes a %s that does not exist", func(o odd) string { return o.dated },
		func(value any) any {
			day := "2021-02-30"
			if text, _ := value.(string); len(text) > len(day) {
				return day + text[len(day):]
			}
			return day
		}),
)...)

func everyOdd(id, class, breaks, sentence string, which func(odd) string, change func(any) any) []Defect {
	var all []Defect
	for _, o := range odds {
		all = append(all, Defect{ID: o.registry + "-" + id, Class: class, Breaks: []string{breaks}, Interface: o.registry,
			Sentence: fmt.Sprintf(sentence, which(o)), Alter: atPath(which(o), change)})
	}
	return all
}

var _ = register(
	Defect{ID: "birth-date-as-list", Class: classCardinality, Breaks: []string{"REG-REC-001"},
		Sentence: "writes a list of birth dates", Alter: persons(func(person map[string]any) {
			person["birth_date"] = []any{person["birth_date"]}
		})},
	Defect{ID: "crvs-registration-date-lost", Class: classAltered, Breaks: []string{"REG-REC-002"}, Interface: "crvs",
		Sentence: "shows no date of registration of a vital event", Alter: records(func(record map[string]any) { delete(record, "registration_date") })},
	Defect{ID: "ibr-enrolment-date-lost", Class: classAltered, Breaks: []string{"REG-REC-002"}, Interface: "ibr",
		Sentence: "shows no date of enrolment", Alter: records(func(record map[string]any) { delete(record, "enrolment_date") })},
	Defect{ID: "fr-farms-after-the-first-lost", Class: classAltered, Breaks: []string{"REG-REC-002"}, Interface: "fr",
		Sentence: "shows a farmer's first farm alone", Alter: firstShown("farm_details")},
	Defect{ID: "ess-jobs-after-the-first-lost", Class: classAltered, Breaks: []string{"REG-REC-002"}, Interface: "ess",
		Sentence: "shows a member's first job alone", Alter: firstShown("employment_info")},
	Defect{ID: "dr-disabilities-after-the-first-lost", Class: classAltered, Breaks: []string{"REG-REC-002"}, Interface: "dr",
		Sentence: "shows a person's first disability alone", Alter: firstShown("disability_details")},
)

// firstShown leaves the first element of a list in each record.
func firstShown(list string) func(*Vendor) {
	return records(func(record map[string]any) {
		if elements, ok := record[list].([]any); ok && len(elements) > 1 {
			record[list] = elements[:1]
		}
	})
}
