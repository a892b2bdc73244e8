package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var shapeConflict = Rule{
	ID: "shape-conflict", Severity: Error,
	Finds: "one member with two shapes: an array here and an object there",
	Why:   "A product written from the one document cannot read what a product written from the other sends.",
	Mend:  "Agree on one shape in all documents.",
	check: checkShapes,
}

// shaped is a member where it is defined, with its shape.
type shaped struct {
	field
	doc   *document
	shape string
}

func checkShapes(s *set, report reporter) {
	byPath := map[string][]shaped{}
	for _, o := range s.operations() {
		for _, f := range slices.Concat(s.request(o), s.answer(o)) {
			shape := s.shape(f.node)
			if shape == "" {
				continue
			}
			byPath[f.path] = append(byPath[f.path], shaped{f, o.doc, shape})
			if owner := ownerAndName(f.path); owner != f.path && (shape == "array" || shape == "object") {
				byPath[owner] = append(byPath[owner], shaped{f, o.doc, shape})
			}
		}
	}
	told := map[*node]bool{}
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		conflicts(s, byPath[path], told, report)
	}
}

// ownerAndName is the end of a path: one member of one kind of object, whichever message it is in.
func ownerAndName(path string) string {
	parts := strings.Split(path, ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}

// shape is array, object, text, number or boolean; "" where the schema leaves it open. An integer is a
// number.
func (s *set) shape(n *node) string {
	types := slices.DeleteFunc(slices.Clone(s.typesOf(n)), func(t string) bool { return t == "null" })
	if len(types) != 1 {
		return ""
	}
	if types[0] == "integer" {
		return "number"
	}
	return types[0]
}

// conflicts reports each definition whose shape fewer places have; of a tie the later shape by name.
func conflicts(s *set, all []shaped, told map[*node]bool, report reporter) {
	places := map[string]map[*node]shaped{}
	for _, one := range all {
		if places[one.shape] == nil {
			places[one.shape] = map[*node]shaped{}
		}
		places[one.shape][one.node] = one
	}
	if len(places) < 2 {
		return
	}
	shapes := slices.SortedFunc(maps.Keys(places), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(places[b]), len(places[a])), cmp.Compare(a, b))
	})
	common := first(places[shapes[0]])
	for _, shape := range shapes[1:] {
		for at, one := range places[shape] {
			if told[at] {
				continue
			}
			told[at] = true
			where := "there"
			if owner := s.documentOf(common.node); owner != s.documentOf(at) {
				where = "in " + owner.name
			}
			report(at, fmt.Sprintf("%s is of type %s here and of type %s %s (%s, line %d)", one.name, shape, shapes[0], where, common.path, common.node.line), "")
		}
	}
}

// first is the definition that comes first by document and line.
func first(all map[*node]shaped) shaped {
	return slices.MinFunc(slices.Collect(maps.Values(all)), func(a, b shaped) int {
		return cmp.Or(cmp.Compare(a.doc.name, b.doc.name), cmp.Compare(a.node.line, b.node.line), cmp.Compare(a.path, b.path))
	})
}
