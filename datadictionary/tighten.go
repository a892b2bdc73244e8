package datadictionary

import (
	"encoding/json"
	"slices"
	"strings"
)

// xsdTypes are the ranges that are scalars.
var xsdTypes = map[string]attributeFile{
	"string":   {Type: TypeString},
	"boolean":  {Type: TypeBoolean},
	"decimal":  {Type: TypeDecimal},
	"integer":  {Type: TypeInteger},
	"int":      {Type: TypeInteger},
	"date":     {Type: TypeDateTime, Format: "date_or_date_time"},
	"datetime": {Type: TypeDateTime},
	"binary":   {Type: TypeString, Format: "base64"},
	"currency": {Type: TypeString, Format: "currency"},
}

// property adds an attribute to an object, or tightens the one of that name.
func (o *overlay) property(object *Object, context map[string]string, p schemaProperty) {
	prefix, name := cutTerm(p.ID)
	where := object.Name + "." + name
	proposed, ok := o.ranged(object, context, p)
	if !ok {
		return
	}
	position, _, known := object.attribute(name)
	if !known {
		if _, standard := o.base.prefixes[prefix]; standard {
			o.note("%s: adds %s under the standard's own prefix; give it a prefix of the country's", o.file, where)
		}
		file := o.objectFile(object.Name)
		if slices.ContainsFunc(file.Attributes, func(a attributeFile) bool { return a.Name == name }) {
			o.problem("%s: %s is added twice; remove one", o.file, where)
			return
		}
		file.Attributes = append(file.Attributes, proposed)
		return
	}
	existing := &object.Attributes[position]
	if strings.HasSuffix(proposed.Cardinality, "*") != existing.Repeated() {
		o.loosens(where, "is published as "+existing.Cardinality()+" and cannot change between one value and an array")
		return
	}
	if !o.narrows(existing, proposed) {
		o.loosens(where, "is published as "+kindOf(existing)+" and cannot become "+proposed.Type)
		return
	}
	o.change(object, existing.Name, func(a *attributeFile) {
		if o.narrows(existing, proposed) && (a.Type != proposed.Type || a.Object != proposed.Object || a.CodeList != proposed.CodeList) {
			a.Type, a.Object, a.CodeList = proposed.Type, proposed.Object, proposed.CodeList
			a.Format = proposed.Format
		}
	}, false)
}

// ranged reads the range of a property as an attribute.
func (o *overlay) ranged(object *Object, context map[string]string, p schemaProperty) (attributeFile, bool) {
	_, name := cutTerm(p.ID)
	var text string
	cardinality := "0..1"
	if json.Unmarshal(p.Range, &text) != nil {
		var structured struct {
			ID        string `json:"@id"`
			Type      string `json:"@type"`
			Container string `json:"@container"`
		}
		_ = json.Unmarshal(p.Range, &structured)
		if text = structured.ID; text == "" {
			text = structured.Type
		}
		if structured.Container != "" {
			cardinality = "0..*"
		}
	}
	prefix, local := cutTerm(text)
	attribute, ok := xsdTypes[strings.ToLower(local)]
	if !ok {
		registry := registryOf(context[prefix])
		if registry == "core" {
			registry = object.Registry
		}
		attribute, ok = o.reference(registry, local)
	}
	if !ok {
		o.problem("%s: the range of %s.%s is no object, code list or type that is known; correct it", o.file, object.Name, name)
		return attribute, false
	}
	attribute.Name, attribute.Cardinality = name, cardinality
	attribute.Label, attribute.Definition = orElse(p.Label, name), orElse(p.Comment, name)
	return attribute, true
}

// reference finds the object or code list of a range, in the standard or added by the profile.
func (o *overlay) reference(registry, local string) (attributeFile, bool) {
	if target, ok := o.base.ObjectIn(registry, local); ok {
		return attributeFile{Type: TypeObject, Object: target.Name}, true
	}
	if list, ok := o.base.CodeList(local); ok {
		return attributeFile{Type: TypeCode, CodeList: list.Name}, true
	}
	if o.objectFile(local) != nil {
		return attributeFile{Type: TypeObject, Object: local}, true
	}
	if slices.ContainsFunc(o.source.codeLists, func(c codeListFile) bool { return c.Name == local }) {
		return attributeFile{Type: TypeCode, CodeList: local}, true
	}
	return attributeFile{}, false
}

