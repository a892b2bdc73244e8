package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/datadictionary/export"
)

func exported(t *testing.T, format string) []byte {
	t.Helper()
	d, err := datadictionary.Load()
	require.NoError(t, err)
	var first, second bytes.Buffer
	require.NoError(t, export.Export(&first, d, format))
	require.NoError(t, export.Export(&second, d, format))
	require.Equal(t, first.Bytes(), second.Bytes(), "the same dictionary gives the same bytes")
	return first.Bytes()
}

func TestEveryFormatHoldsEveryEntry(t *testing.T) {
	d, err := datadictionary.Load()
	require.NoError(t, err)
	for _, format := range export.Formats() {
		text := string(exported(t, format))
		for _, o := range d.Objects() {
			term := o.Term[strings.Index(o.Term, ":")+1:]
			assert.True(t, strings.Contains(text, o.Name) || strings.Contains(text, term), "%s: object %s", format, o.Name)
			for _, a := range o.Attributes {
				assert.Contains(t, text, a.Name, "%s: attribute", format)
			}
		}
		if format == export.JSONSchema {
			continue // it holds the lists that objects use, as enumerations
		}
		for _, c := range d.CodeLists() {
			assert.True(t, strings.Contains(text, c.Name) || strings.Contains(text, c.Term), "%s: code list %s", format, c.Name)
		}
	}
}

func TestJSONSchemaCompilesAndJudges(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(exported(t, export.JSONSchema)))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("dictionary.json", document))
	schema, err := compiler.Compile("dictionary.json#/$defs/SRPerson")
	require.NoError(t, err)
	assert.NoError(t, schema.Validate(map[string]any{"sex": "female"}))
	assert.Error(t, schema.Validate(map[string]any{"sex": "x"}))
}

func TestCSVHasOneRowAnEntry(t *testing.T) {
	d, err := datadictionary.Load()
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(exported(t, export.CSV))).ReadAll()
	require.NoError(t, err)
	want := 1 + len(d.Objects()) + len(d.CodeLists()) + len(d.Formats())
	for _, o := range d.Objects() {
		want += len(o.Attributes)
	}
	for _, c := range d.CodeLists() {
		want += len(c.Codes)
	}
	assert.Len(t, rows, want)
	assert.Contains(t, rows, []string{
		"code", "core", "CD.COM.03", "sex", "F", "Female", "", "", "", "", "", "", "female", "SexCategoryEnum", "",
	})
}

// The exported context makes the plain names of a record the addresses of the standard.
func TestJSONLDContextExpandsARecord(t *testing.T) {
	var document map[string]any
	require.NoError(t, json.Unmarshal(exported(t, export.JSONLD), &document))
	record := map[string]any{
		"@context": document["@context"],
		"@type":    "SRPerson",
		"sex":      "female",
		"name":     map[string]any{"surname": "Example"},
		"email":    []any{"a@example.org"},
	}
	expanded, err := ld.NewJsonLdProcessor().Expand(record, ld.NewJsonLdOptions(""))
	require.NoError(t, err)
	const core = "https://schema.spdci.org/core/v1/data/"
	person := expanded[0].(map[string]any)
	assert.Equal(t, []any{"https://schema.spdci.org/extensions/social/v1/data/SR_Person"}, person["@type"])
	assert.Equal(t, []any{map[string]any{"@id": "https://schema.spdci.org/core/v1/code/SexCategoryEnum/female"}}, person[core+"sex"])
	name := person[core+"name"].([]any)[0].(map[string]any)
	assert.Equal(t, "Example", name[core+"surname"].([]any)[0].(map[string]any)["@value"])
	assert.Contains(t, person[core+"email"].([]any)[0], "@list")

	_, err = ld.NewJsonLdProcessor().Expand(document, ld.NewJsonLdOptions(""))
	assert.NoError(t, err, "the graph itself is JSON-LD")
}

func TestHTMLIsOneFileWhoseLinksLead(t *testing.T) {
	text := string(exported(t, export.HTML))
	assert.NotContains(t, text, "ZgotmplZ", "nothing was filtered as unsafe")
	ids, links := map[string]bool{}, []string{}
	for _, match := range regexp.MustCompile(`\s(id|href|src)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if match[1] != "id" {
			links = append(links, match[2])
			continue
		}
		assert.False(t, ids[match[2]], "id %s is used twice", match[2])
		ids[match[2]] = true
	}
	require.NotEmpty(t, links)
	for _, link := range links {
		target, local := strings.CutPrefix(link, "#")
		assert.True(t, local && ids[target], "link %s", link)
	}
}

func TestMarkdownTablesKeepTheirColumns(t *testing.T) {
	columns := 0
	for _, line := range strings.Split(string(exported(t, export.Markdown)), "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		count := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns != 0 {
			assert.Equal(t, columns, count, line)
		}
		columns = count
	}
}

func TestAProfileIsExportedWithTheDictionary(t *testing.T) {
	p, err := datadictionary.LoadProfile(os.DirFS("../testdata/profile/examplia"))
	require.NoError(t, err)
	for _, format := range export.Formats() {
		var out bytes.Buffer
		require.NoError(t, export.Export(&out, p.Dictionary, format))
		assert.Contains(t, out.String(), "clan", format)
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	var out bytes.Buffer
	err := export.Export(&out, nil, "pdf")
	var unknown export.UnknownFormatError
	require.True(t, errors.As(err, &unknown))
	assert.Equal(t, "pdf", unknown.Format)
	assert.Contains(t, err.Error(), "markdown")
	assert.Zero(t, out.Len())
}
