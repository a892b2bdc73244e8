// Package datadictionary holds the data objects, code lists and formats of the
// social-protection registries, and validates records against them.
//
// The entries are YAML files, one an object and one a code list, embedded in the package.
// Names, codes and cardinalities are the published ones (DCI core and extension schemas,
// data object and code directory pages); definitions are our own. Where published editions
// differ both forms are accepted, and the entry says so in a note.
package datadictionary

import (
	"slices"
	"strings"
)

// The types of an attribute.
const (
	TypeString   = "string"
	TypeInteger  = "integer"
	TypeDecimal  = "decimal"
	TypeBoolean  = "boolean"
	TypeDateTime = "date_time"
	TypeCode     = "code"
	TypeObject   = "object"
	// TypeAny is a value that the standard leaves open.
	TypeAny = "any"
)

// Unbounded is the Max of an attribute that may repeat without limit (published as *).
const Unbounded = -1

// Dictionary is a checked set of objects, code lists and formats. It is read-only and safe
// for concurrent use.
type Dictionary struct {
	objects   []*Object
	codeLists []*CodeList
	formats   []*Format

	objectIndex   map[string]*Object
	codeListIndex map[string]*CodeList
	formatIndex   map[string]*Format
	prefixes      map[string][]string
	namespaces    []string // context IRIs, longest first
	source        *source
}

// Object is a data object: a kind of record, or a part of one.
type Object struct {
	ID         string // published id, such as DO.SR.01; empty where none is published
	Name       string // unique in the dictionary
	Label      string
	Definition string
	Registry   string // core, social, crvs, ibr, dr, fr, ess or id
	Term       string // JSON-LD term
	Context    string // IRI of the JSON-LD context that publishes the term
	Extends    string // name of the object whose attributes it inherits
	// Attributes holds the inherited attributes first, each in published order.
	Attributes []Attribute
	// Types holds the accepted spellings of @type without prefix: the object's own, then
	// those of the objects that extend it. Empty where no class is published.
	Types []string
	Open  bool // any member is allowed
	Notes []string

	index   map[string]attributeKey
	asTyped map[string]*Object
}

// Attribute is one attribute of an Object.
type Attribute struct {
	Name       string
	Label      string
	Definition string
	Type       string // one of the Type constants
	Object     string // name of the object, for TypeObject
	CodeList   string // name of the code list, for TypeCode
	Format     string // name of the format, or empty
	Min        int
	Max        int      // Unbounded for *
	Aliases    []string // other published names, accepted alike
	Deprecated []string // other spellings, accepted and noted
	Note       string
	Owner      string // name of the object that defines it

	object   *Object
	codeList *CodeList
	format   *Format
}

// Repeated says whether the attribute is an array of values.
func (a *Attribute) Repeated() bool { return a.Max != 1 }

// Cardinality returns the published notation, such as 0..1 or 0..*.
func (a *Attribute) Cardinality() string { return cardinality(a.Min, a.Max) }

// CodeList is a code directory.
type CodeList struct {
	ID         string // published id, such as CD.COM.03; empty where none is published
	Name       string
	Label      string
	Definition string
	Registry   string
	Term       string
	Context    string
	Prefix     string // the prefix under which the schema publishes the codes
	Open       bool   // the published list is a sample: a code outside it is only noted
	Codes      []ListedCode
	Notes      []string

	index map[string]*ListedCode
}

// ListedCode is one code of a CodeList.
type ListedCode struct {
	Code       string
	Label      string
	Definition string
	Deprecated bool
	Use        string // the code to write in place of a deprecated one
	Note       string
}

// Key returns the published id, or the name where there is none.
func (c *CodeList) Key() string {
	if c.ID != "" {
		return c.ID
	}
	return c.Name
}

// Code returns the entry of a code, with or without the list's own prefix.
func (c *CodeList) Code(code string) (ListedCode, bool) {
	listed, ok := c.index[strings.TrimPrefix(code, c.Prefix+":")]
	if !ok {
		return ListedCode{}, false
	}
	return *listed, true
}

// Object finds an object by name ("SRPerson"), published id ("DO.SR.01"), accepted type
// ("SR_Person"), or any of these under a published prefix ("spdci:Group").
func (d *Dictionary) Object(name string) (*Object, bool) {
	o, ok := d.objectIndex[d.localName(name)]
	return o, ok
}

// ObjectIn finds an object as a registry means it: ObjectIn("social", "Group") is the group
// of the social registry (DO.SR.02). Where the registry has none of its own it is that of core.
func (d *Dictionary) ObjectIn(registry, name string) (*Object, bool) {
	local := d.localName(name)
	for _, o := range d.objects {
		if o.Registry == registry && (o.Name == local || o.ID == local || slices.Contains(o.ownTypes(), local)) {
			return o, true
		}
	}
	return d.Object(name)
}

// Objects returns all objects, those of core first.
func (d *Dictionary) Objects() []*Object { return slices.Clone(d.objects) }

// CodeLists returns all code lists, those of core first.
func (d *Dictionary) CodeLists() []*CodeList { return slices.Clone(d.codeLists) }

// CodeList finds a code list by name ("sex"), id ("CD.COM.03") or term ("SexCategoryEnum").
func (d *Dictionary) CodeList(name string) (*CodeList, bool) {
	c, ok := d.codeListIndex[d.localName(name)]
	return c, ok
}

// Formats returns all formats.
func (d *Dictionary) Formats() []*Format { return slices.Clone(d.formats) }

// Format finds a format by name ("date_time") or id ("DF.COM.STRING.01").
func (d *Dictionary) Format(name string) (*Format, bool) {
	f, ok := d.formatIndex[name]
	return f, ok
}

// localName strips a published prefix; a name under an unknown prefix stays as it is.
func (d *Dictionary) localName(name string) string {
	prefix, local, found := strings.Cut(name, ":")
	if !found {
		return name
	}
	if _, known := d.prefixes[prefix]; known {
		return local
	}
	return name
}

type attributeKey struct {
	position   int
	deprecated bool
}

// attribute returns the attribute that a local key means and whether the spelling is deprecated.
func (o *Object) attribute(key string) (position int, deprecated, ok bool) {
	k, ok := o.index[key]
	return k.position, k.deprecated, ok
}

// ownTypes are the accepted types that validate as the object itself.
func (o *Object) ownTypes() []string {
	var own []string
	for _, t := range o.Types {
		if o.asTyped[t] == o {
			own = append(own, t)
		}
	}
	return own
}
