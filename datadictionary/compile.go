package datadictionary

import (
	"errors"
	"slices"
)

// compiler turns a source into a Dictionary and gathers every mistake on the way.
type compiler struct {
	*Dictionary
	problems []error
}

func (s *source) compile() (*Dictionary, error) {
	c := &compiler{Dictionary: &Dictionary{
		objectIndex:   map[string]*Object{},
		codeListIndex: map[string]*CodeList{},
		formatIndex:   map[string]*Format{},
		prefixes:      s.prefixes,
		source:        s,
	}}
	c.addFormats(s.formats)
	c.addCodeLists(s.codeLists)
	c.addObjects(s.objects)
	if len(c.problems) > 0 {
		return nil, errors.Join(c.problems...)
	}
	c.namespaces = c.vocabulary()
	return c.Dictionary, nil
}

func (c *compiler) problem(format string, args ...any) {
	c.problems = append(c.problems, newError(CodeInvalid, format, args...))
}

func (c *compiler) addFormats(files []formatFile) {
	for _, f := range files {
		check, known := formatChecks[f.Name]
		if !known {
			c.problem("formats.yaml: no check is known for format %q; correct its name", f.Name)
			continue
		}
		format := &Format{ID: f.ID, Name: f.Name, Label: f.Label, Definition: f.Definition, Advisory: f.Advisory, Notes: f.Notes, check: check}
		c.formats = append(c.formats, format)
		c.formatIndex[f.Name] = format
		if f.ID != "" {
			c.formatIndex[f.ID] = format
		}
	}
}

func (c *compiler) addCodeLists(files []codeListFile) {
	for _, f := range files {
		list := &CodeList{
			ID: f.ID, Name: f.Name, Label: f.Label, Definition: f.Definition, Registry: f.Registry,
			Term: f.Term, Context: f.Context, Prefix: f.Prefix, Open: f.Open, Notes: f.Notes,
			index: map[string]*ListedCode{},
		}
		for _, code := range f.Codes {
			list.Codes = append(list.Codes, ListedCode(code))
		}
		for i := range list.Codes {
			code := &list.Codes[i]
			if _, twice := list.index[code.Code]; twice {
				c.problem("%s: code %q is listed twice; remove one", f.file, code.Code)
			}
			list.index[code.Code] = code
		}
		for _, code := range list.Codes {
			if use, ok := list.index[code.Use]; code.Deprecated && (!ok || use.Deprecated) {
				c.problem("%s: deprecated code %q names no current code in use", f.file, code.Code)
			}
		}
		if len(list.Codes) == 0 || list.Registry == "" || list.Definition == "" {
			c.problem("%s: a code list needs codes, a registry and a definition", f.file)
		}
		if _, twice := c.codeListIndex[list.Name]; twice {
			c.problem("%s: code list %q is defined twice; rename one", f.file, list.Name)
		}
		c.codeLists = append(c.codeLists, list)
		for _, key := range []string{list.Name, list.ID, list.Term} {
			if _, taken := c.codeListIndex[key]; key != "" && !taken {
				c.codeListIndex[key] = list
			}
		}
	}
}

func (c *compiler) addObjects(files []objectFile) {
	byName := map[string]*objectFile{}
	for i := range files {
		f := &files[i]
		if _, twice := byName[f.Name]; twice {
			c.problem("%s: object %q is defined twice; rename one", f.file, f.Name)
		}
		byName[f.Name] = f
	}
	for i := range files {
		f := &files[i]
		o := &Object{
			ID: f.ID, Name: f.Name, Label: f.Label, Definition: f.Definition, Registry: f.Registry,
			Term: f.Term, Context: f.Context, Extends: f.Extends, Types: slices.Clone(f.Types), Open: f.Open, Notes: f.Notes,
			index: map[string]attributeKey{}, asTyped: map[string]*Object{},
		}
		if o.Name == "" || o.Registry == "" || o.Definition == "" || o.Context == "" {
			c.problem("%s: an object needs a name, a registry, a definition and a context", f.file)
		}
		for _, t := range f.Types {
			o.asTyped[t] = o
		}
		c.inherit(o, f, byName)
		c.objects = append(c.objects, o)
		c.objectIndex[o.Name] = o
	}
	c.indexObjects()
	for _, o := range c.objects {
		c.resolve(o)
	}
}

