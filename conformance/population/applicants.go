package population

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Applicant is a person who was made for a scheme of spec/schemes, and a question about it whose answer
// follows from how the person was made. Nothing of this is computed from the scheme's rules.
type Applicant struct {
	Scheme, Version string
	Person          Identifier
	// AsOf is the day asked for, YYYY-MM-DD.
	AsOf string
	// What says in words what is special about the person on that day; it is unique.
	What string
	// Fails are the criteria that are not met; all others are. Nobody fails: eligible.
	Fails []string
}

// Applicants are the questions, scheme by scheme; each scheme has some who are eligible, some at a boundary, and for
// each criterion somebody who fails it alone.
func (p *Population) Applicants() []Applicant { return slices.Clone(p.world.applicants) }

// form is what an applicant is made to be. Days count from the applicant's reference day.
type form struct {
	turns      int // the age that is reached on the reference day
	sex        string
	marital    string
	education  string
	score      int // hundredths
	size       int // members of the household, the applicant among them
	head       bool
	died       *int
	spouseDied *int
	disability [2]string // codes of status and level; none where empty
	farms      []string  // sizes; nil for somebody who is no farmer
	enrolled   *enrolment
}

type enrolment struct {
	programme, status string
	from              int
}

// applicantRow is one person of a scheme and the questions about it.
type applicantRow struct {
	what   string
	change func(*form)
	asked  []asked
}

type asked struct {
	what    string // "" for the row's
	days    int    // the as-of day
	version string // "1.0" where empty
	fails   []string
}

func day(n int) *int { return &n }

func eligible(days int, what string) asked { return asked{days: days, what: what} }

func fails(days int, what string, criteria ...string) asked {
	return asked{days: days, what: what, fails: criteria}
}

func (a asked) of(version string) asked {
	a.version = version
	return a
}

// dying is the row of who dies on the reference day, enrolling those about enrolment from that day on; several
// schemes share them.
func dying(what string) applicantRow {
	return applicantRow{what: what, change: func(f *form) { f.died = day(0) },
		asked: []asked{eligible(-1, what+" who dies the day after"), fails(0, what+" who dies on the day", "alive")}}
}

func enrolling(what, programme string) []applicantRow {
	enrol := func(programme, status string) func(*form) {
		return func(f *form) { f.enrolled = &enrolment{programme, status, 0} }
	}
	return []applicantRow{
		{what: what, change: enrol(programme, "1"), asked: []asked{
			eligible(-1, what+" who is enrolled from the day after on"), fails(0, what+" who is enrolled from the day on", "not_enrolled")}},
		{change: enrol(programme, "3"), asked: []asked{eligible(0, what+" whose enrolment has ended")}},
		{change: enrol("XXX-99", "1"), asked: []asked{eligible(0, what+" who is enrolled in another programme")}},
	}
}

// aboutScheme is what the applicants of a scheme have in common, and how each differs.
type aboutScheme struct {
	scheme string
	base   form
	rows   []applicantRow
}

func asTheBase(*form) {}

