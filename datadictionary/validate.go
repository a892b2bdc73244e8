package datadictionary

import (
	"maps"
	"slices"
	"strings"
)

// maxViolations bounds a report: of violations that count and of advisory ones alike, the rest of a kind is
// cut off with json.too_many. Each has its own bound, so that no number of notes makes a record wrong or hides
// what is wrong.
const maxViolations = 200

// Validate holds a decoded JSON record against an object. Numbers may be json.Number (exact)
// or Go numbers. The order of the violations is deterministic.
//
// A member that is null is absent (JSON-LD). Prefixed keys are the attribute itself.
// @context, @id, @type and other keywords are no attributes; @type, where present, must be an
// accepted spelling of the object expected at that place, or of one that extends it, and then
// the narrower object applies.
func (d *Dictionary) Validate(object string, record any) []Violation {
	o, ok := d.Object(object)
	if !ok {
		return []Violation{{Rule: "object.unknown", Detail: "names an object that is not in the dictionary"}}
	}
	v := &validation{dictionary: d}
	v.object(o, record, nil, place{scope: newScope(d)})
	v.checkReferences()
	return v.violations
}

type validation struct {
	dictionary *Dictionary
	violations []Violation
	// counted and noted are how many violations there are of either kind.
	counted, noted int
	references     references
}

// place is where in a record the validation stands.
type place struct {
	scope *scope
	depth int
}

func (v *validation) report(at *step, rule, detail string) {
	v.add(Violation{Path: at.String(), Rule: rule, Detail: detail})
}

func (v *validation) advise(at *step, rule, detail string) {
	v.add(Violation{Path: at.String(), Rule: rule, Detail: detail, Advisory: true})
}

func (v *validation) add(violation Violation) {
	told := &v.counted
	if violation.Advisory {
		told = &v.noted
	}
	switch {
	case *told < maxViolations:
		v.violations = append(v.violations, violation)
	case *told == maxViolations:
		v.violations = append(v.violations, Violation{Rule: "json.too_many", Detail: "has more violations than are listed", Advisory: violation.Advisory})
	}
	*told++
}

func (v *validation) object(o *Object, value any, at *step, in place) {
	members, ok := value.(map[string]any)
	if !ok {
		v.report(at, "type.object", "expects a JSON object of kind "+o.Name)
		return
	}
	if in.depth > MaxDepth {
		v.report(at, "json.depth", "is nested too deep")
		return
	}
	in.scope = in.scope.enter(members)
	o = v.typed(o, members, at, in.scope)
	if v.references.node(o, members, at) {
		return
	}
	seen := make([]bool, len(o.Attributes))
	for _, key := range slices.Sorted(maps.Keys(members)) {
		member := members[key]
		if strings.HasPrefix(key, "@") || member == nil {
			continue
		}
		position, deprecated, ok := v.key(o, key, in.scope)
		if !ok {
			if position != keyword && !o.Open {
				v.advise(&step{parent: at, key: safeKey(key)}, "attribute.unknown", o.Name+" has no such attribute")
			}
			continue
		}
		a := &o.Attributes[position]
		here := &step{parent: at, key: a.Name}
		if seen[position] {
			v.report(here, "attribute.repeated", "is given under two spellings")
		}
		seen[position] = true
		if deprecated {
			v.advise(here, "attribute.deprecated", "is written under an older or misspelt name; write "+a.Name)
		}
		v.attribute(a, member, here, in)
	}
	for i := range o.Attributes {
		if a := &o.Attributes[i]; a.Min > 0 && !seen[i] {
			v.report(&step{parent: at, key: a.Name}, RuleRequired, "is required ("+a.Cardinality()+")")
		}
	}
}

// keyword is the position of a key that a context makes a JSON-LD keyword.
const keyword = -1

// key returns the attribute that a key means: by its plain or prefixed name, else by the
// contexts of the record.
func (v *validation) key(o *Object, key string, in *scope) (position int, deprecated, ok bool) {
	if position, deprecated, ok = o.attribute(v.dictionary.localName(key)); ok {
		return position, deprecated, true
	}
	term, known := in.expand(key)
	if !known {
		return 0, false, false
	}
	if strings.HasPrefix(term, "@") {
		return keyword, false, false
	}
	return o.attribute(term)
}

// typed checks @type and returns the object that it names.
func (v *validation) typed(o *Object, members map[string]any, at *step, in *scope) *Object {
	declared, ok := members["@type"]
	if !ok || len(o.Types) == 0 {
		return o
	}
	names, ok := declared.([]any)
	if !ok {
		names = []any{declared}
	}
	for _, name := range names {
		if text, ok := name.(string); ok {
			if typed, ok := o.asTyped[v.dictionary.typeName(text)]; ok {
				return typed
			}
			if term, ok := in.expand(text); ok && o.asTyped[term] != nil {
				return o.asTyped[term]
			}
		}
	}
	v.report(&step{parent: at, key: "@type"}, "type.object", "expects the type of "+o.Name+": "+strings.Join(o.Types, ", "))
	return o
}

// typeName is the last part of a type: after a published prefix, or of an IRI.
func (d *Dictionary) typeName(text string) string {
	if i := strings.LastIndexAny(text, "/#"); i >= 0 {
		return text[i+1:]
	}
	return d.localName(text)
}

func (v *validation) attribute(a *Attribute, value any, at *step, in place) {
	items, isArray := value.([]any)
	if wrapped, ok := value.(map[string]any); ok && !isArray {
		items, isArray = container(wrapped)
	}
	switch {
	case isArray && !a.Repeated():
		v.report(at, "cardinality.max", "expects one value, not an array ("+a.Cardinality()+")")
	case !isArray && a.Repeated():
		v.report(at, "cardinality.array", "expects an array ("+a.Cardinality()+")")
	case isArray && a.Max != Unbounded && len(items) > a.Max:
		v.report(at, "cardinality.max", "has too many values ("+a.Cardinality()+")")
	case isArray && len(items) < a.Min:
		v.report(at, RuleRequired, "has too few values ("+a.Cardinality()+")")
	}
	if !isArray {
		v.value(a, value, at, in)
		return
	}
	for i, item := range items {
		if item != nil {
			v.value(a, item, &step{parent: at, index: i}, in)
		}
	}
}

// container unwraps the JSON-LD forms {"@list": […]} and {"@set": […]}.
func container(members map[string]any) ([]any, bool) {
	if len(members) != 1 {
		return nil, false
	}
	for _, keyword := range []string{"@list", "@set"} {
		if items, ok := members[keyword].([]any); ok {
			return items, true
		}
	}
	return nil, false
}

func (v *validation) value(a *Attribute, value any, at *step, in place) {
	switch a.Type {
	case TypeAny:
		return
	case TypeObject:
		v.object(a.object, value, at, place{scope: in.scope, depth: in.depth + 1})
		return
	}
	// A JSON-LD value object stands for the value that it wraps.
	if wrapped, ok := value.(map[string]any); ok {
		if inner, ok := wrapped["@value"]; ok {
			value = inner
		} else if id, ok := wrapped["@id"]; ok && a.Type == TypeCode && len(wrapped) == 1 {
			// The published code lists are resources, so that a code may be referred to as one.
			value = id
		}
	}
	v.scalar(a, value, at)
}

// safeKey hides a key that does not look like the name of an attribute: it may be data.
func safeKey(key string) string {
	if len(key) > 64 {
		return "?"
	}
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != ':' && r != '-' && r != '.' {
			return "?"
		}
	}
	if key == "" || (key[0] >= '0' && key[0] <= '9') {
		return "?"
	}
	return key
}
