// Package lint finds what makes OpenAPI documents of the social-protection interfaces contradict
// themselves, each other or the data dictionary. It reads the YAML trees itself, so that a document which
// no loader accepts is still looked through, and every finding has its line.
//
// A rule is a file, rule_*.go, and a row in the table of rules.
package lint

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/spconform/spconform/datadictionary"
)

// Severity says how much a finding weighs.
type Severity string

// The severities: implementations cannot agree; they may not; they need not, but readers stumble.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Place is a line of a document.
type Place struct {
	Document string `json:"document"`
	Pointer  string `json:"pointer"` // JSON pointer, "" for the document itself
	Line     int    `json:"line"`    // counted from 1
}

// Finding is one thing that is wrong.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Place
	Message string  `json:"message"`
	Why     string  `json:"why"`             // what it does to interoperability
	Mend    string  `json:"mend"`            // what to do
	Proof   string  `json:"proof,omitempty"` // a made-up value that shows it
	Also    []Place `json:"also,omitempty"`  // further places of the same finding
}

// Rule describes one rule. Its id is stable.
type Rule struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Finds    string   `json:"finds"` // what it finds, as half a sentence
	Why      string   `json:"why"`
	Mend     string   `json:"mend"`

	check func(*set, reporter)
}

// Rules lists all rules in the order in which they are shown.
func Rules() []Rule { return slices.Clone(rules) }

// reporter takes a finding at a node; an empty mend is the rule's. A proof is left out when findings are
// joined that say the same.
type reporter func(at *node, message, mend string, proof ...string)

// Documents looks at the documents together and returns what is wrong with those of linted, by document
// and line. Those of referred are only followed into. The dictionary may be nil: rules that need it are
// then silent.
func Documents(linted, referred []Source, dictionary *datadictionary.Dictionary) []Finding {
	s := newSet(linted, referred, dictionary)
	findings := []Finding{}
	for _, rule := range rules {
		if rule.check == nil {
			continue
		}
		rule.check(s, func(at *node, message, mend string, proof ...string) {
			doc := s.documentOf(at)
			if !doc.linted {
				return
			}
			finding := rule.finding(Place{doc.name, at.pointer, at.line}, message, mend)
			finding.Proof = strings.Join(proof, " ")
			findings = append(findings, finding)
		})
	}
	for _, doc := range s.documents {
		if doc.linted {
			findings = append(findings, doc.unread()...)
		}
	}
	return joined(findings)
}

func (r Rule) finding(at Place, message, mend string) Finding {
	return Finding{Rule: r.ID, Severity: r.Severity, Place: at, Message: message, Why: r.Why, Mend: cmp.Or(mend, r.Mend)}
}

// joined makes one finding of those that say the same of one document.
func joined(findings []Finding) []Finding {
	type key struct{ rule, document, message string }
	slices.SortStableFunc(findings, byPlace)
	at := map[key]int{}
	kept := []Finding{}
	for _, finding := range findings {
		k := key{finding.Rule, finding.Document, finding.Message}
		first, seen := at[k]
		if !seen {
			at[k] = len(kept)
			kept = append(kept, finding)
			continue
		}
		if finding.Place != kept[first].Place && !slices.Contains(kept[first].Also, finding.Place) {
			kept[first].Also = append(kept[first].Also, finding.Place)
		}
	}
	return kept
}

func byPlace(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Pointer, b.Pointer),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}

func newSet(linted, referred []Source, dictionary *datadictionary.Dictionary) *set {
	s := &set{byName: map[string]*document{}, owner: map[*node]*document{}, dictionary: dictionary, placeOf: map[*node]*place{},
		types: map[*node][]string{}, made: map[*node][]any{}}
	add := func(sources []Source, isLinted bool) {
		for _, source := range sources {
			if s.byName[path.Clean(source.Name)] != nil {
				continue
			}
			doc := read(source)
			doc.linted = isLinted
			s.documents = append(s.documents, doc)
			s.byName[doc.name] = doc
			if doc.root == nil {
				continue
			}
			s.owner[doc.root] = doc
			survey{doc: doc, found: func(p *place) {
				s.places = append(s.places, p)
				s.placeOf[p.node] = p
			}}.document()
		}
	}
	add(linted, true)
	add(referred, false)
	slices.SortStableFunc(s.places, func(a, b *place) int { return cmp.Compare(a.node.line, b.node.line) })
	s.compiled = newCompiled(s)
	return s
}

// schemas gives each schema of the linted documents that is no reference.
func (s *set) schemas(visit func(*place)) {
	for _, p := range s.places {
		if p.kind == kindSchema && p.doc.linted && p.node.ref() == "" {
			visit(p)
		}
	}
}

// External lists the names of the documents that the source refers to, as they are reached from its own.
func External(source Source) []string {
	doc := read(source)
	var names []string
	doc.root.walk(func(n *node) {
		file, _, _ := cutRef(n.ref())
		if file == "" {
			return
		}
		if name := path.Join(path.Dir(doc.name), file); !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	return names
}
