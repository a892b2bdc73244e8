// Package recordschema makes the schemas of records in the OpenAPI documents from the data dictionary, so that they are
// never written twice: openapi/records-NAME.yaml for the interface NAME.
//
// The schemas are as lenient as the dictionary: what it accepts or only notes they accept, JSON-LD forms among it. What
// they cannot say, such as prefixed names and references between records, is the dictionary's alone to judge.
package recordschema

//go:generate go run ./generate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// header begins every generated file.
const header = "# Code generated from the data dictionary by go generate ./spec/recordschema; DO NOT EDIT.\n"

// prefix keeps the names of record schemas apart from those of messages.
const prefix = "Record."

// File is the name of the generated file of an interface, within the folder of documents.
func File(described spec.Interface) string { return "records-" + described.ID + ".yaml" }

// Document is the generated file of an interface: a schema for each of its record types and what they consist of, and
// Record, which holds a record that says its @type to the schema of that type. The error names an object that the
// dictionary lacks.
func Document(dictionary *datadictionary.Dictionary, described spec.Interface) ([]byte, error) {
	schemas := map[string]any{prefix + "JSON-LD": jsonLD}
	var branches []any
	for _, record := range described.Records {
		object, found := dictionary.Object(record.Object)
		if !found {
			return nil, fmt.Errorf("interface %s: the dictionary has no object %q", described.ID, record.Object)
		}
		schema, err := dictionary.JSONSchema(object.Name)
		if err != nil {
			return nil, err
		}
		for name, definition := range schema["$defs"].(map[string]any) {
			schemas[prefix+name] = objectSchema(definition.(map[string]any))
		}
		branches = append(branches, branchOf(object, record))
	}
	schemas["Record"] = map[string]any{
		"type":        "object",
		"description": "A record of the " + strings.ToLower(described.Title) + ", as the data dictionary has it.",
		"allOf":       branches,
	}
	var out bytes.Buffer
	out.WriteString(header)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(map[string]any{
		"openapi":    "3.1.0",
		"info":       map[string]any{"title": "Records: " + described.Title, "version": "1.0.0", "license": map[string]any{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"paths":      map[string]any{},
		"components": map[string]any{"schemas": schemas},
	})
	return out.Bytes(), err
}

// branchOf holds a record whose @type is one of an object's to the schema of the object.
func branchOf(object *datadictionary.Object, record spec.RecordType) map[string]any {
	var names []any
	for _, name := range slices.Concat([]string{record.Name}, object.Types, record.Aliases) {
		if !slices.Contains(names, any(name)) {
			names = append(names, name)
		}
	}
	return map[string]any{
		"if":   map[string]any{"properties": map[string]any{"@type": map[string]any{"enum": names}}, "required": []any{"@type"}},
		"then": map[string]any{"$ref": "#/components/schemas/" + prefix + object.Name},
	}
}

// objectSchema is the schema of an object. No attribute is required: its name may carry a prefix.
func objectSchema(definition map[string]any) map[string]any {
	properties := map[string]any{}
	for name, property := range definition["properties"].(map[string]any) {
		properties[name] = lenient(property.(map[string]any))
	}
	return map[string]any{
		"type": "object", "title": definition["title"], "description": definition["description"], "properties": properties,
	}
}

// lenient accepts the JSON-LD forms of a value beside the value.
func lenient(property map[string]any) map[string]any {
	value := map[string]any{}
	described := map[string]any{}
	for key, part := range property {
		if key == "title" || key == "description" {
			described[key] = part
		} else {
			value[key] = part
		}
	}
	if len(value) == 0 {
		return described // any value
	}
	described["anyOf"] = []any{loosened(value), wrapped}
	return described
}

// loosened lets codes carry a prefix, elements be in a JSON-LD form, and points references to where the schemas stand.
func loosened(schema map[string]any) map[string]any {
	copied := map[string]any{}
	for key, part := range schema {
		switch part := part.(type) {
		case map[string]any:
			copied[key] = loosened(part)
		case []any:
			copied[key] = part
			if key == "anyOf" {
				copied[key] = loosenedAll(part)
			}
		case string:
			copied[key] = part
			if key == "$ref" {
				copied[key] = "#/components/schemas/" + prefix + strings.TrimPrefix(part, "#/$defs/")
			}
		default:
			copied[key] = part
		}
	}
	if items, ok := copied["items"].(map[string]any); ok {
		copied["items"] = map[string]any{"anyOf": []any{items, wrapped}}
	}
	if codes, ok := copied["enum"].([]any); ok && areCodes(codes) {
		return map[string]any{"anyOf": []any{map[string]any{"enum": codes}, map[string]any{"type": "string", "pattern": ":"}}}
	}
	return copied
}

// areCodes says whether an enum is of a code list: a boolean's written forms have numbers among them.
func areCodes(values []any) bool {
	return !slices.ContainsFunc(values, func(value any) bool {
		_, text := value.(string)
		return !text && value != nil
	})
}

func loosenedAll(schemas []any) []any {
	all := make([]any, len(schemas))
	for i, schema := range schemas {
		all[i] = loosened(schema.(map[string]any))
	}
	return all
}

// wrapped refers to jsonLD.
var wrapped = map[string]any{"$ref": "#/components/schemas/" + prefix + "JSON-LD"}

// jsonLD is a value, a list, a set or a reference in the forms of JSON-LD.
var jsonLD = map[string]any{
	"type":        "object",
	"title":       "JSON-LD form",
	"description": "A value, a reference or a collection, as JSON-LD wraps it.",
	"anyOf": []any{
		map[string]any{"required": []any{"@value"}}, map[string]any{"required": []any{"@id"}},
		map[string]any{"required": []any{"@list"}}, map[string]any{"required": []any{"@set"}},
	},
}
