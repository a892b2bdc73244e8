package lint

import (
	"encoding/json"
	"fmt"
	"slices"
)

var oneOfOverlap = Rule{
	ID: "oneof-overlap", Severity: Error,
	Finds: "oneOf whose alternatives overlap, proved by a value that matches two",
	Why:   "A value that matches two alternatives is refused by a validator, and taken by a product that stops at the first.",
	Mend:  "Tell the alternatives apart by a member with a constant, or write anyOf.",
	check: checkOverlap,
}

func checkOverlap(s *set, report reporter) {
	s.schemas(func(p *place) {
		branches := p.node.get("oneOf")
		if !branches.isArray() {
			return
		}
		values := make([][]any, len(branches.items))
		for i, branch := range branches.items {
			values[i] = (instances{s}).of(branch, 0)
		}
		var allowed []string
		if p.node.get("type") != nil {
			allowed = s.typesOf(p.node)
		}
		for i := range branches.items {
			for j := i + 1; j < len(branches.items); j++ {
				proof, found := s.inBoth(branches.items[i], branches.items[j], slices.Concat(values[i], values[j], crossed(values[i], values[j])), allowed)
				if !found {
					continue
				}
				report(branches, fmt.Sprintf("%s and %s both accept %s", branchName(branches.items[i], i), branchName(branches.items[j], j), proof), "")
			}
		}
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
	const longest = 120
	if len(proof) > longest {
		proof = proof[:longest] + "…"
	}
	return proof, found
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
