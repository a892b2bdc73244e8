package population

import (
	"math/rand/v2"
	"strconv"
	"time"

	"encoding/json"
)

// programmes are those in which somebody is enrolled: the code, the name and the code of what it gives.
var programmes = []struct{ code, name, benefit string }{
	{"UCT-01", "Household cash transfer", "1"},
	{"EDU-02", "Girls' education transfer", "1"},
	{"OAP-03", "Old age allowance", "1"},
	{"DIS-04", "Disability transfer", "1"},
}

// statuses of enrolment that a living person has; the list also has one for the deceased.
var livingStatuses = []string{"1", "3", "4"}

// beneficiaries are persons whom a programme helps, for themselves or for their household.
var beneficiaries = membership{
	clusters: []int{0, 2, 4}, others: 25,
	eligible: func(*person) bool { return false },
	fit:      func(*person, *rand.Rand) {},
	values: map[string][]string{
		"enrolment_status":                          livingStatuses,
		"programme_identifier.programme_identifier": {programmes[0].code, programmes[1].code, programmes[2].code, programmes[3].code},
	},
	dress: dressBeneficiary,
}

func dressBeneficiary(record object, p *person, r *rand.Rand) {
	record["assistance_unit"] = "1"
	if p.home != nil && p.home.members[0] == p {
		record["assistance_unit"] = p.home.kind
		record["group"] = householdOf(p.home)
	}
	list, _ := record["programme_identifier"].([]any)
	for _, enrolled := range list {
		told, _ := enrolled.(object)
		for _, programme := range programmes {
			if told["programme_identifier"] == programme.code {
				told["programme_name"] = programme.name
			}
		}
	}
	paid := moment(r, year(2023), year(2025))
	record["benefits"] = []object{{
		"benefit_type": programmes[0].benefit, "benefit_date": paid.Format(time.RFC3339),
		"benefit_quantity": json.Number(strconv.Itoa(between(r, 1, 3))),
	}}
	record["status_change_date"] = []any{paid.Format(time.RFC3339)}
}

// householdOf tells who a household is without telling its members.
func householdOf(h *household) object {
	return object{
		"group_identifier": identifiers("UIN", h.uin, "NID", h.nid),
		"group_type":       h.kind,
		"group_size":       json.Number(strconv.Itoa(len(h.members))),
		"poverty_score":    hundredths(h.score),
	}
}
