package datadictionary_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
)

// household is a right record of about 4 KB with every kind of value.
func household(t testing.TB, members int) []byte {
	t.Helper()
	var list []string
	for i := range members {
		list = append(list, fmt.Sprintf(`{"@type":"Member","member_identifier":[{"identifier_type":"UIN","identifier_value":"1000%d"}],
		"demographic_info":{"@type":"SRPerson","identifier":[{"identifier_type":"BRN","identifier_value":"B-%d"}],
		"name":{"surname":"Tester","given_name":"Person %d"},"sex":"female","birth_date":"1990-02-28","phone_number":["+66812345678"],
		"email":["person%d@example.org"],"address":[{"address_line_1":"1 Example Road","country_code":"TH"}],
		"registration_date":"2024-01-02T03:04:05.678Z"},
		"related_person":[{"relationship_type":"MTH","related_member":{"name":{"surname":"Tester"}}}],
		"is_disabled":true,"disability_info":[{"disability_limitation_type":"VIS_SS","functional_severity":"2"}],
		"marital_status":"M","employment_status":"1","occupation":"5","education_level":"3"}`, i, i, i, i))
	}
	raw := []byte(`{"@context":{"@vocab":"https://schema.spdci.org/extensions/social/v1/data"},"@type":"Group","group_identifier":[{"identifier_type":"UIN","identifier_value":"G1"}],
	"group_type":"2","geographical_location":{"name":"Example Town","geo":{"latitude":"13.7563","longitude":100.5018}},
	"place_address":true,"poverty_score":12.5,"poverty_score_type":"PMT","group_size":4,"member_list":[` + strings.Join(list, ",") + `],
	"registration_date":"2024-01-02T03:04:05+07:00","additional_attributes":[{"name":"roof","value":"tin"}]}`)
	require.True(t, json.Valid(raw))
	return raw
}

func TestARightRecordHasNoViolation(t *testing.T) {
	d := load(t)
	for _, object := range []string{"Group", "SRGroup"} {
		assert.Empty(t, d.ValidateJSON(object, household(t, 4)), object)
	}
}

