package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

// set is the documents that are looked at together, with what was worked out about them once.
type set struct {
	documents  []*document // linted ones first, in the order given
	byName     map[string]*document
	owner      map[*node]*document // of each root
	dictionary *datadictionary.Dictionary
	places     []*place
	placeOf    map[*node]*place
	compiled   *compiled
	types      map[*node][]string // of schemas that were asked for
	made       map[*node][]any    // instances of schemas that were asked for
	// attributesByName is made when it is first asked for.
	attributesByName map[string]datadictionary.Attribute
	reachable        map[*node]bool
}

// linted lists the documents that findings are wanted of and that read.
func (s *set) linted() []*document {
	return slices.DeleteFunc(slices.Clone(s.documents), func(d *document) bool { return !d.linted || d.root == nil })
}

func (s *set) documentOf(n *node) *document {
	for n.parent != nil {
		n = n.parent
	}
	return s.owner[n]
}

// target is what a reference from n leads to in one step; nil where it leads nowhere. known is false for
// a reference into a document that was not handed over.
func (s *set) target(n *node, ref string) (to *node, known bool) {
	file, pointer, _ := strings.Cut(ref, "#")
	doc := s.documentOf(n)
	if file != "" {
		if strings.Contains(file, "://") {
			return nil, false
		}
		doc = s.byName[path.Join(path.Dir(doc.name), file)]
		if doc == nil {
			return nil, true
		}
	}
	if doc.root == nil {
		return nil, false
	}
	if pointer != "" && !strings.HasPrefix(pointer, "/") {
		return nil, false // an anchor
	}
	return doc.root.at(tokens(pointer)...), true
}

// resolve follows references to their end; nil where they lead nowhere or in a circle.
func (s *set) resolve(n *node) *node {
	for range 50 {
		if n == nil {
			return nil
		}
		ref := n.ref()
		if ref == "" {
			return n
		}
		n, _ = s.target(n, ref)
	}
	return nil
}
