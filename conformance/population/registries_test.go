package population_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// everywhere is the population of all interfaces.
func everywhere(t *testing.T, seed uint64) (*population.Population, []spec.Interface) {
	t.Helper()
	all, err := spec.LoadInterfaces()
	require.NoError(t, err)
	people, err := population.Generate(seed, all)
	require.NoError(t, err)
	return people, all
}

func TestRecordsOfEveryRegistryAreValid(t *testing.T) {
	words, err := datadictionary.Load()
	require.NoError(t, err)
	for _, seed := range seeds {
		people, all := everywhere(t, seed)
		for _, described := range all {
			for _, kind := range described.Records {
				records := people.All(described.ID, kind.Name)
				require.Greater(t, len(records), 30, described.ID)
				fresh := population.NewRecord(people, described.ID, kind.Name, "x")
				records = append(records, fresh, population.Update(fresh, "x"))
				for at, record := range records {
					for _, violation := range words.ValidateJSON(kind.Object, record.Raw) {
						t.Fatalf("seed %d: %s %s %d: %s", seed, described.ID, kind.Name, at, violation)
					}
				}
				assert.NotEmpty(t, population.Compare(fresh, records[len(records)-1].Data), "%s is not updated", described.ID)
				_, held := people.Find(described.ID, kind.Name, fresh.IDType, fresh.IDValue)
				assert.False(t, held, "%s: a new record is in the population", described.ID)
			}
		}
	}
}

// TestEveryQueryOfEveryRegistryHasMatchAndDecoy looks for a match and a decoy of every queried attribute and operator.
func TestEveryQueryOfEveryRegistryHasMatchAndDecoy(t *testing.T) {
	for _, seed := range seeds {
		people, all := everywhere(t, seed)
		for _, described := range all {
			for _, kind := range described.Records {
				for _, query := range kind.Query {
					for _, operator := range query.Operators {
						asked, err := people.Ask(described.ID, kind.Name, query.Attribute, operator, "x")
						require.NoError(t, err, "seed %d: %s %s %s", seed, described.ID, query.Attribute, operator)
						found := people.Matching(described.ID, kind.Name, population.Where{Is: &asked})
						assert.NotEmpty(t, found)
						assert.Less(t, len(found), len(people.All(described.ID, kind.Name)))
					}
				}
				for _, connective := range []string{population.And, population.Or, population.Not} {
					_, err := people.AskPair(described.ID, kind.Name, connective, "x")
					require.NoError(t, err, "seed %d: %s %s", seed, described.ID, connective)
				}
			}
		}
	}
}

// truths are where each registry tells what a person is.
var truths = map[string]map[string]string{
	"social": {"name": "name", "sex": "sex", "birth_date": "birth_date", "death_date": "death_date"},
	"crvs":   {"name": "name", "sex": "sex", "birth_date": "birth_date", "death_date": "death_date"},
	"ibr":    {"name": "member.demographic_info.name", "sex": "member.demographic_info.sex", "birth_date": "member.demographic_info.birth_date", "marital_status": "member.marital_status", "occupation": "member.occupation", "is_disabled": "member.is_disabled"},
	"dr":     {"name": "personal_details.demographic_info.name", "birth_date": "personal_details.demographic_info.birth_date", "occupation": "personal_details.occupation", "is_disabled": "personal_details.is_disabled", "marital_status": "personal_details.marital_status"},
	"fr":     {"name": "farmer_personal_details.demographic_info.name", "birth_date": "farmer_personal_details.demographic_info.birth_date", "occupation": "farmer_personal_details.occupation", "is_disabled": "farmer_personal_details.is_disabled"},
	"ess":    {"name": "demographic_info.name", "birth_date": "demographic_info.birth_date", "occupation": "occupation", "is_disabled": "is_disabled", "marital_status": "marital_status"},
}

func valueAt(data map[string]any, path string) any {
	var held any = data
	for segment := range strings.SplitSeq(path, ".") {
		members, _ := held.(map[string]any)
		held = members[segment]
	}
	return held
}

func TestOnePersonOneTruth(t *testing.T) {
	for _, seed := range seeds {
		people, all := everywhere(t, seed)
		known := map[string]map[string]any{}
		tellers := map[string]int{}
		check := func(who, registry string, paths map[string]string, data map[string]any) {
			if known[who] == nil {
				known[who] = map[string]any{}
			}
			tellers[who]++
			for what, path := range paths {
				value := valueAt(data, path)
				if before, told := known[who][what]; told {
					require.Equal(t, before, value, "seed %d: %s of one person differs in %s", seed, what, registry)
				}
				known[who][what] = value
			}
		}
		for _, record := range people.All("social", "Member") {
			check(record.IDValue, "social", map[string]string{"marital_status": "marital_status", "occupation": "occupation", "is_disabled": "is_disabled"}, record.Data)
		}
		for _, described := range all {
			// The payment interfaces tell of accounts, and payment_test.go of whose.
			if len(described.Records) == 0 {
				continue
			}
			for _, record := range people.All(described.ID, described.Records[0].Name) {
				check(record.IDValue, described.ID, truths[described.ID], record.Data)
			}
		}
		many := 0
		for _, count := range tellers {
			if count >= 4 {
				many++
			}
		}
		assert.Greater(t, many, 10, "persons whom at least four record types tell of")
		for who, facts := range known {
			_, farms := people.Find("fr", "Farmer", "UIN", who)
			_, disabled := people.Find("dr", "DisabledPerson", "UIN", who)
			if facts["is_disabled"] != nil {
				require.Equal(t, facts["is_disabled"], disabled, "the disability registry has exactly the disabled")
				require.Equal(t, facts["occupation"] == "6", farms, "the farmer registry has exactly the farmers")
			}
			if _, enrolled := people.Find("ibr", "Beneficiary", "UIN", who); enrolled {
				require.Nil(t, facts["death_date"], "nobody is enrolled after death")
			}
		}
	}
}

func TestParentsAreOlderAndKnown(t *testing.T) {
	people, _ := everywhere(t, 3)
	children := 0
	for _, record := range people.All("crvs", "Person") {
		for _, name := range []string{"parent1_identifier", "parent2_identifier"} {
			held, ok := record.Data[name].(map[string]any)
			if !ok {
				continue
			}
			children++
			parent, found := people.Find("crvs", "Person", "UIN", held["identifier_value"].(string))
			require.True(t, found)
			assert.Less(t, parent.Data["birth_date"].(string)[:4], record.Data["birth_date"].(string)[:4])
		}
	}
	assert.Greater(t, children, 10)
}