// attributes that do not hold, each with the one violation that it must cause.
var wrongRecords = []struct {
	name, object, record string
	path, rule           string
}{
	{"not an object", "Person", `[]`, "", "type.object"},
	{"null record", "Person", `null`, "", "type.object"},
	{"day that does not exist", "Person", `{"birth_date":"1980-02-31"}`, "birth_date", "format.date_or_date_time"},
	{"29 February of a common year", "Person", `{"birth_date":"1981-02-29T00:00:00Z"}`, "birth_date", "format.date_or_date_time"},
	{"hour that does not exist", "Person", `{"birth_date":"1980-02-01T25:00:00Z"}`, "birth_date", "format.date_or_date_time"},
	{"offset that does not exist", "Person", `{"birth_date":"1980-02-01T05:00:00+25:00"}`, "birth_date", "format.date_or_date_time"},
	{"date where a moment is asked", "Person", `{"registration_date":"2024-01-02"}`, "registration_date", "format.date_time"},
	{"empty date", "Person", `{"registration_date":""}`, "registration_date", "format.date_time"},
	{"local date form", "Person", `{"birth_date":"01/02/1980"}`, "birth_date", "format.date_or_date_time"},
	{"date as number", "Person", `{"birth_date":19800201}`, "birth_date", "type.date_time"},
	{"unknown sex", "Person", `{"sex":"Female"}`, "sex", "codelist.CD.COM.03"},
	{"empty code", "Member", `{"income_level":""}`, "income_level", "codelist.CD.SR.03"},
	{"code as number", "Member", `{"occupation":5}`, "occupation", "type.code"},
	{"severity outside the list", "DisabilityInfo", `{"functional_severity":"0"}`, "functional_severity", "codelist.CD.COM.12"},
	{"nested in arrays", "Group", `{"member_list":[{},{},{"demographic_info":{"sex":"x"}}]}`, "member_list[2].demographic_info.sex", "codelist.CD.COM.03"},
	{"one where many", "Person", `{"identifier":{"identifier_type":"UIN"}}`, "identifier", "cardinality.array"},
	{"many where one", "Person", `{"name":[{"surname":"Tester"}]}`, "name", "cardinality.max"},
	{"string for an object", "Person", `{"name":"Tester"}`, "name", "type.object"},
	{"object for a string", "Name", `{"surname":{}}`, "surname", "type.string"},
	{"number for a string", "Address", `{"postal_code":84320}`, "postal_code", "type.string"},
	{"text for a boolean", "Member", `{"is_disabled":"no"}`, "is_disabled", "type.boolean"},
	{"two for a boolean", "Member", `{"is_disabled":"2"}`, "is_disabled", "type.boolean"},
	{"fraction of a member", "Group", `{"group_size":2.5}`, "group_size", "type.integer"},
	{"fewer than no members", "Group", `{"group_size":-1}`, "group_size", "format.count"},
	{"text for a decimal", "Group", `{"poverty_score":"low"}`, "poverty_score", "type.decimal"},
	{"beyond the pole", "GeoCoordinates", `{"latitude":"90.01"}`, "latitude", "format.latitude"},
	{"beyond the date line", "GeoCoordinates", `{"longitude":-180.5}`, "longitude", "format.longitude"},
	{"no e-mail address", "Person", `{"email":["someone"]}`, "email[0]", "format.email"},
	{"e-mail with a display name", "Person", `{"email":["Some One <a@example.org>"]}`, "email[0]", "format.email"},
	{"type of another object", "Person", `{"@type":"Group"}`, "@type", "type.object"},
	{"type of another part", "Person", `{"name":{"@type":"Address"}}`, "name.@type", "type.object"},
	{"wider type than asked", "SRMember", `{"demographic_info":{"@type":"Address"}}`, "demographic_info.@type", "type.object"},
	{"context renames to a wrong code", "Person", `{"@context":{"gender":"https://schema.spdci.org/core/v1/data/sex"},"gender":"x"}`, "sex", "codelist.CD.COM.03"},
	{"reference to nowhere", "Group", `{"group_head_info":{"@id":"_:h"}}`, "group_head_info", "reference.unresolved"},
	{"reference to another kind", "Group", `{"group_head_info":{"@id":"_:h"},"address":[{"@id":"_:h","locality":"x"}]}`, "group_head_info", "reference.kind"},
	{"two spellings at once", "Person", `{"sex":"male","spdci:sex":"male"}`, "sex", "attribute.repeated"},
	{"repeated key", "Person", `{"sex":"male","sex":"female"}`, "sex", "json.duplicate_key"},
	{"huge number", "Group", `{"poverty_score":1e999999999}`, "poverty_score", "json.number"},
	{"long number", "Group", `{"poverty_score":` + strings.Repeat("9", 5000) + `}`, "poverty_score", "json.number"},
	{"trailing text", "Person", `{} {}`, "", "json.syntax"},
	{"broken text", "Person", `{"sex":`, "", "json.syntax"},
	{"no text", "Person", ``, "", "json.syntax"},
	{"invalid UTF-8", "Person", "{\"sex\":\"\xff\"}", "", "json.utf8"},
}

func TestAWrongRecordIsReportedByPathAndRule(t *testing.T) {
	d := load(t)
	for _, c := range wrongRecords {
		t.Run(c.name, func(t *testing.T) {
			violations := d.ValidateJSON(c.object, []byte(c.record))
			require.Len(t, violations, 1, "%v", violations)
			assert.Equal(t, c.path, violations[0].Path)
			assert.Equal(t, c.rule, violations[0].Rule)
			assert.False(t, violations[0].Advisory)
			assert.False(t, datadictionary.Holds(violations))
		})
	}
}