func (o *overlay) objectFile(name string) *objectFile {
	at := slices.IndexFunc(o.source.objects, func(f objectFile) bool { return f.Name == name })
	if at < 0 {
		return nil
	}
	return &o.source.objects[at]
}

// narrows reports whether every value of the proposed attribute is one of the existing.
func (o *overlay) narrows(existing *Attribute, proposed attributeFile) bool {
	switch existing.Type {
	case TypeAny:
		return true
	case TypeObject:
		return proposed.Type == TypeObject && o.extends(proposed.Object, existing.Object)
	case TypeCode:
		return proposed.Type == TypeCode && (proposed.CodeList == existing.CodeList || o.subset(proposed.CodeList, existing.codeList))
	case TypeString:
		// A format that the standard sets stays in force; codes and dates are strings too.
		return proposed.Type == TypeString ||
			existing.Format == "" && (proposed.Type == TypeCode || proposed.Type == TypeDateTime)
	case TypeDecimal:
		return proposed.Type == TypeDecimal || proposed.Type == TypeInteger && existing.Format == ""
	}
	return proposed.Type == existing.Type
}

// extends reports whether an object is the wider one or extends it, by the profile's source.
func (o *overlay) extends(name, wide string) bool {
	for range o.source.objects {
		if name == wide {
			return true
		}
		file := o.objectFile(name)
		if file == nil {
			return false
		}
		name = file.Extends
	}
	return false
}

func (o *overlay) subset(name string, of *CodeList) bool {
	if of.Open {
		return true
	}
	at := slices.IndexFunc(o.source.codeLists, func(c codeListFile) bool { return c.Name == name })
	if at < 0 || o.source.codeLists[at].Open {
		return false
	}
	for _, code := range o.source.codeLists[at].Codes {
		if _, ok := of.Code(code.Code); !ok {
			return false
		}
	}
	return true
}

// require makes attributes of an object required.
func (o *overlay) require(object *Object, names []string) {
	for _, id := range names {
		if strings.HasPrefix(id, "@") {
			continue
		}
		_, name := cutTerm(id)
		if position, _, ok := object.attribute(name); ok {
			name = object.Attributes[position].Name
		}
		if !o.change(object, name, func(a *attributeFile) {
			_, maximum, _ := strings.Cut(a.Cardinality, "..")
			a.Cardinality = "1.." + maximum
		}, true) {
			o.problem("%s: requires %s.%s, which is no attribute; correct it", o.file, object.Name, name)
		}
	}
}

// change edits an attribute of an object and, where deep, in those that extend the object and
// define it anew. An inherited attribute is copied down first, so that the wider object keeps its own.
func (o *overlay) change(object *Object, name string, edit func(*attributeFile), deep bool) bool {
	changed := false
	for i := range o.source.objects {
		file := &o.source.objects[i]
		if file.Name != object.Name && (!deep || !o.extends(file.Name, object.Name)) {
			continue
		}
		if at := slices.IndexFunc(file.Attributes, func(a attributeFile) bool { return a.Name == name }); at >= 0 {
			edit(&file.Attributes[at])
			changed = true
			continue
		}
		if file.Name != object.Name {
			continue
		}
		if inherited := o.inherited(file.Extends, name); inherited != nil {
			copied := *inherited
			edit(&copied)
			file.Attributes = append(file.Attributes, copied)
			changed = true
		}
	}
	return changed
}

func (o *overlay) inherited(from, name string) *attributeFile {
	for range o.source.objects {
		file := o.objectFile(from)
		if file == nil {
			return nil
		}
		if at := slices.IndexFunc(file.Attributes, func(a attributeFile) bool { return a.Name == name }); at >= 0 {
			return &file.Attributes[at]
		}
		from = file.Extends
	}
	return nil
}

func kindOf(a *Attribute) string {
	switch a.Type {
	case TypeObject:
		return "an object " + a.Object
	case TypeCode:
		return "a code of " + a.CodeList
	}
	return a.Type
}
