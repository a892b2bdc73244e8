package spec

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErratumKind says what is the matter with a published place.
type ErratumKind string

// Kinds of errata.
const (
	Defect    ErratumKind = "defect"    // the published text cannot be right; ours is without it
	Ambiguity ErratumKind = "ambiguity" // editions or sentences differ; ours takes every published form
	Choice    ErratumKind = "choice"    // the published text is silent; ours is one way, and others are dialects
)

// Erratum is one place where our documents depart from the published ones or choose within them.
type Erratum struct {
	ID           string      `yaml:"id" json:"id"`               // immutable: ERR-001
	Documents    []string    `yaml:"documents" json:"documents"` // keys of Errata.Documents
	Pointer      string      `yaml:"pointer" json:"pointer"`     // JSON Pointer or place in those documents
	Kind         ErratumKind `yaml:"kind" json:"kind"`
	What         string      `yaml:"what" json:"what"` // what stands there
	Ours         string      `yaml:"ours" json:"ours"` // what our documents and the suite do
	Why          string      `yaml:"why" json:"why"`
	Drops        []string    `yaml:"drops,omitempty" json:"drops,omitempty"` // published names that ours lacks, as "[member] kind name": "enum subscibe"
	Requirements []string    `yaml:"requirements" json:"requirements"`       // catalogue ids that rest on it
}

// Errata is the whole list, with the published documents that it speaks of.
type Errata struct {
	Documents map[string]string `yaml:"documents" json:"documents"` // key to title and edition
	Rows      []Erratum         `yaml:"errata" json:"errata"`
}

// LoadErrata reads the embedded list and checks it.
func LoadErrata() ([]Erratum, error) {
	list, err := ReadErrata(documents, "errata.yaml")
	if err != nil {
		return nil, err
	}
	return list.Rows, nil
}

// ReadErrata reads a list and checks it: ids in order and without gaps, known documents and kinds, no empty text. The
// error names the row.
func ReadErrata(fsys fs.FS, file string) (*Errata, error) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	var list Errata
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for i, row := range list.Rows {
		if err := row.check(i, list.Documents); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, row.ID, err)
		}
	}
	return &list, nil
}

var dropForm = regexp.MustCompile(`^([^ ]+ )?(enum|property|required|maxLength) [^ ]+$`)

func (e Erratum) check(index int, documents map[string]string) error {
	if want := fmt.Sprintf("ERR-%03d", index+1); e.ID != want {
		return fmt.Errorf("the id is out of order: expected %s", want)
	}
	for _, key := range e.Documents {
		if documents[key] == "" {
			return fmt.Errorf("document %q is not one of %s", key, strings.Join(slices.Sorted(maps.Keys(documents)), ", "))
		}
	}
	if !slices.Contains([]ErratumKind{Defect, Ambiguity, Choice}, e.Kind) {
		return fmt.Errorf("kind %q is not one of defect, ambiguity, choice", e.Kind)
	}
	for name, text := range map[string]string{"pointer": e.Pointer, "what": e.What, "ours": e.Ours, "why": e.Why} {
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("%s is empty", name)
		}
	}
	if len(e.Documents) == 0 {
		return fmt.Errorf("it names no document")
	}
	for _, drop := range e.Drops {
		if !dropForm.MatchString(drop) {
			return fmt.Errorf("drops %q is not of the form [member] kind name", drop)
		}
	}
	return nil
}
