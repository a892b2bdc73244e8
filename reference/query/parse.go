package query

import (
	"encoding/json"
	"errors"
	"math"
	"strings"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Parse reads search_criteria of an interface. The error is an *Error with one of the codes
// rjct.search_criteria.invalid, rjct.filter.invalid, rjct.sort.invalid and rjct.pagination.invalid.
// A query without Page asks for everything.
func Parse(d *datadictionary.Dictionary, iface spec.Interface, criteria message.SearchCriteria) (Query, error) {
	if criteria.RegType != "" && lastSegment(criteria.RegType) != lastSegment(iface.RegType) {
		return Query{}, refuse(message.RejectSearchCriteria, "reg_type", "name the registry that is asked, "+iface.RegType)
	}
	record, err := recordType(iface, criteria)
	if err != nil {
		return Query{}, err
	}
	parsed := Query{Interface: iface.ID, Record: record}
	p := &parser{names: names{d, record}, iface: iface}
	if parsed.Where, err = p.condition(criteria.QueryType, "query", criteria.Query); err != nil {
		return Query{}, err
	}
	if parsed.Sort, err = p.names.sort(criteria.Sort); err != nil {
		return Query{}, err
	}
	parsed.Page, err = page(criteria.Pagination)
	return parsed, err
}

// ParseFilter reads a subscription's filter, which has the form of a search's query. The error is an
// *Error.
func ParseFilter(d *datadictionary.Dictionary, iface spec.Interface, record spec.RecordType, filterType string, filter json.RawMessage) (Node, error) {
	p := &parser{names: names{d, record}, iface: iface}
	return p.condition(filterType, "filter", filter)
}

// recordType is what reg_record_type names, else response_entity, else the collection of an expression,
// else the interface's first record type.
func recordType(iface spec.Interface, criteria message.SearchCriteria) (spec.RecordType, error) {
	for _, given := range []struct{ field, name string }{
		{"reg_record_type", criteria.RegRecordType},
		{"response_entity", criteria.ResponseEntity},
	} {
		if _, known := findRecord(iface, given.name); given.name != "" && !known {
			return spec.RecordType{}, refuse(message.RejectSearchCriteria, given.field, "name a record type of this registry: "+recordNames(iface))
		}
	}
	for _, name := range []string{criteria.RegRecordType, criteria.ResponseEntity, peekCollection(criteria.Query)} {
		if record, known := findRecord(iface, name); name != "" && known {
			return record, nil
		}
	}
	record, _ := iface.Record("")
	return record, nil
}

// findRecord also finds a name that differs in case only, as published examples write "member".
func findRecord(iface spec.Interface, name string) (spec.RecordType, bool) {
	if record, ok := iface.Record(name); ok {
		return record, true
	}
	for _, record := range iface.Records {
		for _, known := range append([]string{record.Name}, record.Aliases...) {
			if strings.EqualFold(known, name) {
				return record, true
			}
		}
	}
	return spec.RecordType{}, false
}

func recordNames(iface spec.Interface) string {
	var known []string
	for _, record := range iface.Records {
		known = append(known, record.Name)
	}
	return strings.Join(known, ", ")
}

func page(asked *message.Pagination) (*Page, error) {
	switch {
	case asked == nil:
		return nil, nil
	case asked.PageSize < 1 || asked.PageSize > MaxPageSize:
		return nil, refuse(message.RejectPagination, "pagination.page_size", "ask for 1 to 1000 records a page")
	case asked.PageNumber < 1 || asked.PageNumber > math.MaxInt32:
		return nil, refuse(message.RejectPagination, "pagination.page_number", "count pages from 1")
	}
	return &Page{Size: asked.PageSize, Number: asked.PageNumber}, nil
}

// lastSegment is what a name such as ns:org:QueryType:expression says after its namespaces.
func lastSegment(name string) string {
	return name[strings.LastIndexByte(name, ':')+1:]
}

// parser turns one query or filter into a condition, counting what it holds.
type parser struct {
	names  names
	iface  spec.Interface
	nodes  int
	values int
}

var queryLimits = spec.Limits{MaxBytes: 1 << 20, MaxDepth: 64}

func (p *parser) condition(queryType, field string, raw json.RawMessage) (Node, error) {
	parse, ok := map[string]func(string, any) (Node, error){
		message.QueryIDTypeValue: p.idTypeValue,
		message.QueryExpression:  p.expression,
		message.QueryPredicate:   p.predicates,
	}[lastSegment(queryType)]
	if !ok {
		return nil, refuse(message.RejectSearchCriteria, field+"_type", "ask by idtype-value, expression or predicate")
	}
	if len(raw) == 0 {
		return nil, refuse(message.RejectSearchCriteria, field, "say what is asked")
	}
	query, err := spec.DecodeStrict(raw, queryLimits)
	if err != nil {
		detail := "is not JSON that can be read in one way only"
		if broken := (*spec.DecodeError)(nil); errors.As(err, &broken) {
			detail = broken.Error()
		}
		return nil, refuseFilter(field, detail)
	}
	if list, isList := query.([]any); isList && lastSegment(queryType) == message.QueryExpression {
		return p.predicates(field, list)
	}
	return parse(field, query)
}

// idTypeValue reads {type, value}: who holds this identifier.
func (p *parser) idTypeValue(field string, query any) (Node, error) {
	object, ok := query.(map[string]any)
	if !ok {
		return nil, refuse(message.RejectSearchCriteria, field, "write an object with type and value")
	}
	if unknown := unknownMember(object, "type", "value"); unknown {
		return nil, refuse(message.RejectSearchCriteria, field, "write type and value and nothing else")
	}
	kind, _ := object["type"].(string)
	if kind == "" {
		return nil, refuse(message.RejectSearchCriteria, field+".type", "name an identifier type")
	}
	value, ok := identifierText(object["value"])
	if !ok || value == "" {
		return nil, refuse(message.RejectSearchCriteria, field+".value", "give the identifier's value as text or an integer")
	}
	return HasIdentifier{Attribute: p.names.record.Identifier, Type: kind, Value: value}, nil
}

// unknownMember says whether an object has a member besides those known and JSON-LD keywords.
func unknownMember(object map[string]any, known ...string) bool {
	for name := range object {
		found := strings.HasPrefix(name, "@")
		for _, one := range known {
			found = found || one == name
		}
		if !found {
			return true
		}
	}
	return false
}

// count bounds a query before it reaches a store.
func (p *parser) count(field string, depth, values int) error {
	p.nodes++
	p.values += values
	switch {
	case depth > MaxDepth:
		return refuseFilter(field, "is nested too deeply")
	case p.nodes > MaxNodes:
		return refuseFilter(field, "has too many conditions")
	case p.values > MaxValues:
		return refuseFilter(field, "has too many values")
	}
	return nil
}