// inherit fills the attributes of o: those of the objects that it extends, then its own; an
// own attribute of an inherited name takes the inherited one's place.
func (c *compiler) inherit(o *Object, f *objectFile, byName map[string]*objectFile) {
	lineage := []*objectFile{f}
	for parent := f.Extends; parent != ""; {
		p, ok := byName[parent]
		if !ok {
			c.problem("%s: extends %q, which no object is named; correct it", f.file, parent)
			break
		}
		if slices.Contains(lineage, p) {
			c.problem("%s: extends itself through %q; break the circle", f.file, parent)
			break
		}
		lineage = append(lineage, p)
		parent = p.Extends
	}
	slices.Reverse(lineage)
	for _, ancestor := range lineage {
		for _, a := range ancestor.Attributes {
			c.addAttribute(o, ancestor, a)
		}
	}
}

func (c *compiler) addAttribute(o *Object, owner *objectFile, f attributeFile) {
	minimum, maximum, err := parseCardinality(f.Cardinality)
	if err != nil {
		c.problem("%s: attribute %s: %s", owner.file, f.Name, err)
	}
	attribute := Attribute{
		Name: f.Name, Label: f.Label, Definition: f.Definition, Type: f.Type, Object: f.Object, CodeList: f.CodeList,
		Format: f.Format, Min: minimum, Max: maximum, Aliases: f.Aliases, Deprecated: f.Deprecated, Note: f.Note, Owner: owner.Name,
	}
	if at := slices.IndexFunc(o.Attributes, func(a Attribute) bool { return a.Name == f.Name }); at >= 0 {
		if o.Attributes[at].Owner == owner.Name {
			c.problem("%s: attribute %s is defined twice; remove one", owner.file, f.Name)
		}
		o.Attributes[at] = attribute
		return
	}
	o.Attributes = append(o.Attributes, attribute)
}

// indexObjects makes objects findable by id and type, and lets each accept the types of the
// objects that extend it: a record of the narrower kind is one of the wider kind.
func (c *compiler) indexObjects() {
	for _, o := range c.objects {
		for _, key := range append([]string{o.ID}, o.Types...) {
			if _, taken := c.objectIndex[key]; key != "" && !taken {
				c.objectIndex[key] = o
			}
		}
	}
	own := map[*Object][]string{}
	for _, o := range c.objects {
		own[o] = slices.Clone(o.Types)
	}
	for _, o := range c.objects {
		for name := o.Extends; name != ""; {
			ancestor := c.objectIndex[name]
			if ancestor == nil || ancestor == o {
				break
			}
			for _, t := range own[o] {
				if _, taken := ancestor.asTyped[t]; !taken {
					ancestor.asTyped[t] = o
					ancestor.Types = append(ancestor.Types, t)
				}
			}
			name = ancestor.Extends
		}
	}
}

func (c *compiler) resolve(o *Object) {
	for i := range o.Attributes {
		a := &o.Attributes[i]
		where := o.Name + "." + a.Name
		switch a.Type {
		case TypeObject:
			if a.object = c.objectIndex[a.Object]; a.object == nil || a.object.Name != a.Object {
				c.problem("%s: object %q is not in the dictionary; correct the reference", where, a.Object)
			}
		case TypeCode:
			if a.codeList = c.codeListIndex[a.CodeList]; a.codeList == nil || a.codeList.Name != a.CodeList {
				c.problem("%s: code list %q is not in the dictionary; correct the reference", where, a.CodeList)
			}
		case TypeString, TypeInteger, TypeDecimal, TypeBoolean, TypeAny:
		case TypeDateTime:
			if a.Format == "" {
				a.Format = TypeDateTime
			}
		default:
			c.problem("%s: type %q is none of the known ones; correct it", where, a.Type)
		}
		if a.Format != "" {
			if a.format = c.formatIndex[a.Format]; a.format == nil {
				c.problem("%s: format %q is not in formats.yaml; correct the reference", where, a.Format)
			}
		}
		if a.Label == "" || a.Definition == "" {
			c.problem("%s: an attribute needs a label and a definition", where)
		}
		c.indexAttribute(o, i)
	}
}

func (c *compiler) indexAttribute(o *Object, position int) {
	a := &o.Attributes[position]
	add := func(key string, deprecated bool) {
		if _, twice := o.index[key]; twice {
			c.problem("%s: %q names two attributes; keep one", o.Name, key)
		}
		o.index[key] = attributeKey{position: position, deprecated: deprecated}
	}
	add(a.Name, false)
	for _, alias := range a.Aliases {
		add(alias, false)
	}
	for _, old := range a.Deprecated {
		add(old, true)
	}
}
