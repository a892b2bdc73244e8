package scheme_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

func TestEmbeddedSchemes(t *testing.T) {
	schemes, err := scheme.Load()
	require.NoError(t, err)
	var ids []string
	for _, held := range schemes.All() {
		ids = append(ids, held.ID+" "+held.Version)
	}
	require.Equal(t, []string{"child-benefit 1.0", "disability 1.0", "farmer-shock-relief 1.0", "girls-education 1.0",
		"household-cash-transfer 1.0", "household-cash-transfer 2.0", "old-age 1.0", "widows 1.0"}, ids)
	_, err = schemes.Find("old-age", "9.0")
	require.ErrorIs(t, err, scheme.ErrUnknownVersion)
	_, err = schemes.Find("no-such", "1.0")
	require.ErrorIs(t, err, scheme.ErrUnknownScheme)
}

func TestReadRefuses(t *testing.T) {
	const head = "id: a\nversion: \"1.0\"\ntitle: A\nprocesses: [PRS.SR.01]\ncriteria:\n"
	one := func(rest string) string {
		return head + "  - {id: c, title: C, reasons: {met: elg.c.yes, not_met: elg.c.no}, " + rest + "}\n"
	}
	group := "source: {interface: social, record: Group, by: member_list.member_identifier}, "
	tests := map[string]struct{ text, says string }{
		"not YAML":           {"a: [", "not YAML"},
		"no criteria":        {head[:len(head)-len("criteria:\n")], "scheme.schema.json"},
		"unknown member":     {one(group + "attribute: group_size, operator: eq, value: 1, wrong: 1"), "scheme.schema.json"},
		"unknown interface":  {one("source: {interface: none, record: Group}, attribute: group_size, operator: eq, value: 1"), "interface"},
		"unknown record":     {one("source: {interface: social, record: Car}, attribute: group_size, operator: eq, value: 1"), "record type"},
		"no identifier":      {one("source: {interface: social, record: Group, by: group_size}, attribute: group_size, operator: eq, value: 1"), "no Identifier"},
		"unknown attribute":  {one(group + "attribute: wealth, operator: eq, value: 1"), "no scalar attribute"},
		"unknown part":       {one(group + "each: cars, aggregate: count, operator: eq, value: 1"), "no attribute"},
		"object attribute":   {one(group + "attribute: group_head_info, operator: eq, value: 1"), "no scalar attribute"},
		"no number":          {one(group + "attribute: group_size, operator: eq, value: many"), "value is no integer"},
		"unlisted code":      {one(group + "attribute: group_type, operator: eq, value: \"77\""), "no code of"},
		"age of a number":    {one(group + "attribute: group_size, measure: age, operator: eq, value: 1"), "for a date"},
		"happened a number":  {one(group + "attribute: group_size, operator: happened"), "for a date"},
		"happened a value":   {one(group + "attribute: registration_date, operator: happened, value: \"2020-01-01\""), "take no value"},
		"no value":           {one(group + "attribute: group_size, operator: eq"), "take no value"},
		"several values":     {one(group + "attribute: group_size, operator: lt, value: [1, 2]"), "use in"},
		"sum of texts":       {one(group + "attribute: group_type, aggregate: sum, operator: eq, value: \"2\""), "only numbers"},
		"the same criterion": {one(group+"attribute: group_size, operator: eq, value: 1") + one(group + "attribute: group_size, operator: eq, value: 1")[len(head):], "twice"},
	}
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	words, err := datadictionary.Load()
	require.NoError(t, err)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := scheme.Read(fstest.MapFS{"a.yaml": {Data: []byte(test.text)}}, interfaces, words)
			require.ErrorIs(t, err, scheme.ErrInvalid)
			require.ErrorContains(t, err, test.says)
		})
	}
	good := []byte(one(group + "attribute: group_size, operator: ge, value: 2"))
	_, err = scheme.Read(fstest.MapFS{"a.yaml": {Data: good}, "b.yaml": {Data: good}}, interfaces, words)
	require.ErrorContains(t, err, "another file")
	_, err = scheme.Read(fstest.MapFS{}, interfaces, words)
	require.ErrorIs(t, err, scheme.ErrInvalid)
	schemes, err := scheme.Read(fstest.MapFS{"a.yaml": {Data: good}}, interfaces, words)
	require.NoError(t, err)
	require.Len(t, schemes.All(), 1)
}
