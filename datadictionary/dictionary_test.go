package datadictionary_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
)

func load(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	d, err := datadictionary.Load()
	require.NoError(t, err)
	return d
}

func TestObjectIsFoundByEveryPublishedName(t *testing.T) {
	d := load(t)
	for name, want := range map[string]string{
		"Person":                      "Person",
		"SRPerson":                    "SRPerson",
		"SR_Person":                   "SRPerson",
		"Group":                       "Group",
		"spdci:Group":                 "Group",
		"spdci-extensions-dci:Member": "Member",
		"DO.SR.01":                    "SRPerson",
		"DO.SR.02":                    "SRGroup",
		"DO.SR.03":                    "SRMember",
		"DO.SR.04":                    "RelatedPerson",
		"DO.COM.01":                   "Identifier",
	} {
		o, ok := d.Object(name)
		if assert.True(t, ok, name) {
			assert.Equal(t, want, o.Name, name)
		}
	}
	for _, name := range []string{"", "Persons", "foo:Group", "spdci:"} {
		_, ok := d.Object(name)
		assert.False(t, ok, name)
	}
}

func TestObjectInPrefersTheRegistrysOwn(t *testing.T) {
	d := load(t)
	for _, c := range []struct{ registry, name, want string }{
		{"social", "Group", "SRGroup"},
		{"social", "spdci:Member", "SRMember"},
		{"social", "Person", "SRPerson"},
		{"social", "Address", "Address"},
		{"core", "Group", "Group"},
	} {
		o, ok := d.ObjectIn(c.registry, c.name)
		require.True(t, ok, c.name)
		assert.Equal(t, c.want, o.Name)
	}
}

func TestAnObjectInheritsAttributesAndTypes(t *testing.T) {
	d := load(t)
	group, _ := d.Object("SRGroup")
	var names []string
	for _, a := range group.Attributes {
		names = append(names, a.Name)
		if a.Name == "member_list" {
			assert.Equal(t, "SRMember", a.Object, "the registry's own member replaces that of core")
			assert.Equal(t, "0..*", a.Cardinality())
		}
	}
	assert.Subset(t, names, []string{"group_identifier", "poverty_score", "member_list"})
	person, _ := d.Object("Person")
	assert.Contains(t, person.Types, "SRPerson", "a record of a narrower kind is one of the wider")
}

func TestEveryObjectRefersToEntriesOfTheDictionary(t *testing.T) {
	d := load(t)
	for _, o := range d.Objects() {
		for _, a := range o.Attributes {
			switch a.Type {
			case datadictionary.TypeObject:
				_, ok := d.Object(a.Object)
				assert.True(t, ok, "%s.%s", o.Name, a.Name)
			case datadictionary.TypeCode:
				_, ok := d.CodeList(a.CodeList)
				assert.True(t, ok, "%s.%s", o.Name, a.Name)
			}
		}
	}
}

func TestCodeListIsFoundByIDNameAndTerm(t *testing.T) {
	d := load(t)
	for _, name := range []string{"sex", "CD.COM.03", "SexCategoryEnum", "spdci:SexCategoryEnum"} {
		c, ok := d.CodeList(name)
		require.True(t, ok, name)
		code, ok := c.Code("F")
		require.True(t, ok)
		assert.True(t, code.Deprecated)
		assert.Equal(t, "female", code.Use)
		_, ok = c.Code("category:female")
		assert.True(t, ok)
	}
}

func TestAttributePath(t *testing.T) {
	d := load(t)
	for _, c := range []struct {
		object, path, canonical, scalar string
		repeated                        bool
	}{
		{"Member", "demographic_info.name.surname", "demographic_info.name.surname", "string", false},
		{"Group", "member_list.demographic_info.birth_date", "member_list.demographic_info.birth_date", "date_time", true},
		{"Group", "spdci:poverty_score", "poverty_score", "decimal", false},
		{"Person", "name.first_name", "name.given_name", "string", false},
		{"Person", "identifier", "identifier", "", true},
		{"Place", "contained_in_place.contained_in_place.name", "contained_in_place.contained_in_place.name", "string", false},
	} {
		r, err := d.Attribute(c.object, c.path)
		require.NoError(t, err, c.path)
		assert.Equal(t, c.canonical, r.Path)
		assert.Equal(t, c.scalar, r.Scalar, c.path)
		assert.Equal(t, c.repeated, r.Repeated, c.path)
	}
}

func TestAttributePathThatDoesNotExist(t *testing.T) {
	d := load(t)
	for _, c := range []struct {
		object, path string
		want         error
	}{
		{"Household", "group_size", datadictionary.ErrUnknownObject},
		{"Person", "surname", datadictionary.ErrUnknownAttribute},
		{"Person", "", datadictionary.ErrUnknownAttribute},
		{"Person", "sex.code", datadictionary.ErrUnknownAttribute},
		{"Person", "name.", datadictionary.ErrUnknownAttribute},
		{"Place", "contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.contained_in_place.name", datadictionary.ErrUnknownAttribute},
	} {
		_, err := d.Attribute(c.object, c.path)
		assert.ErrorIs(t, err, c.want, c.path)
	}
}

