package population

import "time"

// A cluster is a record and its decoys: copies that differ from it in exactly one attribute that
// scenarios query, by the smallest step. Each row lies in another part of the range, so that a bound
// near either end has few matches.
type personClusterRow struct {
	youngest, oldest int // years
	sex, otherSex    string
	thirdSex         string
	marital, other   string
	culture, surname int
	registeredIn     int
	// raised says that the cluster is of children, in the household of a grandparent.
	raised bool
}

var personClusters = []personClusterRow{
	{youngest: 88, oldest: 96, sex: "female", otherSex: "male", thirdSex: "unknown", marital: "W", other: "D", culture: 0, surname: 0, registeredIn: 2012},
	{youngest: 76, oldest: 84, sex: "male", otherSex: "female", thirdSex: "other", marital: "D", other: "W", culture: 3, surname: 0, registeredIn: 2024},
	{youngest: 44, oldest: 52, sex: "other", otherSex: "unknown", thirdSex: "female", marital: "L", other: "A", culture: 1, surname: 0, registeredIn: 2013},
	{youngest: 27, oldest: 33, sex: "unknown", otherSex: "other", thirdSex: "male", marital: "A", other: "L", culture: 6, surname: 0, registeredIn: 2018},
	{youngest: 3, oldest: 4, sex: "female", otherSex: "male", thirdSex: "unknown", marital: "S", other: "U", culture: 4, surname: 0, registeredIn: 2024, raised: true},
	{youngest: 1, oldest: 1, sex: "male", otherSex: "female", thirdSex: "other", marital: "U", other: "S", culture: 2, surname: 0, registeredIn: 2024, raised: true},
}

// personVariants are the single changes that make the decoys of a person.
var personVariants = []func(*person, personClusterRow){
	func(*person, personClusterRow) {},
	func(p *person, _ personClusterRow) { p.born = p.born.AddDate(0, 0, -1) },
	func(p *person, _ personClusterRow) { p.born = p.born.AddDate(0, 0, 1) },
	func(p *person, row personClusterRow) { p.sex = row.otherSex },
	func(p *person, row personClusterRow) { p.sex = row.thirdSex },
	func(p *person, row personClusterRow) { p.surname += "-" + row.secondSurname() },
	func(p *person, row personClusterRow) { p.surname = row.secondSurname() + " " + p.surname },
	func(p *person, _ personClusterRow) { p.registered = p.registered.Add(-time.Second) },
	func(p *person, _ personClusterRow) { p.registered = p.registered.Add(time.Second) },
	func(p *person, row personClusterRow) { p.marital = row.other },
	// Alike in all of these, for registries with attributes of their own to differ in.
	func(*person, personClusterRow) {},
	func(*person, personClusterRow) {},
	func(*person, personClusterRow) {},
}

// alike are the positions of personVariants whose birth date and name are the anchor's; the others follow.
var alike = []int{0, 3, 4, 7, 8, 9, 10, 11, 12, 1, 2, 5, 6}

func (row personClusterRow) secondSurname() string {
	names := cultures[row.culture].surnames
	return names[(row.surname+1)%len(names)]
}

// personCluster is a household of cousins, one of them the head, or of children and a grandparent.
func (b *builder) personCluster(row personClusterRow) *household {
	r := b.random
	group := b.emptyHousehold()
	anchor := b.newPerson(cultures[row.culture], bornAt(r, between(r, row.youngest, row.oldest)), row.sex, group.address)
	anchor.surname = cultures[row.culture].surnames[row.surname]
	anchor.marital = row.marital
	anchor.registered = moment(r, year(row.registeredIn).AddDate(0, 2, 0), year(row.registeredIn).AddDate(0, 10, 0))
	if row.raised {
		elder := b.newPerson(cultures[row.culture], bornAt(r, between(r, 55, 65)), one(r, []string{"female", "male"}), group.address)
		elder.surname = anchor.surname
		group.members = append(group.members, elder)
	}
	variants := make([]*person, len(personVariants))
	for at, change := range personVariants {
		member := anchor
		if at > 0 {
			member = b.newPerson(cultures[row.culture], anchor.born, row.sex, group.address)
			member.surname, member.marital = anchor.surname, anchor.marital
			member.registered = anchor.registered.In(zones[at%len(zones)])
			change(member, row)
		}
		member.updated = moment(r, member.registered, baseDate)
		variants[at] = member
		group.members = append(group.members, member)
		switch head := group.members[0]; {
		case member == head:
		case row.raised:
			relate(head, member, "GRNDCHILD", grandparent)
		default:
			relate(head, member, "COUSN", cousin)
		}
	}
	var cluster []*person
	for _, at := range alike {
		cluster = append(cluster, variants[at])
	}
	b.world.clusters = append(b.world.clusters, cluster)
	return group
}

type groupClusterRow struct {
	lowest, highest int // hundredths of the score
	step            int // the score is a multiple of it
	size            int
	kind, otherKind string
	registeredIn    int
}

var groupClusters = []groupClusterRow{
	{lowest: 501, highest: 1499, step: 1, size: 2, kind: "2", otherKind: "3", registeredIn: 2012},
	{lowest: 3010, highest: 3990, step: 10, size: 3, kind: "3", otherKind: "2", registeredIn: 2016},
	{lowest: 4100, highest: 4900, step: 100, size: 4, kind: "2", otherKind: "3", registeredIn: 2020},
	{lowest: 8501, highest: 9499, step: 1, size: 5, kind: "3", otherKind: "2", registeredIn: 2024},
}

// groupVariants are the single changes that make the decoys of a group, made before its members are.
var groupVariants = []func(*householdForm, groupClusterRow){
	func(*householdForm, groupClusterRow) {},
	func(f *householdForm, _ groupClusterRow) { f.score-- },
	func(f *householdForm, _ groupClusterRow) { f.score++ },
	func(f *householdForm, _ groupClusterRow) { f.size-- },
	func(f *householdForm, _ groupClusterRow) { f.size++ },
	func(f *householdForm, row groupClusterRow) { f.kind = row.otherKind },
	func(f *householdForm, _ groupClusterRow) { f.registered = f.registered.Add(-time.Second) },
	func(f *householdForm, _ groupClusterRow) { f.registered = f.registered.Add(time.Second) },
}

func (b *builder) groupCluster(row groupClusterRow) []*household {
	r := b.random
	anchor := householdForm{
		score:      between(r, row.lowest/row.step, row.highest/row.step) * row.step,
		size:       row.size,
		kind:       row.kind,
		registered: moment(r, year(row.registeredIn).AddDate(0, 2, 0), year(row.registeredIn).AddDate(0, 10, 0)),
	}
	var made []*household
	for at, change := range groupVariants {
		form := anchor
		form.registered = form.registered.In(zones[at%len(zones)])
		change(&form, row)
		made = append(made, b.newHousehold(form))
	}
	return made
}
