package population

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// backgroundHouseholds is the number of households that belong to no cluster.
const backgroundHouseholds = 22

// builder makes persons and households from one random stream.
type builder struct {
	random *rand.Rand
	world  *world
}

// householdForm is what a household is asked to be; its members follow from it.
type householdForm struct {
	score      int
	size       int
	kind       string
	registered time.Time
}

func (b *builder) anyHousehold() *household {
	r := b.random
	form := householdForm{
		score:      between(r, 2000, 8000),
		size:       between(r, 1, 4),
		kind:       one(r, []string{"2", "3"}),
		registered: moment(r, year(2014), year(2023)),
	}
	if form.size == 1 {
		form.kind = "1"
	}
	return b.newHousehold(form)
}

// emptyHousehold is one without members, for the clusters of persons.
func (b *builder) emptyHousehold() *household {
	r := b.random
	registered := moment(r, year(2014), year(2023))
	return &household{
		kind: "3", score: between(r, 2000, 8000), address: b.newAddress(),
		registered: registered, updated: moment(r, registered, baseDate),
	}
}

// newHousehold makes a head, mostly a spouse, living or dead, and children.
func (b *builder) newHousehold(form householdForm) *household {
	r := b.random
	group := &household{
		kind: form.kind, score: form.score, address: b.newAddress(),
		registered: form.registered, updated: moment(r, form.registered, baseDate),
	}
	names := one(r, cultures)
	head := b.newPerson(names, bornAt(r, between(r, 26, 60)), one(r, []string{"female", "male"}), group.address)
	head.marital = one(r, []string{"S", "D", "S", "U"})
	group.members = append(group.members, head)
	switch {
	case form.size >= 2 && r.IntN(4) > 0:
		spouse := b.spouseOf(head, names, group.address)
		group.members = append(group.members, spouse)
	case r.IntN(3) == 0:
		b.widow(head, names, group.address)
	}
	for len(group.members) < form.size {
		b.addChild(group, names)
	}
	return group
}

func (b *builder) spouseOf(head *person, names culture, at address) *person {
	sex := map[string]string{"female": "male", "male": "female"}[head.sex]
	spouse := b.newPerson(names, bornAt(b.random, max(24, age(head.born)+between(b.random, -6, 6))), sex, at)
	spouse.surname = head.surname
	spouse.marital, head.marital = "M", "M"
	relate(head, spouse, "PRIMSPOUS", primarySpouse)
	return spouse
}

// widow gives the head a spouse who has died and stays on record outside the household.
func (b *builder) widow(head *person, names culture, at address) {
	late := b.spouseOf(head, names, at)
	head.marital = "W"
	late.died = moment(b.random, year(2020), year(2023)).UTC().Truncate(24 * time.Hour)
	late.updated = late.died.AddDate(0, 1, 0)
	if late.registered.After(late.died) {
		late.registered = late.died.AddDate(-1, 0, 0)
	}
	b.world.deceased = append(b.world.deceased, late)
}

func (b *builder) addChild(group *household, names culture) *person {
	r := b.random
	head := group.members[0]
	parent := age(head.born)
	if len(group.members) > 1 {
		parent = min(parent, age(group.members[1].born))
	}
	// Six is above every cluster of small children, which keeps the youngest few.
	child := b.newPerson(names, bornAt(r, max(6, between(r, parent-42, parent-18))), one(r, []string{"female", "male"}), group.address)
	child.surname = head.surname
	child.marital = "S"
	relate(head, child, "CHILD", parentOf)
	group.members = append(group.members, child)
	return child
}

// relate writes the relation on both: what the member is to the head, and the head to the member.
func relate(head, member *person, is string, back func(head *person) string) {
	head.relations = append(head.relations, relation{code: is, to: member})
	member.relations = append(member.relations, relation{code: back(head), to: head})
}

func primarySpouse(*person) string { return "PRIMSPOUS" }
func cousin(*person) string        { return "COUSN" }

func grandparent(head *person) string { return bySex(head, "GRMTH", "GRFTH", "GRPRN") }
func parentOf(head *person) string    { return bySex(head, "MTH", "FTH", "PRN") }

func bySex(of *person, female, male, neutral string) string {
	switch of.sex {
	case "female":
		return female
	case "male":
		return male
	}
	return neutral
}

func (b *builder) newPerson(names culture, born time.Time, sex string, at address) *person {
	r := b.random
	first := names.female
	if sex == "male" || (sex != "female" && r.IntN(2) == 0) {
		first = names.male
	}
	made := &person{
		surname: one(r, names.surnames), given: one(r, first), language: names.language,
		sex: sex, born: born, address: at, marital: "S",
	}
	if r.IntN(3) == 0 {
		made.second = one(r, first)
	}
	earliest := year(2014)
	if born.After(earliest) {
		earliest = born.AddDate(0, 1, 0)
	}
	made.registered = moment(r, earliest, year(2023))
	made.updated = moment(r, made.registered, baseDate)
	made.memberSince = moment(r, made.registered, baseDate)
	b.circumstances(made)
	return made
}

// circumstances are the attributes that follow from age: schooling, work, how one is reached, health.
func (b *builder) circumstances(of *person) {
	r := b.random
	years := age(of.born)
	switch {
	case years < 6:
		of.employment, of.education = "2", "0"
	case years < 16:
		of.employment, of.education = "2", one(r, []string{"1", "2"})
	case years < 66:
		of.employment, of.education = one(r, []string{"2", "4", "6", "6"}), one(r, []string{"1", "2", "3", "6"})
	default:
		of.employment, of.education = "2", one(r, []string{"1", "2"})
	}
	if of.employment != "2" {
		of.occupation = one(r, []string{"5", "6", "7", "9"})
	}
	if years >= 16 {
		of.phones = []string{phoneNumber(r)}
		if r.IntN(3) == 0 {
			of.phones = append(of.phones, phoneNumber(r))
			of.emails = []string{fmt.Sprintf("person.%d@example.org", r.IntN(1_000_000))}
		}
	}
	if r.IntN(6) == 0 {
		for _, limitation := range slices.Compact([]string{one(r, limitations), one(r, limitations)}) {
			of.disability = append(of.disability, disability{limitation: limitation, severity: one(r, []string{"2", "3", "4"})})
		}
	}
}

var limitations = []string{"VIS_SS", "HEAR_SS", "MOB_SS", "COG_SS", "SC_SS", "COM_SS"}

func (b *builder) newAddress() address {
	r := b.random
	made := address{
		line1:     fmt.Sprintf("%d %s", between(r, 1, 240), one(r, streets)),
		locality:  one(r, localities),
		region:    one(r, regions),
		postal:    fmt.Sprintf("%05d", r.IntN(100_000)),
		latitude:  fmt.Sprintf("%d.%06d", between(r, -40, 40), r.IntN(1_000_000)),
		longitude: fmt.Sprintf("%d.%06d", between(r, -170, 170), r.IntN(1_000_000)),
	}
	if r.IntN(3) == 0 {
		made.line2 = strings.TrimSpace(fmt.Sprintf("House %d", between(r, 1, 20)))
	}
	return made
}
