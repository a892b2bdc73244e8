package lint

import (
	"slices"
	"strings"
)

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

// mostNames are the names that are compared each with each.
const mostNames = 5_000

// misspelt gives each name that is near to another one which more places have, or which is known to be
// right. known may be nil.
func (v *vocabulary) misspelt(known func(string) bool, visit func(name, right string, uses []use)) {
	if len(v.uses) > mostNames {
		return
	}
	for name, uses := range v.uses {
		if known != nil && known(name) {
			continue
		}
		var better []string
		for other, others := range v.uses {
			if v.siblings[[2]string{name, other}] || !near(name, other) {
				continue
			}
			tie := len(others) == len(uses) && (known != nil && known(other) || v.familiar(other) > v.familiar(name))
			if len(others) > len(uses) || tie {
				better = append(better, other)
			}
		}
		slices.Sort(better)
		if right := nearest(name, better); right != "" {
			visit(name, right, uses)
		}
	}
}

// familiar is how many names have the rarest word of a name.
func (v *vocabulary) familiar(name string) int {
	least := len(v.uses)
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		count := 0
		for other := range v.uses {
			if strings.Contains(other, word) {
				count++
			}
		}
		least = min(least, count)
	}
	return least
}

// names is the vocabulary of the property names of all documents.
func (s *set) names() *vocabulary {
	v := newVocabulary()
	for _, p := range s.places {
		if properties := p.node.get("properties"); p.kind == kindSchema && properties.isObject() && s.reached()[p.node] {
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
		if p.kind != kindSchema || !list.isArray() || !s.reached()[p.node] {
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
