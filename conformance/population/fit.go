package population

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// identifierTypes is the code list of the types of identifiers, and identifierObject their object.
const (
	identifierTypes  = "identifier_type"
	identifierObject = "Identifier"
)

// maxFilling bounds how deep required objects within required objects are filled in.
const maxFilling = 8

// fitter makes records hold to a dictionary that tightens the embedded one.
type fitter struct {
	words, base *datadictionary.Dictionary
	from        source
	// given are the identifier values that somebody holds.
	given map[string]bool
	// queried are the attributes that some interface asks by: what is filled in there is the same in every
	// record, so that decoys still differ in nothing else.
	queried map[string]bool
}

func newFitter(words *datadictionary.Dictionary, seed uint64, interfaces []spec.Interface) (*fitter, error) {
	base, err := dictionary()
	if err != nil {
		return nil, err
	}
	embedded, err := spec.LoadInterfaces()
	if err != nil {
		return nil, err
	}
	made := &fitter{words: words, base: base, from: source{seed: seed}.under("profile"), queried: map[string]bool{}}
	for _, described := range append(embedded, interfaces...) {
		for _, kind := range described.Records {
			for _, asked := range kind.Query {
				if found, err := words.Attribute(kind.Object, asked.Attribute); err == nil {
					made.queried[ownedName(&found.Attribute)] = true
				}
			}
		}
	}
	return made, nil
}

func ownedName(a *datadictionary.Attribute) string { return a.Owner + "." + a.Name }

// fitted is a record's text as the dictionary allows it; without a fitter it is the text.
func (s *shape) fitted(raw json.RawMessage) (json.RawMessage, error) {
	if s.fit == nil {
		return raw, nil
	}
	data, err := decode(raw)
	if err != nil {
		return nil, failure(CodeInvalid, "a %s does not decode as JSON", s.object)
	}
	about, ok := s.fit.words.Object(s.object)
	if !ok {
		return nil, failure(CodeInvalid, "%s is no object of the data dictionary", s.object)
	}
	s.fit.object(about, data, whereabouts{})
	return encode(data)
}

// whereabouts is a place in a record: whose part it is, and where below that.
type whereabouts struct {
	holder, path string
	filling      int
}

func (w whereabouts) below(name string) whereabouts {
	w.path += "/" + name
	return w
}

func (w whereabouts) item(at int) whereabouts { return w.below(strconv.Itoa(at)) }

// object fits what an object holds and fills in what it lacks.
func (f *fitter) object(about *datadictionary.Object, held object, at whereabouts) {
	if holder := holderOf(about, held); holder != "" {
		at.holder, at.path = holder, ""
	}
	for i := range about.Attributes {
		a := &about.Attributes[i]
		switch value := held[a.Name]; {
		case value != nil:
			held[a.Name] = f.held(a, value, at.below(a.Name))
		case a.Min > 0:
			if filled := f.filled(a, at.below(a.Name)); filled != nil {
				held[a.Name] = filled
			}
		}
	}
}

// holderOf is the first identifier of an object that has one: what is filled in for the same person is the
// same in every record.
func holderOf(about *datadictionary.Object, held object) string {
	for i := range about.Attributes {
		if a := &about.Attributes[i]; a.Object == identifierObject && held[a.Name] != nil {
			if ids := IdentifierOf(held, a.Name); len(ids) > 0 {
				return ids[0].Value
			}
		}
	}
	return ""
}

func (f *fitter) held(a *datadictionary.Attribute, value any, at whereabouts) any {
	list, isList := value.([]any)
	if !isList {
		return f.value(a, value, at)
	}
	fitted := make([]any, 0, len(list))
	for i, item := range list {
		fitted = append(fitted, f.value(a, item, at.item(i)))
	}
	if a.Object == identifierObject {
		fitted = onePerType(fitted)
	}
	for len(fitted) < a.Min {
		filled := f.one(a, at.item(len(fitted)))
		if filled == nil {
			break
		}
		fitted = append(fitted, filled)
	}
	return fitted
}

// onePerType leaves of several identifiers of one type the first: nobody has two, and an other's value under
// a type that was replaced must not become one's own.
func onePerType(identifiers []any) []any {
	seen := map[any]bool{}
	return slices.DeleteFunc(identifiers, func(one any) bool {
		members, ok := one.(object)
		if !ok {
			return false
		}
		kind := members[identifierTypes]
		again := seen[kind]
		seen[kind] = true
		return again
	})
}

