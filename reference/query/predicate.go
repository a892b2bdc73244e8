package query

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

var predicateOperators = map[string]Op{"gt": Gt, "lt": Lt, "eq": Eq, "ge": Ge, "le": Le, "in": In}

// predicates reads an array of {seq_num, expression1, condition, expression2}, all of which hold.
func (p *parser) predicates(field string, query any) (Node, error) {
	items, ok := query.([]any)
	if !ok || len(items) == 0 {
		return nil, refuseFilter(field, "write an array of at least one predicate")
	}
	type numbered struct {
		number *apd.Decimal
		node   Node
	}
	var read []numbered
	for i, item := range items {
		at := field + "[" + strconv.Itoa(i) + "]"
		object, err := members(at, item, "seq_num", "expression1", "condition", "expression2")
		if err != nil {
			return nil, err
		}
		number, err := sequence(at+".seq_num", object["seq_num"])
		if err != nil {
			return nil, err
		}
		node, err := p.predicateItem(at, object)
		if err != nil {
			return nil, err
		}
		read = append(read, numbered{number, node})
	}
	slices.SortStableFunc(read, func(a, b numbered) int {
		if a.number == nil || b.number == nil {
			return cmp.Compare(rank(a.number == nil), rank(b.number == nil))
		}
		return a.number.Cmp(b.number)
	})
	if len(read) == 1 {
		return read[0].node, nil
	}
	var all And
	for _, item := range read {
		all = append(all, item.node)
	}
	return all, nil
}

// sequence reads seq_num, a number; published examples leave it empty, and it may be absent.
func sequence(field string, value any) (*apd.Decimal, error) {
	if value == nil || value == "" {
		return nil, nil
	}
	literal, isNumber := numberText(value)
	number, ok := ParseNumber(literal)
	if !isNumber || !ok {
		return nil, refuseFilter(field, "write a number")
	}
	return number, nil
}

// predicateItem joins the two sides of an item. Published examples write an absent side and an absent
// condition as the empty string; one without the other is refused, so that no side is ever dropped.
func (p *parser) predicateItem(field string, item map[string]any) (Node, error) {
	first, err := p.predicate(field+".expression1", item["expression1"])
	if err != nil {
		return nil, err
	}
	condition, second := item["condition"], item["expression2"]
	noCondition := condition == nil || condition == ""
	noSecond := second == nil || second == ""
	switch {
	case noCondition && noSecond:
		return first, nil
	case noCondition:
		return nil, refuseFilter(field+".condition", "say how expression2 joins expression1: and, or, not")
	case noSecond:
		return nil, refuseFilter(field+".expression2", "give the second side of the condition")
	}
	other, err := p.predicate(field+".expression2", second)
	if err != nil {
		return nil, err
	}
	switch condition {
	case "and":
		return And{first, other}, nil
	case "or":
		return Or{first, other}, nil
	case "not":
		return And{first, Not{Of: other}}, nil
	}
	return nil, refuseFilter(field+".condition", "write and, or, not")
}

func (p *parser) predicate(field string, value any) (Node, error) {
	object, err := members(field, value, "attribute_name", "operator", "attribute_value")
	if err != nil {
		return nil, err
	}
	name, ok := object["attribute_name"].(string)
	if !ok || name == "" {
		return nil, refuseFilter(field+".attribute_name", "name an attribute")
	}
	operator, _ := object["operator"].(string)
	op, known := predicateOperators[operator]
	if !known {
		return nil, refuseFilter(field+".operator", "compare with gt, lt, eq, ge, le or in")
	}
	return p.compare(field+".attribute_value", name, op, object["attribute_value"], 1)
}
