package query

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// expressionOperators are those that published expressions and their NoSQL model write.
var expressionOperators = map[string]Op{
	"$eq": Eq, "$lt": Lt, "$lte": Le, "$le": Le, "$gt": Gt, "$gte": Ge, "$ge": Ge, "$in": In,
}

// expression reads {type, value: {expression: {collection, query}}}.
func (p *parser) expression(field string, query any) (Node, error) {
	inner, err := members(field, query, "type", "value")
	if err != nil {
		return nil, err
	}
	if kind, given := inner["type"]; given {
		if _, isText := kind.(string); !isText {
			return nil, refuseFilter(field+".type", "name the query type as a text")
		}
	}
	if inner, err = members(field+".value", inner["value"], "expression"); err != nil {
		return nil, err
	}
	field += ".value.expression"
	if inner, err = members(field, inner["expression"], "collection", "query"); err != nil {
		return nil, err
	}
	if collection, given := inner["collection"]; given {
		name, _ := collection.(string)
		if record, known := findRecord(p.iface, name); name == "" || !known || record.Name != p.names.record.Name {
			return nil, refuseFilter(field+".collection", "name the record type that is asked for, "+p.names.record.Name)
		}
	}
	return p.allOf(field+".query", inner["query"], 0)
}

// members is an object with no members besides those allowed and JSON-LD keywords.
func members(field string, value any, allowed ...string) (map[string]any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, refuseFilter(field, "write an object")
	}
	if unknownMember(object, allowed...) {
		return nil, refuseFilter(field, "write "+strings.Join(allowed, " and ")+" and nothing else")
	}
	return object, nil
}

// peekCollection is the collection of an expression query, or empty.
func peekCollection(query json.RawMessage) string {
	var shape struct {
		Value struct {
			Expression struct {
				Collection string `json:"collection"`
			} `json:"expression"`
		} `json:"value"`
	}
	if json.Unmarshal(query, &shape) != nil {
		return ""
	}
	return shape.Value.Expression.Collection
}

// allOf reads an object whose members all hold.
func (p *parser) allOf(field string, value any, depth int) (Node, error) {
	parts, err := p.each(field, value, depth)
	if err != nil {
		return nil, err
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return And(parts), nil
}

// each reads the conditions of an object, one a member, or of an array, one an element.
func (p *parser) each(field string, value any, depth int) ([]Node, error) {
	if err := p.count(field, depth, 0); err != nil {
		return nil, err
	}
	var parts []Node
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			part, err := p.member(field, name, value[name], depth+1)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
	case []any:
		for _, element := range value {
			if _, isObject := element.(map[string]any); !isObject {
				return nil, refuseFilter(field, "write an array of objects")
			}
			part, err := p.allOf(field, element, depth+1)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
	default:
		return nil, refuseFilter(field, "write an object of conditions")
	}
	if len(parts) == 0 {
		return nil, refuseFilter(field, "is empty: say at least one condition")
	}
	return parts, nil
}

// member reads one member of a condition object: a connective, or an attribute with its comparisons.
func (p *parser) member(field, name string, value any, depth int) (Node, error) {
	switch name {
	case "$and":
		parts, err := p.each(field+".$and", value, depth)
		return And(parts), err
	case "$or":
		parts, err := p.each(field+".$or", value, depth)
		return Or(parts), err
	case "$not":
		parts, err := p.each(field+".$not", value, depth)
		return Not{Of: And(parts)}, err
	}
	if strings.HasPrefix(name, "$") {
		return nil, refuseFilter(field, "connect conditions with $and, $or or $not")
	}
	comparisons, isObject := value.(map[string]any)
	if !isObject {
		return p.compare(field, name, Eq, value, depth)
	}
	if len(comparisons) == 0 {
		return nil, refuseFilter(field, "compare the attribute with a value")
	}
	var parts And
	for _, operator := range slices.Sorted(maps.Keys(comparisons)) {
		op, known := expressionOperators[operator]
		if !known {
			return nil, refuseFilter(field, "compare with "+strings.Join(slices.Sorted(maps.Keys(expressionOperators)), ", "))
		}
		part, err := p.compare(field, name, op, comparisons[operator], depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}
