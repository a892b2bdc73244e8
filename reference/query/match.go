package query

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// Matches says whether a decoded record meets the condition. A nil condition, which no parsed query has,
// is met by every record.
func Matches(condition Node, record any) bool {
	switch condition := condition.(type) {
	case nil:
		return true
	case And:
		for _, part := range condition {
			if !Matches(part, record) {
				return false
			}
		}
		return len(condition) > 0
	case Or:
		return slices.ContainsFunc(condition, func(part Node) bool { return Matches(part, record) })
	case Not:
		return !Matches(condition.Of, record)
	case Compare:
		return condition.matches(record)
	case HasIdentifier:
		found := false
		Identifiers(record, func(attribute, kind, value string) {
			found = found || HasIdentifier{attribute, kind, value} == condition
		})
		return found
	}
	return false
}

func (c Compare) matches(record any) bool {
	found := false
	Leaves(record, func(path string, scalar any) {
		if found || !c.at(path) {
			return
		}
		if value, ok := readAs(c.Kind, scalar); ok {
			found = slices.ContainsFunc(c.Values, func(wanted any) bool { return c.Op.holds(order(value, wanted)) })
		}
	})
	return found
}

func (c Compare) at(path string) bool {
	return path == c.Path || slices.Contains(c.Spellings, path)
}

func (o Op) holds(order int) bool {
	switch o {
	case Eq, In:
		return order == 0
	case Lt:
		return order < 0
	case Le:
		return order <= 0
	case Gt:
		return order > 0
	case Ge:
		return order >= 0
	}
	return false
}

// order compares two values of one kind.
func order(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case *apd.Decimal:
		return a.Cmp(b.(*apd.Decimal))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		return cmp.Compare(rank(a), rank(b.(bool)))
	}
	panic("query: a value of no kind")
}

func rank(truth bool) int {
	if truth {
		return 1
	}
	return 0
}