var acceptedRecords = []struct {
	name, object, record string
	rule                 string // of the advisory, or empty
}{
	{"date of birth alone", "Person", `{"birth_date":"1980-02-29"}`, ""},
	{"leap second", "Person", `{"birth_date":"2016-12-31T23:59:60Z"}`, ""},
	{"date-time without offset", "Person", `{"birth_date":"1995-09-21T11:20:00"}`, "format.date_or_date_time.offset"},
	{"prefixed key", "Person", `{"spdci:sex":"male"}`, ""},
	{"prefixed type", "Group", `{"@type":"spdci:Group"}`, ""},
	{"type as IRI", "Group", `{"@type":["https://schema.spdci.org/core/v1/data/Group"]}`, ""},
	{"narrower type", "Person", `{"@type":"SR_Person"}`, ""},
	{"any type where none is published", "PlusCode", `{"geometry":{"@type":"GeoLocation"}}`, ""},
	{"list container", "Person", `{"phone_number":{"@list":["+66812345678"]}}`, ""},
	{"value object", "Person", `{"sex":{"@value":"male"}}`, ""},
	{"null", "Person", `{"name":null,"address":null}`, ""},
	{"old sex code", "Person", `{"sex":"F"}`, "code.deprecated"},
	{"prefixed code", "Person", `{"sex":"category:female"}`, "code.prefixed"},
	{"identifier of a country", "Identifier", `{"identifier_type":"PASSPORT"}`, "code.unlisted"},
	{"earlier edition's code", "DisabilityInfo", `{"disability_limitation_type":"d132"}`, ""},
	{"other published name", "DisabilityInfo", `{"functional_limitation_type":"VIS_SS"}`, ""},
	{"misspelt name", "Name", `{"first_name":"Test"}`, "attribute.deprecated"},
	{"unknown attribute", "Name", `{"nickname":"Test"}`, "attribute.unknown"},
	{"boolean as number", "Group", `{"place_address":1}`, "type.boolean.lexical"},
	{"boolean as text", "Member", `{"is_disabled":"0"}`, "type.boolean.lexical"},
	{"integer as text", "Group", `{"group_size":"1"}`, "type.integer.lexical"},
	{"whole number with a point", "Group", `{"group_size":4.0}`, ""},
	{"decimal as text", "Group", `{"poverty_score":"4.0"}`, ""},
	{"telephone in national form", "Person", `{"phone_number":["+1 (425) 555-1212"]}`, "format.phone_number"},
	{"country by name", "Address", `{"country_code":"Thailand"}`, "format.country"},
	{"country by three letters", "Address", `{"country_code":"THA"}`, ""},
	{"prefix of the record's own", "Person", `{"@context":{"sr":"https://schema.spdci.org/extensions/social/v1/data"},"@type":"sr:SR_Person","sr:sex":"male"}`, ""},
	{"prefix with a separator", "Person", `{"@context":{"sr":"https://schema.spdci.org/extensions/social/v1/data/"},"sr:sex":"male"}`, ""},
	{"key as IRI", "Person", `{"https://schema.spdci.org/core/v1/data/sex":"male"}`, ""},
	{"key renamed by the context", "Person", `{"@context":{"gender":"https://schema.spdci.org/core/v1/data/sex"},"gender":"male"}`, ""},
	{"keyword renamed by the context", "Person", `{"@context":{"kind":"@type"},"kind":"Person"}`, ""},
	{"context by address", "Person", `{"@context":["https://schema.spdci.org/core/v1/data",{"gender":"sex"}],"gender":"male"}`, ""},
	{"context of the outer object", "Group", `{"@context":{"sr":"https://schema.spdci.org/core/v1/data/"},"sr:group_head_info":{"sr:demographic_info":{"sr:sex":"male"}}}`, ""},
	{"term of another vocabulary", "Person", `{"@context":{"foaf":"http://xmlns.com/foaf/0.1/"},"foaf:nick":"x"}`, "attribute.unknown"},
	{"context that is not embedded", "Person", `{"@context":"https://example.org/context","example:nick":"x"}`, "attribute.unknown"},
	{"context that is none", "Person", `{"@context":5,"example:nick":"x"}`, "attribute.unknown"},
	{"code as a resource", "Person", `{"sex":{"@id":"category:female"}}`, "code.prefixed"},
	{"reference to a node of the record", "Group", `{"group_head_info":{"@id":"_:h"},"member_list":[{"@id":"_:h","is_disabled":false}]}`, ""},
	{"reference to elsewhere", "Group", `{"group_head_info":{"@id":"https://example.org/m/1"}}`, ""},
	{"free additional information", "AdditionalInfo", `{"anything":{"at":"all"}}`, ""},
}

