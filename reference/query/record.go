package query

import "strings"

// The attributes of the dictionary object Identifier (DO.COM.01).
const (
	identifierType  = "identifier_type"
	identifierValue = "identifier_value"
)

// maxRecordDepth bounds how deep a record is read; what lies deeper cannot be queried.
const maxRecordDepth = 32

// Leaves calls visit for every scalar of a decoded record, with its dotted path; the elements of an
// array share the array's path. JSON-LD keywords are left out and prefixes dropped.
func Leaves(record any, visit func(path string, scalar any)) {
	leaves("", record, 0, visit)
}

func leaves(path string, value any, depth int, visit func(string, any)) {
	if depth > maxRecordDepth {
		return
	}
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for key, member := range value {
			if name, ok := attributeName(key); ok {
				leaves(join(path, name), member, depth+1, visit)
			}
		}
	case []any:
		for _, element := range value {
			leaves(path, element, depth+1, visit)
		}
	default:
		if path != "" {
			visit(path, value)
		}
	}
}

// Identifiers calls visit for every Identifier of a decoded record, at any depth, with the path of the
// attribute that holds it.
func Identifiers(record any, visit func(attribute, identifierType, identifierValue string)) {
	identifiers("", record, 0, visit)
}

func identifiers(path string, value any, depth int, visit func(string, string, string)) {
	if depth > maxRecordDepth {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		if kind, text, ok := identifier(value); ok && path != "" {
			visit(path, kind, text)
			return
		}
		for key, member := range value {
			if name, ok := attributeName(key); ok {
				identifiers(join(path, name), member, depth+1, visit)
			}
		}
	case []any:
		for _, element := range value {
			identifiers(path, element, depth+1, visit)
		}
	}
}

func identifier(object map[string]any) (kind, text string, ok bool) {
	var value any
	for key, member := range object {
		switch name, _ := attributeName(key); name {
		case identifierType:
			kind, _ = member.(string)
		case identifierValue:
			value = member
		}
	}
	text, ok = identifierText(value)
	return kind, text, ok && kind != ""
}

// attributeName is the attribute that a member's key means; false for a JSON-LD keyword.
func attributeName(key string) (string, bool) {
	if strings.HasPrefix(key, "@") {
		return "", false
	}
	return key[strings.LastIndexByte(key, ':')+1:], true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
