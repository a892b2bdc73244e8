package mocks

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/spconform/spconform/reference"
)

const (
	classDictionary  = "codes outside the code list"
	classDates       = "dates that do not exist"
	classCardinality = "cardinality broken"
	classAltered     = "records altered"
	classHousehold   = "households"
)

// records changes every record that leaves.
func records(change func(record map[string]any)) func(*Vendor) {
	return func(v *Vendor) { v.Records(change) }
}

// persons changes every person in a record, at whatever depth: an object with a name or a birth date.
func persons(change func(person map[string]any)) func(*Vendor) {
	var visit func(any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if value["name"] != nil && value["identifier"] != nil {
				change(value)
			}
			for _, member := range value {
				visit(member)
			}
		case []any:
			for _, element := range value {
				visit(element)
			}
		}
	}
	return records(func(record map[string]any) { visit(record) })
}

// households changes every group that leaves.
func households(change func(group map[string]any, members []any)) func(*Vendor) {
	return records(func(record map[string]any) {
		if members, ok := record["member_list"].([]any); ok {
			change(record, members)
		}
	})
}

// memberships changes every member, within a group or on its own.
func memberships(change func(member map[string]any)) func(*Vendor) {
	return records(func(record map[string]any) {
		if record["demographic_info"] != nil {
			change(record)
		}
		list, _ := record["member_list"].([]any)
		for _, element := range list {
			if member, ok := element.(map[string]any); ok {
				change(member)
			}
		}
	})
}

// member sets one member of an object.
func member(name string, value any) func(map[string]any) {
	return func(object map[string]any) {
		if object[name] != nil {
			object[name] = value
		}
	}
}

// recordsOf changes the records of answers for which so holds.
func recordsOf(so func(out reference.Outgoing, item map[string]any) bool, change func(record map[string]any)) func(*Vendor) {
	return items(func(out reference.Outgoing, _ int, item map[string]any) {
		if !so(out, item) {
			return
		}
		for _, element := range found(item) {
			if record, ok := element.(map[string]any); ok {
				change(record)
			}
		}
	})
}

func inPages(_ reference.Outgoing, item map[string]any) bool {
	told, _ := item["pagination"].(map[string]any)
	number, _ := told["page_number"].(json.Number)
	return number == "2"
}

// nameOf changes the texts of a person's name.
func nameOf(change func(text string) string) func(map[string]any) {
	return func(person map[string]any) {
		name, _ := person["name"].(map[string]any)
		for part, text := range name {
			if text, ok := text.(string); ok {
				name[part] = change(text)
			}
		}
	}
}