func TestWhatPublishedTextsAllowIsAccepted(t *testing.T) {
	d := load(t)
	for _, c := range acceptedRecords {
		t.Run(c.name, func(t *testing.T) {
			violations := d.ValidateJSON(c.object, []byte(c.record))
			assert.True(t, datadictionary.Holds(violations), "%v", violations)
			if c.rule == "" {
				assert.Empty(t, violations)
				return
			}
			require.Len(t, violations, 1)
			assert.Equal(t, c.rule, violations[0].Rule)
		})
	}
}

func TestAViolationNeverHoldsAValue(t *testing.T) {
	d := load(t)
	const secret = "Zebediah-7741"
	record := `{"@type":"` + secret + `","name":"` + secret + `","sex":"` + secret + `","birth_date":"` + secret + `",
	"email":["` + secret + `"],"phone_number":["` + secret + `"],"identifier":[{"identifier_type":"` + secret + `"}],
	"address":[{"country_code":"` + secret + `"}],"last_updated":"` + secret + `","` + secret + ` ` + secret + `":1}`
	violations := d.ValidateJSON("Person", []byte(record))
	require.NotEmpty(t, violations)
	for _, v := range violations {
		assert.NotContains(t, v.String(), secret)
		assert.NotContains(t, v.String(), "\n")
	}
}

func TestAHostileRecordIsRefused(t *testing.T) {
	d := load(t)
	for name, c := range map[string]struct{ record, rule string }{
		"deep objects":       {strings.Repeat(`{"geo":`, 500_000), "json.depth"},
		"deep arrays":        {strings.Repeat(`[`, 1_000_000), "json.depth"},
		"a million elements": {`{"contains_place":[` + strings.Repeat(`{},`, 1_000_000) + `{}]}`, "json.elements"},
		"too large":          {`{"name":"` + strings.Repeat("x", datadictionary.MaxBytes) + `"}`, "json.size"},
	} {
		t.Run(name, func(t *testing.T) {
			violations := d.ValidateJSON("Place", []byte(c.record))
			require.Len(t, violations, 1)
			assert.Equal(t, c.rule, violations[0].Rule)
		})
	}
	t.Run("endless context", func(t *testing.T) {
		record := func(definitions int) []byte {
			terms := []string{`"title":"https://schema.spdci.org/core/v1/data/name"`}
			for i := range definitions {
				terms = append(terms, fmt.Sprintf(`"t%d":"https://schema.spdci.org/x/t%d"`, i, i))
			}
			return []byte(`{"@context":{` + strings.Join(terms, ",") + `},"title":"Example"}`)
		}
		assert.Empty(t, d.ValidateJSON("Place", record(100)))
		violations := d.ValidateJSON("Place", record(40_000))
		require.Len(t, violations, 1, "a context beyond the bound is not worked out")
		assert.Equal(t, "attribute.unknown", violations[0].Rule)
	})
	t.Run("wrong throughout", func(t *testing.T) {
		violations := d.ValidateJSON("Place", []byte(`{"contains_place":[`+strings.Repeat(`1,`, 50_000)+`1]}`))
		assert.Less(t, len(violations), 1000)
		assert.Equal(t, "json.too_many", violations[len(violations)-1].Rule)
	})
}

