// Package scheme holds eligibility schemes as data and decides by them. A scheme is a version of a
// programme's rules over attributes of the data dictionary, each of which a named interface answers for.
//
// The decision is a pure function of what the sources answered and of the as-of day. Both the runner and
// the reference server decide by it, so it is held to tables of boundary cases that were written by hand.
// Nothing of this is published: schemes, reason codes and the reading of boundaries are this project's own.
package scheme

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Scheme is one version of a programme's rules; all criteria must be met. Programme is the
// programme_identifier under which the beneficiary registry knows it, "" where it has none. Processes
// are the published processes that it is an example of, such as PRS.SR.01.
type Scheme struct {
	ID        string      `yaml:"id"`
	Version   string      `yaml:"version"`
	Title     string      `yaml:"title"`
	Programme string      `yaml:"programme"`
	Processes []string    `yaml:"processes"`
	Criteria  []Criterion `yaml:"criteria"`
}

// Source is a kind of record of an interface, and the attribute by which it names the person: the path of
// an Identifier. By is always set in a loaded scheme.
type Source struct {
	Interface string `yaml:"interface"`
	Record    string `yaml:"record"`
	By        string `yaml:"by"`
}

// Criterion is one rule. What it looks at are the records that the source holds of the person, or with
// Each the parts of them; of these the ones that meet every condition of Where. Its own condition is then
// about the aggregate of them or, without Aggregate, about the attribute of any of them. NoRecord is
// what it finds where the source holds no record of the person. Ours says that the value was chosen here.
type Criterion struct {
	ID        string      `yaml:"id"`
	Title     string      `yaml:"title"`
	Source    Source      `yaml:"source"`
	Each      string      `yaml:"each"`
	Where     []Condition `yaml:"where"`
	Aggregate string      `yaml:"aggregate"`
	Condition `yaml:",inline"`
	Ours      bool    `yaml:"ours"`
	NoRecord  Finding `yaml:"no_record"`
	Reasons   Reasons `yaml:"reasons"`

	each []segment
}

// Condition compares an attribute, or with Measure age the full years since it, with the values. The
// operators happened and not_happened are about a date and the as-of day, and take no value.
type Condition struct {
	Attribute string   `yaml:"attribute"`
	Measure   string   `yaml:"measure"`
	Operator  string   `yaml:"operator"`
	Value     Literals `yaml:"value"`

	path   []segment
	kind   string
	bounds []value
}

// Literals are the values of a condition as they are written.
type Literals []string

// UnmarshalYAML reads one scalar or a list of them.
func (l *Literals) UnmarshalYAML(node *yaml.Node) error {
	scalars := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		scalars = node.Content
	}
	for _, scalar := range scalars {
		if scalar.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: value is a scalar or a list of scalars", scalar.Line)
		}
		*l = append(*l, scalar.Value)
	}
	return nil
}

// Reasons are the reason codes of a criterion that was answered.
type Reasons struct {
	Met    string `yaml:"met"`
	NotMet string `yaml:"not_met"`
}

// The aggregates and the measure.
const (
	aggregateCount = "count"
	aggregateSum   = "sum"
	aggregateMin   = "min"
	aggregateMax   = "max"
	measureAge     = "age"
)

// The operators that are about a date and the as-of day: on it or before it, and not so.
const (
	operatorHappened    = "happened"
	operatorNotHappened = "not_happened"
)

// Sources are what the scheme asks, each once, in the order of its criteria.
func (s Scheme) Sources() []Source {
	var sources []Source
	for _, criterion := range s.Criteria {
		if !slices.Contains(sources, criterion.Source) {
			sources = append(sources, criterion.Source)
		}
	}
	return sources
}

// Catalogue is a set of schemes. It is read-only and safe for concurrent use.
type Catalogue struct{ schemes []Scheme }

// All lists the schemes by id and version.
func (c *Catalogue) All() []Scheme { return slices.Clone(c.schemes) }

// Find is the version of a scheme; the error is ErrUnknownScheme or ErrUnknownVersion.
func (c *Catalogue) Find(id, version string) (Scheme, error) {
	err := ErrUnknownScheme
	for _, held := range c.schemes {
		switch {
		case held.ID == id && held.Version == version:
			return held, nil
		case held.ID == id:
			err = ErrUnknownVersion
		}
	}
	return Scheme{}, err
}
