package datadictionary

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed objects codelists formats.yaml contexts.yaml
var embedded embed.FS

// registries in the order in which entries are listed.
var registries = []string{"core", "social", "crvs", "ibr", "dr", "fr", "ess", "id"}

var loadEmbedded = sync.OnceValues(func() (*Dictionary, error) { return LoadFS(embedded) })

// Load returns the embedded dictionary, checked: every reference, code list and format
// resolves. The result is shared and read-only.
func Load() (*Dictionary, error) { return loadEmbedded() }

// Files are the files of the embedded dictionary, as LoadFS reads them.
func Files() fs.FS { return embedded }

// LoadFS reads a dictionary from a folder with objects/, codelists/, formats.yaml and
// contexts.yaml. All mistakes are reported together, one a line; each matches ErrInvalid.
func LoadFS(files fs.FS) (*Dictionary, error) {
	source, err := read(files)
	if err != nil {
		return nil, err
	}
	return source.compile()
}

// source is the dictionary as written, before inheritance and references are resolved.
type source struct {
	objects   []objectFile
	codeLists []codeListFile
	formats   []formatFile
	prefixes  map[string][]string
}

type objectFile struct {
	ID         string
	Name       string
	Label      string
	Definition string
	Registry   string
	Term       string
	Context    string
	Extends    string
	Types      []string
	Open       bool
	Notes      []string
	Attributes []attributeFile

	file string
}

type attributeFile struct {
	Name        string
	Label       string
	Definition  string
	Type        string
	Object      string
	CodeList    string `yaml:"code_list"`
	Format      string
	Cardinality string
	Aliases     []string
	Deprecated  []string
	Note        string
}

type codeListFile struct {
	ID         string
	Name       string
	Label      string
	Definition string
	Registry   string
	Term       string
	Context    string
	Prefix     string
	Open       bool
	Notes      []string
	Codes      []listedCodeFile

	file string
}

type listedCodeFile struct {
	Code       string
	Label      string
	Definition string
	Deprecated bool
	Use        string
	Note       string
}

type formatFile struct {
	ID         string
	Name       string
	Label      string
	Definition string
	Advisory   bool
	Notes      []string
}

func read(files fs.FS) (*source, error) {
	s := &source{}
	var formats struct{ Formats []formatFile }
	var contexts struct{ Prefixes map[string][]string }
	err := errors.Join(
		readYAML(files, "formats.yaml", &formats),
		readYAML(files, "contexts.yaml", &contexts),
		eachYAML(files, "objects", func(name string) error {
			o := objectFile{file: name}
			err := readYAML(files, name, &o)
			s.objects = append(s.objects, o)
			return err
		}),
		eachYAML(files, "codelists", func(name string) error {
			c := codeListFile{file: name}
			err := readYAML(files, name, &c)
			s.codeLists = append(s.codeLists, c)
			return err
		}),
	)
	s.formats, s.prefixes = formats.Formats, contexts.Prefixes
	slices.SortStableFunc(s.objects, func(a, b objectFile) int { return rank(a.Registry) - rank(b.Registry) })
	slices.SortStableFunc(s.codeLists, func(a, b codeListFile) int { return rank(a.Registry) - rank(b.Registry) })
	return s, err
}

func rank(registry string) int {
	if i := slices.Index(registries, registry); i >= 0 {
		return i
	}
	return len(registries)
}

func eachYAML(files fs.FS, dir string, visit func(name string) error) error {
	var problems []error
	err := fs.WalkDir(files, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() && path.Ext(name) == ".yaml" {
			problems = append(problems, visit(name))
		}
		return nil
	})
	return errors.Join(append(problems, err)...)
}

func readYAML(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return newError(CodeInvalid, "%s: cannot be read; add the file", name)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return newError(CodeInvalid, "%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	return nil
}

func parseCardinality(text string) (minimum, maximum int, err error) {
	low, high, found := strings.Cut(text, "..")
	minimum, errLow := strconv.Atoi(low)
	maximum, errHigh := Unbounded, error(nil)
	if high != "*" {
		maximum, errHigh = strconv.Atoi(high)
	}
	if !found || errLow != nil || errHigh != nil || minimum < 0 || (maximum != Unbounded && (maximum < 1 || maximum < minimum)) {
		return 0, 0, fmt.Errorf("cardinality %q is not of the form 0..1, 1..1, 0..* or 1..*", text)
	}
	return minimum, maximum, nil
}

func cardinality(minimum, maximum int) string {
	if maximum == Unbounded {
		return strconv.Itoa(minimum) + "..*"
	}
	return strconv.Itoa(minimum) + ".." + strconv.Itoa(maximum)
}
