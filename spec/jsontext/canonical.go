package jsontext

import (
	"bytes"
	"slices"
)

// Canonical is the RFC 8785 form of a text that holds only what is its own canonical form but for order
// and white space: strings without escapes, and whole numbers that every reader holds exactly. It gives
// false for any other text, whose form a general implementation has to say.
func Canonical(text []byte, maxDepth int) ([]byte, bool) {
	if !readable(text) {
		return nil, false
	}
	c := canonical{reader: reader{text: text, maxDepth: maxDepth}, out: make([]byte, 0, len(text))}
	if !c.value() || !c.ended() {
		return nil, false
	}
	return c.out, true
}

// canonical writes what it reads.
type canonical struct {
	reader
	out     []byte
	scratch []byte
	members []member
}

// member is where a member's name stands in the text, and it whole in what is written.
type member struct {
	name       []byte
	start, end int
}

// exactDigits is how long a whole number may be of which every one is a double: 2^53 has 16 digits.
const exactDigits = 15

func (c *canonical) value() bool {
	switch c.space() {
	case '{':
		return c.object()
	case '[':
		c.out = append(c.out, '[')
		start := len(c.out)
		ok := c.each(']', func() bool {
			if len(c.out) > start {
				c.out = append(c.out, ',')
			}
			return c.value()
		})
		c.out = append(c.out, ']')
		return ok
	case '"':
		token, ok := c.plain()
		c.out = append(c.out, token...)
		return ok
	case 't':
		c.out = append(c.out, "true"...)
		return c.literal("true")
	case 'f':
		c.out = append(c.out, "false"...)
		return c.literal("false")
	case 'n':
		c.out = append(c.out, "null"...)
		return c.literal("null")
	}
	token, whole, ok := c.number()
	if !ok || !whole || len(token) > exactDigits || string(token) == "-0" {
		return false
	}
	c.out = append(c.out, token...)
	return true
}

// plain reads a string that is written as it stands.
func (c *canonical) plain() ([]byte, bool) {
	token, escaped, ok := c.token()
	return token, ok && !escaped
}

// object writes the members as they come, and then in the order of their names where that is another.
func (c *canonical) object() bool {
	c.out = append(c.out, '{')
	first := len(c.members)
	sorted, distinct := true, true
	ok := c.each('}', func() bool {
		name, ok := c.plainName()
		if !ok {
			return false
		}
		if len(c.members) > first {
			order := bytes.Compare(c.members[len(c.members)-1].name, name)
			sorted = sorted && order < 0
			c.out = append(c.out, ',')
		}
		at := len(c.members)
		c.members = append(c.members, member{name: name, start: len(c.out)})
		c.out = append(append(append(append(c.out, '"'), name...), '"'), ':')
		ok = c.value()
		c.members[at].end = len(c.out)
		return ok
	})
	if ok && !sorted {
		distinct = c.reorder(c.members[first:])
	}
	c.members = c.members[:first]
	c.out = append(c.out, '}')
	return ok && distinct
}

// plainName reads a member's name. Names are ordered by UTF-16 code units, which for others than ASCII is
// another order than that of their bytes.
func (c *canonical) plainName() ([]byte, bool) {
	token, escaped, ok := c.name()
	if !ok || escaped {
		return nil, false
	}
	name := token[1 : len(token)-1]
	return name, !slices.ContainsFunc(name, func(b byte) bool { return b >= 0x80 })
}

// reorder writes the members of an object anew; false where two have one name.
func (c *canonical) reorder(members []member) bool {
	start := members[0].start
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	c.scratch = append(c.scratch[:0], c.out[start:]...)
	c.out = c.out[:start]
	for i, one := range members {
		if i > 0 {
			if bytes.Equal(members[i-1].name, one.name) {
				return false
			}
			c.out = append(c.out, ',')
		}
		c.out = append(c.out, c.scratch[one.start-start:one.end-start]...)
	}
	return true
}
