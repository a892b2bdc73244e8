package datadictionary

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// overlay applies schema files to a copy of a dictionary's source and gathers every place
// where they would loosen it.
type overlay struct {
	base     *Dictionary
	source   *source
	file     string
	notes    []string
	problems []error

	// later holds the definitions read so far: code lists are applied before objects, and
	// objects before their attributes, so that the index may be in any order.
	later [3][]func()
}

const (
	listsFirst = iota
	thenObjects
	thenAttributes
)

// at defers a change to its phase and keeps the name of the file for its messages.
func (o *overlay) at(phase int, change func()) {
	file := o.file
	o.later[phase] = append(o.later[phase], func() {
		o.file = file
		change()
	})
}

// settle makes the deferred changes.
func (o *overlay) settle() {
	for phase := range o.later {
		for i := 0; i < len(o.later[phase]); i++ {
			o.later[phase][i]()
		}
	}
}

func newOverlay(base *Dictionary) *overlay {
	s := &source{formats: base.source.formats, prefixes: map[string][]string{}}
	for prefix, iris := range base.source.prefixes {
		s.prefixes[prefix] = iris
	}
	for _, o := range base.source.objects {
		o.Attributes = slices.Clone(o.Attributes)
		s.objects = append(s.objects, o)
	}
	for _, c := range base.source.codeLists {
		c.Codes = slices.Clone(c.Codes)
		s.codeLists = append(s.codeLists, c)
	}
	return &overlay{base: base, source: s}
}