var _ = register(
	Defect{ID: "sex-outside-the-code-list", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "writes sex as M and F", Alter: persons(func(person map[string]any) {
			if sex, ok := person["sex"].(string); ok && sex != "" {
				person["sex"] = strings.ToUpper(sex[:1])
			}
		})},
	Defect{ID: "marital-status-in-words", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "writes marital_status in words", Alter: memberships(member("marital_status", "it is complicated"))},
	Defect{ID: "relationship-in-words", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "writes relationship_type in words",
		Alter: memberships(func(m map[string]any) {
			list, _ := m["related_person"].([]any)
			for _, element := range list {
				if related, ok := element.(map[string]any); ok {
					related["relationship_type"] = "second cousin twice removed"
				}
			}
		})},
	Defect{ID: "birth-date-in-february-30", Class: classDates, Breaks: []string{"REG-REC-001"},
		Sentence: "writes a birth date that does not exist", Alter: persons(member("birth_date", "1990-02-30T00:00:00Z"))},
	Defect{ID: "birth-date-in-local-form", Class: classDates, Breaks: []string{"REG-REC-001"},
		Sentence: "writes birth dates as day, month, year", Alter: persons(member("birth_date", "24/12/1990"))},
	Defect{ID: "registration-date-as-number", Class: classDates, Breaks: []string{"REG-REC-001"},
		Sentence: "writes registration_date as a number of seconds", Alter: records(member("registration_date", 1735689600))},
	Defect{ID: "name-as-list", Class: classCardinality, Breaks: []string{"REG-REC-001"},
		Sentence: "writes a list of names where there is one", Alter: persons(func(person map[string]any) {
			person["name"] = []any{person["name"], person["name"]}
		})},
	Defect{ID: "sex-as-list", Class: classCardinality, Breaks: []string{"REG-REC-001"},
		Sentence: "writes a list of sexes", Alter: persons(func(person map[string]any) {
			person["sex"] = []any{"female", "male"}
		})},
	Defect{ID: "poverty-score-as-word", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "writes the poverty score as a word", Alter: records(member("poverty_score", "low"))},
	Defect{ID: "group-size-as-fraction", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "writes a group_size that is no integer", Alter: records(member("group_size", 3.5))},
	Defect{ID: "email-without-at", Class: classDictionary, Breaks: []string{"REG-REC-001"},
		Sentence: "hides e-mail addresses behind stars", Alter: persons(member("email", []any{"***"}))},

	Defect{ID: "names-in-ascii", Class: classAltered, Strength: BeyondASCII, Breaks: []string{"REG-REC-002"},
		Sentence: "writes letters beyond ASCII as question marks", Alter: persons(nameOf(inASCII))},
	Defect{ID: "names-in-capitals", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "writes names in capitals", Alter: persons(nameOf(strings.ToUpper))},
	Defect{ID: "names-without-apostrophe", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "doubles the apostrophe of a name",
		Alter:    persons(nameOf(func(text string) string { return strings.ReplaceAll(text, "'", "''") }))},
	Defect{ID: "names-without-accents", Class: classAltered, Strength: BeyondASCII, Breaks: []string{"REG-REC-002"},
		Sentence: "drops combining accents",
		Alter: persons(nameOf(func(text string) string {
			return strings.Map(func(r rune) rune {
				if r >= 0x300 && r <= 0x36f {
					return -1
				}
				return r
			}, text)
		}))},
	Defect{ID: "names-cut-at-eight", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "keeps the first eight letters of a name",
		Alter: persons(nameOf(func(text string) string {
			runes := []rune(text)
			return string(runes[:min(8, len(runes))])
		}))},
	Defect{ID: "given-name-and-surname-swapped", Class: classAltered, Strength: BeyondASCII, Breaks: []string{"REG-REC-002"},
		Sentence: "swaps given name and surname where the name is not ASCII",
		Alter: persons(func(person map[string]any) {
			name, _ := person["name"].(map[string]any)
			surname, _ := name["surname"].(string)
			if strings.ContainsFunc(surname, func(r rune) bool { return r > unicode.MaxASCII }) {
				name["surname"], name["given_name"] = name["given_name"], surname
			}
		})},
	Defect{ID: "birth-date-a-day-off", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "moves every birth date into its own time zone",
		Alter: persons(func(person map[string]any) {
			if text, ok := person["birth_date"].(string); ok {
				person["birth_date"] = strings.Replace(text, "T00:00:00Z", "T00:00:00+05:30", 1)
			}
		})},
	Defect{ID: "second-identifier-lost", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "shows the first identifier only",
		Alter: persons(func(person map[string]any) {
			if list, ok := person["identifier"].([]any); ok && len(list) > 1 {
				person["identifier"] = list[:1]
			}
		})},
	Defect{ID: "poverty-score-rounded", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "rounds poverty scores to whole numbers",
		Alter: records(func(record map[string]any) {
			if score, ok := record["poverty_score"].(json.Number); ok {
				whole, _, _ := strings.Cut(score.String(), ".")
				record["poverty_score"] = json.Number(whole)
			}
		})},
	Defect{ID: "address-lost", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "shows no address", Alter: persons(func(person map[string]any) { delete(person, "address") })},
	Defect{ID: "address-added", Class: classAltered, Breaks: []string{"REG-REC-002"},
		Sentence: "adds an address of its own",
		Alter: persons(func(person map[string]any) {
			if list, ok := person["address"].([]any); ok {
				person["address"] = append(slices.Clone(list), map[string]any{"locality": "Elsewhere"})
			}
		})},
	Defect{ID: "records-altered-in-callbacks", Class: classAltered, Strength: AsyncOnly, Breaks: []string{"REG-REC-002", "REG-REC-003"},
		Sentence: "leaves the registration date out of records in callbacks",
		Alter: recordsOf(func(out reference.Outgoing, _ map[string]any) bool { return later(out) },
			func(record map[string]any) { delete(record, "registration_date") })},
	Defect{ID: "records-altered-on-second-page", Class: classAltered, Strength: SecondPage, Breaks: []string{"REG-REC-003"},
		Sentence: "shows short records on the second page",
		Alter:    recordsOf(inPages, func(record map[string]any) { delete(record, "name"); delete(record, "address") })},
	Defect{ID: "records-altered-every-third", Class: classAltered, Strength: EveryThird, Breaks: []string{"REG-REC-003"},
		Sentence: "mixes up the sex in every third answer",
		Alter: func(v *Vendor) {
			third := everyThird()
			recordsOf(func(reference.Outgoing, map[string]any) bool { return third() }, member("sex", "unknown"))(v)
		}},
	Defect{ID: "rare-attributes-lost", Class: classAltered, Breaks: []string{"REG-REC-004"},
		Sentence: "shows the date of death to nobody",
		Alter:    persons(func(person map[string]any) { delete(person, "death_date"); delete(person, "email") })},
	Defect{ID: "attributes-beyond-a-selection-lost", Class: classAltered, Breaks: []string{"REG-REC-004"},
		Sentence: "shows a fixed selection of attributes",
		Alter: records(func(record map[string]any) {
			for name := range record {
				known := []string{"identifier", "name", "sex", "birth_date", "address", "registration_date", "last_updated",
					"group_identifier", "member_identifier", "demographic_info", "member_list", "group_size", "group_head_info"}
				if !slices.Contains(known, name) {
					delete(record, name)
				}
			}
		})},

	Defect{ID: "group-size-counts-the-head-twice", Class: classHousehold, Breaks: []string{"SR-REC-001"},
		Sentence: "counts the head of a household twice",
		Alter:    households(func(group map[string]any, members []any) { group["group_size"] = len(members) + 1 })},
	Defect{ID: "group-size-of-adults", Class: classHousehold, Breaks: []string{"SR-REC-001"},
		Sentence: "counts at most three members of a household",
		Alter:    households(func(group map[string]any, members []any) { group["group_size"] = min(len(members), 3) })},
	Defect{ID: "head-of-no-member", Class: classHousehold, Breaks: []string{"SR-REC-002"},
		Sentence: "names a head who is none of the members",
		Alter: households(func(group map[string]any, _ []any) {
			group["group_head_info"] = map[string]any{"member_identifier": []any{
				map[string]any{"identifier_type": "UIN", "identifier_value": "000000000000"}}}
		})},
	Defect{ID: "head-left-out-of-members", Class: classHousehold, Breaks: []string{"SR-REC-002", "SR-REC-003"},
		Sentence: "lists the members of a household without its head",
		Alter: households(func(group map[string]any, members []any) {
			group["member_list"], group["group_size"] = members[min(1, len(members)):], max(0, len(members)-1)
		})},
	Defect{ID: "household-cut-at-two", Class: classHousehold, Breaks: []string{"SR-REC-003"},
		Sentence: "shows two members of a household",
		Alter: households(func(group map[string]any, members []any) {
			group["member_list"], group["group_size"] = members[:min(2, len(members))], min(2, len(members))
		})},
	Defect{ID: "household-member-twice", Class: classHousehold, Breaks: []string{"SR-REC-003"},
		Sentence: "lists the last member of a household twice",
		Alter: households(func(group map[string]any, members []any) {
			if len(members) > 0 {
				group["member_list"], group["group_size"] = append(slices.Clone(members), members[len(members)-1]), len(members)+1
			}
		})},
	Defect{ID: "household-with-a-stranger", Class: classWrongPerson, Breaks: []string{"SR-REC-003"},
		Sentence: "shows a household with a member of another",
		Alter: func(v *Vendor) {
			var stranger atomic.Value
			households(func(group map[string]any, members []any) {
				if len(members) > 0 {
					stranger.CompareAndSwap(nil, members[0])
				}
				list := append(slices.Clone(members), stranger.Load())
				group["member_list"], group["group_size"] = list, len(list)
			})(v)
		}},
	Defect{ID: "type-of-another-object", Class: classHousehold, Breaks: []string{"SR-REC-004"},
		Sentence: "calls every record a Farmer", Alter: records(func(record map[string]any) { record["@type"] = "spdci:Farmer" })},
	Defect{ID: "type-in-its-own-words", Class: classHousehold, Breaks: []string{"SR-REC-004"},
		Sentence: "calls groups HouseholdEntity",
		Alter:    households(func(group map[string]any, _ []any) { group["@type"] = "HouseholdEntity" })},
	Defect{ID: "relations-lost", Class: classHousehold, Breaks: []string{"SR-REC-005"},
		Sentence: "shows members without the persons to whom they are related",
		Alter:    memberships(func(m map[string]any) { delete(m, "related_person") })},
	Defect{ID: "death-of-a-relative-lost", Class: classHousehold, Breaks: []string{"SR-REC-005"},
		Sentence: "does not tell that a relative has died",
		Alter: memberships(func(m map[string]any) {
			list, _ := m["related_person"].([]any)
			for _, element := range list {
				related, _ := element.(map[string]any)
				if person, ok := related["related_member"].(map[string]any); ok {
					delete(person, "death_date")
				}
			}
		})},
	Defect{ID: "disability-first-only", Class: classHousehold, Breaks: []string{"SR-REC-006"},
		Sentence: "tells that a member is disabled and not how",
		Alter:    memberships(func(m map[string]any) { delete(m, "disability_info") })},
	Defect{ID: "disability-severity-lost", Class: classHousehold, Breaks: []string{"SR-REC-006"},
		Sentence: "leaves the severity out of limitations",
		Alter: memberships(func(m map[string]any) {
			list, _ := m["disability_info"].([]any)
			for _, element := range list {
				if limitation, ok := element.(map[string]any); ok {
					delete(limitation, "functional_severity")
				}
			}
		})},
	Defect{ID: "response-entity-refused", Class: classHousehold, Breaks: []string{"SR-QRY-002"},
		Sentence: "rejects a search that names a response_entity",
		Alter:    refusingCriteria(func(_, criteria map[string]any) bool { return criteria["response_entity"] != nil })},
)
