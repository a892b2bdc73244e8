package reports_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/docs"
	"github.com/spconform/spconform/reports"
)

func written(t *testing.T, report result.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, reports.JSON(&out, report))
	return out.Bytes()
}

func TestJSONIsReadBack(t *testing.T) {
	report := sample()
	read, err := reports.ReadJSON(bytes.NewReader(written(t, report)))
	require.NoError(t, err)
	assert.Equal(t, report.Interfaces[0].Headline, read.Interfaces[0].Headline)
	assert.Equal(t, hostile, strings.TrimPrefix(read.Target.Product, "Registry "), "escaping keeps the meaning")
	assert.Equal(t, written(t, report), written(t, read))
}

func TestJSONHasNoControlCharacters(t *testing.T) {
	for _, char := range string(written(t, sample())) {
		if char != '\n' && unicode.In(char, unicode.Cc, unicode.Cf) {
			t.Fatalf("character %U is not escaped", char)
		}
	}
}

func TestJSONOfEmptyReportFitsSchema(t *testing.T) {
	_, err := reports.ReadJSON(bytes.NewReader(written(t, result.Report{
		SchemaVersion: result.SchemaVersion, Target: result.Target{Kind: "url"}, StartedAt: started, FinishedAt: started,
		Error: &result.RunError{Code: "target.refused", Message: "nothing answers"},
	})))
	require.NoError(t, err)
}

func TestReadJSONRefuses(t *testing.T) {
	good := string(written(t, sample()))
	cases := map[string]struct{ text, code string }{
		"nothing":          {"", reports.CodeSyntax},
		"no JSON":          {"<html>", reports.CodeSyntax},
		"no object":        {`[]`, reports.CodeSyntax},
		"two documents":    {good + good, reports.CodeSyntax},
		"no version":       {`{}`, reports.CodeVersion},
		"next major":       {strings.Replace(good, `"schemaVersion": "1.`, `"schemaVersion": "2.`, 1), reports.CodeVersion},
		"unknown verdict":  {strings.Replace(good, `"verdict": "unmet"`, `"verdict": "fine"`, 1), reports.CodeSchema},
		"no such date":     {strings.Replace(good, `"startedAt": "2026-03-01`, `"startedAt": "2026-02-31`, 1), reports.CodeSchema},
		"level out of six": {strings.Replace(good, `"level": 1`, `"level": 6`, 1), reports.CodeSchema},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := reports.ReadJSON(strings.NewReader(c.text))
			var typed *reports.Error
			require.ErrorAs(t, err, &typed)
			assert.Equal(t, c.code, typed.Code)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestReadJSONTakesLaterMinor(t *testing.T) {
	later := strings.Replace(string(written(t, sample())), `"schemaVersion": "`+result.SchemaVersion+`"`, `"schemaVersion": "1.9.0", "novelty": true`, 1)
	_, err := reports.ReadJSON(strings.NewReader(later))
	require.NoError(t, err)
}

// TestSchemaDescribesEveryMember compares the members of the schema with those of the model.
func TestSchemaDescribesEveryMember(t *testing.T) {
	var schema map[string]any
	require.NoError(t, json.Unmarshal(docs.ReportSchema, &schema))
	definitions := schema["$defs"].(map[string]any)
	types := map[string]any{
		"": result.Report{}, "suite": result.Suite{}, "target": result.Target{}, "selection": result.Selection{},
		"runError": result.RunError{}, "interface": result.Interface{}, "dimensionLevel": result.DimensionLevel{},
		"requirement": result.Requirement{}, "scenario": result.Scenario{}, "failure": result.Failure{},
		"exchange": result.Exchange{}, "httpMessage": result.HTTPMessage{}, "header": result.Header{},
	}
	for name, model := range types {
		t.Run(name, func(t *testing.T) {
			described := schema
			if name != "" {
				described = definitions[name].(map[string]any)
			}
			var members, always []string
			for _, field := range reflect.VisibleFields(reflect.TypeOf(model)) {
				member, options, _ := strings.Cut(field.Tag.Get("json"), ",")
				if member == "-" {
					continue
				}
				members = append(members, member)
				if options != "omitempty" {
					always = append(always, member)
				}
			}
			var properties []string
			for property := range described["properties"].(map[string]any) {
				properties = append(properties, property)
			}
			assert.ElementsMatch(t, members, properties)
			assert.ElementsMatch(t, always, described["required"])
		})
	}
}

func TestSchemaIsASchema(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(docs.ReportSchema))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("report.schema.json", document))
	_, err = compiler.Compile("report.schema.json")
	require.NoError(t, err)
}

func FuzzReadJSON(f *testing.F) {
	var out bytes.Buffer
	if err := reports.JSON(&out, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte(`{"schemaVersion":"1.0.0"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		report, err := reports.ReadJSON(bytes.NewReader(raw))
		if err != nil {
			return
		}
		require.NoError(t, reports.JSON(&bytes.Buffer{}, report))
		require.NoError(t, reports.Table(&bytes.Buffer{}, report, reports.Terminal{Width: 80}))
	})
}
