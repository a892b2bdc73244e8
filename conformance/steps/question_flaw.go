package steps

import (
	"fmt"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// sound is what a flawed condition is made of: two conditions that are right on a record type, and an
// attribute that only another record type has.
type sound struct {
	record        spec.RecordType
	first, second population.Condition
	foreign       string
}

// unknownAttribute is in no dictionary.
const unknownAttribute = "attribute_of_no_dictionary"

// A flaw makes a query wrong in one way. Needs is the type of the attribute that it is about, where that
// matters.
type flaw struct {
	needs string
	query func(sound) any
}

// flaws are the ways in which a condition can be wrong, by query type: "whose condition …".
var flaws = map[string]map[string]flaw{
	"expression": {
		"names an unknown attribute": condition(func(sound) any { return equals(unknownAttribute) }),
		"names an unknown attribute beside a known one": condition(func(s sound) any {
			return map[string]any{"$and": []any{is(s.first), equals(unknownAttribute)}}
		}),
		"names an unknown attribute as an alternative": condition(func(s sound) any {
			return map[string]any{"$or": []any{is(s.first), equals(unknownAttribute)}}
		}),
		"names an attribute of another record type": condition(func(s sound) any { return equals(s.foreign) }),
		"has an unknown operator": condition(func(s sound) any {
			return map[string]any{s.first.Attribute: map[string]any{"$resembles": s.first.Value}}
		}),
		"has an unknown operator beside a known one": condition(func(s sound) any {
			return map[string]any{s.first.Attribute: map[string]any{mongoOperators[s.first.Operator]: s.first.Value, "$resembles": s.first.Value}}
		}),
		"joins by an unknown word": condition(func(s sound) any {
			return map[string]any{"$neither": []any{is(s.first), is(s.second)}}
		}),
		"compares a date with a word":           about(datadictionary.TypeDateTime, "soon"),
		"compares a date with one that is none": about(datadictionary.TypeDateTime, "2023-02-30T00:00:00Z"),
		"compares a number with a word":         about(datadictionary.TypeDecimal, "few"),
		"compares a number with an object":      about(datadictionary.TypeDecimal, map[string]any{"$gt": 1}),
		"compares with one value where in wants some": condition(func(s sound) any {
			return map[string]any{s.first.Attribute: map[string]any{"$in": s.first.Value}}
		}),
		"is empty":         condition(func(sound) any { return map[string]any{} }),
		"is absent":        {query: func(s sound) any { return expressionForm(s.record, nil) }},
		"is a text":        condition(func(sound) any { return "everybody" }),
		"joins nothing":    condition(func(sound) any { return map[string]any{"$and": []any{}} }),
		"denies nothing":   condition(func(sound) any { return map[string]any{"$not": map[string]any{}} }),
		"compares nothing": condition(func(s sound) any { return map[string]any{s.first.Attribute: map[string]any{}} }),
	},
	"predicate": {
		"names an unknown attribute": item(func(s sound) map[string]any {
			return map[string]any{"expression1": named(s.first, unknownAttribute)}
		}),
		"names an unknown attribute beside a known one": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "and", named(s.second, unknownAttribute))
		}),
		"names an unknown attribute as an alternative": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "or", named(s.second, unknownAttribute))
		}),
		"names an unknown attribute in its second item": {query: func(s sound) any {
			return []any{numbered(map[string]any{"expression1": predicate(s.first)}, 1),
				numbered(map[string]any{"expression1": named(s.second, unknownAttribute)}, 2)}
		}},
		"names an attribute of another record type": item(func(s sound) map[string]any {
			return map[string]any{"expression1": named(s.first, s.foreign)}
		}),
		"has an unknown operator": item(func(s sound) map[string]any {
			return map[string]any{"expression1": with(predicate(s.first), "operator", "resembles")}
		}),
		"joins by an unknown word": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "xor", predicate(s.second))
		}),
		"compares a date with a word":           valued(datadictionary.TypeDateTime, "soon"),
		"compares a date with one that is none": valued(datadictionary.TypeDateTime, "2023-02-30T00:00:00Z"),
		"compares a number with a word":         valued(datadictionary.TypeDecimal, "few"),
		"compares with one value where in wants some": item(func(s sound) map[string]any {
			return map[string]any{"expression1": with(predicate(s.first), "operator", "in")}
		}),
		"is an empty list":    {query: func(sound) any { return []any{} }},
		"has an empty item":   {query: func(sound) any { return []any{map[string]any{}} }},
		"is one empty object": {query: func(sound) any { return map[string]any{} }},
		"lacks its first expression": item(func(s sound) map[string]any {
			return with(joined(predicate(s.first), "and", predicate(s.second)), "expression1", absent{})
		}),
		"lacks its second expression": item(func(s sound) map[string]any {
			return with(joined(predicate(s.first), "and", predicate(s.second)), "expression2", absent{})
		}),
		"lacks the alternative that it announces": item(func(s sound) map[string]any {
			return with(joined(predicate(s.first), "or", predicate(s.second)), "expression2", absent{})
		}),
		"has a second expression that is empty": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "and", map[string]any{})
		}),
		"has a second expression that nothing joins": item(func(s sound) map[string]any {
			return with(joined(predicate(s.first), "and", predicate(s.second)), "condition", absent{})
		}),
		"lacks the attribute of its second expression": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "and", with(predicate(s.second), "attribute_name", absent{}))
		}),
		"lacks the operator of its second expression": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "and", with(predicate(s.second), "operator", absent{}))
		}),
		"lacks the value of its second expression": item(func(s sound) map[string]any {
			return joined(predicate(s.first), "and", with(predicate(s.second), "attribute_value", absent{}))
		}),
		"lacks the value of its first expression": item(func(s sound) map[string]any {
			return map[string]any{"expression1": with(predicate(s.first), "attribute_value", absent{})}
		}),
		"has a third expression": item(func(s sound) map[string]any {
			return with(joined(predicate(s.first), "and", predicate(s.second)), "expression3", predicate(s.first))
		}),
	},
}

