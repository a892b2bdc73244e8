package population_test

import (
	"encoding/json"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// strictland narrows code lists to two codes and to one, types and all that a profile can, and makes required
// what the population does not hold.
func strictland(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	profile, err := datadictionary.LoadProfile(os.DirFS("../../datadictionary/testdata/profile/strictland"))
	require.NoError(t, err)
	return profile.Dictionary
}

func everything(t testing.TB) []spec.Interface {
	t.Helper()
	all, err := spec.LoadInterfaces()
	require.NoError(t, err)
	return all
}

func TestAFittedPopulationMeetsItsProfile(t *testing.T) {
	words, all := strictland(t), everything(t)
	for _, seed := range seeds[1:2] {
		plain, err := population.Generate(seed, all)
		require.NoError(t, err)
		unfit := population.Unfit(words, all, plain.Fixture())
		require.Error(t, unfit, "without being fitted it would not")
		var coded *population.Error
		require.ErrorAs(t, unfit, &coded)
		assert.Equal(t, population.CodeUnfit, coded.Code)

		fitted, err := population.GenerateFor(words, seed, all)
		require.NoError(t, err)
		require.NoError(t, population.Unfit(words, all, fitted.Fixture()))
		base, err := datadictionary.Load()
		require.NoError(t, err)
		assert.NoError(t, population.Unfit(base, all, fitted.Fixture()), "a profile only tightens")
	}
}

func TestAFittedRecordStaysFitWhenItChanges(t *testing.T) {
	words, all := strictland(t), everything(t)
	fitted, err := population.GenerateFor(words, 42, all)
	require.NoError(t, err)
	for _, described := range all {
		for _, kind := range described.Records {
			held := fitted.All(described.ID, kind.Name)
			if len(held) == 0 {
				continue
			}
			before := string(held[0].Raw)
			updated := population.Update(held[0], "x")
			changed := []population.Record{population.NewRecord(fitted, described.ID, kind.Name, "x"), updated}
			for _, record := range changed {
				assert.NoError(t, population.Unfit(words, all, []fixture.Record{{Interface: described.ID, RegRecordType: kind.Name, Data: record.Raw}}))
			}
			assert.NotEqual(t, before, string(updated.Raw), "%s %s: an update that the profile makes the same is none", described.ID, kind.Name)
			assert.Equal(t, before, string(held[0].Raw), "the record that is held stays")
		}
	}
	kind, _ := fitted.Absent("x")
	assert.Equal(t, "NATIONAL", kind, "of the types that the country has")
}

func TestWhatIsFilledInIsThePersonsEverywhere(t *testing.T) {
	fitted, err := population.GenerateFor(strictland(t), 42, everything(t))
	require.NoError(t, err)
	person := fitted.Pick("social", "Person", "x")
	clan := person.Data["clan"]
	require.NotEmpty(t, clan)
	civil, ok := fitted.Find("crvs", "Person", person.IDType, person.IDValue)
	require.True(t, ok)
	assert.Equal(t, clan, civil.Data["clan"])
	member, ok := fitted.Find("social", "Member", person.IDType, person.IDValue)
	require.True(t, ok)
	assert.Equal(t, clan, member.Data["demographic_info"].(map[string]any)["clan"])
	different := false
	for _, other := range fitted.All("social", "Person") {
		different = different || other.Data["clan"] != clan
	}
	assert.True(t, different, "it is not everybody's")
}

func TestACodeListOfTwoStillTellsRightFromWrong(t *testing.T) {
	fitted, err := population.GenerateFor(strictland(t), 42, []spec.Interface{social(t)})
	require.NoError(t, err)
	asked, err := fitted.Ask("social", "Person", "sex", "in", "x")
	require.NoError(t, err)
	found := fitted.Matching("social", "Person", population.Where{Is: &asked})
	assert.NotEmpty(t, found)
	assert.Less(t, len(found), len(fitted.All("social", "Person")))
}

func TestWhatNobodyCanMeetIsToldByAttributeAndRule(t *testing.T) {
	profile, err := datadictionary.LoadProfile(fstest.MapFS{
		"profile-metadata.yaml": {Data: []byte("profileName: P\nversion: '1'\nschemasIndex: schemas.yaml\n")},
		"schemas.yaml":          {Data: []byte("includes: [profiles/p/s.jsonld]\n")},
		"s.jsonld": {Data: []byte(`{"@context":{"spdci":"https://schema.spdci.org/core/v1/data"},
			"@id":"spdci:Person","@type":"rdfs:Class","required":["p:chief"],"rdfs:property":[{"@id":"p:chief","rdfs:range":"spdci:Person"}]}`)},
	})
	require.NoError(t, err)
	described := []spec.Interface{social(t)}
	fitted, err := population.GenerateFor(profile.Dictionary, 1, described)
	require.NoError(t, err)
	assert.ErrorContains(t, population.Unfit(profile.Dictionary, described, fitted.Fixture()), "chief: is required (1..1) (cardinality.min)")

	declared, err := population.Declare(strictland(t), 1, described, []fixture.Record{{Interface: "social", RegRecordType: "Person",
		Data: json.RawMessage(`{"identifier":[{"identifier_type":"UIN","identifier_value":"1"}]}`)}})
	require.NoError(t, err)
	assert.ErrorContains(t, population.Unfit(strictland(t), described, declared.Fixture()), "identifier[0].identifier_type: expects a code of identifier_type",
		"declared records stay as they are")
}
