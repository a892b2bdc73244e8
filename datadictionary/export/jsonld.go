package export

import (
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

const xsd = "http://www.w3.org/2001/XMLSchema#"

// datatypes are the JSON-LD types of scalars. A code is a term of its list's vocabulary.
var datatypes = map[string]string{
	datadictionary.TypeString:   xsd + "string",
	datadictionary.TypeInteger:  xsd + "integer",
	datadictionary.TypeDecimal:  xsd + "decimal",
	datadictionary.TypeBoolean:  xsd + "boolean",
	datadictionary.TypeDateTime: xsd + "dateTime",
}

func writeJSONLD(w io.Writer, d *datadictionary.Dictionary) error {
	context := map[string]any{
		"@version": 1.1,
		"rdf":      "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
		"rdfs":     "http://www.w3.org/2000/01/rdf-schema#",
		"owl":      "http://www.w3.org/2002/07/owl#",
		"xsd":      xsd,
	}
	var graph []any
	lists := map[string]*datadictionary.CodeList{}
	for _, c := range d.CodeLists() {
		lists[c.Name] = c
		graph = append(graph, codeListNodes(c)...)
	}
	for _, o := range d.Objects() {
		definition := typeTerm(d, o, lists)
		for _, t := range append([]string{o.Name}, o.Types...) {
			if _, taken := context[t]; !taken {
				if owner, ok := d.Object(t); ok && owner == o {
					context[t] = definition
				}
			}
		}
		graph = append(graph, objectNodes(d, o, lists)...)
	}
	// Not indented: the contexts of parts are nested deep and would double in size.
	return json.NewEncoder(w).Encode(map[string]any{"@context": context, "@graph": graph})
}

// Context is a JSON-LD context in which records of the named objects have the addresses of the standard,
// by @type. Names that the dictionary does not have are left out.
func Context(d *datadictionary.Dictionary, names iter.Seq[string]) map[string]any {
	lists := map[string]*datadictionary.CodeList{}
	for _, c := range d.CodeLists() {
		lists[c.Name] = c
	}
	context := map[string]any{"@version": 1.1, "xsd": xsd}
	for name := range names {
		if o, ok := d.Object(name); ok {
			context[name] = typeTerm(d, o, lists)
		}
	}
	return context
}

// typeTerm defines an object as a type, below which its attributes are terms.
func typeTerm(d *datadictionary.Dictionary, o *datadictionary.Object, lists map[string]*datadictionary.CodeList) map[string]any {
	return map[string]any{"@id": iri(o.Context, o.Term), "@context": objectContext(d, o, []*datadictionary.Object{o}, lists)}
}

// iri joins a context and the local part of a term. The published contexts end without a
// separator; a slash is put in so that a term has an address of its own.
func iri(context, term string) string {
	local := term[strings.LastIndex(term, ":")+1:]
	return strings.TrimRight(context, "/#") + "/" + local
}

// objectContext defines the attributes of an object as terms. A part takes the terms of the
// object expected at its place, so that it needs no @type; an object is not entered again
// below itself, and there its @type brings its terms.
func objectContext(d *datadictionary.Dictionary, o *datadictionary.Object, within []*datadictionary.Object, lists map[string]*datadictionary.CodeList) map[string]any {
	context := map[string]any{}
	for _, a := range o.Attributes {
		term := map[string]any{"@id": attributeIRI(d, a)}
		if datatype, ok := datatypes[a.Type]; ok {
			term["@type"] = datatype
		}
		if list := lists[a.CodeList]; list != nil {
			term["@type"] = "@vocab"
			term["@context"] = map[string]any{"@vocab": iri(list.Context, list.Term) + "/"}
		}
		if target, ok := d.Object(a.Object); ok && !slices.Contains(within, target) {
			term["@context"] = objectContext(d, target, append(slices.Clone(within), target), lists)
		}
		if a.Repeated() {
			term["@container"] = "@list"
		}
		context[a.Name] = term
	}
	return context
}

// attributeIRI is the address of an attribute in the context of the object that defines it.
func attributeIRI(d *datadictionary.Dictionary, a datadictionary.Attribute) string {
	owner, _ := d.Object(a.Owner)
	return iri(owner.Context, a.Name)
}

func objectNodes(d *datadictionary.Dictionary, o *datadictionary.Object, lists map[string]*datadictionary.CodeList) []any {
	class := map[string]any{
		"@id": iri(o.Context, o.Term), "@type": "rdfs:Class", "rdfs:label": o.Label, "rdfs:comment": o.Definition,
	}
	if parent, ok := d.Object(o.Extends); ok {
		class["rdfs:subClassOf"] = map[string]any{"@id": iri(parent.Context, parent.Term)}
	}
	nodes := []any{class}
	for _, a := range o.Attributes {
		if a.Owner != o.Name {
			continue
		}
		property := map[string]any{
			"@id": attributeIRI(d, a), "@type": "rdf:Property", "rdfs:label": a.Label, "rdfs:comment": a.Definition,
			"rdfs:domain": class["@id"],
		}
		if datatype, ok := datatypes[a.Type]; ok {
			property["rdfs:range"] = map[string]any{"@id": datatype}
		}
		if list := lists[a.CodeList]; list != nil {
			property["rdfs:range"] = map[string]any{"@id": iri(list.Context, list.Term)}
		}
		if target, ok := d.Object(a.Object); ok {
			property["rdfs:range"] = map[string]any{"@id": iri(target.Context, target.Term)}
		}
		nodes = append(nodes, property)
	}
	return nodes
}

func codeListNodes(c *datadictionary.CodeList) []any {
	class := iri(c.Context, c.Term)
	var members, nodes []any
	for _, code := range c.Codes {
		if code.Deprecated {
			continue
		}
		id := map[string]any{"@id": class + "/" + strings.ReplaceAll(code.Code, " ", "%20")}
		members = append(members, id)
		nodes = append(nodes, map[string]any{"@id": id["@id"], "@type": class, "rdfs:label": code.Label})
	}
	return append([]any{map[string]any{
		"@id": class, "@type": "rdfs:Class", "rdfs:label": c.Label, "rdfs:comment": c.Definition,
		"owl:oneOf": map[string]any{"@list": members},
	}}, nodes...)
}
