package manifest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/spec"
)

// FileName is the usual name of a manifest.
const FileName = "spconform.yaml"

// maxSize bounds a manifest in bytes.
const maxSize = 1 << 20

//go:embed schema.json
var schema []byte

//go:embed example.yaml
var example []byte

// Schema is the JSON Schema of manifests, for editors.
func Schema() []byte { return bytes.Clone(schema) }

// Example is a manifest that uses every key, with comments.
func Example() []byte { return bytes.Clone(example) }

// Load reads the manifest at a path. Errors are *Error.
func Load(path string) (Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return Manifest{}, &Error{File: path, Detail: "cannot be read: write one with spconform init"}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return Manifest{}, &Error{File: path, Detail: "cannot be read: it must be a text file"}
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return Manifest{}, err
	}
	read, err := Parse(filepath.Base(path), text, interfaces)
	read.Folder = filepath.Dir(path)
	return read, err
}

// Parse reads a manifest and holds it to the interfaces: unknown keys, interfaces, operations,
// capabilities and record types, wrong kinds and secrets written out are errors of one line, *Error.
func Parse(name string, text []byte, interfaces []spec.Interface) (Manifest, error) {
	if len(text) > maxSize {
		return Manifest{}, &Error{File: name, Detail: "is larger than 1 MiB: leave records out and name their file"}
	}
	root, err := document(name, text)
	if err != nil {
		return Manifest{}, err
	}
	walk := &walk{file: name, lines: map[string]int{}}
	if err := walk.manifest(root); err != nil {
		return Manifest{}, err
	}
	var read Manifest
	if err := root.Decode(&read); err != nil {
		// The walk has seen every kind; what is left is a fault of it, and its text could hold a value.
		return Manifest{}, &Error{File: name, Detail: "is not a manifest: compare it with the JSON Schema"}
	}
	checks := &checks{walk: walk, manifest: read, interfaces: interfaces}
	if err := checks.run(); err != nil {
		return Manifest{}, err
	}
	return read, nil
}

var lineOf = regexp.MustCompile(`line (\d+)`)

// document is the one YAML document of the text, without aliases: those can grow without bound.
func document(name string, text []byte) (*yaml.Node, error) {
	in := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	if err := in.Decode(&root); errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Detail: "is empty: write one with spconform init"}
	} else if err != nil {
		// The parser's own text may quote the file.
		line := 0
		if found := lineOf.FindStringSubmatch(err.Error()); found != nil {
			line, _ = strconv.Atoi(found[1])
		}
		return nil, &Error{File: name, Line: line, Detail: "is not YAML there: check indentation, quotes and colons"}
	}
	var more yaml.Node
	if err := in.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Detail: "holds more than one YAML document: keep the first"}
	}
	return root.Content[0], nil
}

// UnmarshalYAML reads 15s, 500ms or 10m.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	read, ok := parseDuration(node.Value)
	if !ok {
		return fmt.Errorf("line %d: not a duration", node.Line)
	}
	*d = read
	return nil
}
