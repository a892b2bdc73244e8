package population

import (
	"slices"
)

// Condition compares an attribute of the data dictionary by gt, lt, eq, ge, le or in; the value of in
// is an array. Values are as they are sent: strings and json.Number.
type Condition struct {
	Attribute, Operator string
	Value               any
}

// Where says which records are wanted; exactly one member is set, and the zero Where wants all.
// Identifier is a type and a value.
type Where struct {
	All, Any   []Where
	Not        *Where
	Is         *Condition
	Identifier *[2]string
}

// compares says which outcomes of a comparison an operator accepts.
var compares = map[string]func(int) bool{
	"eq": func(c int) bool { return c == 0 },
	"in": func(c int) bool { return c == 0 },
	"lt": func(c int) bool { return c < 0 },
	"le": func(c int) bool { return c <= 0 },
	"gt": func(c int) bool { return c > 0 },
	"ge": func(c int) bool { return c >= 0 },
}

// Matching lists the records that a right server finds, in the order of All. An attribute that a
// record lacks meets no condition; one with several values meets it by any of them. A condition on an
// unknown attribute or with an unknown operator is met by none.
func (p *Population) Matching(iface, recordType string, w Where) []Record {
	t := p.table(iface, recordType)
	if t == nil {
		return nil
	}
	var found []Record
	if w.Identifier != nil {
		for _, at := range t.holders[Identifier{Type: w.Identifier[0], Value: w.Identifier[1]}] {
			found = append(found, t.records[at])
		}
		return found
	}
	wanted := t.test(w)
	for _, record := range t.records {
		if wanted(record) {
			found = append(found, record)
		}
	}
	return found
}

type test func(Record) bool

func (t *table) test(w Where) test {
	switch {
	case w.All != nil:
		parts := t.tests(w.All)
		return func(r Record) bool {
			return !slices.ContainsFunc(parts, func(part test) bool { return !part(r) })
		}
	case w.Any != nil:
		parts := t.tests(w.Any)
		return func(r Record) bool {
			return slices.ContainsFunc(parts, func(part test) bool { return part(r) })
		}
	case w.Not != nil:
		part := t.test(*w.Not)
		return func(r Record) bool { return !part(r) }
	case w.Identifier != nil:
		wanted := Identifier{Type: w.Identifier[0], Value: w.Identifier[1]}
		return func(r Record) bool { return slices.Contains(IdentifierOf(r.Data, t.kind.Identifier), wanted) }
	case w.Is != nil:
		return t.meets(*w.Is)
	}
	return func(Record) bool { return true }
}

func (t *table) tests(of []Where) []test {
	var parts []test
	for _, part := range of {
		parts = append(parts, t.test(part))
	}
	return parts
}

func (t *table) meets(c Condition) test {
	accepts, known := compares[c.Operator]
	about, err := t.shape.attribute(c.Attribute)
	if !known || err != nil {
		return func(Record) bool { return false }
	}
	wanted := []any{c.Value}
	if c.Operator == "in" {
		wanted = listed(c.Value)
	}
	var bounds []value
	for _, one := range wanted {
		if bound, ok := about.read(one); ok {
			bounds = append(bounds, bound)
		}
	}
	return func(r Record) bool { return meets(about.valuesOf(r.Data), bounds, accepts) }
}

func meets(values, bounds []value, accepts func(int) bool) bool {
	for _, held := range values {
		for _, bound := range bounds {
			if outcome, ok := held.against(bound); ok && accepts(outcome) {
				return true
			}
		}
	}
	return false
}

func listed(of any) []any {
	switch several := of.(type) {
	case []any:
		return several
	case []string:
		made := make([]any, 0, len(several))
		for _, text := range several {
			made = append(made, text)
		}
		return made
	}
	return nil
}

// SortBy orders records by an attribute and says whether that order is total: no two records are equal
// in it and none lacks the attribute. Records that lack it come last.
func SortBy(records []Record, path string, descending bool) ([]Record, bool) {
	sorted := slices.Clone(records)
	if len(sorted) == 0 || sorted[0].shape == nil {
		return sorted, len(sorted) == 0
	}
	about, err := sorted[0].shape.attribute(path)
	if err != nil {
		return sorted, false
	}
	total := true
	slices.SortStableFunc(sorted, func(a, b Record) int {
		left, right := about.valuesOf(a.Data), about.valuesOf(b.Data)
		if len(left) == 0 || len(right) == 0 {
			total = false
			return len(right) - len(left)
		}
		order, ok := left[0].against(right[0])
		total = total && ok && order != 0
		if descending {
			return -order
		}
		return order
	})
	return sorted, total
}
