package lint

import (
	"encoding/json"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is one value of a document with its place. A YAML alias is a node of its own at the pointer where
// it is used, with the line of its anchor.
type node struct {
	pointer string // JSON pointer from the document's root, "" for the root
	line    int    // counted from 1
	keys    []string
	fields  map[string]*node // of an object; nil for others
	items   []*node          // of an array
	tag     string           // the YAML tag of a scalar: !!str, !!int…
	text    string           // the text of a scalar
	quoted  bool
	parent  *node
}

func (n *node) isObject() bool { return n != nil && n.fields != nil }
func (n *node) isArray() bool  { return n != nil && n.items != nil }
func (n *node) isString() bool { return n != nil && n.tag == "!!str" }

// get is the member of an object; nil where there is none or n is no object.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	return n.fields[key]
}

// at follows members and positions; nil where the way ends.
func (n *node) at(tokens ...string) *node {
	for _, token := range tokens {
		switch {
		case n.isObject():
			n = n.get(token)
		case n.isArray():
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n.items) {
				return nil
			}
			n = n.items[i]
		default:
			return nil
		}
	}
	return n
}

// str is the text of a string member, "" where it is none.
func (n *node) str(key string) string {
	if member := n.get(key); member.isString() {
		return member.text
	}
	return ""
}

// strings lists the texts of an array of strings.
func (n *node) strings() []string {
	if n == nil {
		return nil
	}
	var texts []string
	for _, item := range n.items {
		if item.isString() {
			texts = append(texts, item.text)
		}
	}
	return texts
}

// ref is the text of $ref, "" where there is none.
func (n *node) ref() string { return n.str("$ref") }

// key is the last token of the pointer.
func (n *node) key() string { return unescape.Replace(n.pointer[strings.LastIndex(n.pointer, "/")+1:]) }

// value is what a JSON decoder with numbers kept would give. Timestamps stay strings.
func (n *node) value() any {
	switch {
	case n == nil:
		return nil
	case n.isObject():
		object := make(map[string]any, len(n.keys))
		for _, key := range n.keys {
			object[key] = n.fields[key].value()
		}
		return object
	case n.isArray():
		array := make([]any, len(n.items))
		for i, item := range n.items {
			array[i] = item.value()
		}
		return array
	}
	return scalar(n.tag, n.text)
}

func scalar(tag, text string) any {
	switch tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(text, "true")
	case "!!int", "!!float":
		var number any
		if yaml.Unmarshal([]byte(text), &number) != nil {
			return text
		}
		encoded, err := json.Marshal(number)
		if err != nil { // .inf and .nan are no JSON
			return text
		}
		return json.Number(encoded)
	}
	return text
}

// walk gives the node and all below it to visit.
func (n *node) walk(visit func(*node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, key := range n.keys {
		n.fields[key].walk(visit)
	}
	for _, item := range n.items {
		item.walk(visit)
	}
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// tokens splits a JSON pointer.
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = unescape.Replace(part)
	}
	return parts
}