// value fits one value of an attribute: a code outside of a narrowed list becomes one of the list, a value of
// a type that was narrowed one of the narrower type.
func (f *fitter) value(a *datadictionary.Attribute, value any, at whereabouts) any {
	switch a.Type {
	case datadictionary.TypeAny:
		return value
	case datadictionary.TypeObject:
		members, isObject := value.(object)
		about, known := f.words.Object(a.Object)
		if !isObject || !known {
			return f.one(a, at)
		}
		f.object(about, members, at)
		return members
	case datadictionary.TypeCode:
		text, _ := value.(string)
		return f.code(a.CodeList, text)
	case datadictionary.TypeInteger:
		// Without its point a decimal of a fixed number of digits keeps its order among the others.
		if number, ok := value.(json.Number); ok {
			return json.Number(strings.Replace(number.String(), ".", "", 1))
		}
	case datadictionary.TypeDateTime:
		if _, ok := momentOf(value); ok {
			return value
		}
	default:
		return value
	}
	return f.one(a, at)
}

// code is the code itself where the dictionary lists it, else the one that stands for it. A nil fitter leaves
// every code as it is.
func (f *fitter) code(list, code string) string {
	if f == nil {
		return code
	}
	now, ok := f.words.CodeList(list)
	if !ok {
		return code
	}
	if _, listed := now.Code(code); listed || now.Open {
		return code
	}
	var added, kept, removed []string
	before, known := f.base.CodeList(list)
	for _, listed := range now.Codes {
		switch {
		case listed.Deprecated:
		case known && holds(before, listed.Code):
			kept = append(kept, listed.Code)
		default:
			added = append(added, listed.Code)
		}
	}
	if known {
		for _, listed := range before.Codes {
			if !holds(now, listed.Code) {
				removed = append(removed, listed.Code)
			}
		}
	}
	slices.Reverse(kept)
	instead := append(added, kept...)
	if len(instead) == 0 {
		return code
	}
	at := slices.Index(removed, code)
	if at < 0 {
		at = f.from.number(list+"/"+code, len(instead))
	}
	return instead[at%len(instead)]
}

func holds(list *datadictionary.CodeList, code string) bool {
	_, listed := list.Code(code)
	return listed
}

// filled is what an attribute that a record lacks is given; nil where nothing can be.
func (f *fitter) filled(a *datadictionary.Attribute, at whereabouts) any {
	if !a.Repeated() {
		return f.one(a, at)
	}
	return f.held(a, []any{}, at)
}

// one is a value of an attribute: by its list, its type or its format, or an object with all that it needs.
func (f *fitter) one(a *datadictionary.Attribute, at whereabouts) any {
	if f.queried[ownedName(a)] {
		at.holder = ""
	}
	random := f.from.stream(at.holder + at.path)
	switch a.Type {
	case datadictionary.TypeAny:
		return plainText(random, "")
	case datadictionary.TypeObject:
		about, known := f.words.Object(a.Object)
		if at.filling++; !known || at.filling > maxFilling {
			return nil
		}
		made := object{}
		if about.Name == identifierObject {
			made[identifierTypes], made["identifier_value"] = f.code(identifierTypes, "UIN"), newIssuer(random, f.given).next()
		}
		f.object(about, made, at)
		if len(made) == 0 {
			f.describe(about, made, at)
		}
		return made
	}
	drawn := attribute{path: a.Name, about: datadictionary.Resolved{Path: a.Name, Attribute: *a, Scalar: a.Type}}
	drawn.listed, _ = f.words.CodeList(a.CodeList)
	return (&plain{}).draw(random, drawn, 1)
}

// describe fills in the scalars of an object of which nothing is required: an empty one would say nothing.
func (f *fitter) describe(about *datadictionary.Object, made object, at whereabouts) {
	for i := range about.Attributes {
		if a := &about.Attributes[i]; a.Type != datadictionary.TypeObject && a.Type != datadictionary.TypeAny {
			made[a.Name] = f.filled(a, at.below(a.Name))
		}
	}
}

// Unfit is why a dictionary does not allow the records, told of the first that it does not, or nil: an *Error
// with CodeUnfit, which names the attribute and the rule and no value.
func Unfit(words *datadictionary.Dictionary, interfaces []spec.Interface, records []fixture.Record) error {
	for _, record := range records {
		for _, described := range interfaces {
			kind, ok := described.Record(record.RegRecordType)
			if !ok || described.ID != record.Interface {
				continue
			}
			for _, violation := range words.ValidateJSON(kind.Object, record.Data) {
				if !violation.Advisory {
					return failure(CodeUnfit, "a %s of %s: %s", kind.Name, described.ID, violation)
				}
			}
		}
	}
	return nil
}
