package population

import (
	"slices"
	"strings"
)

// The nestings of AskNested.
const (
	OrWithinAnd = "or within and" // the first, and one of the others
	AndWithinOr = "and within or" // the first, or both others
	OrWithinNot = "or within not" // the first, and neither of the others
)

// triple says of one record which of three conditions it meets.
type triple [3]bool

// nestings say which records a nesting wants.
var nestings = map[string]func(triple) bool{
	OrWithinAnd: func(t triple) bool { return t[0] && (t[1] || t[2]) },
	AndWithinOr: func(t triple) bool { return t[0] || t[1] && t[2] },
	OrWithinNot: func(t triple) bool { return t[0] && !t[1] && !t[2] },
}

// misreadings are what is seen when parts are dropped, flattened or joined otherwise.
var misreadings = []func(triple) bool{
	func(t triple) bool { return t[0] },
	func(t triple) bool { return t[1] || t[2] },
	func(t triple) bool { return t[1] && t[2] },
	func(t triple) bool { return t[0] && t[1] },
	func(t triple) bool { return t[0] && t[2] },
	func(t triple) bool { return t[0] || t[1] },
	func(t triple) bool { return t[0] || t[2] },
	func(t triple) bool { return t[0] && !t[1] },
	func(t triple) bool { return t[0] && !t[2] },
	func(t triple) bool { return t[0] && t[1] && t[2] },
	func(t triple) bool { return t[0] || t[1] || t[2] },
	func(t triple) bool { return t[0] && t[1] || t[2] },
	func(t triple) bool { return (t[0] || t[1]) && t[2] },
	func(t triple) bool { return t[0] && (t[1] || t[2]) },
	func(t triple) bool { return t[0] || t[1] && t[2] },
	func(t triple) bool { return t[0] && !(t[1] && t[2]) },
	func(triple) bool { return true },
	func(triple) bool { return false },
}

// nestingTries bounds the draws of three conditions.
const nestingTries = 4000

