package query

import (
	"slices"
	"strings"
)

// Attributes are the record's own attributes that a query looks into, sorted: the first segments of the
// paths in its condition and its order.
func Attributes(q Query) []string {
	found := map[string]bool{}
	add := func(path string) {
		own, _, _ := strings.Cut(path, ".")
		found[own] = true
	}
	var walk func(Node)
	walk = func(node Node) {
		switch node := node.(type) {
		case And:
			for _, part := range node {
				walk(part)
			}
		case Or:
			for _, part := range node {
				walk(part)
			}
		case Not:
			walk(node.Of)
		case Compare:
			add(node.Path)
		case HasIdentifier:
			add(node.Attribute)
		}
	}
	walk(q.Where)
	for _, by := range q.Sort {
		add(by.Path)
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Named is the identifier that every record which meets the condition holds, where it names one.
func Named(condition Node) (HasIdentifier, bool) {
	switch condition := condition.(type) {
	case HasIdentifier:
		return condition, true
	case And:
		for _, part := range condition {
			if named, ok := Named(part); ok {
				return named, true
			}
		}
	}
	return HasIdentifier{}, false
}
