package recordschema_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/recordschema"
)

func dictionary(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	loaded, err := datadictionary.Load()
	require.NoError(t, err)
	return loaded
}

func withRecords(t testing.TB) []spec.Interface {
	t.Helper()
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	return slices.DeleteFunc(interfaces, func(i spec.Interface) bool { return len(i.Records) == 0 })
}

func TestGeneratedFilesAreNotStale(t *testing.T) {
	for _, described := range withRecords(t) {
		want, err := recordschema.Document(dictionary(t), described)
		require.NoError(t, err)
		got, err := fs.ReadFile(spec.OpenAPIFiles(), recordschema.File(described))
		require.NoError(t, err, "run go generate ./spec/recordschema")
		assert.Equal(t, string(want), string(got), "%s is stale: run go generate ./spec/recordschema", recordschema.File(described))
	}
}

// recordSchema compiles the schema of a record, as the document of an interface has it.
func recordSchema(t testing.TB, described spec.Interface) *jsonschema.Schema {
	t.Helper()
	document, err := spec.LoadDocument(described.Document)
	require.NoError(t, err)
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document.JSON())))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("mem:///document.json", tree))
	schema, err := compiler.Compile("mem:///document.json#/components/schemas/Record")
	require.NoError(t, err)
	return schema
}

func accepts(t require.TestingT, schema *jsonschema.Schema, record []byte) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(record)))
	require.NoError(t, err)
	return schema.Validate(value)
}

func TestRecordsOfADeclaredType(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	schema := recordSchema(t, social)
	cases := map[string]struct {
		record string
		holds  bool
	}{
		"a person":                {`{"@type":"Person","birth_date":"1980-02-28","sex":"female"}`, true},
		"no such day":             {`{"@type":"Person","birth_date":"1980-02-31"}`, false},
		"no such code":            {`{"@type":"spdci:Person","sex":"feminine"}`, false},
		"a code with prefix":      {`{"@type":"Person","sex":"sex:female"}`, true},
		"one for many":            {`{"@type":"Person","phone_number":"+23276000001"}`, false},
		"a JSON-LD value":         {`{"@type":"Person","birth_date":{"@value":"1980-02-28"}}`, true},
		"a JSON-LD set":           {`{"@type":"Person","phone_number":{"@set":["+23276000001"]}}`, true},
		"a prefixed name":         {`{"@type":"Person","spdci:shoe_size":44}`, true},
		"null is absent":          {`{"@type":"Person","birth_date":null}`, true},
		"a member within a group": {`{"@type":"Group","member_list":[{"demographic_info":{"birth_date":"1980-02-31"}}]}`, false},
		"a boolean that is none":  {`{"@type":"Member","is_disabled":"a:b"}`, false},
		"no type":                 {`{"birth_date":"1980-02-31"}`, true}, // reg_record_type says what it is: the dictionary judges
		"no object":               {`"text"`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.holds, accepts(t, schema, []byte(c.record)) == nil)
		})
	}
}

// TestAsLenientAsTheDictionary makes records of every form: none that the dictionary accepts is refused.
func TestAsLenientAsTheDictionary(t *testing.T) {
	words := dictionary(t)
	for _, described := range withRecords(t) {
		schema := recordSchema(t, described)
		for _, record := range described.Records {
			object, found := words.Object(record.Object)
			require.True(t, found)
			held := 0
			rapid.Check(t, func(t *rapid.T) {
				value := recordOf(t, words, object, 0)
				value["@type"] = record.Name
				raw, err := json.Marshal(value)
				require.NoError(t, err)
				if !datadictionary.Holds(words.ValidateJSON(object.Name, raw)) {
					return
				}
				held++
				if err := accepts(t, schema, raw); err != nil {
					t.Fatalf("%s: the dictionary accepts %s, and the schema does not: %v", object.Name, raw, err)
				}
			})
			assert.Positive(t, held, "no record of %s was accepted", object.Name)
		}
	}
}

