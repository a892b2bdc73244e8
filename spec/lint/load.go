package lint

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The limits within which a document is read.
const (
	maxBytes = 8 << 20
	maxNodes = 400_000 // after aliases are expanded
	maxDepth = 200
)

// Source is a document to lint, as bytes of YAML or JSON. Other documents refer to it by its name.
type Source struct {
	Name string
	Data []byte
}

// document is one source as a tree. root is nil where it does not read.
type document struct {
	name string
	data []byte
	root *node
	// faults are what reading found: duplicate keys and what is no YAML.
	faults []fault
	// linted says whether findings are wanted, or the document is only referred to.
	linted bool
}

// fault is a place that cannot be read, with what is wrong.
type fault struct {
	code    string // syntax, limit or duplicate
	pointer string
	line    int
	text    string
}

func read(source Source) *document {
	doc := &document{name: path.Clean(source.Name), data: source.Data}
	refuse := func(code string, line int, text string) *document {
		doc.faults = append(doc.faults, fault{code, "", max(line, 1), text})
		return doc
	}
	if len(source.Data) > maxBytes {
		return refuse("limit", 1, fmt.Sprintf("it is larger than %d bytes", maxBytes))
	}
	if !utf8.Valid(source.Data) {
		return refuse("syntax", 1+bytes.Count(source.Data[:firstInvalid(source.Data)], []byte("\n")), "it is not UTF-8")
	}
	var parsed yaml.Node
	if err := parse(source.Data, &parsed); err != nil {
		line, text := placeOf(err)
		return refuse("syntax", line, text)
	}
	if len(parsed.Content) == 0 {
		return refuse("syntax", 1, "it is empty")
	}
	build := builder{doc: doc}
	root := build.node(parsed.Content[0], nil, "", 0)
	if build.over != nil {
		return refuse("limit", build.over.Line, fmt.Sprintf("it has more than %d values or is nested deeper than %d", maxNodes, maxDepth))
	}
	if !root.isObject() {
		return refuse("syntax", root.line, "its top level is no object")
	}
	doc.root = root
	return doc
}

// parse keeps a panic of the YAML parser, which hostile text can cause, from ending the program.
func parse(data []byte, into *yaml.Node) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = errors.New("the YAML parser cannot read it")
		}
	}()
	return yaml.Unmarshal(data, into)
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

func placeOf(err error) (int, string) {
	text, _, _ := strings.Cut(err.Error(), "\n")
	match := yamlLine.FindStringSubmatch(text)
	if match == nil {
		return 1, text
	}
	line, _ := strconv.Atoi(match[1])
	return line, match[2]
}

type builder struct {
	doc     *document
	count   int
	aliases []*yaml.Node // on the way, against cycles
	over    *yaml.Node   // where a limit was passed
}

func (b *builder) node(from *yaml.Node, parent *node, pointer string, depth int) *node {
	b.count++
	if b.count > maxNodes || depth > maxDepth {
		if b.over == nil {
			b.over = from
		}
		return &node{pointer: pointer, line: from.Line, tag: "!!null", parent: parent}
	}
	made := &node{pointer: pointer, line: from.Line, parent: parent}
	switch from.Kind {
	case yaml.AliasNode:
		for _, on := range b.aliases {
			if on == from.Alias {
				b.over = from
				return made
			}
		}
		b.aliases = append(b.aliases, from.Alias)
		made = b.node(from.Alias, parent, pointer, depth+1)
		b.aliases = b.aliases[:len(b.aliases)-1]
	case yaml.MappingNode:
		made.fields = make(map[string]*node, len(from.Content)/2)
		for i := 0; i+1 < len(from.Content) && b.over == nil; i += 2 {
			b.member(made, from.Content[i], from.Content[i+1], depth)
		}
	case yaml.SequenceNode:
		made.items = make([]*node, 0, len(from.Content))
		for i, item := range from.Content {
			if b.over != nil {
				break
			}
			made.items = append(made.items, b.node(item, made, pointer+"/"+strconv.Itoa(i), depth+1))
		}
	default:
		made.tag, made.text = from.ShortTag(), from.Value
		made.quoted = from.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
		if made.tag == "!!timestamp" {
			made.tag = "!!str" // JSON has no timestamps
		}
	}
	return made
}

// member adds a member to an object. Of two with one key the first stays. A merge key brings the members
// that are not there yet.
func (b *builder) member(object *node, key, value *yaml.Node, depth int) {
	if key.ShortTag() == "!!merge" {
		merged := b.node(value, object, object.pointer, depth+1)
		for _, source := range append([]*node{merged}, merged.items...) {
			for _, name := range source.keys {
				if object.fields[name] == nil {
					object.keys, object.fields[name] = append(object.keys, name), source.fields[name]
				}
			}
		}
		return
	}
	pointer := object.pointer + "/" + escape.Replace(key.Value)
	if object.fields[key.Value] != nil {
		b.doc.faults = append(b.doc.faults, fault{"duplicate", pointer, key.Line, key.Value})
		return
	}
	made := b.node(value, object, pointer, depth+1)
	made.line = key.Line
	object.keys = append(object.keys, key.Value)
	object.fields[key.Value] = made
}
