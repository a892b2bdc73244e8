package lint

import (
	"encoding/json"
	"fmt"
	"slices"
)

// mostBranches are the alternatives of one schema that are compared with each other.
const mostBranches = 24

// alternatives gives each oneOf: its branches, values that each may accept, and the types that the schema
// around it allows, none for all.
func (s *set) alternatives(visit func(branches []*node, values [][]any, allowed []string)) {
	s.schemas(func(p *place) {
		branches := p.node.get("oneOf")
		if !branches.isArray() || len(branches.items) < 2 {
			return
		}
		compared := branches.items[:min(len(branches.items), mostBranches)]
		values := make([][]any, len(compared))
		for i, branch := range compared {
			values[i] = instances{s}.of(branch, 0)
		}
		var allowed []string
		if p.node.get("type") != nil {
			allowed = s.typesOf(p.node)
		}
		visit(compared, values, allowed)
	})
}

// inBoth finds a value of one of the allowed types that both schemas accept, the shortest there is.
func (s *set) inBoth(a, b *node, values []any, allowed []string) (proof string, found bool) {
	left, right := s.compiled.schema(a), s.compiled.schema(b)
	if left == nil || right == nil {
		return "", false
	}
	for _, value := range values {
		read, ok := decoded(value)
		if !ok || len(allowed) > 0 && !slices.Contains(allowed, typeName(read)) {
			continue
		}
		if left.Validate(read) != nil || right.Validate(read) != nil {
			continue
		}
		encoded, err := json.Marshal(read)
		if err == nil && (!found || len(encoded) < len(proof)) {
			proof, found = string(encoded), true
		}
	}
	return shortened(proof), found
}

// typeName is the JSON Schema type of a decoded value; a number that is whole is an integer.
func typeName(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return "integer"
		}
	}
	return "number"
}

// branchName is how people know an alternative: by what it refers to, else by its position.
func branchName(branch *node, position int) string {
	if ref := branch.ref(); ref != "" {
		parts := tokens(ref)
		return parts[len(parts)-1]
	}
	return fmt.Sprintf("alternative %d", position+1)
}
