package population

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/datadictionary"
)

// facts are the values that a record holds at each attribute of its type's Query.
type facts [][]value

func (s *shape) factsOf(data map[string]any) facts {
	made := make(facts, len(s.query))
	for at, asked := range s.query {
		made[at] = asked.valuesOf(data)
	}
	return made
}

// first is the value at the attribute, or the zero value where there is none.
func (f facts) first(attribute int) value {
	if len(f[attribute]) == 0 {
		return value{}
	}
	return f[attribute][0]
}

// but is equal for two records that are alike in every queried attribute except the one.
func (f facts) but(except int) string {
	var text strings.Builder
	for at, values := range f {
		for _, held := range values {
			if at != except {
				text.WriteString(held.key() + "\x00")
			}
		}
		text.WriteByte('\x01')
	}
	return text.String()
}

// candidate is a condition with its answer. It is tight where the decoy is one step from the bound.
type candidate struct {
	condition Condition
	attribute int
	matches   []bool
	count     int
	tight     bool
}

// prepare defers what only questions need until the first one.
func (t *table) prepare() {
	t.candidates = sync.OnceValue(t.allCandidates)
	t.decoyed = sync.OnceValue(t.withDecoys)
}

// alike groups the records that differ in at most the one attribute, in order of the records.
func (t *table) alike(attribute int) [][]int {
	at := map[string]int{}
	var groups [][]int
	for record, held := range t.facts {
		key := held.but(attribute)
		if _, ok := at[key]; !ok {
			at[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[key]] = append(groups[at[key]], record)
	}
	return groups
}

// withDecoys lists the records from which another differs in exactly one queried attribute; all
// records where there is none.
func (t *table) withDecoys() []int {
	has := make([]bool, len(t.records))
	for attribute := range t.shape.query {
		for _, group := range t.alike(attribute) {
			for _, record := range group {
				differs := func(other int) bool {
					return t.facts[other].first(attribute).key() != t.facts[record].first(attribute).key()
				}
				has[record] = has[record] || slices.ContainsFunc(group, differs)
			}
		}
	}
	var among []int
	for record := range t.records {
		if has[record] || !slices.Contains(has, true) {
			among = append(among, record)
		}
	}
	return among
}

// allCandidates lists, for every queried attribute and operator, the conditions that have a match and
// a decoy: two records alike but for the attribute, of which one meets the condition and one does not.
func (t *table) allCandidates() []candidate {
	var all []candidate
	for attribute, asked := range t.kind.Query {
		groups, rare := t.alike(attribute), t.rarest(attribute)
		for _, operator := range asked.Operators {
			found := t.asked(attribute, operator, groups, rare)
			if len(found) == 0 && operator == "in" {
				// Two values are all that there are: then one alone tells records apart.
				found = t.asked(attribute, operator, groups, nil)
			}
			all = append(all, found...)
		}
	}
	return all
}

// asked lists the conditions of one attribute and operator; in is asked with one value where there are none
// to add.
func (t *table) asked(attribute int, operator string, groups [][]int, rare []value) []candidate {
	var all []candidate
	tried := map[string]bool{}
	for _, group := range groups {
		for _, record := range group {
			bound := t.facts[record].first(attribute)
			if bound.kind == "" || tried[bound.key()] {
				continue
			}
			found := t.conditions(attribute, operator, bound, group, rare)
			tried[bound.key()] = len(found) > 0
			all = append(all, found...)
		}
	}
	return all
}

// conditions are those on the bound that the group's records tell apart: one for most operators,
// several for in, with another value each.
func (t *table) conditions(attribute int, operator string, bound value, group []int, rare []value) []candidate {
	made := candidate{
		attribute: attribute,
		condition: Condition{Attribute: t.kind.Query[attribute].Attribute, Operator: operator, Value: written(bound)},
		tight:     t.tight(attribute, operator, bound, group),
	}
	var found []candidate
	if operator == "in" && rare == nil {
		made.condition.Value = []any{written(bound)}
	}
	if operator != "in" || rare == nil {
		if t.answer(&made, group, bound) {
			found = append(found, made)
		}
		return found
	}
	for _, second := range rare {
		if second.key() != bound.key() {
			made.condition.Value = []any{written(bound), written(second)}
			if t.answer(&made, group, bound, second) {
				found = append(found, made)
			}
		}
	}
	return found
}

// answer fills in the matches and says whether the group holds both a match and a decoy.
func (t *table) answer(made *candidate, group []int, bounds ...value) bool {
	made.matches, made.count = make([]bool, len(t.records)), 0
	accepts := compares[made.condition.Operator]
	for record := range t.records {
		if meets(t.facts[record][made.attribute], bounds, accepts) {
			made.matches[record] = true
			made.count++
		}
	}
	met := slices.ContainsFunc(group, func(record int) bool { return made.matches[record] })
	missed := slices.ContainsFunc(group, func(record int) bool { return !made.matches[record] })
	return met && missed
}

// tight says whether the group has the value one step beside the bound, on the side where the operator
// changes its answer; other operators have no such side.
func (t *table) tight(attribute int, operator string, bound value, group []int) bool {
	direction, ordered := map[string]int{"lt": -1, "ge": -1, "gt": 1, "le": 1}[operator]
	if !ordered {
		return true
	}
	beside := t.beside(attribute, bound, direction).key()
	return slices.ContainsFunc(group, func(record int) bool { return t.facts[record].first(attribute).key() == beside })
}

// beside is the next value in a direction. The step is the smallest unit in which the attribute is
// held anywhere: a day or a second, one or a decimal.
func (t *table) beside(attribute int, bound value, direction int) value {
	exponent, step := int32(0), 24*time.Hour
	for _, all := range t.facts {
		held := all.first(attribute)
		exponent = min(exponent, held.number.Exponent)
		if held.at.UTC().Truncate(24*time.Hour) != held.at.UTC() {
			step = time.Second
		}
	}
	next := bound
	switch bound.kind {
	case datadictionary.TypeDecimal:
		unit := apd.New(int64(direction), exponent)
		// Records hold far fewer digits than the context's precision: the sum is exact.
		if _, err := apd.BaseContext.WithPrecision(2*maxNumeral).Add(&next.number, &bound.number, unit); err != nil {
			return bound
		}
	case datadictionary.TypeDateTime:
		next.at = bound.at.Add(time.Duration(direction) * step)
	}
	return next
}

// maxRare bounds the second values that a condition with in is tried with.
const maxRare = 8

// rarest lists the values that fewest records hold, in a fixed order.
func (t *table) rarest(attribute int) []value {
	count := map[string]int{}
	var distinct []value
	for _, all := range t.facts {
		held := all.first(attribute)
		if count[held.key()]++; held.kind != "" && count[held.key()] == 1 {
			distinct = append(distinct, held)
		}
	}
	slices.SortStableFunc(distinct, func(a, b value) int { return count[a.key()] - count[b.key()] })
	return distinct[:min(len(distinct), maxRare)]
}

// written is a value as it is sent in a query.
func written(held value) any {
	switch held.kind {
	case datadictionary.TypeDecimal:
		return json.Number(held.number.Text('f'))
	case datadictionary.TypeDateTime:
		return held.at.Format("2006-01-02T15:04:05Z07:00")
	case datadictionary.TypeBoolean:
		return held.truth
	}
	return held.text
}
