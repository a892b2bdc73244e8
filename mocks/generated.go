package mocks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
)

const classGenerated = "generated"

// sort is one sort of message that a registry sends: where its schema stands and what judges it.
type sort struct {
	id       string
	breaks   string
	validate func(doc *spec.Document, body []byte) []spec.Violation
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
var rare = []string{"pagination", "error", "frequency"}

// broughtAbout are the requirements in whose scenarios a message is sent that those of its schema's
// requirement do not bring about.
var broughtAbout = map[string][]string{"on-subscribe": {"REG-SUB-001"}, "on-unsubscribe": {"REG-UNS-001"}}

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

// Generated lists the defects that follow from the interface's document: each property of each message
// that a registry sends dropped, nulled, retyped and moved out of its code list, where the schema forbids
// it of a valid message. It is empty for an interface without the registries' messages; the error is that
// of the document, or says which sample of ours the document does not take.
func Generated(one spec.Interface) ([]Defect, error) {
	if one.Pattern != "registry" {
		return nil, nil
	}
	doc, err := spec.LoadDocument(one.Document)
	if err != nil {
		return nil, err
	}
	shapes, err := newShapes(doc)
	if err != nil {
		return nil, err
	}
	var all []Defect
	for _, kind := range sorts(one, doc) {
		defects, err := generate(doc, kind.sort, one.ID, shapes.of(kind.schema, 0))
		if err != nil {
			return nil, err
		}
		all = append(all, defects...)
	}
	return all, nil
}

func generate(doc *spec.Document, kind sort, on string, root shape) ([]Defect, error) {
	valid, err := json.Marshal(root.sample())
	if err != nil {
		return nil, err
	}
	if forbidden(kind.validate(doc, valid)) {
		return nil, fmt.Errorf("the sample of %s does not follow the schema: %v", kind.id, kind.validate(doc, valid))
	}
	given := map[string]shape{}
	root.walk(nil, func(path []string, s shape) {
		if name := path[len(path)-1]; slices.Contains(rare, name) && s.kind() == "object" {
			given[name] = s
		}
	})
	var defects []Defect
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
			defects = append(defects, Defect{ID: fmt.Sprintf("generated-%s-%s-%s", kind.id, name, way.name), Class: classGenerated, Generated: true, Interface: on,
				Sentence: fmt.Sprintf(way.sentence, name, kind.id), Breaks: []string{kind.breaks}, Exercise: broughtAbout[kind.id],
				Alter: func(v *Vendor) { kind.alter(v, wrong) }})
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

// sent is a sort of message with its schema.
type sent struct {
	sort
	schema map[string]any
}

// sorts are the messages that a registry sends by its interface and document.
func sorts(one spec.Interface, doc *spec.Document) []sent {
	var found []sent
	var acknowledged []spec.Operation
	for _, operation := range one.Operations {
		switch {
		case operation.Role == spec.RoleRegistry && operation.Mode == spec.Sync:
			found = append(found, sent{answerOf(operation), schemaAt(doc, operation, "responses", "2XX", "content", "application/json", "schema")})
		case operation.Role == spec.RoleRegistry && operation.Mode == spec.Async:
			acknowledged = append(acknowledged, operation)
		case operation.Role == spec.RoleClient && operation.Action != "":
			found = append(found, sent{callOf(operation), schemaAt(doc, operation, "requestBody", "content", "application/json", "schema")})
		}
	}
	if len(acknowledged) > 0 {
		first := acknowledged[0]
		found = append(found,
			sent{ackOf(first), schemaAt(doc, first, "responses", "2XX", "content", "application/json", "schema")},
			sent{errorOf(first), schemaAt(doc, first, "responses", "4XX", "content", "application/json", "schema")})
	}
	return found
}

func answerOf(operation spec.Operation) sort {
	return sort{id: operation.ID, breaks: "REG-ENV-001",
		validate: func(doc *spec.Document, body []byte) []spec.Violation {
			return doc.ValidateResponse(operation.ID, http.StatusOK, "application/json", body)
		},
		alter: func(v *Vendor, m mutation) {
			if len(m.path) == 1 {
				v.Bodies(whereStatus(func(status int) bool { return status < http.StatusBadRequest }, m), operation.Path)
				return
			}
			v.Sending(func(out reference.Outgoing, header, body map[string]any) {
				if out.Kind == reference.KindAnswer && out.Operation.ID == operation.ID {
					m.apply(envelopeOf(header, body))
				}
			})
		}}
}

func callOf(operation spec.Operation) sort {
	breaks := "REG-CB-005"
	if operation.ID == "notify" {
		breaks = "REG-NTF-005"
	}
	return sort{id: operation.ID, breaks: breaks,
		validate: func(doc *spec.Document, body []byte) []spec.Violation {
			return doc.ValidateRequest(operation.ID, "application/json", body)
		},
		alter: func(v *Vendor, m mutation) {
			if len(m.path) == 1 {
				v.Calls(func(request *http.Request, next send) (*http.Response, error) {
					if strings.HasSuffix(request.URL.Path, operation.Path) {
						carry(request, edited(content(request), m.apply))
					}
					return next(request)
				})
				return
			}
			v.Sending(func(out reference.Outgoing, header, body map[string]any) {
				if out.Kind != reference.KindAnswer && out.Operation.ID == operation.ID {
					m.apply(envelopeOf(header, body))
				}
			})
		}}
}

// envelopeOf has no message where there is none: what is not sent is not altered.
func envelopeOf(header, body map[string]any) map[string]any {
	if body == nil {
		return map[string]any{"header": header}
	}
	return map[string]any{"header": header, "message": body}
}

func ackOf(operation spec.Operation) sort {
	return sort{id: "ack", breaks: "REG-ACK-001",
		validate: func(doc *spec.Document, body []byte) []spec.Violation {
			return doc.ValidateResponse(operation.ID, http.StatusAccepted, "application/json", body)
		},
		alter: func(v *Vendor, m mutation) {
			change := whereStatus(func(status int) bool { return status < http.StatusBadRequest }, m)
			v.Bodies(func(request *http.Request, asked []byte, status int, body []byte) (int, []byte) {
				if !bytes.Contains(body, []byte(`"ack_status"`)) {
					return status, body
				}
				return change(request, asked, status, body)
			})
		}}
}

func errorOf(operation spec.Operation) sort {
	return sort{id: "error", breaks: "REG-HTTP-005",
		validate: func(doc *spec.Document, body []byte) []spec.Violation {
			return doc.ValidateResponse(operation.ID, http.StatusBadRequest, "application/json", body)
		},
		alter: func(v *Vendor, m mutation) {
			v.Bodies(whereStatus(func(status int) bool { return status >= http.StatusBadRequest }, m))
		}}
}

// whereStatus makes the change in bodies that go with a status.
func whereStatus(fits func(status int) bool, m mutation) func(*http.Request, []byte, int, []byte) (int, []byte) {
	return func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		if !fits(status) {
			return status, body
		}
		return status, edited(body, m.apply)
	}
}