func TestQueryableListsScalarLeavesThatResolve(t *testing.T) {
	d := load(t)
	for _, o := range d.Objects() {
		leaves := d.Queryable(o.Name)
		seen := map[string]bool{}
		for _, leaf := range leaves {
			assert.False(t, seen[leaf.Path], leaf.Path)
			seen[leaf.Path] = true
			r, err := d.Attribute(o.Name, leaf.Path)
			require.NoError(t, err)
			assert.Equal(t, r, leaf)
			assert.NotEmpty(t, leaf.Scalar)
		}
		assert.Equal(t, leaves, d.Queryable(o.Name), "the order is the same each time")
	}
	var paths []string
	for _, leaf := range d.Queryable("SRGroup") {
		paths = append(paths, leaf.Path)
	}
	assert.Subset(t, paths, []string{"group_identifier.identifier_value", "poverty_score", "member_list.demographic_info.name.surname"})
	assert.Nil(t, d.Queryable("Household"))
}

// folder is a small dictionary that loads; the tests break it one entry at a time.
func folder(changes map[string]string) fstest.MapFS {
	files := map[string]string{
		"formats.yaml":         "formats: [{name: email, label: E, definition: d}, {name: date_time, label: D, definition: d}]",
		"contexts.yaml":        "prefixes: {x: [https://example.org/]}",
		"codelists/sex.yaml":   "{name: sex, label: Sex, registry: core, definition: d, codes: [{code: a, label: A}]}",
		"objects/person.yaml":  "{name: P, label: P, registry: core, context: c, definition: d, types: [P], attributes: [{name: sex, label: S, definition: d, type: code, code_list: sex, cardinality: 0..1}]}",
		"objects/special.yaml": "{name: S, label: S, registry: social, context: c, definition: d, extends: P, types: [S]}",
	}
	for name, text := range changes {
		files[name] = text
	}
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestADictionaryThatContradictsItselfIsRefused(t *testing.T) {
	_, err := datadictionary.LoadFS(folder(nil))
	require.NoError(t, err)

	object := func(attribute string) string {
		return "{name: P, label: P, registry: core, context: c, definition: d, attributes: [" + attribute + "]}"
	}
	for name, c := range map[string]struct {
		file, text, want string
	}{
		"unknown object":        {"objects/person.yaml", object("{name: a, label: A, definition: d, type: object, object: Nobody, cardinality: 0..1}"), `object "Nobody" is not in the dictionary`},
		"unknown code list":     {"objects/person.yaml", object("{name: a, label: A, definition: d, type: code, code_list: none, cardinality: 0..1}"), `code list "none" is not in the dictionary`},
		"unknown format":        {"objects/person.yaml", object("{name: a, label: A, definition: d, type: string, format: none, cardinality: 0..1}"), `format "none" is not in formats.yaml`},
		"unknown type":          {"objects/person.yaml", object("{name: a, label: A, definition: d, type: text, cardinality: 0..1}"), `type "text" is none`},
		"bad cardinality":       {"objects/person.yaml", object("{name: a, label: A, definition: d, type: string, cardinality: many}"), `cardinality "many"`},
		"reversed cardinality":  {"objects/person.yaml", object("{name: a, label: A, definition: d, type: string, cardinality: 3..2}"), `cardinality "3..2"`},
		"attribute twice":       {"objects/person.yaml", object("{name: a, label: A, definition: d, type: string, cardinality: 0..1}, {name: a, label: A, definition: d, type: string, cardinality: 0..1}"), "attribute a is defined twice"},
		"alias taken":           {"objects/person.yaml", object("{name: a, label: A, definition: d, type: string, cardinality: 0..1}, {name: b, label: B, definition: d, type: string, cardinality: 0..1, aliases: [a]}"), `"a" names two attributes`},
		"no definition":         {"objects/person.yaml", object("{name: a, label: A, type: string, cardinality: 0..1}"), "needs a label and a definition"},
		"extends nothing":       {"objects/special.yaml", "{name: S, label: S, registry: social, context: c, definition: d, extends: Q}", `extends "Q"`},
		"extends itself":        {"objects/special.yaml", "{name: S, label: S, registry: social, context: c, definition: d, extends: S}", "extends itself"},
		"object twice":          {"objects/special.yaml", "{name: P, label: S, registry: social, context: c, definition: d}", `object "P" is defined twice`},
		"code twice":            {"codelists/sex.yaml", "{name: sex, label: Sex, registry: core, definition: d, codes: [{code: a, label: A}, {code: a, label: A}]}", `code "a" is listed twice`},
		"deprecated to nowhere": {"codelists/sex.yaml", "{name: sex, label: Sex, registry: core, definition: d, codes: [{code: a, label: A, deprecated: true, use: b}]}", `deprecated code "a"`},
		"unknown check":         {"formats.yaml", "formats: [{name: shoe_size, label: E, definition: d}]", `no check is known for format "shoe_size"`},
		"unknown field":         {"objects/special.yaml", "{name: S, colour: blue}", "field colour not found"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := datadictionary.LoadFS(folder(map[string]string{c.file: c.text}))
			require.ErrorIs(t, err, datadictionary.ErrInvalid)
			assert.ErrorContains(t, err, c.want)
		})
	}
}
