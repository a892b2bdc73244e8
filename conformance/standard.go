package conformance

import (
	"fmt"
	"io/fs"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// Standard is what interfaces from outside are described by; the zero Standard is the embedded one alone.
type Standard struct {
	// Interfaces are known besides the embedded ones.
	Interfaces []spec.Interface
	// Documents holds openapi/*.yaml of these interfaces.
	Documents fs.FS
	// Dictionary replaces the embedded one: it has their objects as well.
	Dictionary *datadictionary.Dictionary
	// Profile is a country's: its dictionary judges, and the population is made to meet it. nil for none.
	Profile *datadictionary.Profile
}

// find is the interface with the id.
func (s Standard) find(id string) (spec.Interface, error) {
	for _, described := range s.Interfaces {
		if described.ID == id {
			return described, nil
		}
	}
	return spec.FindInterface(id)
}

func (s Standard) document(name string) (*spec.Document, error) {
	if s.Documents == nil {
		return spec.LoadDocument(name)
	}
	return spec.ReadDocument(s.Documents, name)
}

func (s Standard) words() (*datadictionary.Dictionary, error) {
	switch {
	case s.Profile != nil:
		return s.Profile.Dictionary, nil
	case s.Dictionary != nil:
		return s.Dictionary, nil
	}
	return loadDictionary()
}

// profile is how a report names the profile.
func (s Standard) profile() *result.Profile {
	if s.Profile == nil {
		return nil
	}
	return &result.Profile{Name: s.Profile.Name, Version: s.Profile.Version, Hash: s.Profile.Hash}
}

// Meets is a *UsageError where the profile does not allow the records: it says which attribute and rule of
// the first, and never a value.
func (s Standard) Meets(interfaces []spec.Interface, records []fixture.Record, mend string) error {
	if s.Profile == nil {
		return nil
	}
	if err := population.Unfit(s.Profile.Dictionary, interfaces, records); err != nil {
		return &UsageError{fmt.Sprintf("profile %s %s does not allow %v: %s", s.Profile.Name, s.Profile.Version, err, mend)}
	}
	return nil
}

// How records that a profile does not allow are mended.
const (
	mendGenerated = "no synthetic record can meet it; loosen the profile there, or declare records that meet it"
	mendDeclared  = "correct the declared record, or run without --profile"
	// MendFixture is of a folder of fixtures.
	MendFixture = "write the fixtures with the same --profile"
)

// populate makes the population of a target: the records that it declares, or those of a seed. Under a
// profile it is a *UsageError where they do not meet it.
func (s Standard) populate(seed uint64, interfaces []spec.Interface, declared []fixture.Record) (*population.Population, error) {
	words, err := s.words()
	if err != nil {
		return nil, err
	}
	// A product that asks registries is given what they hold.
	if interfaces, err = spec.WithSources(interfaces); err != nil {
		return nil, err
	}
	made, mend := (*population.Population)(nil), mendGenerated
	switch {
	case declared != nil:
		mend = mendDeclared
		made, err = population.Declare(words, seed, interfaces, declared)
	case s.Profile != nil:
		made, err = population.GenerateFor(words, seed, interfaces)
	case s.Dictionary != nil:
		made, err = population.GenerateBy(words, seed, interfaces)
	default:
		made, err = generate(seed, interfaces)
	}
	if err != nil {
		return nil, err
	}
	return made, s.Meets(interfaces, made.Fixture(), mend)
}

// Fixture is what a target that is prepared beforehand is given for a seed: the same participants and
// records that a run with that seed uses. callback is the URL of the runner's receiver.
func (s Standard) Fixture(seed uint64, interfaces []spec.Interface, callback string) (Provision, error) {
	people, err := s.populate(seed, interfaces, nil)
	if err != nil {
		return Provision{}, fmt.Errorf("the population of seed %d: %w", seed, err)
	}
	return provision(identity.New(seed, callback), people, interfaces), nil
}
