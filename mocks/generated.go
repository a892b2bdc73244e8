package mocks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/spec"
)

const classGenerated = "generated"

// GeneratedPrefix begins the id of each generated defect.
const GeneratedPrefix = "generated-"

// sort is one sort of message that a registry sends: where its schema stands and what judges it.
type sort struct {
	id     string
	breaks string
	// exercise are requirements in whose scenarios the message is sent, where those of breaks do not bring it about.
	exercise []string
	// shared names what is the same on every interface of the pattern, and frame whose header and signature
	// it has; empty for a message that has neither in common with another.
	shared, frame string
	validate      func(doc *spec.Document, body []byte) []spec.Violation
	// alter lets a change be made to every such message.
	alter func(v *Vendor, change mutation)
}

// mutation is a change of one property. Path counts from the body; * stands for each element of a list.
type mutation struct {
	path   []string
	change func(parent map[string]any, name string)
	// given are the shapes of rare members.
	given map[string]shape
}

func (m mutation) apply(body map[string]any) { m.reach(body, m.path) }

// rare are members that few messages carry: a message without one is given a valid one to write wrong.
var rare = []string{"pagination", "error", "frequency", "additional_info", "account_provider_info"}

// ways are the ways in which a property is written wrong; a nil value leaves a way out for the property.
var ways = []struct {
	name, sentence string
	change         func(s shape) func(parent map[string]any, name string)
}{
	{"dropped", "leaves %s out of %s", func(shape) func(map[string]any, string) {
		return func(parent map[string]any, name string) { delete(parent, name) }
	}},
	{"nulled", "writes null for %s in %s", func(shape) func(map[string]any, string) { return setting(nil) }},
	{"retyped", "writes %s in %s as a value of another type", func(s shape) func(map[string]any, string) { return setting(s.anotherType()) }},
	{"unlisted", "writes %s in %s with a code that is not listed", func(s shape) func(map[string]any, string) {
		if s.listed() {
			return setting("none-such")
		}
		return nil
	}},
}

func setting(value any) func(map[string]any, string) {
	return func(parent map[string]any, name string) { parent[name] = value }
}

// Generated lists the defects that follow from the interfaces' documents: each property of each message
// and document that a registry or payment system sends dropped, nulled, retyped and moved out of its code
// list, where the schema forbids it of a valid message. What a pattern shares is altered on the first of
// its interfaces. The error is that of a document, or says which sample of ours a document does not take.
func Generated(interfaces ...spec.Interface) ([]Defect, error) {
	var all []Defect
	shared, frames := map[string]bool{}, map[string]string{}
	for _, one := range slices.SortedStableFunc(slices.Values(interfaces), homeFirst) {
		doc, err := spec.LoadDocument(one.Document)
		if err != nil {
			return nil, err
		}
		shapes, err := newShapes(doc)
		if err != nil {
			return nil, err
		}
		for _, kind := range sorts(one, doc) {
			if shared[kind.shared] {
				continue
			}
			defects, err := generate(doc, kind.sort, one.ID, shapes.of(kind.schema, 0))
			if err != nil {
				return nil, err
			}
			for _, defect := range defects {
				frame := kind.frame + " " + defect.part
				if owner, known := frames[frame]; known && owner != one.ID && kind.frame != "" && defect.part != "" {
					continue
				}
				frames[frame] = one.ID
				all = append(all, defect.Defect)
			}
			shared[kind.shared] = true
		}
	}
	return all, nil
}

// Home is the interface on which a requirement is tested where it applies to several: it has most of what
// vendors can be wrong in, such as records of several types.
const Home = "social"

func homeFirst(a, b spec.Interface) int {
	switch {
	case a.ID == b.ID:
		return 0
	case a.ID == Home:
		return -1
	case b.ID == Home:
		return 1
	}
	return 0
}

// made is a generated defect; part names what it alters where that is the frame of a message, the same on
// every operation.
type made struct {
	Defect
	part string
}

func generate(doc *spec.Document, kind sort, on string, root shape) ([]made, error) {
	valid, err := json.Marshal(root.sample())
	if err != nil {
		return nil, err
	}
	if forbidden(kind.validate(doc, valid)) {
		return nil, fmt.Errorf("the sample of %s does not follow the schema: %v", kind.id, kind.validate(doc, valid))
	}
	given := map[string]shape{}
	root.walk(nil, func(path []string, s shape) {
		if name := path[len(path)-1]; slices.Contains(rare, name) && slices.Contains([]string{"object", "array"}, s.kind()) {
			given[name] = s
		}
	})
	var defects []made
	root.walk(nil, func(path []string, s shape) {
		for _, way := range ways {
			change := way.change(s)
			if change == nil {
				continue
			}
			wrong := mutation{path, change, given}
			if !forbidden(kind.validate(doc, edited(valid, wrong.apply))) {
				continue
			}
			name := strings.Join(slices.DeleteFunc(slices.Clone(path), func(part string) bool { return part == "*" }), ".")
			part := ""
			if path[0] == "header" || path[0] == "signature" || len(path) == 1 {
				part = name + " " + way.name
			}
			defects = append(defects, made{Defect{ID: GeneratedPrefix + kind.id + "-" + name + "-" + way.name, Class: classGenerated, Generated: true, Interface: on,
				Sentence: fmt.Sprintf(way.sentence, name, kind.id), Breaks: []string{kind.breaks}, Exercise: kind.exercise,
				Alter: func(v *Vendor) { kind.alter(v, wrong) }}, part})
		}
	})
	return defects, nil
}

// forbidden says whether a violation is more than advice.
func forbidden(violations []spec.Violation) bool {
	return slices.ContainsFunc(violations, func(v spec.Violation) bool { return !v.Advisory })
}

// reach makes the change in the parent of what the path leads to, wherever the parent is there.
func (m mutation) reach(at any, path []string) {
	if path[0] == "*" {
		list, _ := at.([]any)
		for _, element := range list {
			m.reach(element, path[1:])
		}
		return
	}
	parent, ok := at.(map[string]any)
	if !ok {
		return
	}
	if len(path) == 1 {
		m.change(parent, path[0])
		return
	}
	if described, ok := m.given[path[0]]; ok && parent[path[0]] == nil {
		parent[path[0]] = described.sample()
	}
	m.reach(parent[path[0]], path[1:])
}
