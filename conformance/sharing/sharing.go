// Package sharing makes the data-sharing agreements and the decisions of persons that a target is given
// for a run, as far as legal and organizational requirements speak of them. Both follow from the seed and
// the participants, so that a target can be prepared beforehand.
package sharing

import (
	"strings"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// The purposes of the agreements. All but Foreign are the agency's.
const (
	// Enrolment and Research need consent.
	Enrolment = "enrolment"
	Research  = "research"
	// Eligibility is allowed by law.
	Eligibility = "eligibility"
	// Past was agreed for a time that is over, Future for one to come; both by law.
	Past   = "past-survey"
	Future = "future-survey"
	// Foreign is another party's, by law.
	Foreign = "treatment"
	// Unknown is in no agreement.
	Unknown = "advertising"
)

// otherParty is the party of the agreement on Foreign; it never calls.
const otherParty = "clinic.example.org"

// The operations by which the agency may ask. It may not subscribe.
var operations = []string{"search", "sync-search"}

func moment(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }

// Agreements are those between the interfaces and the agency, and one with another party.
func Agreements(parties identity.Identities, interfaces []spec.Interface) fixture.Agreements {
	agency := parties[identity.Agency].Participant
	var scopes []fixture.Scope
	for _, described := range interfaces {
		if agreed, _ := Attributes(described); len(agreed) > 0 {
			scopes = append(scopes, fixture.Scope{Interface: described.ID, RegRecordType: described.Records[0].Name, Attributes: agreed})
		}
	}
	all := fixture.Agreements{Agreements: []fixture.Agreement{}}
	if len(scopes) == 0 {
		return all
	}
	add := func(id, who string, from, until int, why ...fixture.Purpose) {
		all.Agreements = append(all.Agreements, fixture.Agreement{ID: id, Who: who, Why: why, Where: []string{agency.CallbackBase + "/"},
			When: fixture.Period{From: moment(from), Until: moment(until)}, What: scopes, How: operations})
	}
	add("agreement-1", agency.ID, 2000, 2990, fixture.Purpose{Code: Enrolment, LegalBasis: fixture.ByConsent},
		fixture.Purpose{Code: Research, LegalBasis: fixture.ByConsent}, fixture.Purpose{Code: Eligibility, LegalBasis: fixture.ByLaw})
	add("agreement-2", agency.ID, 2000, 2001, fixture.Purpose{Code: Past, LegalBasis: fixture.ByLaw})
	add("agreement-3", agency.ID, 2990, 2999, fixture.Purpose{Code: Future, LegalBasis: fixture.ByLaw})
	add("agreement-4", otherParty, 2000, 2990, fixture.Purpose{Code: Foreign, LegalBasis: fixture.ByLaw})
	return all
}

// Attributes are, of an interface's first record type, the attributes that are shared with the agency (the
// record's own names) and a path below one that is not, by which scenarios query. withheld has no
// attribute where the type offers too few; agreed is nil for an interface without records.
func Attributes(described spec.Interface) (agreed []string, withheld spec.QueryAttribute) {
	if len(described.Records) == 0 || described.Pattern == population.PatternPayment {
		return nil, withheld
	}
	record := described.Records[0]
	own := func(path string) string { name, _, _ := strings.Cut(path, "."); return name }
	agreed = []string{own(record.Identifier)}
	for _, asked := range record.Query {
		switch name := own(asked.Attribute); {
		case lo.Contains(agreed, name):
		case len(agreed) < 2:
			agreed = append(agreed, name)
		case withheld.Attribute == "":
			withheld = asked
		}
	}
	return agreed, withheld
}

// Case is what a person has decided about the agency's asking for Enrolment.
type Case string

// The cases, as scenarios say them.
const (
	Consented  Case = "has consented"
	Declined   Case = "has refused"
	Undecided  Case = "has not been asked"
	Elsewhere  Case = "has consented to another purpose"
	OtherParty Case = "has consented to another party"
	Expired    Case = "gave a consent that has run out"
	Revoked    Case = "has withdrawn consent"
)

// perCase is how many persons there are of each case; the scenarios in which a person decides anew take
// the persons after all of these.
const perCase = 3

var cases = []Case{Consented, Declined, Undecided, Elsewhere, OtherParty, Expired, Revoked}

// decisions are by case what a person has decided; none where the person was not asked.
var decisions = map[Case][]fixture.Consent{
	Consented:  {{Purpose: Enrolment, Decision: fixture.Given}},
	Declined:   {{Purpose: Enrolment, Decision: fixture.Refused}},
	Elsewhere:  {{Purpose: Research, Decision: fixture.Given}},
	OtherParty: {{Party: otherParty, Purpose: Enrolment, Decision: fixture.Given}},
	Expired:    {{Purpose: Enrolment, Decision: fixture.Given, From: moment(2000), Until: moment(2001)}},
	Revoked:    {{Purpose: Enrolment, Decision: fixture.Given}, {Purpose: Enrolment, Decision: fixture.Withdrawn}},
}

// Person is the number-th person of a case, counted from 0; false where the population has too few.
func Person(people *population.Population, described spec.Interface, of Case, number int) (population.Record, bool) {
	return at(people, described, lo.IndexOf(cases, of)*perCase+number%perCase)
}

// Free is the number-th person who has decided nothing and whom no other scenario speaks of.
func Free(people *population.Population, described spec.Interface, number int) (population.Record, bool) {
	return at(people, described, len(cases)*perCase+number)
}

// Everybody lists all persons of a case.
func Everybody(people *population.Population, described spec.Interface, of Case) []population.Record {
	var all []population.Record
	for number := range perCase {
		if person, ok := Person(people, described, of, number); ok {
			all = append(all, person)
		}
	}
	return all
}

// at spreads the persons over the population, beginning at one that depends on the seed.
func at(people *population.Population, described spec.Interface, position int) (population.Record, bool) {
	if len(described.Records) == 0 {
		return population.Record{}, false
	}
	all := people.All(described.ID, described.Records[0].Name)
	if position < 0 || position >= len(all) {
		return population.Record{}, false
	}
	return all[(int(people.Seed%uint64(len(all)))+position)%len(all)], true
}

// Consents are the decisions that hold when a run begins.
func Consents(people *population.Population, interfaces []spec.Interface) []fixture.Consent {
	var all []fixture.Consent
	for _, described := range interfaces {
		if described.Pattern == population.PatternPayment {
			continue
		}
		for _, of := range cases {
			for _, person := range Everybody(people, described, of) {
				for _, decision := range decisions[of] {
					all = append(all, Decision(person, decision))
				}
			}
		}
	}
	return all
}

// Decision is a decision of a person, about the agency where it names no other party.
func Decision(person population.Record, decision fixture.Consent) fixture.Consent {
	decision.Interface, decision.RegRecordType = person.Interface, person.RecordType
	decision.IdentifierType, decision.IdentifierValue = person.IDType, person.IDValue
	if decision.Party == "" {
		decision.Party = identity.ID(identity.Agency)
	}
	return decision
}