func (o *overlay) note(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

func (o *overlay) problem(format string, args ...any) {
	o.problems = append(o.problems, newError(CodeInvalid, format, args...))
}

// loosens is the problem of a change that would accept more than the dictionary does.
func (o *overlay) loosens(where, what string) {
	o.problem("%s: %s %s; a profile may tighten, never loosen", o.file, where, what)
}

// schemaNode is a class of a schema file as the standard publishes them.
type schemaNode struct {
	ID         string           `json:"@id"`
	Type       string           `json:"@type"`
	Comment    string           `json:"rdfs:comment"`
	Label      string           `json:"rdfs:label"`
	SubClassOf json.RawMessage  `json:"rdfs:subClassOf"`
	OneOf      []string         `json:"owl:oneOf"`
	Properties []schemaProperty `json:"rdfs:property"`
	Required   []string         `json:"required"`
}

type schemaProperty struct {
	ID      string          `json:"@id"`
	Comment string          `json:"rdfs:comment"`
	Label   string          `json:"rdfs:label"`
	Range   json.RawMessage `json:"rdfs:range"`
}

func (o *overlay) apply(file string, raw []byte) {
	o.file = file
	var document struct {
		Context map[string]any `json:"@context"`
		Graph   []schemaNode   `json:"@graph"`
		schemaNode
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		o.problem("%s: is not a schema file of the published shape; compare it with those of the standard", file)
		return
	}
	nodes := document.Graph
	if len(nodes) == 0 {
		nodes = []schemaNode{document.schemaNode}
	}
	context := o.prefixes(document.Context)
	classes := 0
	for i := range nodes {
		node := &nodes[i]
		if node.Type != "rdfs:Class" {
			continue
		}
		classes++
		if node.OneOf != nil {
			o.at(listsFirst, func() { o.codeList(context, node, nodes) })
		} else {
			o.at(thenObjects, func() { o.object(context, node) })
		}
	}
	if classes == 0 {
		o.problem("%s: defines no rdfs:Class; describe an object or a code list", file)
	}
}

// prefixes makes the prefixes of a schema file known and returns them. Those of W3C
// vocabularies say nothing about attributes.
func (o *overlay) prefixes(context map[string]any) map[string]string {
	iris := map[string]string{}
	for prefix, value := range context {
		iri, ok := value.(string)
		if !ok || strings.HasPrefix(iri, "http://www.w3.org/") || strings.HasPrefix(prefix, "@") {
			continue
		}
		iris[prefix] = iri
		if _, known := o.source.prefixes[prefix]; !known {
			o.source.prefixes[prefix] = []string{iri}
		}
	}
	return iris
}

// registryOf is the registry whose schemas a context publishes.
func registryOf(iri string) string {
	_, after, found := strings.Cut(iri, "/extensions/")
	registry, _, _ := strings.Cut(after, "/")
	if found && slices.Contains(registries, registry) {
		return registry
	}
	return "core"
}

func cutTerm(id string) (prefix, local string) {
	prefix, local, found := strings.Cut(id, ":")
	if !found {
		return "", id
	}
	return prefix, local
}

func (o *overlay) codeList(context map[string]string, node *schemaNode, nodes []schemaNode) {
	prefix, term := cutTerm(node.ID)
	labels := map[string]string{}
	for _, n := range nodes {
		_, code := cutTerm(n.ID)
		labels[code] = n.Label
	}
	var codes []string
	for _, id := range node.OneOf {
		_, code := cutTerm(id)
		codes = append(codes, code)
	}
	known, ok := o.base.CodeList(term)
	if !ok {
		list := codeListFile{
			Name: term, Label: orElse(node.Label, term), Definition: orElse(node.Comment, term), Registry: registryOf(context[prefix]),
			Term: term, Context: context[prefix], Prefix: prefix, file: o.file,
		}
		for _, code := range codes {
			list.Codes = append(list.Codes, listedCodeFile{Code: code, Label: orElse(labels[code], code)})
		}
		o.source.codeLists = append(o.source.codeLists, list)
		return
	}
	at := slices.IndexFunc(o.source.codeLists, func(c codeListFile) bool { return c.Name == known.Name })
	list := &o.source.codeLists[at]
	var kept []listedCodeFile
	for _, code := range codes {
		i := slices.IndexFunc(list.Codes, func(c listedCodeFile) bool { return c.Code == code })
		switch {
		case i >= 0:
			kept = append(kept, list.Codes[i])
		case known.Open:
			kept = append(kept, listedCodeFile{Code: code, Label: orElse(labels[code], code)})
		default:
			o.loosens("code list "+known.Key(), "has no code "+code)
		}
	}
	for _, old := range list.Codes {
		if old.Deprecated && slices.Contains(codes, old.Use) && !slices.Contains(codes, old.Code) {
			kept = append(kept, old)
		}
	}
	if len(kept) == 0 {
		o.problem("%s: leaves code list %s without a code; name those that are in use", o.file, known.Key())
		return
	}
	// A country that lists the codes of a published sample has settled them.
	list.Codes, list.Open = kept, false
}

func (o *overlay) object(context map[string]string, node *schemaNode) {
	prefix, term := cutTerm(node.ID)
	known, ok := o.base.ObjectIn(registryOf(context[prefix]), term)
	if !ok {
		o.addObject(context, node)
		return
	}
	o.attributes(known, context, node)
}

func (o *overlay) attributes(object *Object, context map[string]string, node *schemaNode) {
	o.at(thenAttributes, func() {
		for _, property := range node.Properties {
			o.property(object, context, property)
		}
		o.require(object, node.Required)
	})
}

// addObject adds an object of the country's own.
func (o *overlay) addObject(context map[string]string, node *schemaNode) {
	prefix, term := cutTerm(node.ID)
	file := objectFile{
		Name: term, Label: orElse(node.Label, term), Definition: orElse(node.Comment, term), Registry: registryOf(context[prefix]),
		Term: node.ID, Context: orElse(context[prefix], prefix), Types: []string{term}, file: o.file,
	}
	var parent string
	if json.Unmarshal(node.SubClassOf, &parent) == nil && parent != "" {
		parentPrefix, parentTerm := cutTerm(parent)
		wide, ok := o.base.ObjectIn(registryOf(context[parentPrefix]), parentTerm)
		if !ok {
			o.problem("%s: %s extends %s, which is no object of the standard; correct it", o.file, term, parent)
			return
		}
		file.Extends = wide.Name
	}
	o.source.objects = append(o.source.objects, file)
	o.attributes(&Object{Name: term, Registry: file.Registry}, context, node)
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