var applicantSchemes = []aboutScheme{
	{"household-cash-transfer", form{turns: 40, sex: "female", score: 3900, size: 3, head: true}, append(append([]applicantRow{
		{change: func(f *form) { f.score = 4000 }, asked: []asked{eligible(0, "a household with the threshold's score"),
			fails(0, "a household with the former version's score", "poverty_score").of("2.0")}},
		{change: func(f *form) { f.score = 3000 }, asked: []asked{eligible(0, "a household with the new threshold's score").of("2.0")}},
		{change: func(f *form) { f.score = 4001 }, asked: []asked{fails(0, "a household a hundredth above the threshold", "poverty_score")}},
		{change: func(f *form) { f.size = 2 }, asked: []asked{fails(0, "a household of two", "household_size")}},
	}, dying("a head of household")), enrolling("a head of household", "UCT-01")...)},
	{"widows", form{turns: 50, sex: "female", marital: "W", score: 5900, size: 1, head: true, spouseDied: day(0)}, []applicantRow{
		{change: asTheBase, asked: []asked{eligible(0, "a widow whose spouse died on the day"),
			fails(-1, "a widow whose spouse dies the day after", "spouse_deceased")}},
		{change: func(f *form) { f.score = 6000 }, asked: []asked{eligible(1, "a widow with the threshold's score")}},
		{change: func(f *form) { f.score = 6001 }, asked: []asked{fails(1, "a widow a hundredth above the threshold", "poverty_score")}},
		{change: func(f *form) { f.marital = "M" }, asked: []asked{fails(1, "a widow whom civil registration calls married", "widowed")}},
		{change: func(f *form) { f.died = day(2) }, asked: []asked{eligible(1, "a widow who dies the day after"), fails(2, "a widow who dies on the day", "alive")}},
	}},
	{"girls-education", form{turns: 10, sex: "female", marital: "S", education: "1", score: 4900, size: 2}, []applicantRow{
		{change: func(f *form) { f.turns = 18 }, asked: []asked{eligible(-1, "a girl the day before she turns eighteen"),
			fails(0, "a girl on the day that she turns eighteen", "minor")}},
		{change: func(f *form) { f.turns = 6 }, asked: []asked{eligible(0, "a girl on the day that she turns six"),
			fails(-1, "a girl the day before she turns six", "school_age")}},
		{change: func(f *form) { f.sex = "male" }, asked: []asked{fails(0, "a boy", "girl")}},
		{change: func(f *form) { f.education = "3" }, asked: []asked{fails(0, "a girl in upper secondary education", "at_school")}},
		{change: func(f *form) { f.score = 5000 }, asked: []asked{eligible(0, "a girl of a household with the threshold's score")}},
		{change: func(f *form) { f.score = 5001 }, asked: []asked{fails(0, "a girl of a household a hundredth above the threshold", "poverty_score")}},
		dying("a girl"),
	}},
	{"child-benefit", form{turns: 9, sex: "male", marital: "S", education: "1", score: 4900, size: 2}, []applicantRow{
		{change: func(f *form) { f.turns = 18 }, asked: []asked{eligible(-1, "a child the day before it turns eighteen"),
			fails(0, "a child on the day that it turns eighteen", "minor")}},
		{change: func(f *form) { f.score = 5000 }, asked: []asked{eligible(0, "a child of a household with the threshold's score")}},
		{change: func(f *form) { f.score = 5001 }, asked: []asked{fails(0, "a child of a household a hundredth above the threshold", "poverty_score")}},
		dying("a child"),
	}},
	{"old-age", form{turns: 70, sex: "male", size: 1, head: true}, append([]applicantRow{
		{change: func(f *form) { f.turns = 65 }, asked: []asked{eligible(0, "somebody on the day of turning sixty-five"),
			fails(-1, "somebody the day before turning sixty-five", "old")}},
		dying("an old person"),
	}, enrolling("an old person", "OAP-03")...)},
	{"disability", form{turns: 30, sex: "female", size: 1, head: true, disability: [2]string{"0", "1"}}, append([]applicantRow{
		{change: func(f *form) { f.disability = [2]string{"0", "2"} }, asked: []asked{eligible(0, "somebody with a severe disability")}},
		{change: func(f *form) { f.disability = [2]string{"0", "3"} }, asked: []asked{fails(0, "somebody with a moderate disability", "level")}},
		{change: func(f *form) { f.disability = [2]string{"1", "1"} }, asked: []asked{fails(0, "somebody whose disability is not approved yet", "disability")}},
		{change: func(f *form) { f.disability = [2]string{} }, asked: []asked{fails(0, "somebody who is in no disability registry", "disability", "level")}},
		dying("somebody with a disability"),
	}, enrolling("somebody with a disability", "DIS-04")...)},
	{"farmer-shock-relief", form{turns: 45, sex: "male", size: 1, head: true, farms: []string{"19.90"}}, []applicantRow{
		{change: func(f *form) { f.farms = []string{"19.90", "30.10"} }, asked: []asked{eligible(0, "a farmer whose farms measure the threshold together")}},
		{change: func(f *form) { f.farms = []string{"20.00", "30.01"} }, asked: []asked{fails(0, "a farmer whose farms exceed the threshold together", "land_size")}},
		{change: func(f *form) { f.farms = nil }, asked: []asked{fails(0, "somebody who is no farmer", "land_size")}},
		dying("a farmer"),
	}},
}

// apply makes the applicants, in households of their own. It draws from a stream of its own, so that the
// rest of the world stays as it was.
func (w *world) apply() {
	build := &builder{random: w.from.stream("applicants"), world: &world{}}
	type question struct {
		scheme string
		asked  asked
		who    *person
		on     time.Time
	}
	var questions []question
	for _, about := range applicantSchemes {
		for _, row := range about.rows {
			wanted := about.base
			row.change(&wanted)
			// Not the ends of a month: who turns of age on 29 February is a question of its own.
			on := time.Date(between(build.random, 2022, 2024), time.Month(between(build.random, 1, 12)), between(build.random, 4, 24), 0, 0, 0, 0, time.UTC)
			group, who := build.applicant(wanted, on)
			w.homes = append(w.homes, group)
			for _, one := range row.asked {
				questions = append(questions, question{about.scheme, one, who, on})
			}
		}
	}
	w.late = build.world.deceased
	w.name(w.newcomers(), w.homes)
	for _, q := range questions {
		version := q.asked.version
		if version == "" {
			version = "1.0"
		}
		w.applicants = append(w.applicants, Applicant{Scheme: q.scheme, Version: version, Person: Identifier{Type: "UIN", Value: q.who.uin},
			AsOf: q.on.AddDate(0, 0, q.asked.days).Format(time.DateOnly), What: q.asked.what, Fails: q.asked.fails})
	}
}

