package population

import (
	"fmt"
	"time"
)

// Claimant is somebody who applies to a scheme in a process across systems. Link is where the person's
// money goes, Second another account of the person to which nobody is linked.
type Claimant struct {
	Applicant
	Household Identifier
	Link      Link
	Second    string

	person *person
}

// claimed is how many are made who meet every criterion of a scheme, one for each scenario that changes
// what is true of the person: so that no scenario meets what another has done. Where households are what
// changes, each has its own.
var claimed = []struct {
	scheme string
	count  int
	apart  bool
}{
	{"child-benefit", 6, false}, {"old-age", 8, false}, {"household-cash-transfer", 8, true}, {"disability", 4, false}, {"farmer-shock-relief", 4, false},
}

// claimDay is the day on which the claimants apply.
var claimDay = time.Date(2024, time.July, 1, 0, 0, 0, 0, time.UTC)

// claim makes the claimants, those of a scheme mostly in one household.
func (w *world) claim() {
	build := &builder{random: w.from.stream("claimants"), world: &world{}}
	w.claimants = map[string][]*person{}
	var homes []*household
	var persons []*person
	for _, row := range claimed {
		var home *household
		for range row.count {
			group, who := build.applicant(baseOf(row.scheme), claimDay)
			if home == nil || row.apart {
				home = group
				homes = append(homes, home)
				persons = append(persons, home.members...)
			} else {
				who.address, who.relations = home.address, nil
				relate(home.members[0], who, "COUSN", cousin)
				home.members = append(home.members, who)
				persons = append(persons, who)
			}
			w.claimants[row.scheme] = append(w.claimants[row.scheme], who)
		}
	}
	w.name(persons, homes)
	w.homes = append(w.homes, homes...)
}

// baseOf is what the applicants of a scheme have in common.
func baseOf(scheme string) form {
	for _, about := range applicantSchemes {
		if about.scheme == scheme {
			return about.base
		}
	}
	panic("population: there are no applicants to " + scheme)
}

// Claimants lists those who meet every criterion of a scheme and whom no question of Applicants is about.
func (p *Population) Claimants(scheme string) []Claimant {
	var all []Claimant
	for _, who := range p.world.claimants[scheme] {
		all = append(all, p.claimant(Applicant{Scheme: scheme, Version: "1.0", Person: Identifier{"UIN", who.uin},
			AsOf: claimDay.Format(time.DateOnly), What: "somebody who meets every criterion"}, who))
	}
	return all
}

// Claiming is the applicant of whom What is said.
func (p *Population) Claiming(what string) (Claimant, bool) {
	for _, applied := range p.world.applicants {
		if applied.What != what {
			continue
		}
		for _, who := range p.world.newcomers() {
			if who.uin == applied.Person.Value {
				return p.claimant(applied, who), true
			}
		}
	}
	return Claimant{}, false
}

func (p *Population) claimant(applied Applicant, who *person) Claimant {
	made := Claimant{Applicant: applied, person: who, Link: p.world.linkOf(who)}
	if who.home != nil {
		made.Household = Identifier{"UIN", who.home.uin}
	}
	made.Second = p.world.secondOf(who).FA
	return made
}

// linkOf is where an applicant's money goes: an account that nobody else has.
func (w *world) linkOf(who *person) Link { return w.accountOf(who, "first") }

func (w *world) secondOf(who *person) Link { return w.accountOf(who, "second") }

func (w *world) accountOf(who *person, which string) Link {
	random := w.from.stream("applicants/account/" + which + "/" + who.uin)
	provider := one(random, providers)
	link := Link{ID: "uin:" + who.uin + "@national-id", FA: "account:" + accountNumber(random) + "@" + provider.Code,
		Name: who.given + " " + who.surname, Provider: provider, Status: "active"}
	if len(who.phones) > 0 {
		link.PhoneNumber = who.phones[0]
	}
	return link
}

// Enrolment is the record with which an SP-MIS enrols a claimant in a programme, with a code of
// enrolment_status. It is the zero Record where the population has no beneficiary registry.
func (p *Population) Enrolment(of Claimant, programme, status string) Record {
	t := p.table("ibr", "")
	if t == nil || t.shape.maker.of == nil {
		return Record{}
	}
	written := t.shape.maker.of(of.person, p.from.stream("enrolment/"+of.Person.Value))
	written["enrolment_status"] = status
	written["enrolment_date"] = of.AsOf + "T00:00:00Z"
	written["programme_identifier"] = []object{{"programme_identifier": programme, "programme_name": "Programme " + programme}}
	record, err := t.record(written)
	if err != nil {
		panic(fmt.Sprintf("population: an enrolment does not encode: %v", err)) // it is made like all others
	}
	return record
}
