package population

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// object is a record as it is written, before it is read back as JSON.
type object = map[string]any

// socialRegistry tells of persons, their households and their place in them.
var socialRegistry = registry{
	"Person": {
		all:    func(w *world) []object { return each(w.persons(), socialPerson) },
		update: func(person object, r *rand.Rand) { person["phone_number"] = []any{phoneNumber(r)} },
	},
	"Group": {
		all:    func(w *world) []object { return each(w.groups(), socialGroup) },
		update: updateScore,
	},
	"Member": {
		all: func(w *world) []object {
			var members []object
			for _, group := range w.groups() {
				members = append(members, each(group.members, socialMember)...)
			}
			return members
		},
		update: func(member object, r *rand.Rand) { other(member, "education_level", r, "1", "2", "3", "4") },
	},
}

func socialPerson(p *person) object {
	name := object{"surname": p.surname, "given_name": p.given}
	set(name, "second_name", p.second)
	made := object{
		"identifier":        identifiers("UIN", p.uin, "BRN", p.brn),
		"name":              name,
		"sex":               p.sex,
		"birth_date":        p.born.Format(time.RFC3339),
		"address":           []object{postalAddress(p.address)},
		"registration_date": p.registered.Format(time.RFC3339),
		"last_updated":      p.updated.Format(time.RFC3339),
	}
	if !p.died.IsZero() {
		made["death_date"] = p.died.Format(time.RFC3339)
	}
	if len(p.phones) > 0 {
		made["phone_number"] = p.phones
	}
	if len(p.emails) > 0 {
		made["email"] = p.emails
	}
	return made
}

func socialMember(p *person) object {
	made := object{
		"member_identifier": identifiers("UIN", p.uin, "BRN", p.brn),
		"demographic_info":  socialPerson(p),
		"is_disabled":       len(p.disability) > 0,
		"marital_status":    p.marital,
		"employment_status": p.employment,
		"income_level":      "1",
		"language_code":     p.language,
		"education_level":   p.education,
		"registration_date": p.memberSince.Format(time.RFC3339),
		"last_updated":      p.updated.Format(time.RFC3339),
	}
	set(made, "occupation", p.occupation)
	if len(p.relations) > 0 {
		made["related_person"] = each(p.relations, relatedPerson)
	}
	if len(p.disability) > 0 {
		made["disability_info"] = each(p.disability, func(d disability) object {
			return object{"disability_limitation_type": d.limitation, "functional_severity": d.severity}
		})
	}
	return made
}

func relatedPerson(r relation) object {
	related := object{
		"identifier": identifiers("UIN", r.to.uin, "BRN", r.to.brn),
		"name":       object{"surname": r.to.surname, "given_name": r.to.given},
	}
	if !r.to.died.IsZero() {
		related["death_date"] = r.to.died.Format(time.RFC3339)
	}
	return object{"relationship_type": r.code, "related_member": related}
}

func socialGroup(h *household) object {
	members := each(h.members, socialMember)
	return object{
		"group_identifier": identifiers("UIN", h.uin, "NID", h.nid),
		"group_type":       h.kind,
		"geographical_location": object{
			"name":               h.address.locality,
			"address_line":       h.address.line1,
			"geo":                object{"latitude": json.Number(h.address.latitude), "longitude": json.Number(h.address.longitude)},
			"contained_in_place": object{"name": h.address.region},
		},
		"address":            []object{postalAddress(h.address)},
		"place_address":      true,
		"poverty_score":      hundredths(h.score),
		"poverty_score_type": "proxy means test",
		"group_head_info":    members[0],
		"group_size":         json.Number(strconv.Itoa(len(members))),
		"member_list":        members,
		"registration_date":  h.registered.Format(time.RFC3339),
		"last_updated":       h.updated.Format(time.RFC3339),
	}
}

func postalAddress(a address) object {
	made := object{
		"address_line_1":  a.line1,
		"locality":        a.locality,
		"sub_region_code": a.region + "-1",
		"region_code":     a.region,
		"postal_code":     a.postal,
		"country_code":    country,
	}
	set(made, "address_line_2", a.line2)
	return made
}

// updateScore moves the score by at least one hundredth and keeps two decimals.
func updateScore(group object, r *rand.Rand) {
	before := fmt.Sprint(group["poverty_score"])
	for {
		after := hundredths(between(r, 1000, 9000))
		if after.String() != before {
			group["poverty_score"] = after
			return
		}
	}
}

func identifiers(pairs ...string) []object {
	var made []object
	for at := 0; at+1 < len(pairs); at += 2 {
		made = append(made, object{"identifier_type": pairs[at], "identifier_value": pairs[at+1]})
	}
	return made
}

func hundredths(n int) json.Number { return json.Number(fmt.Sprintf("%d.%02d", n/100, n%100)) }

func set(in object, attribute, value string) {
	if value != "" {
		in[attribute] = value
	}
}

// other gives the attribute one of the values that it does not have.
func other(in object, attribute string, r *rand.Rand, values ...string) {
	at := r.IntN(len(values))
	if values[at] == in[attribute] {
		at = (at + 1) % len(values)
	}
	in[attribute] = values[at]
}

func each[T, U any](of []T, as func(T) U) []U {
	made := make([]U, 0, len(of))
	for _, one := range of {
		made = append(made, as(one))
	}
	return made
}