func TestAnUnknownObjectIsAViolation(t *testing.T) {
	violations := load(t).ValidateJSON("Household", []byte(`{}`))
	require.Len(t, violations, 1)
	assert.Equal(t, "object.unknown", violations[0].Rule)
}

// The schema and the validator agree: what the one accepts the other does.
func TestJSONSchemaAgreesWithValidate(t *testing.T) {
	d := load(t)
	schemas := map[string]*jsonschema.Schema{}
	compile := func(object string) *jsonschema.Schema {
		if s, ok := schemas[object]; ok {
			return s
		}
		document, err := d.JSONSchema(object)
		require.NoError(t, err)
		text, err := json.Marshal(document)
		require.NoError(t, err)
		decoded, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		require.NoError(t, compiler.AddResource("record.json", decoded))
		schemas[object], err = compiler.Compile("record.json")
		require.NoError(t, err)
		return schemas[object]
	}
	check := func(object, record string) error {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(record))
		require.NoError(t, err)
		return compile(object).Validate(instance)
	}
	for _, o := range d.Objects() {
		compile(o.Name)
	}
	assert.NoError(t, check("SRGroup", string(household(t, 4))))
	// Nor can a schema hold a number written as a string to a range.
	notInSchema := map[string]bool{"json": true, "attribute": true, "reference": true}
	for _, c := range wrongRecords {
		family, _, _ := strings.Cut(c.rule, ".")
		if notInSchema[family] || strings.HasSuffix(c.path, "@type") || strings.Contains(c.record, "@context") || c.name == "beyond the pole" {
			continue
		}
		assert.Error(t, check(c.object, c.record), c.name)
	}
	jsonLD := map[string]bool{"list container": true, "value object": true, "prefixed code": true, "code as a resource": true}
	for _, c := range acceptedRecords {
		if !jsonLD[c.name] && c.rule != "code.deprecated" {
			assert.NoError(t, check(c.object, c.record), c.name)
		}
	}
	_, err := d.JSONSchema("Household")
	assert.ErrorIs(t, err, datadictionary.ErrUnknownObject)
}

func BenchmarkValidateJSON(b *testing.B) {
	d, raw := load(b), household(b, 4)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if len(d.ValidateJSON("SRGroup", raw)) != 0 {
			b.Fatal("the record no longer holds")
		}
	}
}

func FuzzValidateJSON(f *testing.F) {
	d := load(f)
	f.Add("Group", household(f, 1))
	for _, c := range wrongRecords {
		if len(c.record) < 1000 {
			f.Add(c.object, []byte(c.record))
		}
	}
	for _, c := range acceptedRecords {
		f.Add(c.object, []byte(c.record))
	}
	f.Fuzz(func(t *testing.T, object string, raw []byte) {
		violations := d.ValidateJSON(object, raw)
		for _, v := range violations {
			if v.Rule == "" || v.Detail == "" || strings.ContainsAny(v.String(), "\n\r") {
				t.Fatalf("violation is not one line with a rule: %q", v.String())
			}
		}
		if !json.Valid(raw) && datadictionary.Holds(violations) {
			t.Fatal("text that is no JSON was accepted")
		}
	})
}

// A record with hundreds of a country's own attributes holds, and what is wrong in it is still told.
func TestNotesNeitherCondemnNorHide(t *testing.T) {
	var members strings.Builder
	for i := range 500 {
		fmt.Fprintf(&members, `"own_%d": 1, `, i)
	}
	right := load(t).ValidateJSON("Person", []byte(`{`+members.String()+`"sex": "male"}`))
	assert.True(t, datadictionary.Holds(right), "%v", right[len(right)-1])
	assert.Equal(t, datadictionary.Violation{Rule: "json.too_many", Detail: "has more violations than are listed", Advisory: true}, right[len(right)-1])
	wrong := load(t).ValidateJSON("Person", []byte(`{`+members.String()+`"sex": "perhaps"}`))
	assert.False(t, datadictionary.Holds(wrong))
	assert.Equal(t, "codelist.CD.COM.03", wrong[len(wrong)-1].Rule)
}
