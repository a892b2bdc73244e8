package coverage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/spec"
)

// Element is a part of a document that a requirement can be about.
type Element struct {
	Document string `json:"document"`
	// Kind is operation, response, field or code.
	Kind string `json:"kind"`
	// Name is the operation's id, "http." with a status, or the dotted path of a field from the top of
	// the body, arrays left out; for a code that of its field followed by the code.
	Name      string   `json:"name"`
	CoveredBy []string `json:"coveredBy"`
	Excluded  string   `json:"excluded,omitempty"` // the reason why no requirement needs to mention it
}

// The kinds of elements.
const (
	KindOperation = "operation"
	KindResponse  = "response"
	KindField     = "field"
	KindCode      = "code"
)

// elements lists the parts of all documents with the requirements that cover them, and the entries of
// covers and exclusions that meant nothing in any document.
func elements(catalogue *spec.Catalogue, interfaces []spec.Interface, documents []*spec.Document) ([]Element, []Stray) {
	all := []Element{}
	used := map[Stray]bool{}
	for _, document := range documents {
		for _, part := range partsOf(document) {
			element := Element{Document: document.Name(), Kind: part.kind, Name: part.names[0], CoveredBy: []string{}}
			for _, requirement := range catalogue.Requirements {
				if !appliesTo(requirement, interfaces, document.Name()) {
					continue
				}
				for _, cover := range requirement.Covers {
					if part.mentionedBy(cover, isOperation(document, cover)) {
						element.CoveredBy = append(element.CoveredBy, requirement.ID)
						used[Stray{cover, requirement.ID}] = true
					}
				}
			}
			for subject, reason := range catalogue.Exclusions {
				if part.mentionedBy(subject, isOperation(document, subject)) {
					element.Excluded = reason
					used[Stray{subject, "exclusions"}] = true
				}
			}
			element.CoveredBy = slices.Compact(element.CoveredBy)
			all = append(all, element)
		}
	}
	slices.SortFunc(all, func(a, b Element) int {
		return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	return all, dangling(catalogue, interfaces, used)
}

func isOperation(document *spec.Document, id string) bool {
	return slices.ContainsFunc(document.Operations(), func(o spec.DocumentOperation) bool { return slices.Contains(o.IDs, id) })
}

func kindOrder(kind string) int {
	return slices.Index([]string{KindOperation, KindResponse, KindField, KindCode}, kind)
}

func appliesTo(requirement spec.Requirement, interfaces []spec.Interface, document string) bool {
	return slices.ContainsFunc(interfaces, func(i spec.Interface) bool { return i.Document == document && requirement.AppliesTo(i) })
}

func dangling(catalogue *spec.Catalogue, interfaces []spec.Interface, used map[Stray]bool) []Stray {
	strays := []Stray{}
	for _, requirement := range catalogue.Requirements {
		if !slices.ContainsFunc(interfaces, requirement.AppliesTo) {
			continue
		}
		for _, cover := range requirement.Covers {
			if stray := (Stray{cover, requirement.ID}); !used[stray] {
				strays = append(strays, stray)
			}
		}
	}
	for subject := range catalogue.Exclusions {
		if stray := (Stray{subject, "exclusions"}); !used[stray] {
			strays = append(strays, stray)
		}
	}
	slices.SortFunc(strays, compareStrays)
	return slices.Compact(strays)
}

// part is an element with all names under which it can be reached, the shortest first: what a schema
// defines once is one part, however many messages refer to it.
type part struct {
	kind  string
	names []string
}

// mentionedBy says whether an entry of `covers` means the part: an operation by its id, all else by
// the end of a dotted name, so that "status_reason_code" is that field wherever it stands and
// "header.status_reason_code" the header's. An entry that ends in ".*" means all below, and one that begins
// with "body." a field at the top of a body, which may have the name of an operation.
func (p part) mentionedBy(cover string, isOperation bool) bool {
	if top, ok := strings.CutPrefix(cover, topOfBody); ok {
		return p.kind == KindField && slices.Contains(p.names, top)
	}
	if isOperation || p.kind == KindOperation {
		return p.kind == KindOperation && p.names[0] == cover
	}
	suffix := "." + cover
	below, all := strings.CutSuffix(suffix, ".*")
	return slices.ContainsFunc(p.names, func(name string) bool {
		return strings.HasSuffix("."+name, suffix) || all && strings.Contains("."+name+".", below+".")
	})
}

const topOfBody = "body."

// place is where a part is defined: a JSON pointer, and for a code the code.
type place struct{ kind, pointer, code string }

// partsOf collects what the document's operations, responses and bodies consist of. Records are the
// dictionary's and not looked into.
func partsOf(document *spec.Document) []part {
	var tree map[string]any
	if err := json.Unmarshal(document.JSON(), &tree); err != nil {
		panic(fmt.Sprintf("a document that was loaded does not read: %v", err)) // it was marshalled by us
	}
	walk := walker{tree: tree, names: map[place]map[string]bool{}}
	for _, operation := range document.Operations() {
		for _, id := range operation.IDs {
			walk.add(place{KindOperation, id, ""}, id)
		}
		method := strings.ToLower(operation.Method)
		at := "#/paths/" + escape.Replace(operation.Path) + "/" + method
		node := child(child(child(tree, "paths"), operation.Path), method)
		walk.body(child(node, "requestBody"), at+"/requestBody")
		responses := child(node, "responses")
		for _, status := range slices.Sorted(maps.Keys(responses)) {
			walk.add(place{KindResponse, status, ""}, "http."+status)
			walk.body(child(responses, status), at+"/responses/"+status)
		}
	}
	return walk.parts()
}

// parts joins the places that have the same shortest name: the action of one header and of another.
func (w *walker) parts() []part {
	joined := map[[2]string]map[string]bool{}
	for place, names := range w.names {
		shortest := slices.MinFunc(slices.Collect(maps.Keys(names)), shorter)
		key := [2]string{place.kind, shortest}
		if joined[key] == nil {
			joined[key] = map[string]bool{}
		}
		maps.Copy(joined[key], names)
	}
	var parts []part
	for key, names := range joined {
		parts = append(parts, part{key[0], slices.SortedFunc(maps.Keys(names), shorter)})
	}
	return parts
}

func shorter(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

type walker struct {
	tree  map[string]any
	names map[place]map[string]bool
	refs  []string // the references on the way, against cycles
}

func (w *walker) add(at place, name string) {
	if w.names[at] == nil {
		w.names[at] = map[string]bool{}
	}
	w.names[at][name] = true
}

// records are the members whose content is the dictionary's.
var records = []string{"reg_records"}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

func (w *walker) body(node map[string]any, at string) {
	w.follow(node, at, func(node map[string]any, at string) {
		content := child(node, "content")
		for media := range content {
			w.schema(child(child(content, media), "schema"), at+"/content/"+escape.Replace(media)+"/schema", "", "")
		}
	})
}

// follow gives the node, or what it refers to, and its pointer to then.
func (w *walker) follow(node map[string]any, at string, then func(map[string]any, string)) {
	ref, ok := node["$ref"].(string)
	if !ok {
		then(node, at)
		return
	}
	if slices.Contains(w.refs, ref) {
		return
	}
	w.refs = append(w.refs, ref)
	defer func() { w.refs = w.refs[:len(w.refs)-1] }()
	target := w.tree
	for token := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		target = child(target, unescape.Replace(token))
	}
	w.follow(target, ref, then)
}

// schema collects the fields and codes of a schema that stands at the pointer, for the field with the
// dotted name that is defined at owner. What stands in `if` only decides, and what stands in
// x-advisory is never owed.
func (w *walker) schema(node map[string]any, at, owner, name string) {
	w.follow(node, at, func(node map[string]any, at string) {
		properties := child(node, "properties")
		for key := range properties {
			property := child(properties, key)
			if property == nil {
				continue // a property that must not be there
			}
			pointer, dotted := at+"/properties/"+escape.Replace(key), strings.TrimPrefix(name+"."+key, ".")
			w.add(place{KindField, pointer, ""}, dotted)
			if !slices.Contains(records, key) {
				w.schema(property, pointer, pointer, dotted)
			}
		}
		codes, _ := node["enum"].([]any)
		for _, code := range codes {
			if code, ok := code.(string); ok && name != "" {
				w.add(place{KindCode, owner, code}, name+"."+code)
			}
		}
		for _, key := range []string{"items", "then", "else"} {
			if below := child(node, key); below != nil {
				w.schema(below, at+"/"+key, owner, name)
			}
		}
		for _, key := range []string{"allOf", "anyOf", "oneOf"} {
			branches, _ := node[key].([]any)
			for i, branch := range branches {
				if branch, ok := branch.(map[string]any); ok {
					w.schema(branch, fmt.Sprintf("%s/%s/%d", at, key, i), owner, name)
				}
			}
		}
	})
}

func child(node map[string]any, key string) map[string]any {
	below, _ := node[key].(map[string]any)
	return below
}
