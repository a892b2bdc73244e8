// Package diff says what changed between two OpenAPI documents, what of it breaks a counterpart, and what
// it touches: requirements, scenarios, dictionary entries and results of runs. It is pure: documents and
// what may be touched are handed to it.
package diff

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// Level says whether a counterpart that was right with the old document is still right.
type Level string

// The levels: it is not; it may not be; it is.
const (
	Breaking    Level = "breaking"
	MayBreak    Level = "may break"
	NonBreaking Level = "non-breaking"
)

var levels = map[checker.Level]Level{checker.ERR: Breaking, checker.WARN: MayBreak, checker.INFO: NonBreaking}

// Change is one difference.
type Change struct {
	// ID is the stable id of the kind of change, as oasdiff names it: api-removed-without-deprecation.
	ID     string `json:"id"`
	Level  Level  `json:"level"`
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text"`
	// Names are the dotted names of fields, and the codes, that the change is about: arrays left out.
	Names []string `json:"names,omitempty"`
}

// Document is an OpenAPI document, complete in itself.
type Document struct {
	Name string
	Data []byte
}

// LoadError says that a document cannot be compared because it does not load.
type LoadError struct {
	Name string
	Err  error
}

// Code is stable.
func (e *LoadError) Code() string { return "diff.load" }

func (e *LoadError) Error() string {
	text, _, _ := strings.Cut(e.Err.Error(), "\n")
	return fmt.Sprintf("%s does not load (%s): spconform spec lint says where to mend it", e.Name, text)
}

func (e *LoadError) Unwrap() error { return e.Err }

// Compare lists the differences between two documents, breaking ones first. The error is a *LoadError.
func Compare(older, newer Document) ([]Change, error) {
	before, err := loaded(older)
	if err != nil {
		return nil, err
	}
	after, err := loaded(newer)
	if err != nil {
		return nil, err
	}
	found, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
	if err != nil {
		return nil, &LoadError{newer.Name, err}
	}
	say := checker.NewDefaultLocalizer()
	changes := []Change{}
	for _, one := range checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), found, sources, checker.INFO) {
		changes = append(changes, Change{
			ID: one.GetId(), Level: levels[one.GetLevel()], Method: one.GetOperation(), Path: one.GetPath(),
			Text: one.GetUncolorizedText(say), Names: names(one.GetArgs()),
		})
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(rank(a.Level), rank(b.Level)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(changes, func(a, b Change) bool { return a.Path == b.Path && a.Method == b.Method && a.Text == b.Text }), nil
}

func rank(level Level) int { return slices.Index([]Level{Breaking, MayBreak, NonBreaking}, level) }

func loaded(document Document) (info *load.SpecInfo, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = &LoadError{document.Name, fmt.Errorf("the loader fails on it")}
		}
	}()
	info, err = load.NewSpecInfoFromData(openapi3.NewLoader(), document.Data, document.Name)
	if err != nil {
		return nil, &LoadError{document.Name, err}
	}
	return info, nil
}

// branch is how oasdiff writes an alternative on the way to a property: oneOf[#/components/schemas/A].
var branch = regexp.MustCompile(`(allOf|anyOf|oneOf)\[[^\]]*\]`)

// words are those that a change has besides names: keywords, types and statuses.
var words = []string{"type", "format", "default", "object", "array", "string", "integer", "number", "boolean", "null"}

// names makes dotted names of what a change says that it is about: `/message/search_request/items/query`.
func names(args []any) []string {
	var all []string
	for _, arg := range args {
		text, ok := arg.(string)
		if !ok || strings.ContainsAny(text, " '") || text == "" {
			continue
		}
		var parts []string
		for part := range strings.SplitSeq(branch.ReplaceAllString(text, ""), "/") {
			if !slices.Contains([]string{"", "items", "if", "then", "else"}, part) && !strings.ContainsAny(part, "[]#{}<>") {
				parts = append(parts, part)
			}
		}
		if name := strings.Join(parts, "."); name != "" && !slices.Contains(words, name) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// Counts is the number of changes of each level.
func Counts(changes []Change) map[Level]int {
	counts := map[Level]int{}
	for _, change := range changes {
		counts[change.Level]++
	}
	return counts
}
