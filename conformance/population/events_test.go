package population_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
)

// elsewhere is the same instant under another offset.
func elsewhere(t *testing.T, written any) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, written.(string))
	require.NoError(t, err)
	return at.In(time.FixedZone("", -9*3600)).Format(time.RFC3339Nano)
}

func reverse(items []any) { slices.Reverse(items) }

func TestNewRecordIsNotInThePopulation(t *testing.T) {
	people := generate(t, 31)
	for _, recordType := range []string{"Person", "Group", "Member"} {
		first := population.NewRecord(people, "social", recordType, "a")
		require.NotEmpty(t, first.IDValue)
		_, found := people.Find("social", recordType, first.IDType, first.IDValue)
		assert.False(t, found)
		assert.Equal(t, first, population.NewRecord(people, "social", recordType, "a"))
		assert.NotEqual(t, first.IDValue, population.NewRecord(people, "social", recordType, "b").IDValue)
	}
}

func TestUpdateChangesOneAttribute(t *testing.T) {
	people := generate(t, 31)
	changed := map[string]string{"Person": "phone_number", "Group": "poverty_score", "Member": "education_level"}
	for recordType, attribute := range changed {
		for _, record := range people.All("social", recordType) {
			updated := population.Update(record, "a")
			assert.Equal(t, record.IDValue, updated.IDValue)
			differs := population.Compare(record, updated.Data)
			require.NotEmpty(t, differs)
			for _, difference := range differs {
				assert.Contains(t, difference.Path, attribute)
			}
			assert.Empty(t, population.Compare(record, record.Data), "the record itself stays")
		}
	}
}
