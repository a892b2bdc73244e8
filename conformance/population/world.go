package population

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// baseDate is the day on which every population stands. No part of a population reads the clock.
var baseDate = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// person is one human being; every registry tells of the same.
type person struct {
	uin, brn    string
	nid         string
	surname     string
	given       string
	second      string
	language    string
	sex         string
	born        time.Time
	died        time.Time // zero for the living
	address     address
	phones      []string
	emails      []string
	registered  time.Time
	updated     time.Time
	marital     string
	employment  string
	occupation  string
	education   string
	disability  []disability
	relations   []relation
	memberSince time.Time
	// home is the household that the person lives in; nil for the deceased.
	home *household
	// told is what a registry tells of an applicant, by interface; nil for others.
	told map[string]object
}

type relation struct {
	code string // what the other is to this person
	to   *person
}

type disability struct{ limitation, severity string }

type address struct {
	line1, line2, locality, region, postal string
	latitude, longitude                    string
}

// household is a group of persons; the head is members[0].
type household struct {
	uin, nid   string
	kind       string // code of assistance_unit
	score      int    // hundredths
	members    []*person
	address    address
	registered time.Time
	updated    time.Time
}

// world is everything that the registries of one population tell of.
type world struct {
	households []*household
	// deceased are persons on record who are in no household any more.
	deceased []*person
	// clusters are the persons of each row of personClusters, rolls those whom a registry tells of.
	clusters [][]*person
	rolls    map[string]*roll
	// homes are the households of the applicants, late the spouses that they lost.
	homes      []*household
	late       []*person
	applicants []Applicant
	// claimants are those of processes, by scheme; their households are among homes.
	claimants map[string][]*person
	from      source
	ids       *issuer
}

// persons lists everybody, household by household, then the deceased, then the applicants' households.
func (w *world) persons() []*person { return append(w.residents(), w.newcomers()...) }

// residents are all but the applicants and those about them.
func (w *world) residents() []*person {
	var all []*person
	for _, group := range w.households {
		all = append(all, group.members...)
	}
	return append(all, w.deceased...)
}

// groups lists all households.
func (w *world) groups() []*household {
	return append(w.households[:len(w.households):len(w.households)], w.homes...)
}

// newWorld builds the households with their decoys and gives everybody identifiers.
func newWorld(from source) *world {
	made := &world{from: from, ids: newIssuer(from.stream("identifiers"), nil)}
	build := &builder{random: from.stream("households"), world: made}
	for _, row := range personClusters {
		made.households = append(made.households, build.personCluster(row))
	}
	for _, row := range groupClusters {
		made.households = append(made.households, build.groupCluster(row)...)
	}
	for range backgroundHouseholds {
		made.households = append(made.households, build.anyHousehold())
	}
	build.random.Shuffle(len(made.households), func(a, b int) {
		made.households[a], made.households[b] = made.households[b], made.households[a]
	})
	made.identify()
	made.enrol()
	made.apply()
	made.claim()
	return made
}

// newApart is a world of one household, with identifiers that nobody was given before.
func newApart(from source, given map[string]bool) *world {
	made := &world{from: from, ids: newIssuer(from.stream("identifiers"), given)}
	build := &builder{random: from.stream("households"), world: made}
	made.households = []*household{build.anyHousehold()}
	made.identify()
	made.enrol()
	return made
}

// apart says that the world is of one new household: its records must be like no others.
func (w *world) apart() bool { return len(w.clusters) == 0 }

// identify names everybody but the applicants.
func (w *world) identify() { w.name(w.residents(), w.households) }

// name gives each person and household two identifiers, and each person a national number. The second is the first of
// the next one under another type, so that a look-up which ignores the type finds somebody else as well.
func (w *world) name(everybody []*person, groups []*household) {
	for _, someone := range everybody {
		someone.uin = w.ids.next()
	}
	for at, someone := range everybody {
		someone.brn = everybody[(at+1)%len(everybody)].uin
	}
	for _, group := range groups {
		group.uin = w.ids.next()
		for _, member := range group.members {
			member.home = group
		}
	}
	for at, group := range groups {
		group.nid = groups[(at+1)%len(groups)].uin
	}
	for _, someone := range everybody {
		someone.nid = w.ids.next()
	}
}

// zones are the offsets under which moments are written: moments compare as instants, not as text.
var zones = []*time.Location{
	time.UTC,
	time.FixedZone("", 5*3600+1800),
	time.FixedZone("", -4*3600),
}

// moment is a second between two days.
func moment(r *rand.Rand, from, to time.Time) time.Time {
	if !to.After(from) {
		to = from.AddDate(0, 0, 1)
	}
	at := from.Add(time.Duration(r.Int64N(int64(to.Sub(from)/time.Second))) * time.Second)
	return at.In(one(r, zones))
}

func year(y int) time.Time { return time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC) }

// bornAt is a birthday of somebody who is of that age on the base date.
func bornAt(r *rand.Rand, age int) time.Time {
	return baseDate.AddDate(-age, 0, -between(r, 1, 360))
}

func age(born time.Time) int {
	years := baseDate.Year() - born.Year()
	if baseDate.AddDate(-years, 0, 0).Before(born) {
		years--
	}
	return years
}

func phoneNumber(r *rand.Rand) string {
	// +999 is assigned to no country.
	return fmt.Sprintf("+999%09d", r.IntN(1_000_000_000))
}