func is(c population.Condition) any { return mongo(population.Where{Is: &c}) }

func equals(attribute string) any { return map[string]any{attribute: map[string]any{"$eq": "x"}} }

// condition is a flaw of the condition within an expression.
func condition(make func(sound) any) flaw {
	return flaw{query: func(s sound) any { return expressionForm(s.record, make(s)) }}
}

// about is a flaw of an expression that compares an attribute of the type with the value.
func about(needs string, value any) flaw {
	return flaw{needs: needs, query: func(s sound) any {
		return expressionForm(s.record, map[string]any{s.first.Attribute: map[string]any{"$lt": value}})
	}}
}

// item is a flaw of a predicate list with one item.
func item(make func(sound) map[string]any) flaw {
	return flaw{query: func(s sound) any { return []any{numbered(make(s), 1)} }}
}

// valued is a flaw of a predicate that compares an attribute of the type with the value.
func valued(needs string, value any) flaw {
	return flaw{needs: needs, query: func(s sound) any {
		one := map[string]any{"attribute_name": s.first.Attribute, "operator": "lt", "attribute_value": value}
		return []any{numbered(map[string]any{"expression1": one}, 1)}
	}}
}

func joined(first any, condition string, second any) map[string]any {
	return map[string]any{"expression1": first, "condition": condition, "expression2": second}
}

func named(c population.Condition, attribute string) map[string]any {
	return with(predicate(c), "attribute_name", attribute)
}

func with(object map[string]any, member string, value any) map[string]any {
	put(object, member, value)
	return object
}

// flawed is a search with one flaw, for which no record is expected.
func (w *World) flawed(queryType, name string) (*Question, error) {
	flaw, known := flaws[queryType][name]
	if !known {
		return nil, fmt.Errorf("no flaw of a search by %s is called %q", queryType, name)
	}
	parts, err := w.sound(flaw.needs)
	if err != nil {
		return nil, err
	}
	return &Question{ReferenceID: w.nextID("r"), Record: parts.record, QueryType: queryType, Query: flaw.query(parts),
		PageSize: wide, PageNumber: 1, About: "whose condition " + name}, nil
}

// sound finds a record type with two conditions on different attributes, the first of the type needed.
func (w *World) sound(needs string) (sound, error) {
	for _, record := range w.env.Interface.Records {
		parts := sound{record: record, foreign: w.foreign(record)}
		for _, attribute := range record.Query {
			for _, operator := range attribute.Operators {
				made, err := w.env.Population.Ask(w.env.Interface.ID, record.Name, attribute.Attribute, operator, w.salt("sound"))
				if err != nil || operator == "in" {
					continue
				}
				if parts.first.Attribute == "" && w.ofType(record, attribute.Attribute, needs) {
					parts.first = made
				} else if parts.second.Attribute == "" && attribute.Attribute != parts.first.Attribute {
					parts.second = made
				}
			}
		}
		if parts.first.Attribute != "" && parts.second.Attribute != "" && parts.second.Attribute != parts.first.Attribute {
			return parts, nil
		}
	}
	return sound{}, fmt.Errorf("no record type of %s has two attributes to ask for, one of them a %s", w.env.Interface.ID, needs)
}

func (w *World) ofType(record spec.RecordType, attribute, needs string) bool {
	about, err := w.env.Dictionary.Attribute(record.Object, attribute)
	if err != nil {
		return false
	}
	number := needs == datadictionary.TypeDecimal && about.Scalar == datadictionary.TypeInteger
	return needs == "" || about.Scalar == needs || number
}

// foreign is an attribute that another record type of the registry has and this has not.
func (w *World) foreign(record spec.RecordType) string {
	for _, other := range w.env.Interface.Records {
		for _, attribute := range other.Query {
			if _, err := w.env.Dictionary.Attribute(record.Object, attribute.Attribute); err != nil {
				return attribute.Attribute
			}
		}
	}
	return unknownAttribute
}
