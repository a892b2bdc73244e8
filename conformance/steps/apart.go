package steps

import (
	"slices"
	"sync"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/population"
)

// Brought are the records that the scenarios of a run bring, by which what a registry tells of them is told from what
// another one does. It is safe for concurrent use.
type Brought struct {
	mu sync.Mutex
	by map[string]string
}

func (b *Brought) note(record population.Record, by string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		b.by = map[string]string{}
	}
	b.by[record.IDValue] = by
}

// elsewhere says whether what came is about a record that was brought to another interface.
func (b *Brought) elsewhere(came *exchange.Exchange, than string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, by := range b.by {
		if by != than && came.Mentions(id) {
			return true
		}
	}
	return false
}

// apart keeps the events of scenarios that run at the same time apart: a record that one of them brings or changes
// never meets a condition to which another has subscribed, or its registration would be told to both.
type apart struct {
	mu         sync.Mutex
	conditions []population.Condition
	brought    []population.Record
}

// attempts bounds the search for a record that meets nobody's condition: conditions are equalities with
// values that are rare.
const attempts = 64

// bring is the first record that meets no condition.
func (a *apart) bring(make func(attempt int) population.Record) population.Record {
	return a.first(func(population.Condition) bool { return true }, make)
}

// change is the first new content of a record that meets no condition besides those that the record met: a
// scenario's own.
func (a *apart) change(of population.Record, make func(attempt int) population.Record) population.Record {
	return a.first(func(c population.Condition) bool { return !metBy(c, of) }, make)
}

func (a *apart) first(foreign func(population.Condition) bool, make func(attempt int) population.Record) population.Record {
	a.mu.Lock()
	defer a.mu.Unlock()
	meets := func(record population.Record) bool {
		return slices.ContainsFunc(a.conditions, func(c population.Condition) bool { return foreign(c) && metBy(c, record) })
	}
	record := make(0)
	for attempt := 1; attempt < attempts && meets(record); attempt++ {
		record = make(attempt)
	}
	a.brought = append(a.brought, record)
	return record
}

// subscribe says whether a scenario can have the condition for itself: nobody else has subscribed to it,
// which would be refused as there already, and no other record meets it.
func (a *apart) subscribe(condition population.Condition, of population.Record) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.ContainsFunc(a.conditions, func(c population.Condition) bool {
		return c.Attribute == condition.Attribute && asJSON(c.Value) == asJSON(condition.Value)
	}) {
		return false
	}
	if slices.ContainsFunc(a.brought, func(r population.Record) bool { return r.IDValue != of.IDValue && metBy(condition, r) }) {
		return false
	}
	a.conditions = append(a.conditions, condition)
	return true
}

func metBy(condition population.Condition, record population.Record) bool {
	return asJSON(record.Data[condition.Attribute]) == asJSON(condition.Value)
}
