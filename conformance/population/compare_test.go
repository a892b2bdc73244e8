package population_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/spconform/spconform/conformance/population"
)

func copied(t *testing.T, record population.Record) map[string]any {
	t.Helper()
	in := json.NewDecoder(bytes.NewReader(record.Raw))
	in.UseNumber()
	var data map[string]any
	require.NoError(t, in.Decode(&data))
	return data
}

func at(data map[string]any, path ...string) map[string]any {
	for _, key := range path {
		switch held := data[key].(type) {
		case []any:
			data = held[0].(map[string]any)
		case map[string]any:
			data = held
		}
	}
	return data
}

// A registry may write accented letters as one character or as two: Unicode holds both to be the same text.
func TestCompareTakesLettersComposedOrDecomposed(t *testing.T) {
	people := generate(t, 21)
	for name, form := range map[string]norm.Form{"composed": norm.NFC, "decomposed": norm.NFD} {
		t.Run(name, func(t *testing.T) {
			changed := 0
			for _, person := range people.All("social", "Person") {
				if form.IsNormal(person.Raw) {
					continue
				}
				changed++
				var got map[string]any
				require.NoError(t, json.Unmarshal(form.Bytes(person.Raw), &got))
				assert.Empty(t, population.Compare(person, got))
			}
			assert.Positive(t, changed)
		})
	}
}

func TestCompare(t *testing.T) {
	people := generate(t, 21)
	group := people.Pick("social", "Group", "x")
	cases := map[string]struct {
		change func(map[string]any)
		want   []population.Difference
	}{
		"same":         {func(map[string]any) {}, nil},
		"prefixed key": {func(g map[string]any) { g["spdci:group_size"] = g["group_size"]; delete(g, "group_size") }, nil},
		"key by a prefix of its own": {func(g map[string]any) {
			g["own:registration_date"] = elsewhere(t, g["registration_date"])
			delete(g, "registration_date")
		}, nil},
		"published other key":   {func(g map[string]any) { g["household_size"] = g["group_size"]; delete(g, "group_size") }, nil},
		"keywords":              {func(g map[string]any) { g["@context"], g["@type"] = "x", "Group" }, nil},
		"instant, other offset": {func(g map[string]any) { g["registration_date"] = elsewhere(t, g["registration_date"]) }, nil},
		"day for midnight": {func(g map[string]any) {
			p := at(g, "member_list", "demographic_info")
			p["birth_date"] = p["birth_date"].(string)[:10]
		}, nil},
		"decimal as text":    {func(g map[string]any) { g["poverty_score"] = g["poverty_score"].(json.Number).String() + "0" }, nil},
		"integer as decimal": {func(g map[string]any) { g["group_size"] = json.Number(g["group_size"].(json.Number).String() + ".0") }, nil},
		"deprecated code": {func(g map[string]any) {
			p := at(g, "group_head_info", "demographic_info")
			p["sex"] = map[string]string{"male": "M", "female": "F"}[p["sex"].(string)]
		}, nil},
		"members in other order": {func(g map[string]any) { reverse(g["member_list"].([]any)) }, nil},
		"one identifier alone":   {func(g map[string]any) { g["address"] = g["address"].([]any)[0] }, nil},
		"list object":            {func(g map[string]any) { g["member_list"] = map[string]any{"@list": g["member_list"]} }, nil},
		"updated later":          {func(g map[string]any) { g["last_updated"] = "2031-01-01T03:00:00.25+03:00" }, nil},
		"updated before":         {func(g map[string]any) { g["last_updated"] = "1999-01-01T00:00:00Z" }, []population.Difference{{Path: "last_updated", Kind: population.Different}}},
		"registered later":       {func(g map[string]any) { g["registration_date"] = "2031-01-01T00:00:00Z" }, []population.Difference{{Path: "registration_date", Kind: population.Different}}},
		"empty extra":            {func(g map[string]any) { g["additional_attributes"] = []any{} }, nil},
		"missing":                {func(g map[string]any) { delete(g, "group_type") }, []population.Difference{{Path: "group_type", Kind: population.Missing}}},
		"null is missing":        {func(g map[string]any) { g["group_type"] = nil }, []population.Difference{{Path: "group_type", Kind: population.Missing}}},
		"empty is missing":       {func(g map[string]any) { g["member_list"] = []any{} }, []population.Difference{{Path: "member_list", Kind: population.Missing}}},
		"other score":            {func(g map[string]any) { g["poverty_score"] = json.Number("1.23") }, []population.Difference{{Path: "poverty_score", Kind: population.Different}}},
		"text for number":        {func(g map[string]any) { g["poverty_score"] = "high" }, []population.Difference{{Path: "poverty_score", Kind: population.Different}}},
		"an attribute more":      {func(g map[string]any) { g["shoe_size"] = "44" }, []population.Difference{{Path: "shoe_size", Kind: population.Extra}}},
		"data as a key":          {func(g map[string]any) { g["Jane Doe, 12"] = "44" }, []population.Difference{{Path: "?", Kind: population.Extra}}},
		"nested": {func(g map[string]any) { at(g, "group_head_info", "demographic_info", "name")["surname"] = "x" },
			[]population.Difference{{Path: "group_head_info.demographic_info.name.surname", Kind: population.Different}}},
		"a member more": {func(g map[string]any) {
			g["member_list"] = append(g["member_list"].([]any), map[string]any{"marital_status": "S"})
		},
			[]population.Difference{{Path: "member_list[SIZE]", Kind: population.Extra}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := copied(t, group)
			c.change(got)
			want := c.want
			if len(want) == 1 && want[0].Path == "member_list[SIZE]" {
				want[0].Path = "member_list[" + group.Data["group_size"].(json.Number).String() + "]"
			}
			assert.Equal(t, want, population.Compare(group, got))
		})
	}
	assert.Equal(t, []population.Difference{{Kind: population.NotFound}}, population.Compare(group, nil))
}

