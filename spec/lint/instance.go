package lint

import (
	"encoding/json"
	"maps"
	"slices"
)

// instances makes values that a schema may accept: small and full ones, of each alternative. They are
// candidates: what they prove is decided by validating them.
type instances struct {
	set *set
}

const (
	instanceDepth = 8
	instanceWidth = 12 // candidates of one schema
	crossedWidth  = 48 // candidates of two
)

// texts are strings of the formats and of the shapes that patterns usually ask for.
var formatTexts = map[string]string{
	"date-time": "2024-01-01T00:00:00Z", "date": "2024-01-01", "uri": "https://example.org/a", "email": "a@example.org", "uuid": "7f1e7c3e-5d0c-4a52-9d1b-3f3f6a6f2c11",
}

var patternTexts = []string{"a", "1", "abc", "ABC", "10.00", "eng"}

func (i instances) of(n *node, depth int) []any {
	n = i.set.resolve(n)
	if n == nil || depth > instanceDepth {
		return nil
	}
	if made, done := i.set.made[n]; done {
		return made
	}
	i.set.made[n] = nil // a schema that is a part of itself is left out there
	i.set.made[n] = i.make(n, depth)
	return i.set.made[n]
}

func (i instances) make(n *node, depth int) []any {
	if fixed := n.get("const"); fixed != nil {
		return []any{fixed.value()}
	}
	if codes := n.get("enum"); codes.isArray() {
		var values []any
		for _, code := range codes.items[:min(len(codes.items), instanceWidth)] {
			values = append(values, code.value())
		}
		return values
	}
	made := i.own(n, depth)
	for _, key := range []string{"oneOf", "anyOf"} {
		if branches := n.get(key); branches != nil {
			made = crossed(made, i.each(branches, depth))
		}
	}
	if branches := n.get("allOf"); branches != nil {
		for _, branch := range branches.items {
			made = crossed(made, i.of(branch, depth+1))
		}
	}
	return made[:min(len(made), instanceWidth)]
}

func (i instances) each(branches *node, depth int) []any {
	var all []any
	for _, branch := range branches.items {
		all = append(all, i.of(branch, depth+1)...)
	}
	return all
}

// own makes values by the schema's own keywords.
func (i instances) own(n *node, depth int) []any {
	types := i.set.typesOf(n)
	if named := n.get("type"); named == nil && n.get("properties") == nil && n.get("items") == nil {
		if len(types) == 0 && n.get("allOf") == nil && n.get("oneOf") == nil && n.get("anyOf") == nil {
			return []any{map[string]any{}, "a", json.Number("1"), true, []any{}}
		}
		return nil
	}
	var made []any
	for _, name := range types {
		switch name {
		case "object":
			made = append(made, i.objects(n, depth)...)
		case "array":
			made = append(made, i.arrays(n, depth)...)
		case "string":
			made = append(made, stringsFor(n)...)
		case "integer":
			made = append(made, json.Number("1"))
		case "number":
			made = append(made, json.Number("1"), json.Number("1.5"))
		case "boolean":
			made = append(made, true)
		case "null":
			made = append(made, nil)
		}
	}
	return made
}

func stringsFor(n *node) []any {
	if text, ok := formatTexts[n.str("format")]; ok {
		return []any{text}
	}
	if n.get("pattern") == nil {
		return []any{"a"}
	}
	var made []any
	for _, text := range patternTexts {
		made = append(made, text)
	}
	return made
}

func (i instances) arrays(n *node, depth int) []any {
	made := []any{[]any{}}
	for _, item := range i.of(n.get("items"), depth+1) {
		made = append(made, []any{item})
	}
	return made
}

// objects makes the object of the required members, and that of all members.
func (i instances) objects(n *node, depth int) []any {
	small, full := map[string]any{}, map[string]any{}
	properties := n.get("properties")
	required := map[string]bool{}
	for _, name := range n.get("required").strings() {
		required[name] = true
		small[name], full[name] = "a", "a"
	}
	if properties != nil {
		for _, name := range properties.keys {
			values := i.of(properties.fields[name], depth+1)
			if len(values) == 0 {
				continue
			}
			full[name] = values[0]
			if required[name] {
				small[name] = values[0]
			}
		}
	}
	if len(full) == len(small) {
		return []any{small}
	}
	return []any{small, full}
}

// crossed joins each value with each other one: two objects to one of all members, and else the values
// themselves.
func crossed(left, right []any) []any {
	if len(left) == 0 {
		return right
	}
	if len(right) == 0 {
		return left
	}
	var all []any
	for _, a := range left {
		for _, b := range right {
			if len(all) >= crossedWidth {
				return all
			}
			if joined, ok := merged(a, b); ok {
				other, _ := merged(b, a) // the first to come decides what both have
				all = append(all, joined, other)
			}
		}
	}
	if len(all) == 0 {
		return slices.Concat(left, right)
	}
	return all
}

func merged(a, b any) (map[string]any, bool) {
	left, ok := a.(map[string]any)
	right, also := b.(map[string]any)
	if !ok || !also {
		return nil, false
	}
	all := maps.Clone(right)
	maps.Copy(all, left)
	return all, true
}
