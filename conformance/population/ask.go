package population

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/spconform/spconform/datadictionary"
)

// fewMatches is the number of matches below which a question is preferred: its answer fits a page.
const fewMatches = 40

// facts are the values that a record has at each attribute of its type's Query, absent ones empty.
type facts []value

func (s *shape) factsOf(data map[string]any) facts {
	made := make(facts, len(s.query))
	for at, asked := range s.query {
		if values := asked.valuesOf(data); len(values) > 0 {
			made[at] = values[0]
		}
	}
	return made
}

// but is equal for two records that are alike in every queried attribute except the one.
func (f facts) but(except int) string {
	var keys []string
	for at, held := range f {
		if at != except {
			keys = append(keys, held.key())
		}
	}
	return strings.Join(keys, "\x00")
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
					return t.facts[other][attribute].key() != t.facts[record][attribute].key()
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
			tried := map[string]bool{}
			for _, group := range groups {
				for _, record := range group {
					bound := t.facts[record][attribute]
					if bound.kind == "" || tried[bound.key()] {
						continue
					}
					found := t.conditions(attribute, operator, bound, group, rare)
					tried[bound.key()] = len(found) > 0
					all = append(all, found...)
				}
			}
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
	if operator != "in" {
		if t.answer(&made, group) {
			found = append(found, made)
		}
		return found
	}
	for _, second := range rare {
		if second.key() != bound.key() {
			made.condition.Value = []any{written(bound), written(second)}
			if t.answer(&made, group) {
				found = append(found, made)
			}
		}
	}
	return found
}

// answer fills in the matches and says whether the group holds both a match and a decoy.
func (t *table) answer(made *candidate, group []int) bool {
	made.matches, made.count = make([]bool, len(t.records)), 0
	meets := t.meets(made.condition)
	for record := range t.records {
		if meets(t.records[record]) {
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
	return slices.ContainsFunc(group, func(record int) bool { return t.facts[record][attribute].key() == beside })
}

// beside is the next value in a direction. The step is the smallest unit in which the attribute is
// held anywhere: a day or a second, one or a decimal.
func (t *table) beside(attribute int, bound value, direction int) value {
	exponent, step := int32(0), 24*time.Hour
	for _, all := range t.facts {
		held := all[attribute]
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
		held := all[attribute]
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

// Ask is a condition on the attribute that has at least one match and one decoy, preferably with few
// matches. The error says that the population cannot tell a right answer from a wrong one there.
func (p *Population) Ask(iface, recordType string, attribute, operator, salt string) (Condition, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Condition{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	best, rank := []candidate(nil), -1
	for _, one := range t.candidates() {
		if one.condition.Attribute != attribute || one.condition.Operator != operator {
			continue
		}
		if merit := one.merit(); merit > rank {
			best, rank = nil, merit
		}
		if one.merit() == rank {
			best = append(best, one)
		}
	}
	if len(best) == 0 {
		return Condition{}, failure(CodeNoCondition, "no %s %s of %s has both a match and a decoy: list the attribute and operator in the interface's query table", attribute, operator, recordType)
	}
	label := strings.Join([]string{"ask", iface, recordType, attribute, operator, salt}, "/")
	return best[p.from.number(label, len(best))].condition, nil
}

// merit ranks a tight decoy over few matches.
func (c candidate) merit() int {
	merit := 0
	if c.tight {
		merit += 2
	}
	if c.count < fewMatches {
		merit++
	}
	return merit
}

// The connectives of AskPair. Not is the first condition and not the second.
const (
	And = "and"
	Or  = "or"
	Not = "not"
)

// AskPair joins two conditions on different attributes such that both together, either, the first
// without the second, the first alone, the second alone and all records are six different answers,
// none empty. The parts of the Where are the two conditions, the second negated for Not.
func (p *Population) AskPair(iface, recordType, connective, salt string) (Where, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Where{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	among := slices.Clone(t.candidates())
	random := p.from.stream(strings.Join([]string{"pair", iface, recordType, connective, salt}, "/"))
	random.Shuffle(len(among), func(a, b int) { among[a], among[b] = among[b], among[a] })
	var fallback *Where
	for _, first := range among {
		for _, second := range among {
			size, ok := tellsApart(first, second, connective)
			if !ok {
				continue
			}
			joined := join(first.condition, second.condition, connective)
			if size < fewMatches {
				return joined, nil
			}
			if fallback == nil {
				fallback = &joined
			}
		}
	}
	if fallback == nil {
		return Where{}, failure(CodeNoCondition, "no two conditions on %s tell %s from its mistakes", recordType, connective)
	}
	return *fallback, nil
}

func join(first, second Condition, connective string) Where {
	switch connective {
	case Or:
		return Where{Any: []Where{{Is: &first}, {Is: &second}}}
	case Not:
		return Where{All: []Where{{Is: &first}, {Not: &Where{Is: &second}}}}
	}
	return Where{All: []Where{{Is: &first}, {Is: &second}}}
}

// tellsApart says whether the six answers differ, and how large the connective's own is. They do when
// some records meet both, some only the first, some only the second and some neither.
func tellsApart(first, second candidate, connective string) (int, bool) {
	if first.attribute == second.attribute {
		return 0, false
	}
	var both, onlyFirst, onlySecond int
	for record, inFirst := range first.matches {
		switch inSecond := second.matches[record]; {
		case inFirst && inSecond:
			both++
		case inFirst:
			onlyFirst++
		case inSecond:
			onlySecond++
		}
	}
	either := both + onlyFirst + onlySecond
	if both == 0 || onlyFirst == 0 || onlySecond == 0 || either == len(first.matches) {
		return 0, false
	}
	return map[string]int{And: both, Or: either, Not: onlyFirst}[connective], true
}

// AskNoMatch is a valid condition that no record meets: an attribute equal to a value in its usual
// form that nobody has.
func (p *Population) AskNoMatch(iface, recordType, salt string) (Where, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Where{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	random := p.from.stream(strings.Join([]string{"none", iface, recordType, salt}, "/"))
	for range 100 {
		at := random.IntN(len(t.kind.Query))
		asked := t.kind.Query[at]
		about := t.shape.query[at]
		if !slices.Contains(asked.Operators, "eq") || about.listed != nil {
			continue
		}
		condition := Condition{Attribute: asked.Attribute, Operator: "eq"}
		switch about.about.Scalar {
		case datadictionary.TypeDateTime:
			condition.Value = year(between(random, 1880, 1910)).AddDate(0, 0, random.IntN(365)).Format("2006-01-02T15:04:05Z07:00")
		case datadictionary.TypeDecimal:
			condition.Value = hundredths(between(random, 100, 499))
		case datadictionary.TypeInteger:
			condition.Value = json.Number(fmt.Sprint(between(random, 40, 90)))
		case datadictionary.TypeString:
			condition.Value = fmt.Sprintf("Nobody-%06d", random.IntN(1_000_000))
		default:
			continue
		}
		if where := (Where{Is: &condition}); len(p.Matching(iface, recordType, where)) == 0 {
			return where, nil
		}
	}
	return Where{}, failure(CodeNoCondition, "no attribute of %s can be asked for a value that nobody has", recordType)
}
