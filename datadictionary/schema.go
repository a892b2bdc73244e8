package datadictionary

// jsonSchemaDialect is JSON Schema 2020-12.
const jsonSchemaDialect = "https://json-schema.org/draft/2020-12/schema"

// localDateTime matches a date-time without offset, of a day that exists in some year.
const localDateTime = `^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?$`

// JSONSchema returns a JSON Schema (2020-12) of the records of an object; the objects that it
// refers to are in $defs under their names. What Validate only notes the schema lets pass.
// It knows plain keys and bare codes only: JSON-LD prefixes and containers cannot be told in
// JSON Schema. The result is new at each call and the caller's own.
func (d *Dictionary) JSONSchema(object string) (map[string]any, error) {
	root, ok := d.Object(object)
	if !ok {
		return nil, newError(CodeUnknownObject, "object %q is not in the dictionary; see the list of objects", object)
	}
	defs := map[string]any{}
	var add func(o *Object)
	add = func(o *Object) {
		if _, done := defs[o.Name]; done {
			return
		}
		definition := map[string]any{}
		defs[o.Name] = definition
		for key, value := range objectSchema(o) {
			definition[key] = value
		}
		for i := range o.Attributes {
			if a := &o.Attributes[i]; a.object != nil {
				add(a.object)
			}
		}
	}
	add(root)
	return map[string]any{
		"$schema": jsonSchemaDialect,
		"title":   root.Label,
		"$ref":    "#/$defs/" + root.Name,
		"$defs":   defs,
	}, nil
}

func objectSchema(o *Object) map[string]any {
	properties := map[string]any{}
	var required []any
	for i := range o.Attributes {
		a := &o.Attributes[i]
		properties[a.Name] = attributeSchema(a)
		for _, alias := range a.Aliases {
			properties[alias] = attributeSchema(a)
		}
		if a.Min > 0 {
			required = append(required, a.Name)
		}
	}
	schema := map[string]any{
		"type":        "object",
		"title":       o.Label,
		"description": o.Definition,
		"properties":  properties,
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func attributeSchema(a *Attribute) map[string]any {
	value := valueSchema(a)
	if a.Repeated() {
		array := map[string]any{"type": []any{"array", "null"}, "items": value}
		if a.Min > 0 {
			array["type"], array["minItems"] = "array", a.Min
		}
		if a.Max != Unbounded {
			array["maxItems"] = a.Max
		}
		value = array
	}
	value["title"] = a.Label
	value["description"] = a.Definition
	return value
}

// valueSchema is the schema of one value. null stands for an absent value.
func valueSchema(a *Attribute) map[string]any {
	null := map[string]any{"type": "null"}
	switch a.Type {
	case TypeObject:
		return map[string]any{"anyOf": []any{map[string]any{"$ref": "#/$defs/" + a.object.Name}, null}}
	case TypeCode:
		return codeSchema(a.codeList)
	case TypeBoolean:
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "boolean"},
			map[string]any{"enum": []any{0, 1, "0", "1", "true", "false", nil}},
		}}
	case TypeInteger:
		return numberSchema(a, "integer", `^-?[0-9]{1,40}$`)
	case TypeDecimal:
		return numberSchema(a, "number", decimalText.String())
	case TypeDateTime:
		forms := []any{
			map[string]any{"type": "string", "format": "date-time"},
			map[string]any{"type": "string", "pattern": localDateTime},
			null,
		}
		if a.Format == "date_or_date_time" {
			forms = append(forms, map[string]any{"type": "string", "format": "date"})
		}
		return map[string]any{"anyOf": forms}
	case TypeString:
		schema := map[string]any{"type": []any{"string", "null"}}
		if a.Format == "email" {
			schema["format"] = "email"
		}
		return schema
	}
	return map[string]any{}
}

func codeSchema(list *CodeList) map[string]any {
	codes := make([]any, 0, len(list.Codes)+1)
	for _, code := range list.Codes {
		codes = append(codes, code.Code)
	}
	if list.Open {
		return map[string]any{"type": []any{"string", "null"}, "minLength": 1, "examples": codes}
	}
	return map[string]any{"enum": append(codes, nil)}
}

// formatBounds are the limits that formats set on numbers.
var formatBounds = map[string]map[string]any{
	"count":     {"minimum": 0},
	"latitude":  {"minimum": -90, "maximum": 90},
	"longitude": {"minimum": -180, "maximum": 180},
}

func numberSchema(a *Attribute, kind, text string) map[string]any {
	number := map[string]any{"type": kind}
	for key, limit := range formatBounds[a.Format] {
		number[key] = limit
	}
	return map[string]any{"anyOf": []any{
		number,
		map[string]any{"type": "string", "pattern": text},
		map[string]any{"type": "null"},
	}}
}
