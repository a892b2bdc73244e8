package dialect

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// parse reads JSON with its numbers as they are written.
func parse(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var read any
	err := decoder.Decode(&read)
	return read, err
}

// text writes JSON without escaping <, > and &.
func text(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return nil
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// plain is a value of a description in the types of parse.
func plain(value any) any {
	read, err := parse(text(value))
	if err != nil {
		return nil
	}
	return read
}

func variable(value any) (string, bool) {
	name, ok := value.(string)
	return name, ok && strings.HasPrefix(name, "$")
}

// matches holds a value to a shape and binds the shape's variables.
func matches(shape, value any, bound map[string]any) bool {
	if name, ok := variable(shape); ok {
		before, again := bound[name]
		bound[name] = value
		return !again || reflect.DeepEqual(before, value)
	}
	switch shape := shape.(type) {
	case map[string]any:
		object, ok := value.(map[string]any)
		if !ok || len(object) != len(shape) {
			return false
		}
		for member, inner := range shape {
			held, ok := object[member]
			if !ok || !matches(inner, held, bound) {
				return false
			}
		}
		return true
	case []any:
		list, ok := value.([]any)
		if !ok || len(list) != len(shape) {
			return false
		}
		for i, inner := range shape {
			if !matches(inner, list[i], bound) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(shape, value)
}

// written is a shape with its variables filled in, also those that name members.
func written(shape any, bound map[string]any) any {
	if name, ok := variable(shape); ok {
		if value, ok := bound[name]; ok {
			return value
		}
		return shape
	}
	switch shape := shape.(type) {
	case map[string]any:
		made := map[string]any{}
		for member, inner := range shape {
			if name, ok := bound[member].(string); ok {
				member = name
			}
			made[member] = written(inner, bound)
		}
		return made
	case []any:
		made := make([]any, len(shape))
		for i, inner := range shape {
			made[i] = written(inner, bound)
		}
		return made
	}
	return shape
}

// at calls do for every object that has, or could have, the member at a place.
func at(tree any, place string, do func(parent map[string]any, member string)) {
	name, rest, deeper := strings.Cut(place, ".")
	name, list := strings.CutSuffix(name, "[]")
	object, ok := tree.(map[string]any)
	if !ok {
		return
	}
	if !deeper && !list {
		do(object, name)
		return
	}
	if !list {
		at(object[name], rest, do)
		return
	}
	elements, _ := object[name].([]any)
	for _, element := range elements {
		at(element, rest, do)
	}
}

// apply rewrites a tree in one direction and says whether anything was changed. The tree may be
// changed in place.
func (r Rewrite) apply(tree any, asked bool) (any, bool) {
	if asked && r.Only == onlyTold || !asked && r.Only == onlyAsked {
		return tree, false
	}
	from, to := plain(r.Strict), plain(r.Spoken)
	if !asked {
		from, to = to, from
	}
	changed := false
	for _, place := range r.At {
		if place == "" {
			bound := map[string]any{}
			if matches(from, tree, bound) {
				tree, changed = written(to, bound), true
			}
			continue
		}
		at(tree, place, func(parent map[string]any, member string) {
			changed = r.member(parent, member, from, to, asked) || changed
		})
	}
	return tree, changed
}

func (r Rewrite) member(parent map[string]any, member string, from, to any, asked bool) bool {
	for name, value := range r.When {
		if !reflect.DeepEqual(parent[name], plain(value)) {
			return false
		}
	}
	held, there := parent[member]
	switch {
	case r.Drop:
		if asked {
			delete(parent, member)
		}
		return asked && there
	case r.Add != nil:
		if asked && !there {
			parent[member] = plain(r.Add)
			return true
		}
		return false
	case !there:
		return false
	}
	bound := map[string]any{}
	if !matches(from, held, bound) {
		return false
	}
	parent[member] = written(to, bound)
	return true
}

// Expression is how a product writes a condition of query_type expression.
type Expression struct {
	Operators map[string]string `yaml:"operators"`
	Leaves    map[string]any    `yaml:"leaves"`
	Joins     map[string]any    `yaml:"joins"`
	Single    any               `yaml:"single"`
}

// expressions are the places of a condition in the messages that are sent.
var expressions = []string{
	"message.search_request[].search_criteria.query.value.expression.query",
	"message.subscribe_request[].subscribe_criteria.filter.value.expression.query",
}

func (e *Expression) apply(tree any) bool {
	changed := false
	for _, place := range expressions {
		at(tree, place, func(parent map[string]any, member string) {
			condition, ok := parent[member].(map[string]any)
			if !ok || len(condition) == 0 {
				return
			}
			spoken, joined := e.condition(condition)
			if !joined && e.Single != nil {
				spoken = written(plain(e.Single), map[string]any{"$part": spoken})
			}
			parent[member], changed = spoken, true
		})
	}
	return changed
}

// condition is a condition as the product writes it, and whether it joins others. Several members of an object, and
// several comparisons of one attribute, are joined by $and. What is no condition of the strict form stays as it is.
func (e *Expression) condition(strict map[string]any) (spoken any, joined bool) {
	var parts []any
	for _, name := range slices.Sorted(maps.Keys(strict)) {
		held := strict[name]
		if join, ok := e.Joins[name]; ok {
			within, ok := held.([]any)
			if !ok {
				within = []any{held}
			}
			parts, joined = append(parts, written(plain(join), map[string]any{"$parts": e.all(within)})), true
			continue
		}
		compared, ok := held.(map[string]any)
		if !ok || strings.HasPrefix(name, "$") {
			return strict, false
		}
		for _, operator := range slices.Sorted(maps.Keys(compared)) {
			parts = append(parts, e.leaf(name, operator, compared[operator]))
		}
	}
	and, can := e.Joins["$and"]
	switch {
	case len(parts) == 1:
		return parts[0], joined
	case len(parts) > 1 && can:
		return written(plain(and), map[string]any{"$parts": parts}), true
	}
	return strict, false
}

func (e *Expression) all(parts []any) []any {
	spoken := make([]any, len(parts))
	for i, part := range parts {
		spoken[i] = part
		if condition, ok := part.(map[string]any); ok {
			spoken[i], _ = e.condition(condition)
		}
	}
	return spoken
}

func (e *Expression) leaf(attribute, operator string, value any) any {
	shape, ok := e.Leaves[operator]
	if !ok {
		shape = e.Leaves["else"]
	}
	if spelling, ok := e.Operators[operator]; ok {
		operator = spelling
	}
	return written(plain(shape), map[string]any{"$attribute": attribute, "$operator": operator, "$value": value})
}
