package query

import (
	"strings"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// names resolves the attribute names of a query against the record's dictionary object.
type names struct {
	dictionary *datadictionary.Dictionary
	record     spec.RecordType
}

var kinds = map[string]Kind{
	datadictionary.TypeString:   Text,
	datadictionary.TypeCode:     Text,
	datadictionary.TypeInteger:  Number,
	datadictionary.TypeDecimal:  Number,
	datadictionary.TypeBoolean:  Boolean,
	datadictionary.TypeDateTime: Time,
}

// operators lists what can be asked of a kind: order means nothing for texts and codes.
var operators = map[Kind]map[Op]bool{
	Text:    {Eq: true, In: true},
	Boolean: {Eq: true, In: true},
	Number:  {Eq: true, Lt: true, Le: true, Gt: true, Ge: true, In: true},
	Time:    {Eq: true, Lt: true, Le: true, Gt: true, Ge: true, In: true},
}

var expected = map[Kind]string{
	Text:    "compare it with a text",
	Number:  "compare it with a number or a decimal in a string",
	Time:    "compare it with an RFC 3339 date-time or full-date",
	Boolean: "compare it with true or false",
}

// resolve finds a scalar attribute by its path.
func (n names) resolve(name string) (datadictionary.Resolved, Kind, bool) {
	resolved, err := n.dictionary.Attribute(n.record.Object, name)
	if err != nil {
		return datadictionary.Resolved{}, "", false
	}
	kind, scalar := kinds[resolved.Scalar]
	return resolved, kind, scalar
}

// identifierCode says whether a name is a listed identifier type, which published examples ask by as
// though it were an attribute: {"attribute_name": "UIN"}.
func (n names) identifierCode(name string) bool {
	list, ok := n.dictionary.CodeList("identifier_type")
	if !ok || strings.Contains(name, ".") {
		return false
	}
	_, ok = list.Code(name)
	return ok
}

// compare builds the condition that one attribute compares with a value, by operator.
func (p *parser) compare(field, name string, op Op, value any, depth int) (Node, error) {
	resolved, kind, ok := p.names.resolve(name)
	if !ok && p.names.identifierCode(name) {
		return p.holdsIdentifier(field, name, op, value, depth)
	}
	if !ok {
		return nil, refuseFilter(field, "names no attribute of "+p.names.record.Name+" that holds a value")
	}
	if !operators[kind][op] {
		return nil, refuseFilter(field, "the operator does not fit the attribute's type")
	}
	values, err := operands(field, op, value)
	if err != nil {
		return nil, err
	}
	if err := p.count(field, depth, len(values)); err != nil {
		return nil, err
	}
	comparison := Compare{Path: resolved.Path, Spellings: p.names.spellings(resolved.Path), Kind: kind, Op: op}
	for _, value := range values {
		read, ok := literal(kind, value)
		if !ok {
			return nil, refuseFilter(field, expected[kind])
		}
		comparison.Values = append(comparison.Values, read)
	}
	return comparison, nil
}

func (p *parser) holdsIdentifier(field, kind string, op Op, value any, depth int) (Node, error) {
	if op != Eq && op != In {
		return nil, refuseFilter(field, "an identifier is compared with eq or in")
	}
	values, err := operands(field, op, value)
	if err != nil {
		return nil, err
	}
	if err := p.count(field, depth, len(values)); err != nil {
		return nil, err
	}
	var oneOf Or
	for _, value := range values {
		text, ok := identifierText(value)
		if !ok || text == "" {
			return nil, refuseFilter(field, "compare it with an identifier as text or an integer")
		}
		oneOf = append(oneOf, HasIdentifier{Attribute: p.names.record.Identifier, Type: kind, Value: text})
	}
	if len(oneOf) == 1 {
		return oneOf[0], nil
	}
	return oneOf, nil
}

// operands are the values of a comparison: those of the array for in, else the one.
func operands(field string, op Op, value any) ([]any, error) {
	list, isList := value.([]any)
	switch {
	case op == In && (!isList || len(list) == 0):
		return nil, refuseFilter(field, "in takes an array of at least one value")
	case op == In:
		return list, nil
	}
	return []any{value}, nil
}

// maxSpellings bounds the paths under which one attribute is looked for.
const maxSpellings = 16

// spellings lists the paths under which a record may write an attribute: the dictionary's, then those
// with other accepted names at any step.
func (n names) spellings(path string) []string {
	paths := []string{""}
	segments := strings.Split(path, ".")
	for i, segment := range segments {
		names := []string{segment}
		if resolved, err := n.dictionary.Attribute(n.record.Object, strings.Join(segments[:i+1], ".")); err == nil {
			names = append(append(names, resolved.Attribute.Aliases...), resolved.Attribute.Deprecated...)
		}
		var longer []string
		for _, name := range names {
			for _, path := range paths {
				longer = append(longer, join(path, name))
			}
		}
		paths = longer[:min(len(longer), maxSpellings)]
	}
	return paths
}

func (n names) sort(asked []message.SortItem) ([]Sort, error) {
	if len(asked) > MaxSort {
		return nil, refuse(message.RejectSort, "sort", "sort by fewer attributes")
	}
	var order []Sort
	for _, item := range asked {
		resolved, kind, ok := n.resolve(item.AttributeName)
		if !ok || resolved.Repeated {
			return nil, refuse(message.RejectSort, "sort.attribute_name", "name an attribute of "+n.record.Name+" that holds one value")
		}
		if item.SortOrder != "" && item.SortOrder != "asc" && item.SortOrder != "desc" {
			return nil, refuse(message.RejectSort, "sort.sort_order", "write asc or desc")
		}
		order = append(order, Sort{Path: resolved.Path, Spellings: n.spellings(resolved.Path), Kind: kind, Descending: item.SortOrder == "desc"})
	}
	return order, nil
}
