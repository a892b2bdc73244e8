package lint

import "slices"

// use is a name or code at a place.
type use struct {
	doc *document
	at  *node
}

// vocabulary counts names and remembers which of them stand side by side: two names of one object are two
// things, however alike.
type vocabulary struct {
	uses     map[string][]use
	siblings map[[2]string]bool
}

func newVocabulary() *vocabulary {
	return &vocabulary{uses: map[string][]use{}, siblings: map[[2]string]bool{}}
}

func (v *vocabulary) add(doc *document, names []string, at []*node) {
	for i, name := range names {
		v.uses[name] = append(v.uses[name], use{doc, at[i]})
		for _, other := range names {
			v.siblings[[2]string{name, other}] = true
		}
	}
}

// misspelt gives each name that is near to another one which more places have, or which is known to be
// right. known may be nil.
func (v *vocabulary) misspelt(known func(string) bool, visit func(name, right string, uses []use)) {
	for name, uses := range v.uses {
		if known != nil && known(name) {
			continue
		}
		var better []string
		for other, others := range v.uses {
			if v.siblings[[2]string{name, other}] || !near(name, other) {
				continue
			}
			if len(others) > len(uses) || len(others) == len(uses) && known != nil && known(other) {
				better = append(better, other)
			}
		}
		slices.Sort(better)
		if right := nearest(name, better); right != "" {
			visit(name, right, uses)
		}
	}
}

// names is the vocabulary of the property names of all documents.
func (s *set) names() *vocabulary {
	v := newVocabulary()
	for _, p := range s.places {
		if properties := p.node.get("properties"); p.kind == kindSchema && properties.isObject() {
			at := make([]*node, len(properties.keys))
			for i, name := range properties.keys {
				at[i] = properties.fields[name]
			}
			v.add(p.doc, properties.keys, at)
		}
	}
	return v
}

// codes is the vocabulary of the codes of all enums.
func (s *set) codes() *vocabulary {
	v := newVocabulary()
	for _, p := range s.places {
		list := p.node.get("enum")
		if p.kind != kindSchema || !list.isArray() {
			continue
		}
		var texts []string
		var at []*node
		for _, code := range list.items {
			if code.isString() {
				texts, at = append(texts, code.text), append(at, code)
			}
		}
		v.add(p.doc, texts, at)
	}
	return v
}
