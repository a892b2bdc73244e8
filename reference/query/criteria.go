package query

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// ParseCriteria reads the query of an operation that asks about one record: {attribute: {operator:
// value}}, every member of which holds, and, where the operation answers with yes or no, what makes it
// yes. An identifier compares by its value. An idtype-value object is read as one. The error is an *Error.
func ParseCriteria(d *datadictionary.Dictionary, iface spec.Interface, record spec.RecordType, asked *spec.Lookup, raw json.RawMessage) (Node, error) {
	p := &parser{names: names{d, record}, iface: iface}
	decoded, err := spec.DecodeStrict(raw, queryLimits)
	object, isObject := decoded.(map[string]any)
	if err != nil || !isObject || len(object) == 0 {
		return nil, refuse(message.RejectSearchCriteria, "query", "write an object of attributes, each with an operator and a value")
	}
	var all And
	if _, typed := object["type"]; typed {
		node, err := p.idTypeValue("query", object)
		if err != nil {
			return nil, err
		}
		all = append(all, node)
		object = nil
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		node, err := p.criterion(asked.Attribute(name), object[name])
		if err != nil {
			return nil, err
		}
		all = append(all, node...)
	}
	if asked.Holds != nil {
		values := make([]any, len(asked.Holds.Values))
		for at, value := range asked.Holds.Values {
			values[at] = value
		}
		node, err := p.compare("query", asked.Holds.Attribute, In, values, 1)
		if err != nil {
			return nil, err
		}
		all = append(all, node)
	}
	return all, nil
}

// criterion reads the operators of one attribute.
func (p *parser) criterion(name string, of any) ([]Node, error) {
	operators, ok := of.(map[string]any)
	if !ok || len(operators) == 0 {
		return nil, refuseFilter("query", "write an operator and a value for each attribute")
	}
	if name == p.names.record.Identifier {
		name += "." + identifierValue
	}
	var all []Node
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		node, err := p.compare("query", name, Op(strings.TrimPrefix(operator, "$")), operators[operator], 1)
		if err != nil {
			return nil, err
		}
		all = append(all, node)
	}
	return all, nil
}
