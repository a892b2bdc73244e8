package population

import "math/rand/v2"

// Code 6 of occupation is skilled work in agriculture, code 6 of employment_status work on one's own account.
const (
	farming    = "6"
	ownAccount = "6"
)

// farmers are those whose occupation is farming in every registry.
var farmers = membership{
	clusters: []int{1, 2, 3}, others: 20,
	eligible: func(p *person) bool { return p.occupation == farming },
	fit: func(p *person, _ *rand.Rand) {
		p.occupation, p.employment = farming, ownAccount
	},
	dress: dressFarmer,
}

func dressFarmer(record object, p *person, r *rand.Rand) {
	if p.home != nil && p.home.members[0] == p {
		record["family_details"] = householdOf(p.home)
	}
	farms, _ := record["farm_details"].([]any)
	for _, farm := range farms {
		told, _ := farm.(object)
		told["land_tenure"] = one(r, []string{"1", "2", "4"})
		told["measurment"] = "1"
		told["farming_activities"] = object{"mixed_farming": r.IntN(2) == 0,
			"crop_production": []object{{"crop_type_name": one(r, []string{"1", "2", "3"})}}}
	}
}
