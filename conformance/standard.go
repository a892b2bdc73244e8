package conformance

import (
	"io/fs"

	"github.com/spconform/spconform/conformance/population"
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
	if s.Dictionary == nil {
		return loadDictionary()
	}
	return s.Dictionary, nil
}

// populate makes the population of a target: the records that it declares, or those of a seed.
func (s Standard) populate(seed uint64, interfaces []spec.Interface, declared []fixture.Record) (*population.Population, error) {
	words, err := s.words()
	switch {
	case err != nil:
		return nil, err
	case declared != nil:
		return population.Declare(words, seed, interfaces, declared)
	case s.Dictionary != nil:
		return population.GenerateBy(words, seed, interfaces)
	}
	return generate(seed, interfaces)
}
