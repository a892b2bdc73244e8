package jsontext

// Members gives the members of an object, each as it was written. It gives false for a text that is not
// one JSON object, or that Decode would not read.
func Members(text []byte, maxDepth int) (map[string][]byte, bool) {
	if !readable(text) {
		return nil, false
	}
	r := reader{text: text, maxDepth: maxDepth}
	if r.space() != '{' {
		return nil, false
	}
	members := map[string][]byte{}
	ok := r.each('}', func() bool {
		token, escaped, ok := r.name()
		if !ok {
			return false
		}
		name := textOf(token, escaped)
		if _, twice := members[name]; twice {
			return r.fail(FaultDuplicate)
		}
		r.space()
		start := r.at
		ok = r.skip()
		members[name] = text[start:r.at:r.at]
		return ok
	})
	return members, ok && r.ended()
}

// skip steps over a value.
func (r *reader) skip() bool {
	switch r.space() {
	case '{':
		return r.each('}', func() bool {
			_, _, ok := r.name()
			return ok && r.skip()
		})
	case '[':
		return r.each(']', r.skip)
	case '"':
		_, _, ok := r.token()
		return ok
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case 'n':
		return r.literal("null")
	}
	_, _, ok := r.number()
	return ok
}
