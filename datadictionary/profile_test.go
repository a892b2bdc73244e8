package datadictionary_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/datadictionary"
)

func examplia(t *testing.T) *datadictionary.Profile {
	t.Helper()
	p, err := datadictionary.LoadProfile(os.DirFS("testdata/profile/examplia"))
	require.NoError(t, err)
	return p
}

func TestAProfileSaysWhatItIs(t *testing.T) {
	p := examplia(t)
	assert.Equal(t, "Examplia", p.Name)
	assert.Equal(t, "XEX", p.CountryCode)
	require.Len(t, p.Notes, 1, "%v", p.Notes)
	assert.Contains(t, p.Notes[0], "Household.jsonld is no schema of the standard")
}

func TestAProfileTightensAndExtends(t *testing.T) {
	d := examplia(t).Dictionary
	right := `{"sex":"male","identifier":[{"identifier_type":"UIN","identifier_value":"1"}]`
	for _, c := range []struct {
		name, object, record string
		rules                []string
	}{
		{"what the profile asks", "Person", right + `}`, nil},
		{"required attribute absent", "Person", `{"sex":"male"}`, []string{"cardinality.min"}},
		{"required of a narrower object", "SRPerson", `{"sex":"male"}`, []string{"cardinality.min"}},
		{"required array empty", "Person", `{"sex":"male","identifier":[]}`, []string{"cardinality.min"}},
		{"added attribute", "Person", right + `,"clan":"Example"}`, nil},
		{"added attribute under its prefix", "SRPerson", right + `,"ex:clan":"Example"}`, nil},
		{"added attribute of a wrong type", "Person", right + `,"clan":5}`, []string{"type.string"}},
		{"added object", "Person", right + `,"dwelling":[{"name":"Home","roof":"tin"}]}`, nil},
		{"added object, wrong code", "Person", right + `,"dwelling":[{"name":"Home","roof":"gold"}]}`, []string{"codelist.RoofEnum"}},
		{"inherited attribute required of an added object", "Person", right + `,"dwelling":[{"roof":"tin"}]}`, []string{"cardinality.min"}},
		{"code left out of a narrowed list", "Member", `{"marital_status":"A"}`, []string{"codelist.CD.COM.02"}},
		{"code added to an open list", "Identifier", `{"identifier_type":"PASSPORT"}`, nil},
		{"code outside the list that the country settled", "Identifier", `{"identifier_type":"OTHER"}`, []string{"codelist.CD.COM.01"}},
		{"place keeps its optional name", "Place", `{}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rules []string
			for _, v := range d.ValidateJSON(c.object, []byte(c.record)) {
				rules = append(rules, v.Rule)
			}
			assert.Equal(t, c.rules, rules)
		})
	}
	assert.Empty(t, load(t).ValidateJSON("Person", []byte(`{"name":{}}`)), "the dictionary itself stays as it was")
}

func TestAProfileNeverAcceptsWhatTheDictionaryRefuses(t *testing.T) {
	d := examplia(t).Dictionary
	for _, c := range wrongRecords {
		assert.False(t, datadictionary.Holds(d.ValidateJSON(c.object, []byte(c.record))), c.name)
	}
}

// profileOf is a profile with one schema file.
func profileOf(schema string) fs.FS {
	return fstest.MapFS{
		"profile-metadata.yaml": {Data: []byte("profileName: P\nversion: '1'\nschemasIndex: schemas.yaml\n")},
		"schemas.yaml":          {Data: []byte("includes: [profiles/p/schema.jsonld]\n")},
		"schema.jsonld":         {Data: []byte(schema)},
	}
}

func class(id, rest string) string {
	return `{"@context":{"spdci":"https://schema.spdci.org/core/v1/data","xsd":"http://www.w3.org/2001/XMLSchema#"},"@id":"` + id + `","@type":"rdfs:Class",` + rest + `}`
}

func property(id, valueRange string) string {
	return `"rdfs:property":[{"@id":"` + id + `","rdfs:range":` + valueRange + `}]`
}

func TestAProfileThatLoosensIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ schema, want string }{
		"widened code list":        {class("category:SexCategoryEnum", `"owl:oneOf":["category:male","category:x"]`), "code list CD.COM.03 has no code x"},
		"emptied code list":        {class("category:SexCategoryEnum", `"owl:oneOf":[]`), "schema.jsonld: leaves code list CD.COM.03 without a code"},
		"code to string":           {class("spdci:Person", property("spdci:sex", `"xsd:string"`)), "Person.sex is published as a code of sex"},
		"code of another list":     {class("spdci:Person", property("spdci:sex", `"code:MaritalStatusEnum"`)), "Person.sex is published as a code of sex"},
		"array to one value":       {class("spdci:Person", property("spdci:email", `"xsd:string"`)), "Person.email is published as 0..*"},
		"one value to array":       {class("spdci:Person", property("spdci:sex", `{"@id":"code:SexCategoryEnum","@container":"@list"}`)), "Person.sex is published as 0..1"},
		"object to a wider one":    {class("spdci:RelatedPerson", property("spdci:related_member", `"spdci:Place"`)), "published as an object Person"},
		"integer to decimal":       {class("spdci:Group", property("spdci:group_size", `"xsd:decimal"`)), "Group.group_size is published as integer"},
		"unknown range":            {class("spdci:Person", property("spdci:hat", `"spdci:Hat"`)), "the range of Person.hat"},
		"unknown attribute needed": {class("spdci:Person", `"required":["spdci:hat"]`), "requires Person.hat"},
		"attribute twice":          {class("spdci:Person", `"rdfs:property":[{"@id":"ex:a","rdfs:range":"xsd:string"},{"@id":"ex:a","rdfs:range":"xsd:string"}]`), "Person.a is added twice"},
		"unknown parent":           {class("ex:Hat", `"rdfs:subClassOf":"spdci:Clothing"`), "Hat extends spdci:Clothing"},
		"no class":                 {`{"@id":"spdci:Person"}`, "defines no rdfs:Class"},
		"no JSON":                  {`{`, "is not a schema file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := datadictionary.LoadProfile(profileOf(c.schema))
			require.ErrorIs(t, err, datadictionary.ErrInvalid)
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestAProfileMayNarrow(t *testing.T) {
	for name, schema := range map[string]string{
		"decimal to integer":    class("spdci:Group", property("spdci:poverty_score", `"xsd:integer"`)),
		"string to code":        class("spdci:Group", property("spdci:poverty_score_type", `"code:IncomeLevelEnum"`)),
		"object to narrower":    class("spdci:RelatedPerson", property("spdci:related_member", `"spdci:SR_Person"`)),
		"same again":            class("spdci:Person", property("spdci:sex", `"code:SexCategoryEnum"`)),
		"attribute in own name": class("spdci:Person", property("ex:hat", `"xsd:boolean"`)),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := datadictionary.LoadProfile(profileOf(schema))
			require.NoError(t, err)
			assert.Empty(t, p.Notes)
		})
	}
}

func TestAProfileFolderThatIsNotWhole(t *testing.T) {
	metadata := &fstest.MapFile{Data: []byte("profileName: P\nversion: '1'\nschemasIndex: schemas.yaml\n")}
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"empty":        {fstest.MapFS{}, "profile-metadata.yaml: cannot be read"},
		"no name":      {fstest.MapFS{"profile-metadata.yaml": {Data: []byte("version: '1'")}}, "profileName, version and schemasIndex are needed"},
		"no index":     {fstest.MapFS{"profile-metadata.yaml": metadata}, "schemas.yaml: cannot be read"},
		"broken index": {fstest.MapFS{"profile-metadata.yaml": metadata, "schemas.yaml": {Data: []byte("includes: {")}}, "schemas.yaml: yaml"},
		"file missing": {fstest.MapFS{"profile-metadata.yaml": metadata, "schemas.yaml": {Data: []byte("includes: [profiles/p/x.jsonld]")}}, "profiles/p/x.jsonld is not in the profile's folder"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := datadictionary.LoadProfile(c.files)
			require.ErrorIs(t, err, datadictionary.ErrInvalid)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// fileSchema compiles a schema of schemas/.
func fileSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("schemas/" + name)
	require.NoError(t, err)
	return schema
}

func decodeYAML(t *testing.T, files fs.FS, name string) any {
	t.Helper()
	raw, err := fs.ReadFile(files, name)
	require.NoError(t, err)
	var value any
	require.NoError(t, yaml.Unmarshal(raw, &value))
	return value
}

func TestProfileFilesHaveASchema(t *testing.T) {
	files := os.DirFS("testdata/profile/examplia")
	metadata := fileSchema(t, "profile-metadata.schema.json")
	assert.NoError(t, metadata.Validate(decodeYAML(t, files, "profile-metadata.yaml")))
	assert.NoError(t, fileSchema(t, "profile-index.schema.json").Validate(decodeYAML(t, files, "schemas.yaml")))
	for _, needed := range []string{"profileName", "version", "schemasIndex"} {
		document := decodeYAML(t, files, "profile-metadata.yaml").(map[string]any)
		delete(document, needed)
		assert.Error(t, metadata.Validate(document), needed)
		raw, err := yaml.Marshal(document)
		require.NoError(t, err)
		_, err = datadictionary.LoadProfile(fstest.MapFS{"profile-metadata.yaml": {Data: raw}})
		assert.ErrorContains(t, err, "profileName, version and schemasIndex are needed", "the loader and the schema agree on %s", needed)
	}
}

func TestThePublishedProfilesLoad(t *testing.T) {
	files := published(t)
	for _, name := range []string{"peru", "template_profile"} {
		sub, err := fs.Sub(files, "dci-schemas/profiles/"+name)
		require.NoError(t, err)
		p, err := datadictionary.LoadProfile(sub)
		require.NoError(t, err, name)
		assert.NoError(t, fileSchema(t, "profile-metadata.schema.json").Validate(decodeYAML(t, sub, "profile-metadata.yaml")), name)
		t.Log(name + ":\n" + strings.Join(p.Notes, "\n"))
		if name == "peru" {
			r, err := p.Dictionary.Attribute("SRGroup", "cse_code_validity_init")
			require.NoError(t, err)
			assert.Equal(t, "date_time", r.Scalar)
		}
	}
}

func FuzzLoadProfile(f *testing.F) {
	f.Add([]byte(class("spdci:Person", property("ex:hat", `"xsd:boolean"`))))
	f.Add([]byte(class("ex:Hat", `"rdfs:subClassOf":"spdci:Place","required":["ex:size"],`+property("ex:size", `{"@id":"ex:Hat","@container":"@list"}`))))
	f.Add([]byte(class("category:SexCategoryEnum", `"owl:oneOf":["category:male"]`)))
	f.Fuzz(func(t *testing.T, schema []byte) {
		p, err := datadictionary.LoadProfile(profileOf(string(schema)))
		if err != nil {
			if !errors.Is(err, datadictionary.ErrInvalid) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		for _, c := range wrongRecords {
			if len(c.record) < 200 && datadictionary.Holds(p.Dictionary.ValidateJSON(c.object, []byte(c.record))) {
				t.Fatalf("the profile loosened the dictionary: %s", c.name)
			}
		}
	})
}