// AskNested nests three conditions, at least two of them on different attributes, such that dropping a
// part, flattening the nesting or joining otherwise gives another answer than the right one.
func (p *Population) AskNested(iface, recordType, nesting, salt string) (Where, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Where{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	wanted, known := nestings[nesting]
	among := t.candidates()
	if !known || len(among) == 0 {
		return Where{}, failure(CodeNoCondition, "%s cannot be asked of %s", nesting, recordType)
	}
	random := p.from.stream(strings.Join([]string{"nested", iface, recordType, nesting, salt}, "/"))
	var fallback *Where
	for range nestingTries {
		parts := [3]candidate{one(random, among), one(random, among), one(random, among)}
		if parts[0].attribute == parts[1].attribute && parts[1].attribute == parts[2].attribute {
			continue
		}
		size, ok := telling(parts, wanted)
		if !ok {
			continue
		}
		where := nest(nesting, parts)
		if size < fewMatches {
			return where, nil
		}
		if fallback == nil {
			fallback = &where
		}
	}
	if fallback == nil {
		return Where{}, failure(CodeNoCondition, "no three conditions on %s tell %s from its mistakes", recordType, nesting)
	}
	return *fallback, nil
}

// telling says how many records the nesting wants, and whether no misreading wants the same.
func telling(parts [3]candidate, wanted func(triple) bool) (int, bool) {
	differs := make([]bool, len(misreadings))
	itself := make([]bool, len(misreadings))
	for i := range misreadings {
		itself[i] = same(misreadings[i], wanted)
	}
	size := 0
	for record := range parts[0].matches {
		met := triple{parts[0].matches[record], parts[1].matches[record], parts[2].matches[record]}
		right := wanted(met)
		if right {
			size++
		}
		for i, misread := range misreadings {
			differs[i] = differs[i] || misread(met) != right
		}
	}
	for i := range differs {
		if !itself[i] && !differs[i] {
			return size, false
		}
	}
	return size, true
}

// same says whether two readings agree on everything, so that one is the other written differently.
func same(a, b func(triple) bool) bool {
	for bits := range 8 {
		t := triple{bits&1 != 0, bits&2 != 0, bits&4 != 0}
		if a(t) != b(t) {
			return false
		}
	}
	return true
}

// AskRange is two conditions on one attribute, from a bound and to a bound, that find some records
// together and each alone finds more.
func (p *Population) AskRange(iface, recordType, salt string) (Where, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Where{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	among := slices.Clone(t.candidates())
	random := p.from.stream(strings.Join([]string{"range", iface, recordType, salt}, "/"))
	random.Shuffle(len(among), func(a, b int) { among[a], among[b] = among[b], among[a] })
	for _, from := range among {
		for _, to := range among {
			if from.attribute != to.attribute || !strings.HasPrefix(from.condition.Operator, "g") || !strings.HasPrefix(to.condition.Operator, "l") {
				continue
			}
			if both := overlap(from, to); both > 0 && both < from.count && both < to.count && both < fewMatches {
				return Where{All: []Where{{Is: &from.condition}, {Is: &to.condition}}}, nil
			}
		}
	}
	return Where{}, failure(CodeNoCondition, "no attribute of %s can be asked for a range", recordType)
}

// AskMany is the condition that most records meet, but no more than atMost of them and not all.
func (p *Population) AskMany(iface, recordType string, atMost int) (Condition, error) {
	t := p.table(iface, recordType)
	if t == nil {
		return Condition{}, failure(CodeNoRecords, "the population has no %s of %s", recordType, iface)
	}
	var best candidate
	for _, one := range slices.Concat(t.candidates(), t.upTo(atMost)) {
		if one.count > best.count && one.count <= atMost && one.count < len(t.records) {
			best = one
		}
	}
	if best.count == 0 {
		return Condition{}, failure(CodeNoCondition, "no condition on %s is met by at most %d records", recordType, atMost)
	}
	return best.condition, nil
}

// upTo are conditions by ge that as many records meet as there may be, one for each attribute that has an order.
func (t *table) upTo(atMost int) []candidate {
	var found []candidate
	everything := make([]int, len(t.records))
	for at := range everything {
		everything[at] = at
	}
	for attribute, asked := range t.kind.Query {
		if !slices.Contains(asked.Operators, "ge") {
			continue
		}
		held := slices.DeleteFunc(each(t.facts, func(of facts) value { return of.first(attribute) }), func(v value) bool { return v.kind == "" })
		slices.SortFunc(held, func(a, b value) int { order, _ := b.against(a); return order })
		for at := min(atMost, len(held)) - 1; at >= 0; at-- {
			made := candidate{attribute: attribute, condition: Condition{Attribute: asked.Attribute, Operator: "ge", Value: written(held[at])}}
			if t.answer(&made, everything, held[at]) && made.count <= atMost {
				found = append(found, made)
				break
			}
		}
	}
	return found
}

func overlap(a, b candidate) int {
	both := 0
	for record, met := range a.matches {
		if met && b.matches[record] {
			both++
		}
	}
	return both
}

func nest(nesting string, parts [3]candidate) Where {
	is := func(i int) Where { condition := parts[i].condition; return Where{Is: &condition} }
	switch nesting {
	case AndWithinOr:
		return Where{Any: []Where{is(0), {All: []Where{is(1), is(2)}}}}
	case OrWithinNot:
		return Where{All: []Where{is(0), {Not: &Where{Any: []Where{is(1), is(2)}}}}}
	}
	return Where{All: []Where{is(0), {Any: []Where{is(1), is(2)}}}}
}

// Holding lists the records of a type that hold a value at the path, in the order of All.
func (p *Population) Holding(iface, recordType, path string) []Record {
	t := p.table(iface, recordType)
	if t == nil {
		return nil
	}
	about, err := t.shape.attribute(path)
	if err != nil {
		return nil
	}
	var found []Record
	for _, record := range t.records {
		if len(about.valuesOf(record.Data)) > 0 {
			found = append(found, record)
		}
	}
	return found
}

// Texts lists the different texts that records of a type hold at the path, sorted; none where the
// attribute is no text.
func (p *Population) Texts(iface, recordType, path string) []string {
	t := p.table(iface, recordType)
	if t == nil {
		return nil
	}
	about, err := t.shape.attribute(path)
	if err != nil || about.listed != nil {
		return nil
	}
	var texts []string
	for _, record := range t.records {
		for _, held := range about.valuesOf(record.Data) {
			if held.text != "" {
				texts = append(texts, held.text)
			}
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
