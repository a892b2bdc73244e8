package population_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

var seeds = []uint64{0, 1, 42, 1<<64 - 1}

func social(t testing.TB) spec.Interface {
	t.Helper()
	described, err := spec.FindInterface("social")
	require.NoError(t, err)
	return described
}

func generate(t testing.TB, seed uint64) *population.Population {
	t.Helper()
	made, err := population.Generate(seed, []spec.Interface{social(t)})
	require.NoError(t, err)
	return made
}

func TestSameSeedSameRecords(t *testing.T) {
	first, err := json.Marshal(generate(t, 7).Fixture())
	require.NoError(t, err)
	second, err := json.Marshal(generate(t, 7).Fixture())
	require.NoError(t, err)
	assert.True(t, string(first) == string(second), "two populations of one seed differ")
	other, err := json.Marshal(generate(t, 8).Fixture())
	require.NoError(t, err)
	assert.False(t, string(first) == string(other), "two seeds give one population")
}

func TestEveryRecordIsValidUnderTheDictionary(t *testing.T) {
	words, err := datadictionary.Load()
	require.NoError(t, err)
	described := social(t)
	for _, seed := range seeds {
		people := generate(t, seed)
		for _, kind := range described.Records {
			records := people.All("social", kind.Name)
			require.NotEmpty(t, records, kind.Name)
			records = append(records, population.NewRecord(people, "social", kind.Name, "x"), population.Update(records[0], "x"))
			for at, record := range records {
				for _, violation := range words.ValidateJSON(kind.Object, record.Raw) {
					t.Fatalf("seed %d: %s %d: %s", seed, kind.Name, at, violation)
				}
			}
		}
	}
}

func TestSize(t *testing.T) {
	for _, seed := range seeds {
		people := generate(t, seed)
		assert.InDelta(t, 113, len(people.All("social", "Group")), 5)
		assert.InDelta(t, 384, len(people.All("social", "Person")), 30)
	}
}

// values are those of the record at the path, through arrays.
func values(data any, path ...string) []any {
	if items, ok := data.([]any); ok {
		var all []any
		for _, item := range items {
			all = append(all, values(item, path...)...)
		}
		return all
	}
	if len(path) == 0 {
		return []any{data}
	}
	members, _ := data.(map[string]any)
	if members[path[0]] == nil {
		return nil
	}
	return values(members[path[0]], path[1:]...)
}

func TestHouseholdsAreCoherent(t *testing.T) {
	for _, seed := range seeds {
		people := generate(t, seed)
		persons := map[string]population.Record{}
		for _, person := range people.All("social", "Person") {
			persons[person.IDValue] = person
		}
		held := map[string]bool{}
		for _, group := range people.All("social", "Group") {
			members := group.Data["member_list"].([]any)
			assert.Equal(t, fmt.Sprint(len(members)), fmt.Sprint(group.Data["group_size"]))
			assert.Contains(t, members, group.Data["group_head_info"], "the head is a member")
			for _, one := range members {
				member := one.(map[string]any)
				id := population.IdentifierOf(member, "member_identifier")[0]
				require.False(t, held[id.Value], "a person is in two households")
				held[id.Value] = true
				person, ok := persons[id.Value]
				require.True(t, ok, "a member is no person")
				assert.Equal(t, person.Data, member["demographic_info"])
				_, ok = people.Find("social", "Member", id.Type, id.Value)
				assert.True(t, ok)
				assert.Equal(t, member["is_disabled"], member["disability_info"] != nil)
				for _, related := range values(member, "related_person", "related_member") {
					other := population.IdentifierOf(related.(map[string]any), "identifier")[0]
					assert.Contains(t, persons, other.Value, "a related person is on record")
				}
			}
		}
		applicants := map[string]bool{}
		for _, one := range people.Applicants() {
			applicants[one.Person.Value] = true
		}
		for _, person := range people.All("social", "Person") {
			if applicants[person.IDValue] {
				continue // one who has died is asked about as of the days before and after, and stays on the household's list
			}
			died := len(values(person.Data, "death_date")) > 0
			assert.NotEqual(t, died, held[person.IDValue], "the living are in a household, the dead in none")
		}
	}
}

func TestIdentifiersHaveDecoys(t *testing.T) {
	attribute := map[string]string{"Person": "identifier", "Group": "group_identifier", "Member": "member_identifier"}
	for recordType, name := range attribute {
		t.Run(recordType, func(t *testing.T) {
			people := generate(t, 3)
			primary, second := map[string]int{}, map[string]int{}
			for _, record := range people.All("social", recordType) {
				primary[record.IDValue]++
				second[population.IdentifierOf(record.Data, name)[1].Value]++
			}
			var near, shortened, underOther int
			for _, record := range people.All("social", recordType) {
				value := record.IDValue
				assert.Equal(t, 1, primary[value], "a primary identifier is held once")
				underOther += second[value]
				shortened += primary[value[:len(value)-1]]
				for at := range value {
					for digit := '0'; digit <= '9'; digit++ {
						if byte(digit) != value[at] {
							near += primary[value[:at]+string(digit)+value[at+1:]]
						}
					}
				}
			}
			all := len(primary)
			assert.GreaterOrEqual(t, underOther, all-all/20, "same value under another type")
			assert.GreaterOrEqual(t, near, all-all/10, "one digit apart")
			assert.GreaterOrEqual(t, shortened, all/2-all/10, "without the last digit")
		})
	}
}

func TestAbsentIsHeldByNobody(t *testing.T) {
	people := generate(t, 5)
	seen := map[string]bool{}
	for at := range 50 {
		idType, idValue := people.Absent(fmt.Sprint(at))
		assert.False(t, seen[idValue])
		seen[idValue] = true
		for _, recordType := range []string{"Person", "Group", "Member"} {
			assert.Empty(t, people.Matching("social", recordType, population.Where{Identifier: &[2]string{idType, idValue}}))
		}
	}
}

func TestPickSpreads(t *testing.T) {
	people := generate(t, 5)
	for _, recordType := range []string{"Person", "Group", "Member"} {
		taken := map[string]bool{}
		for at := range 40 {
			taken[people.Pick("social", recordType, fmt.Sprint("scenario ", at)).IDValue] = true
		}
		assert.Greater(t, len(taken), 15, recordType)
		assert.Equal(t, people.Pick("social", recordType, "a").IDValue, people.Pick("social", recordType, "a").IDValue)
	}
	assert.Zero(t, people.Pick("social", "Nothing", "a").IDValue)
}

func TestNoTwoSurnamesDifferByCaseOrCompositionAlone(t *testing.T) {
	people := generate(t, 5)
	fold := cases.Fold()
	written := map[string]string{}
	accents, scripts := false, false
	for _, person := range people.All("social", "Person") {
		surname := values(person.Data, "name", "surname")[0].(string)
		folded := fold.String(norm.NFKC.String(surname))
		if before, ok := written[folded]; ok {
			assert.Equal(t, before, surname)
		}
		written[folded] = surname
		accents = accents || !norm.NFC.IsNormalString(surname)
		scripts = scripts || surname[0] > 0xd0
	}
	assert.True(t, accents, "a name with a decomposed accent")
	assert.True(t, scripts, "a name in another script")
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		people := generate(b, 1)
		_, err := people.Ask("social", "Person", "birth_date", "lt", "x")
		require.NoError(b, err)
	}
}

func BenchmarkCompare(b *testing.B) {
	people := generate(b, 1)
	group := people.Pick("social", "Group", "x")
	for b.Loop() {
		require.Empty(b, population.Compare(group, group.Data))
	}
}
