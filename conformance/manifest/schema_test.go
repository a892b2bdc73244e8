package manifest_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/manifest"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("schema.json", document))
	schema, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	return schema
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal(text, &value))
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return read
}

func TestSchemaAcceptsTheExample(t *testing.T) {
	schema := compiled(t)
	require.NoError(t, schema.Validate(decoded(t, manifest.Example())))
	require.NoError(t, schema.Validate(decoded(t, []byte(least))))
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for name, text := range map[string]string{
		"unknown key":        least + "timeout: {run: 1m}\n",
		"unknown time-out":   least + "timeouts: {calback: 1m}\n",
		"no interface":       "product: {name: X}\n",
		"base is no URL":     "product: {name: X}\ninterfaces: {social: {base: x}}\n",
		"secret written out": least + "auth: {bearer: hunter2}\n",
		"bearer and oauth2":  least + "auth: {bearer: 'env:A', oauth2: {style: form}}\n",
		"no duration":        least + "timeouts: {run: 10}\n",
		"bare claim":         least + "evidence: [{requirement: REG-A-001, grade: E0}]\n",
		"capability unknown": least + "containers: {a: {capabilities: [SYS_ADMIN]}}\n",
		"container's name":   least + "containers: {A_b: {}}\n",
		"container's secret": least + "containers: {a: {env: {X: {}}}}\n",
		"no size":            least + "containers: {a: {memory: lots}}\n",
		"no port":            least + "containers: {a: {port: 70000}}\n",
		"no folder":          least + "containers: {a: {writable: [data]}}\n",
		"no compose file":    least + "compose: {profiles: [a]}\n",
		"unknown provide":    least + "population: {provide: magic}\n",
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, schema.Validate(decoded(t, []byte(text))))
			_, err := parse(t, text)
			require.Error(t, err, "the loader refuses it too")
		})
	}
}

// TestSchemaHasTheKeysOfTheTypes walks both and compares them key by key.
func TestSchemaHasTheKeysOfTheTypes(t *testing.T) {
	var root map[string]any
	require.NoError(t, json.Unmarshal(manifest.Schema(), &root))
	resolve := func(schema map[string]any) map[string]any {
		for {
			name, ok := schema["$ref"].(string)
			if !ok {
				return schema
			}
			schema = root["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
		}
	}
	compared := 0
	var walk func(of reflect.Type, schema map[string]any, at string)
	walk = func(of reflect.Type, schema map[string]any, at string) {
		schema = resolve(schema)
		switch of.Kind() {
		case reflect.Pointer:
			walk(of.Elem(), schema, at)
		case reflect.Slice:
			walk(of.Elem(), schema["items"].(map[string]any), at+"[]")
		case reflect.Map:
			if inner, ok := schema["additionalProperties"].(map[string]any); ok {
				walk(of.Elem(), inner, at+".*")
			}
			patterns, _ := schema["patternProperties"].(map[string]any)
			for _, inner := range patterns {
				walk(of.Elem(), inner.(map[string]any), at+".*")
			}
		case reflect.Struct:
			compared++
			properties, _ := schema["properties"].(map[string]any)
			var inSchema, inType []string
			for key := range properties {
				inSchema = append(inSchema, key)
			}
			for number := range of.NumField() {
				field := of.Field(number)
				key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
				if key == "-" {
					continue
				}
				inType = append(inType, key)
				if inner, ok := properties[key].(map[string]any); ok {
					walk(field.Type, inner, at+"."+key)
				}
			}
			slices.Sort(inSchema)
			slices.Sort(inType)
			assert.Equal(t, inType, inSchema, at)
		}
	}
	walk(reflect.TypeFor[manifest.Manifest](), root, "manifest")
	assert.GreaterOrEqual(t, compared, 13)

	var names []string
	for _, row := range manifest.Timeouts {
		names = append(names, row.Name)
	}
	var inSchema []string
	for name := range root["properties"].(map[string]any)["timeouts"].(map[string]any)["properties"].(map[string]any) {
		inSchema = append(inSchema, name)
	}
	assert.ElementsMatch(t, names, inSchema)
}
