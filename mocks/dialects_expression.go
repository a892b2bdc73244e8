package mocks

// expressions turns a vendor's expressions into those of the strict form; what read does not know, the
// strict form among it, is refused.
func expressions(read func(any) (map[string]any, bool)) func(header, body map[string]any) {
	return func(_, body map[string]any) {
		for _, criteria := range criteriaOf(body) {
			for _, member := range []string{"query", "filter"} {
				query, _ := criteria[member].(map[string]any)
				value, _ := query["value"].(map[string]any)
				expression, ok := value["expression"].(map[string]any)
				if !ok {
					continue
				}
				strict, ok := read(expression["query"])
				if !ok {
					strict = map[string]any{"$" + nowhere: true}
				}
				expression["query"] = strict
			}
		}
	}
}

var comparisons = map[string]string{"=": "$eq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "in": "$in",
	"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}

// fromSequence reads {seq, and: [{attribute, operator, value}]}, and or and not likewise.
func fromSequence(spoken any) (map[string]any, bool) {
	object, ok := spoken.(map[string]any)
	if !ok {
		return nil, false
	}
	if attribute, ok := object["attribute"].(string); ok {
		operator, known := object["operator"].(string)
		if strict, ok := comparisons[operator]; ok {
			operator = strict
		}
		return map[string]any{attribute: map[string]any{operator: object["value"]}}, known
	}
	if _, numbered := object["seq"]; !numbered {
		return nil, false
	}
	for member, join := range map[string]string{"and": "$and", "or": "$or", "not": "$not"} {
		if parts, ok := object[member].([]any); ok {
			return joinedParts(join, parts, fromSequence)
		}
	}
	return nil, false
}

// fromRange reads {range: {attribute: {gte: value}}}, {term: {attribute: value}} and bool around them.
func fromRange(spoken any) (map[string]any, bool) {
	object, ok := spoken.(map[string]any)
	if !ok {
		return nil, false
	}
	for member, operator := range map[string]string{"term": "$eq", "terms": "$in"} {
		if about, ok := object[member].(map[string]any); ok {
			for attribute, value := range about {
				return map[string]any{attribute: map[string]any{operator: value}}, true
			}
		}
	}
	if about, ok := object["range"].(map[string]any); ok {
		for attribute, inner := range about {
			compared, _ := inner.(map[string]any)
			strict := map[string]any{}
			for operator, value := range compared {
				if known, ok := comparisons[operator]; ok {
					operator = known
				}
				strict[operator] = value
			}
			return map[string]any{attribute: strict}, true
		}
	}
	joins, _ := object["bool"].(map[string]any)
	for member, join := range map[string]string{"must": "$and", "should": "$or", "must_not": "$not"} {
		if parts, ok := joins[member].([]any); ok {
			return joinedParts(join, parts, fromRange)
		}
	}
	return nil, false
}

func joinedParts(join string, parts []any, read func(any) (map[string]any, bool)) (map[string]any, bool) {
	var all []any
	for _, part := range parts {
		strict, ok := read(part)
		if !ok {
			return nil, false
		}
		all = append(all, strict)
	}
	if join == "$not" && len(all) == 1 {
		return map[string]any{join: all[0]}, true
	}
	return map[string]any{join: all}, true
}
