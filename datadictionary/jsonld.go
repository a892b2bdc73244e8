package datadictionary

import (
	"errors"
	"slices"
	"strings"

	"github.com/piprate/json-gold/ld"
)

// standardHosts are those under which the standard publishes its contexts and terms.
var standardHosts = []string{"https://schema.spdci.org/", "http://schema.spdci.org/", "https://spdci.github.io/schemas/"}

// scope is the JSON-LD context in force in one object of a record. It is worked out only when
// a key or type is not plainly one of the standard's: most records never need it.
type scope struct {
	dictionary *Dictionary
	parent     *scope
	local      any // the object's own @context
	terms      int // definitions of this context and of those around it
	budget     *int

	parsed *ld.Context
	tried  bool
}

// enter returns the scope within an object.
func (s *scope) enter(members map[string]any) *scope {
	local, ok := members["@context"]
	if !ok {
		return s
	}
	return &scope{dictionary: s.dictionary, parent: s, local: local, terms: s.terms + definitions(local), budget: s.budget}
}

// maxDefinitions bounds the work that the contexts of one record can cause: a context costs
// as many units as it and those around it have definitions.
const maxDefinitions = 20_000

func newScope(d *Dictionary) *scope {
	budget := maxDefinitions
	return &scope{dictionary: d, budget: &budget}
}

func definitions(local any) int {
	count := 1
	switch l := local.(type) {
	case []any:
		for _, item := range l {
			count += definitions(item)
		}
		// Each item of an array is applied to a copy of what came before it.
		count *= len(l) + 1
	case map[string]any:
		for _, value := range l {
			count += definitions(value)
		}
	}
	return min(count, maxDefinitions+1)
}

// active parses the contexts from the outermost inwards; nil where one cannot be used.
func (s *scope) active() *ld.Context {
	if s.tried {
		return s.parsed
	}
	s.tried = true
	if s.parent == nil {
		options := ld.NewJsonLdOptions("")
		options.DocumentLoader = contextLoader{}
		s.parsed = ld.NewContext(nil, options)
		return s.parsed
	}
	if *s.budget -= s.terms; *s.budget < 0 {
		return nil
	}
	if outer := s.parent.active(); outer != nil {
		if parsed, err := outer.Parse(s.local); err == nil {
			s.parsed = parsed
		}
	}
	return s.parsed
}

// expand returns the keyword or the local name of the term that a key or type stands for, by
// the contexts of the record; false where it stands for nothing of the standard.
func (s *scope) expand(text string) (string, bool) {
	if s.parent == nil {
		return s.dictionary.termOf(text)
	}
	context := s.active()
	if context == nil {
		return "", false
	}
	if term, ok := s.resolve(context, text, ""); ok {
		return term, true
	}
	// Under JSON-LD 1.1 the address of a prefix must end with a separator; the published ones
	// do not, so the prefix is put before the name here.
	prefix, name, found := strings.Cut(text, ":")
	if !found || strings.HasPrefix(name, "//") {
		return "", false
	}
	return s.resolve(context, prefix, name)
}

func (s *scope) resolve(context *ld.Context, text, suffix string) (string, bool) {
	iri, err := context.ExpandIri(text, false, true, nil, nil)
	switch {
	case err != nil:
		return "", false
	case ld.IsKeyword(iri):
		return iri, suffix == ""
	}
	return s.dictionary.termOf(iri + suffix)
}

// termOf returns the local name of an IRI of the standard. The published contexts end without
// a separator, so that spdci:identifier is …/dataidentifier.
func (d *Dictionary) termOf(iri string) (string, bool) {
	for _, namespace := range d.namespaces {
		if local, ok := strings.CutPrefix(iri, namespace); ok {
			if local = strings.TrimLeft(local, "/#"); local != "" && !strings.Contains(local, "/") {
				return local, true
			}
		}
	}
	if !isStandard(iri) {
		return "", false
	}
	at := strings.LastIndexAny(iri, "/#")
	return iri[at+1:], at+1 < len(iri)
}

func isStandard(iri string) bool {
	return slices.ContainsFunc(standardHosts, func(host string) bool { return strings.HasPrefix(iri, host) })
}

// contextLoader answers for the contexts of the standard without a network: each makes its own
// address the vocabulary. Any other address is refused.
type contextLoader struct{}

var errForeignContext = errors.New("the context is not one of the standard's")

func (contextLoader) LoadDocument(address string) (*ld.RemoteDocument, error) {
	if !isStandard(address) {
		return nil, errForeignContext
	}
	vocabulary := strings.TrimSuffix(address, "/") + "/"
	return &ld.RemoteDocument{DocumentURL: address, Document: map[string]any{
		"@context": map[string]any{"@vocab": vocabulary},
	}}, nil
}

// vocabulary lists every context of the entries and prefixes, longest first so that the
// narrowest namespace is tried before those that it begins with.
func (d *Dictionary) vocabulary() []string {
	seen := map[string]bool{}
	add := func(iri string) {
		if iri != "" {
			seen[iri] = true
		}
	}
	for _, o := range d.objects {
		add(o.Context)
	}
	for _, c := range d.codeLists {
		add(c.Context)
	}
	for _, iris := range d.prefixes {
		for _, iri := range iris {
			add(iri)
		}
	}
	var namespaces []string
	for iri := range seen {
		namespaces = append(namespaces, iri)
	}
	slices.SortFunc(namespaces, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return namespaces
}