func TestOnePersonIsNotAnother(t *testing.T) {
	people := generate(t, 21)
	all := people.All("social", "Person")
	for at := range all {
		assert.NotEmpty(t, population.Compare(all[at], all[(at+1)%len(all)].Data))
		assert.Empty(t, population.Compare(all[at], all[at].Data))
	}
}

func TestIdentifierOf(t *testing.T) {
	cases := map[string]struct {
		text string
		want []population.Identifier
	}{
		"plain":    {`{"identifier":[{"identifier_type":"UIN","identifier_value":"1"},{"identifier_type":"BRN","identifier_value":"2"}]}`, []population.Identifier{{"UIN", "1"}, {"BRN", "2"}}},
		"prefixed": {`{"spdci:identifier":[{"spdci:identifier_type":"identifier:UIN","spdci:identifier_value":"1"}]}`, []population.Identifier{{"UIN", "1"}}},
		"single":   {`{"identifier":{"identifier_type":"UIN","identifier_value":"1"}}`, []population.Identifier{{"UIN", "1"}}},
		"list":     {`{"identifier":{"@list":[{"identifier_type":"UIN","identifier_value":{"@value":"1"}}]}}`, []population.Identifier{{"UIN", "1"}}},
		"null":     {`{"identifier":null,"spdci:identifier":[{"identifier_type":null,"spdci:identifier_type":"UIN","identifier_value":null,"spdci:identifier_value":"1"}]}`, []population.Identifier{{"UIN", "1"}}},
		"none":     {`{"name":{}}`, nil},
		"not text": {`{"identifier":[{"identifier_type":"UIN","identifier_value":7},"x",null]}`, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var record map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.text), &record))
			assert.Equal(t, c.want, population.IdentifierOf(record, "identifier"))
		})
	}
}

func FuzzCompare(f *testing.F) {
	people := generate(f, 21)
	person := people.Pick("social", "Person", "x")
	f.Add([]byte(person.Raw))
	f.Add([]byte(`{"identifier":[[[{"@list":[1e999,null]}]]],"a:":{"@value":[]},"birth_date":{"x":1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := json.NewDecoder(bytes.NewReader(text))
		in.UseNumber()
		var got map[string]any
		if in.Decode(&got) != nil {
			return
		}
		population.Compare(person, got)
		population.IdentifierOf(got, "identifier")
	})
}
