package population

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

// fewMatches is the number of matches below which a question is preferred: its answer fits a page.
const fewMatches = 40

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

// AskNoMatch is a valid condition that no record meets: a value in the usual form beyond all that are
// held, on the side where the operator finds nobody.
func (p *Population) AskNoMatch(iface, recordType, salt string) (Where, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Where{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	random := p.from.stream(strings.Join([]string{"none", iface, recordType, salt}, "/"))
	for range 100 {
		at := random.IntN(len(t.kind.Query))
		asked := t.kind.Query[at]
		operator := one(random, asked.Operators)
		beyond := func() any { return beyond(t.shape.query[at], operator == "gt" || operator == "ge", random) }
		condition := Condition{Attribute: asked.Attribute, Operator: operator, Value: beyond()}
		if condition.Value == nil {
			continue
		}
		if operator == "in" {
			condition.Value = []any{condition.Value, beyond()}
		}
		if where := (Where{Is: &condition}); len(p.Matching(iface, recordType, where)) == 0 {
			return where, nil
		}
	}
	return Where{}, failure(CodeNoCondition, "no attribute of %s can be asked for a value that nobody has", recordType)
}

// beyond is a value below or above all that are held; nil where every value may be held.
func beyond(about attribute, above bool, random *rand.Rand) any {
	switch about.about.Scalar {
	case datadictionary.TypeDateTime:
		first := 1880
		if above {
			first = 2080
		}
		return year(between(random, first, first+20)).AddDate(0, 0, random.IntN(365)).Format("2006-01-02T15:04:05Z07:00")
	case datadictionary.TypeDecimal:
		if above {
			return hundredths(between(random, 100_00, 999_99))
		}
		return hundredths(between(random, 1_00, 4_99))
	case datadictionary.TypeInteger:
		if above {
			return json.Number(fmt.Sprint(between(random, 40, 90)))
		}
		return json.Number("0")
	case datadictionary.TypeString:
		return fmt.Sprintf("Nobody-%06d", random.IntN(1_000_000))
	}
	return nil
}