// applicant makes the household and the person in it whom the form describes.
func (b *builder) applicant(wanted form, on time.Time) (*household, *person) {
	group := b.emptyHousehold()
	group.score, group.kind = wanted.score, "2"
	if wanted.score == 0 {
		group.score = between(b.random, 2000, 8000)
	}
	names := one(b.random, cultures)
	who := b.newPerson(names, on.AddDate(-wanted.turns, 0, 0), wanted.sex, group.address)
	group.members = []*person{who}
	if !wanted.head {
		group.members = []*person{b.newPerson(names, bornAt(b.random, 58), "female", group.address), who}
		relate(group.members[0], who, "CHILD", parentOf)
	}
	for len(group.members) < wanted.size {
		// Old enough to be nobody's child benefit, and no child of the applicant's.
		cousinOf := b.newPerson(names, bornAt(b.random, between(b.random, 20, 30)), one(b.random, []string{"female", "male"}), group.address)
		relate(group.members[0], cousinOf, "COUSN", cousin)
		group.members = append(group.members, cousinOf)
	}
	for _, member := range group.members {
		member.disability, member.marital = nil, "S"
		if member.occupation == farming {
			member.occupation = "5"
		}
	}
	b.become(who, wanted, on, names)
	return group, who
}

// become makes true of the person what the form says.
func (b *builder) become(who *person, wanted form, on time.Time, names culture) {
	b.told(who, wanted, on)
	if wanted.education != "" {
		who.education = wanted.education
	}
	if wanted.spouseDied != nil {
		spouse := b.spouseOf(who, names, who.address)
		spouse.disability, spouse.died = nil, on.AddDate(0, 0, *wanted.spouseDied)
		if spouse.occupation == farming {
			spouse.occupation = "5"
		}
		b.settle(spouse)
		b.world.deceased = append(b.world.deceased, spouse)
	}
	if wanted.marital != "" {
		who.marital = wanted.marital
	}
	if wanted.died != nil {
		who.died = on.AddDate(0, 0, *wanted.died)
		b.settle(who)
	}
}

// settle keeps the record of somebody who died older than the death, and updated after it.
func (b *builder) settle(of *person) {
	if of.registered.After(of.died) {
		of.registered = of.died.AddDate(-1, 0, 0)
	}
	if of.memberSince.After(of.died) {
		of.memberSince = of.registered
	}
	of.updated = of.died.AddDate(0, 1, 0)
}

// told is what single registries tell of the person.
func (b *builder) told(who *person, wanted form, on time.Time) {
	who.told = map[string]object{}
	if wanted.disability[0] != "" {
		who.disability = []disability{{limitation: one(b.random, limitations), severity: one(b.random, []string{"3", "4"})}}
		who.told["dr"] = object{"disability_status": wanted.disability[0], "disability_status_level": wanted.disability[1]}
	}
	if wanted.farms != nil {
		who.occupation, who.employment = farming, ownAccount
		who.told["fr"] = object{"farm_details": each(wanted.farms, func(size string) object {
			return object{"land_size": json.Number(size)}
		})}
	}
	if enrolled := wanted.enrolled; enrolled != nil {
		from := on.AddDate(0, 0, enrolled.from).Format(time.RFC3339)
		who.told["ibr"] = object{"enrolment_status": enrolled.status, "enrolment_date": from, "status_change_date": []any{from},
			"programme_identifier": []object{{"programme_identifier": enrolled.programme, "programme_name": fmt.Sprintf("Programme %s", enrolled.programme)}}}
	}
}

// newcomers are the persons of the applicants' households and their late spouses.
func (w *world) newcomers() []*person {
	var all []*person
	for _, group := range w.homes {
		all = append(all, group.members...)
	}
	return append(all, w.late...)
}

// ofApplicants are the records of the applicants of whom the registry tells something.
func (m *plain) ofApplicants(w *world, random *rand.Rand) []object {
	var records []object
	for _, someone := range w.newcomers() {
		if told, is := someone.told[m.registry]; is {
			record := m.describe(m.one(random, 1), someone, random)
			for name, value := range told {
				record[name] = value
			}
			records = append(records, record)
		}
	}
	return records
}
