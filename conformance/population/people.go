package population

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// roll is whom a registry tells of: clusters, in each of which those who are alike come first, and others.
type roll struct {
	clusters [][]*person
	others   []*person
}

// membership says who is on the roll of a registry and what is true of them.
type membership struct {
	// clusters are rows of personClusters; others is the least number of persons besides.
	clusters []int
	others   int
	// eligible persons are all on the roll; the least number is made up from the living.
	eligible func(*person) bool
	// fit makes true of a person, in every registry, what being on the roll says.
	fit func(*person, *rand.Rand)
	// values are those that a record's attribute takes, by path; nil for what the dictionary lists.
	values map[string][]string
	// dress writes what follows from the person.
	dress func(object, *person, *rand.Rand)
}

// memberships has a row for each registry whose roll says something of a person. A registry without one
// tells of anybody.
var memberships = map[string]membership{
	"ibr": beneficiaries,
	"dr":  disabledPersons,
	"fr":  farmers,
}

var anybody = membership{
	clusters: []int{1, 2, 3}, others: 20,
	eligible: func(*person) bool { return false },
	fit:      func(*person, *rand.Rand) {},
	dress:    func(object, *person, *rand.Rand) {},
}

func membershipOf(interfaceID string) membership {
	if found, ok := memberships[interfaceID]; ok {
		return found
	}
	return anybody
}

// enrol draws the rolls. It comes before any record is made, since being on one changes what other
// registries tell of a person.
func (w *world) enrol() {
	w.rolls = map[string]*roll{}
	for _, id := range append(slices.Sorted(maps.Keys(memberships)), "") {
		w.rolls[id] = w.draw(membershipOf(id), w.from.stream("roll/"+id))
	}
}

func (w *world) draw(rule membership, random *rand.Rand) *roll {
	made := &roll{}
	taken := map[*person]bool{}
	for _, row := range rule.clusters {
		if row < len(w.clusters) {
			made.clusters = append(made.clusters, w.clusters[row])
			for _, someone := range w.clusters[row] {
				taken[someone] = true
			}
		}
	}
	among := slices.DeleteFunc(w.residents(), func(p *person) bool { return taken[p] || !p.died.IsZero() })
	random.Shuffle(len(among), func(a, b int) { among[a], among[b] = among[b], among[a] })
	slices.SortStableFunc(among, func(a, b *person) int { return rank(rule, a) - rank(rule, b) })
	for _, someone := range among {
		if len(made.others) < rule.others || rule.eligible(someone) {
			made.others = append(made.others, someone)
		}
	}
	for _, group := range append(made.clusters, made.others) {
		for _, someone := range group {
			rule.fit(someone, random)
		}
	}
	return made
}

// rank puts the eligible first, then the grown, then children.
func rank(rule membership, p *person) int {
	switch {
	case rule.eligible(p):
		return 0
	case age(p.born) >= 18:
		return 1
	}
	return 2
}

// rollOf is the roll of a registry.
func (w *world) rollOf(interfaceID string) *roll {
	if found, ok := w.rolls[interfaceID]; ok {
		return found
	}
	return w.rolls[""]
}

// ofPeople makes records that each describe a person of the world: in a cluster one record and its
// decoys by each attribute that is the registry's own, while the persons are decoys of each other by theirs.
func (m *plain) ofPeople(w *world) []object {
	random := w.from.stream(m.label)
	on := w.rollOf(m.registry)
	var records []object
	for position, persons := range on.clusters {
		made, another := m.cluster(random, position)
		for at, someone := range persons {
			if at >= len(made) {
				made = append(made, another())
			}
			records = append(records, m.describe(made[at], someone, random))
		}
	}
	for at, someone := range on.others {
		record := m.one(random, 1)
		if at%2 == 0 {
			m.double(record, random)
		}
		records = append(records, m.describe(record, someone, random))
	}
	records = append(records, m.ofApplicants(w, w.from.stream(m.label+"/applicants"))...)
	if !w.apart() {
		random.Shuffle(len(records), func(a, b int) { records[a], records[b] = records[b], records[a] })
	}
	return records
}

// describe writes into a record what the world knows of a person.
func (m *plain) describe(record object, p *person, random *rand.Rand) object {
	known := socialPerson(p)
	if _, err := m.form.attribute(below(m.subject, "member_identifier")); err == nil {
		known = socialMember(p)
	}
	into := record
	if m.subject != itself {
		into = object{}
		m.put(record, m.subject, into)
	}
	for name, value := range known {
		_, drawn := into[name]
		ownDate := m.subject == itself && drawn && slices.Contains(ownDates, name)
		if _, err := m.form.attribute(below(m.subject, name)); err == nil && !ownDate {
			into[name] = value
		}
	}
	m.put(record, m.identifier, identifiers("UIN", p.uin, "NID", p.nid))
	membershipOf(m.registry).dress(record, p, random)
	return record
}

// itself is the subject of a record that is the description of a person.
const itself = "."

// ownDates are of the record in its registry, not of the person.
var ownDates = []string{"registration_date", "last_updated"}

// personal says whether an attribute of the record describes the person, so that it is not drawn.
func (m *plain) personal(name string) bool {
	if m.subject != itself || slices.Contains(ownDates, name) {
		return false
	}
	return slices.ContainsFunc([]string{"Member", "Person"}, func(core string) bool {
		object, ok := m.form.words.Object(core)
		return ok && slices.ContainsFunc(object.Attributes, func(a datadictionary.Attribute) bool { return a.Name == name })
	})
}

func below(subject, name string) string {
	if subject == itself {
		return name
	}
	return subject + "." + name
}

// ownQuery are the queried attributes that are not part of the description of a person.
func ownQuery(form *shape, kind spec.RecordType) []attribute {
	if kind.Subject == "" {
		return form.query
	}
	return slices.DeleteFunc(slices.Clone(form.query), func(asked attribute) bool {
		return partOf(asked.path, below(kind.Subject, "demographic_info"))
	})
}

func partOf(path, whole string) bool {
	return len(path) > len(whole) && path[:len(whole)] == whole && path[len(whole)] == '.'
}