// recordOf draws a record with a few attributes in right and in doubtful forms.
func recordOf(t *rapid.T, words *datadictionary.Dictionary, object *datadictionary.Object, depth int) map[string]any {
	record := map[string]any{}
	for _, at := range rapid.SliceOfNDistinct(rapid.IntRange(0, max(0, len(object.Attributes)-1)), 0, 3, rapid.ID[int]).Draw(t, "attributes") {
		if at >= len(object.Attributes) {
			continue
		}
		attribute := object.Attributes[at]
		name := rapid.SampledFrom(append([]string{attribute.Name, attribute.Name, "spdci:" + attribute.Name}, attribute.Aliases...)).Draw(t, "name")
		value := valueOf(t, words, attribute, depth)
		if attribute.Repeated() {
			list := []any{value, nil}
			value = rapid.SampledFrom([]any{[]any{}, list, map[string]any{"@set": list}, map[string]any{"@list": list}}).Draw(t, "list")
		}
		record[name] = value
	}
	return record
}

func valueOf(t *rapid.T, words *datadictionary.Dictionary, attribute datadictionary.Attribute, depth int) any {
	if attribute.Type == datadictionary.TypeObject {
		object, found := words.Object(attribute.Object)
		if !found || depth > 2 {
			return nil
		}
		return recordOf(t, words, object, depth+1)
	}
	forms := slices.Clone(valueForms[attribute.Type])
	if list, found := words.CodeList(attribute.CodeList); found {
		code := rapid.SampledFrom(list.Codes).Draw(t, "code").Code
		forms = []any{code, list.Prefix + ":" + code, "unlisted", map[string]any{"@id": code}}
	}
	value := rapid.SampledFrom(append(forms, any(nil))).Draw(t, "value")
	if rapid.Bool().Draw(t, "wrapped") && value != nil {
		return map[string]any{"@value": value}
	}
	return value
}

var valueForms = map[string][]any{
	datadictionary.TypeString:   {"", "text", "+23276000001", "a@example.org", "not an address", "ZZ", "eng"},
	datadictionary.TypeInteger:  {0, 3, -3, "3", "03", 3.0},
	datadictionary.TypeDecimal:  {0, 2.5, -91, "2.50", "2", json.Number("1e2")},
	datadictionary.TypeBoolean:  {true, false, "true", "1", "0", 1, 0},
	datadictionary.TypeDateTime: {"1980-02-28", "1980-02-28T10:00:00Z", "1980-02-28T10:00:00", "1980-02-28T10:00:00.5+02:00", "1980-02-31", "28.02.1980", "1980-02-29T10:00:00z"},
	datadictionary.TypeAny:      {"text", 1, true},
}

func TestEveryTypeOfTheDictionaryIsDrawn(t *testing.T) {
	drawn := slices.Collect(maps.Keys(valueForms))
	for _, object := range dictionary(t).Objects() {
		for _, attribute := range object.Attributes {
			if attribute.Type != datadictionary.TypeObject && attribute.Type != datadictionary.TypeCode {
				assert.Contains(t, drawn, attribute.Type)
			}
		}
	}
}

// TestDocumentsAdviseOnRecords has a record of a declared type that breaks the dictionary: the document says so, and
// leaves the judgement to the dictionary.
func TestDocumentsAdviseOnRecords(t *testing.T) {
	document, err := spec.LoadDocument("social")
	require.NoError(t, err)
	const answer = `{"header":{"message_id":"m","message_ts":"2026-01-01T00:00:00Z","action":"on-search","status":"succ"},
		"message":{"transaction_id":"t","correlation_id":"c","search_response":[{"reference_id":"r","timestamp":"2026-01-01T00:00:00Z",
		"status":"succ","data":{"reg_record_type":"Person","reg_records":[{"@type":"Person","birth_date":"%s"}]}}]}}`
	for date, says := range map[string]bool{"1980-02-28": false, "1980-02-31": true} {
		violations := document.ValidateResponse("sync-search", 200, "application/json", []byte(strings.Replace(answer, "%s", date, 1)))
		assert.Equal(t, says, len(violations) > 0, "%v", violations)
		for _, violation := range violations {
			assert.True(t, violation.Advisory)
		}
	}
}
