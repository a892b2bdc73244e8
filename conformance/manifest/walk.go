package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// walk holds a YAML tree to the types of Manifest and remembers on which line each key is.
type walk struct {
	file  string
	lines map[string]int
}

func (w *walk) fail(node *yaml.Node, key, format string, args ...any) error {
	return &Error{File: w.file, Line: node.Line, Key: key, Detail: fmt.Sprintf(format, args...)}
}

func (w *walk) manifest(root *yaml.Node) error {
	return w.node(root, reflect.TypeFor[Manifest](), "")
}

var (
	durationType = reflect.TypeFor[Duration]()
	secretType   = reflect.TypeFor[Secret]()
)

func (w *walk) node(node *yaml.Node, want reflect.Type, key string) error {
	w.lines[key] = node.Line
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		return w.fail(node, key, "uses an anchor or alias: write the value out")
	}
	for want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	switch {
	case want == durationType:
		if _, ok := parseDuration(node.Value); node.Kind != yaml.ScalarNode || !ok {
			return w.fail(node, key, "is not a duration: write it as 15s, 500ms or 10m, above zero")
		}
		return nil
	case want == secretType:
		if node.Kind != yaml.ScalarNode || !isReference(node.Value) {
			return w.fail(node, key, "takes a reference, never the secret itself: write env:NAME or file:PATH")
		}
		return nil
	case node.Tag == "!!null":
		return w.fail(node, key, "is empty: give it a value or leave it out")
	}
	switch want.Kind() {
	case reflect.Struct:
		return w.object(node, want, key)
	case reflect.Map:
		return w.table(node, want.Elem(), key)
	case reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			return w.fail(node, key, "takes a list: write each item after a dash")
		}
		for at, item := range node.Content {
			if err := w.node(item, want.Elem(), key+"["+strconv.Itoa(at)+"]"); err != nil {
				return err
			}
		}
	case reflect.String:
		if node.Kind != yaml.ScalarNode {
			return w.fail(node, key, "takes text")
		}
	case reflect.Int:
		if _, err := strconv.Atoi(node.Value); node.Kind != yaml.ScalarNode || err != nil {
			return w.fail(node, key, "takes a whole number")
		}
	case reflect.Interface:
		return w.open(node, key)
	}
	return nil
}

func (w *walk) object(node *yaml.Node, want reflect.Type, key string) error {
	if node.Kind != yaml.MappingNode {
		return w.fail(node, key, "takes keys and values: %s", strings.Join(keysOf(want), ", "))
	}
	return w.members(node, key, func(name, value *yaml.Node, here string) error {
		for at := range want.NumField() {
			if field := want.Field(at); keyOf(field) == name.Value {
				return w.node(value, field.Type, here)
			}
		}
		if near := nearest(name.Value, keysOf(want)); near != "" {
			return w.fail(name, here, "is not a known key: did you mean %s?", near)
		}
		return w.fail(name, here, "is not a known key: use one of %s", strings.Join(keysOf(want), ", "))
	})
}

func (w *walk) table(node *yaml.Node, want reflect.Type, key string) error {
	if node.Kind != yaml.MappingNode {
		return w.fail(node, key, "takes keys and values")
	}
	return w.members(node, key, func(_, value *yaml.Node, here string) error { return w.node(value, want, here) })
}

// open is a value of any kind, still without aliases and repeated keys.
func (w *walk) open(node *yaml.Node, key string) error {
	switch node.Kind {
	case yaml.MappingNode:
		return w.table(node, reflect.TypeFor[any](), key)
	case yaml.SequenceNode:
		return w.node(node, reflect.TypeFor[[]any](), key)
	}
	return nil
}

// members calls each with every key and value, and refuses a key that is there twice.
func (w *walk) members(node *yaml.Node, key string, each func(name, value *yaml.Node, here string) error) error {
	seen := map[string]bool{}
	for at := 0; at+1 < len(node.Content); at += 2 {
		name, value := node.Content[at], node.Content[at+1]
		if name.Kind != yaml.ScalarNode || name.Tag == "!!merge" {
			return w.fail(name, key, "has a key that is not plain text: write the keys out")
		}
		here := strings.TrimPrefix(key+"."+name.Value, ".")
		if seen[name.Value] {
			return w.fail(name, here, "is given twice: keep one")
		}
		seen[name.Value] = true
		if err := each(name, value, here); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	if name == "-" {
		return ""
	}
	return name
}

func keysOf(of reflect.Type) []string {
	var keys []string
	for at := range of.NumField() {
		if key := keyOf(of.Field(at)); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func parseDuration(text string) (Duration, bool) {
	read, err := time.ParseDuration(text)
	return Duration(read), err == nil && read > 0
}

// nearest is the candidate that takes fewest changes to reach, or "" where none is near.
func nearest(word string, candidates []string) string {
	best, least := "", max(2, len(word)/3)+1
	for _, candidate := range candidates {
		if changes := distance(word, candidate); changes < least {
			best, least = candidate, changes
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes; words are cut at a length beyond any key.
func distance(a, b string) int {
	const longest = 64
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	row := make([]int, len(b)+1)
	for at := range row {
		row[at] = at
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{change, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
