package population

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// civilRegistry tells of everybody: birth, parents, marriages and death.
var civilRegistry = registry{
	"Person": {
		all: func(w *world) []object {
			return each(w.persons(), func(p *person) object { return civilPerson(w, p) })
		},
		update: func(person object, r *rand.Rand) { person["phone_number"] = []any{phoneNumber(r)} },
	},
}

func civilPerson(w *world, p *person) object {
	made := socialPerson(p)
	made["marital_status"] = p.marital
	made["birth_place"] = object{"name": p.address.region + " " + p.address.locality}
	if !p.died.IsZero() {
		made["death_place"] = object{"name": p.address.locality}
	}
	for at, parent := range parentsOf(p) {
		made[[]string{"parent1_identifier", "parent2_identifier"}[at]] = identifiers("UIN", parent.uin)[0]
	}
	if married, ok := marriageOf(w, p); ok {
		made["marriage_date"] = []any{married.Format(time.RFC3339)}
		if p.marital == "D" {
			made["divorce_date"] = []any{married.AddDate(1, 1, 1).Format(time.RFC3339)}
		}
	}
	return made
}

// parentsOf are the household's head, where the person is the head's child, and the head's spouse.
func parentsOf(p *person) []*person {
	head := related(p, "MTH", "FTH", "PRN")
	if head == nil {
		return nil
	}
	if other := related(head, "PRIMSPOUS"); other != nil && age(other.born)-age(p.born) >= 18 {
		return []*person{head, other}
	}
	return []*person{head}
}

func related(p *person, codes ...string) *person {
	for _, held := range p.relations {
		if slices.Contains(codes, held.code) {
			return held.to
		}
	}
	return nil
}

// marriageOf is the day on which a person married: the same for both spouses, soon after the younger
// one's eighteenth birthday.
func marriageOf(w *world, p *person) (time.Time, bool) {
	if !slices.Contains([]string{"M", "D", "W"}, p.marital) || age(p.born) < 20 {
		return time.Time{}, false
	}
	pair := []string{p.uin}
	younger := p
	if spouse := related(p, "PRIMSPOUS"); spouse != nil {
		pair = append(pair, spouse.uin)
		if spouse.born.After(younger.born) {
			younger = spouse
		}
	}
	slices.Sort(pair)
	random := w.from.stream("marriage/" + strings.Join(pair, "/"))
	return younger.born.AddDate(18, 0, between(random, 1, 300)).UTC().Truncate(24 * time.Hour), true
}
