package population_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

func TestAskNestedTellsMisreadingsApart(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for seed := range uint64(5) {
		people, err := population.Generate(seed, []spec.Interface{social})
		require.NoError(t, err)
		for _, record := range social.Records {
			all := len(people.All("social", record.Name))
			for _, nesting := range []string{population.OrWithinAnd, population.AndWithinOr, population.OrWithinNot} {
				where, err := people.AskNested("social", record.Name, nesting, "test")
				require.NoError(t, err, "%s of %s, seed %d", nesting, record.Name, seed)
				found := len(people.Matching("social", record.Name, where))
				assert.Positive(t, found, "%s of %s", nesting, record.Name)
				assert.Less(t, found, all, "%s of %s", nesting, record.Name)
				first := where.All
				if first == nil {
					first = where.Any
				}
				alone := len(people.Matching("social", record.Name, first[0]))
				assert.NotEqual(t, alone, found, "the first condition alone has another answer")
			}
		}
	}
}

func TestAskRangeNeedsBothBounds(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for seed := range uint64(20) {
		people, err := population.Generate(seed, []spec.Interface{social})
		require.NoError(t, err)
		for _, record := range []string{"Person", "Group"} {
			where, err := people.AskRange("social", record, "test")
			require.NoError(t, err, "%s, seed %d", record, seed)
			both := len(people.Matching("social", record, where))
			assert.Positive(t, both)
			for _, alone := range where.All {
				assert.Greater(t, len(people.Matching("social", record, alone)), both)
			}
		}
	}
}

func TestAskManyKeepsItsBound(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for seed := range uint64(5) {
		people, err := population.Generate(seed, []spec.Interface{social})
		require.NoError(t, err)
		condition, err := people.AskMany("social", "Person", 100)
		require.NoError(t, err)
		found := len(people.Matching("social", "Person", population.Where{Is: &condition}))
		assert.LessOrEqual(t, found, 100)
		assert.Greater(t, found, 50, "a cut at fifty must show")
	}
}

func TestTextsAndHolding(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	people, err := population.Generate(3, []spec.Interface{social})
	require.NoError(t, err)
	assert.NotEmpty(t, people.Texts("social", "Person", "name.surname"))
	assert.Empty(t, people.Texts("social", "Person", "sex"), "a code is no free text")
	assert.Empty(t, people.Texts("social", "Person", "nothing.of.the.kind"))
	dead := people.Holding("social", "Person", "death_date")
	assert.NotEmpty(t, dead)
	assert.Less(t, len(dead), len(people.All("social", "Person")))
}
