package lint

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

var documentRefused = Rule{
	ID: "document-refused", Severity: Error,
	Finds: "a document that an OpenAPI loader refuses",
	Why:   "No client, server or test can be generated from it.",
	Mend:  "Mend this place; findings nearby say more.",
	check: func(s *set, report reporter) {
		for _, doc := range s.linted() {
			if paths := doc.root.get("paths"); paths.isObject() && len(paths.keys) == 0 && !doc.before31() {
				continue // parts, which are loaded with the documents that refer to them
			}
			if err := s.loads(doc); err != nil {
				text, _, _ := strings.Cut(err.Error(), "\n")
				report(doc.placeIn(text), fmt.Sprintf("a loader refuses the document: %s", shortened(text)), "")
			}
		}
	},
}

// loads loads and checks a document as kin-openapi does; examples are this package's to judge.
func (s *set) loads(doc *document) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("the loader fails on it")
		}
	}()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		other := s.byName[path.Clean(strings.TrimPrefix(location.Path, "/"))]
		if other == nil {
			return nil, fmt.Errorf("%s was not given", path.Base(location.Path))
		}
		return other.data, nil
	}
	var loaded *openapi3.T
	if s.external(doc) {
		loaded, err = loader.LoadFromDataWithPath(doc.data, &url.URL{Path: doc.name})
	} else {
		loaded, err = loader.LoadFromData(doc.data)
	}
	if err != nil {
		return err
	}
	return loaded.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
}

func (s *set) external(doc *document) bool {
	found := false
	s.references(doc, func(_ *node, ref string) { found = found || !strings.HasPrefix(ref, "#") })
	return found
}

// What a loader's words say about the place.
var (
	saysPointer = regexp.MustCompile(`"(#/[^"]+)"`)
	saysSchema  = regexp.MustCompile(`schema "([^"]+)"`)
	saysPath    = regexp.MustCompile(`invalid path (/\S+): `)
	saysMethod  = regexp.MustCompile(`invalid operation ([A-Z]+): `)
	saysSection = regexp.MustCompile(`^invalid (info|components|paths|servers|tags)`)
)

// placeIn is the deepest node that the words of a loader name; the root where they name none.
func (d *document) placeIn(text string) *node {
	if match := saysPath.FindStringSubmatch(text); match != nil {
		if item := d.root.at("paths", strings.TrimSuffix(match[1], ":")); item != nil {
			if method := saysMethod.FindStringSubmatch(text); method != nil && item.get(strings.ToLower(method[1])) != nil {
				return item.get(strings.ToLower(method[1]))
			}
			return item
		}
	}
	if match := saysSchema.FindStringSubmatch(text); match != nil {
		if schema := d.root.at("components", "schemas", match[1]); schema != nil {
			return schema
		}
	}
	if match := saysPointer.FindStringSubmatch(text); match != nil {
		var from *node
		d.root.walk(func(n *node) {
			if from == nil && n.ref() == match[1] {
				from = n
			}
		})
		if from != nil {
			return from
		}
	}
	if match := saysSection.FindStringSubmatch(text); match != nil && d.root.get(match[1]) != nil {
		return d.root.get(match[1])
	}
	return d.root
}

func shortened(text string) string {
	const longest = 200
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
