package population

import "math/rand/v2"

// impairments are the codes of impairment_type by those of functional_limitation_type. Self-care is
// limited by what limits movement.
var impairments = map[string]string{"VIS_SS": "1", "HEAR_SS": "2", "MOB_SS": "3", "COG_SS": "4", "COM_SS": "5", "SC_SS": "3"}

// disabledPersons are those of whom the social registry says so as well.
var disabledPersons = membership{
	clusters: []int{0, 2, 5}, others: 20,
	eligible: func(p *person) bool { return len(p.disability) > 0 },
	fit: func(p *person, r *rand.Rand) {
		if len(p.disability) == 0 {
			p.disability = []disability{{limitation: one(r, limitations), severity: one(r, []string{"2", "3", "4"})}}
		}
	},
	// Most are approved; what is pending or expired is a near miss of a question after the status.
	values: map[string][]string{"disability_status": {"0", "0", "0", "1", "2"}},
	dress:  dressDisabled,
}

func dressDisabled(record object, p *person, r *rand.Rand) {
	onset := "0"
	if years := age(p.born); years >= 18 {
		onset = one(r, []string{"0", "1", "2"})
	}
	record["disability_details"] = each(p.disability, func(d disability) object {
		cause := "0"
		if onset != "0" {
			cause = one(r, []string{"2", "4"})
		}
		return object{"impairment_type": impairments[d.limitation], "impairment_level": d.severity,
			"impairment_cause": cause, "age_on_set": onset}
	})
	record["disability_support"] = []object{{
		"human_assistance":     []object{{"type": one(r, []string{"mobility", "communication"}), "support": one(r, []string{"0", "1"})}},
		"assistive_technology": []object{{"type": one(r, []string{"1", "2", "3"}), "status": one(r, []string{"0", "1"})}},
	}}
}
