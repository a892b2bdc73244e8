package population_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
)

func ids(records []population.Record) []string {
	var all []string
	for _, record := range records {
		all = append(all, record.IDValue)
	}
	slices.Sort(all)
	return all
}

func is(attribute, operator string, value any) population.Where {
	return population.Where{Is: &population.Condition{Attribute: attribute, Operator: operator, Value: value}}
}

// beside is the value one step below and one above, as a decoy has it.
func beside(t *testing.T, attribute string, bound any) (below, above any) {
	t.Helper()
	switch held := bound.(type) {
	case json.Number:
		number, err := held.Float64()
		require.NoError(t, err)
		if attribute == "group_size" {
			return json.Number(fmt.Sprint(int(number) - 1)), json.Number(fmt.Sprint(int(number) + 1))
		}
		return json.Number(fmt.Sprintf("%.2f", number-0.01)), json.Number(fmt.Sprintf("%.2f", number+0.01))
	case string:
		at, err := time.Parse(time.RFC3339, held)
		require.NoError(t, err)
		step := time.Second
		if attribute == "birth_date" || attribute == "demographic_info.birth_date" {
			step = 24 * time.Hour
		}
		return at.Add(-step).Format(time.RFC3339), at.Add(step).Format(time.RFC3339)
	}
	t.Fatalf("%s has a bound of type %T", attribute, bound)
	return nil, nil
}

func eachQuery(t *testing.T, do func(t *testing.T, kind spec.RecordType, query spec.QueryAttribute, operator string)) {
	for _, kind := range social(t).Records {
		for _, query := range kind.Query {
			for _, operator := range query.Operators {
				t.Run(kind.Name+" "+query.Attribute+" "+operator, func(t *testing.T) { do(t, kind, query, operator) })
			}
		}
	}
}

func TestEveryQueryHasAMatchAndADecoyBesideTheBound(t *testing.T) {
	for _, seed := range seeds {
		people := generate(t, seed)
		eachQuery(t, func(t *testing.T, kind spec.RecordType, query spec.QueryAttribute, operator string) {
			for at := range 5 {
				asked, err := people.Ask("social", kind.Name, query.Attribute, operator, fmt.Sprint(at))
				require.NoError(t, err)
				found := people.Matching("social", kind.Name, population.Where{Is: &asked})
				require.NotEmpty(t, found)
				require.Less(t, len(found), 40)
				if operator == "eq" || operator == "in" {
					continue
				}
				below, above := beside(t, query.Attribute, asked.Value)
				held := map[string]int{
					"on":    len(people.Matching("social", kind.Name, is(query.Attribute, "eq", asked.Value))),
					"below": len(people.Matching("social", kind.Name, is(query.Attribute, "eq", below))),
					"above": len(people.Matching("social", kind.Name, is(query.Attribute, "eq", above))),
				}
				assert.NotZero(t, held["on"], "nobody is on the bound")
				wanted := map[string]string{"lt": "below", "ge": "below", "gt": "above", "le": "above"}[operator]
				assert.NotZero(t, held[wanted], "nobody is one step "+wanted)
			}
		})
	}
}

func TestEqualTextHasDecoysThatShareIt(t *testing.T) {
	people := generate(t, 11)
	for _, operator := range []string{"eq", "in"} {
		for at := range 10 {
			asked, err := people.Ask("social", "Person", "name.surname", operator, fmt.Sprint(at))
			require.NoError(t, err)
			wanted, ok := asked.Value.(string)
			if !ok {
				wanted = asked.Value.([]any)[0].(string)
			}
			shares := func(person population.Record) bool {
				surname := values(person.Data, "name", "surname")[0].(string)
				return surname != wanted && (strings.Contains(surname, wanted) || strings.Contains(wanted, surname))
			}
			assert.True(t, slices.ContainsFunc(people.All("social", "Person"), shares))
		}
	}
}

func TestOperatorsAreComplementary(t *testing.T) {
	people := generate(t, 11)
	eachQuery(t, func(t *testing.T, kind spec.RecordType, query spec.QueryAttribute, operator string) {
		opposite := map[string]string{"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}[operator]
		if opposite == "" {
			return
		}
		asked, err := people.Ask("social", kind.Name, query.Attribute, operator, "x")
		require.NoError(t, err)
		where := population.Where{Is: &asked}
		rest := people.Matching("social", kind.Name, is(query.Attribute, opposite, asked.Value))
		assert.Equal(t, ids(people.Matching("social", kind.Name, population.Where{Not: &where})), ids(rest))
	})
}

func TestAskPairTellsConnectivesApart(t *testing.T) {
	for _, seed := range seeds {
		people := generate(t, seed)
		for _, recordType := range []string{"Person", "Group", "Member"} {
			for _, connective := range []string{population.And, population.Or, population.Not} {
				asked, err := people.AskPair("social", recordType, connective, "x")
				require.NoError(t, err)
				parts := append(slices.Clone(asked.All), asked.Any...)
				require.Len(t, parts, 2)
				first, second := parts[0], parts[1]
				if connective == population.Not {
					second = *second.Not
				}
				answers := map[string]string{}
				for name, where := range map[string]population.Where{
					"and":    {All: []population.Where{first, second}},
					"or":     {Any: []population.Where{first, second}},
					"not":    {All: []population.Where{first, {Not: &second}}},
					"first":  first,
					"second": second,
					"all":    {},
				} {
					found := fmt.Sprint(ids(people.Matching("social", recordType, where)))
					require.NotEqual(t, "[]", found, name)
					require.NotContains(t, answers, found, "%s is answered as %s", name, answers[found])
					answers[found] = name
				}
				assert.Equal(t, connective, answers[fmt.Sprint(ids(people.Matching("social", recordType, asked)))])
			}
		}
	}
}

func TestAskNoMatch(t *testing.T) {
	people := generate(t, 11)
	for _, recordType := range []string{"Person", "Group", "Member"} {
		for at := range 10 {
			asked, err := people.AskNoMatch("social", recordType, fmt.Sprint(at))
			require.NoError(t, err)
			assert.Empty(t, people.Matching("social", recordType, asked))
			require.NotNil(t, asked.Is)
			opposite := map[string]string{"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}[asked.Is.Operator]
			if opposite != "" {
				assert.NotEmpty(t, people.Matching("social", recordType, is(asked.Is.Attribute, opposite, asked.Is.Value)))
			}
		}
	}
}

func TestAskForWhatIsNotQueried(t *testing.T) {
	_, err := generate(t, 1).Ask("social", "Person", "death_date", "lt", "x")
	var failure *population.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, population.CodeNoCondition, failure.Code)
}

func TestMatching(t *testing.T) {
	people := generate(t, 11)
	everybody := len(people.All("social", "Person"))
	one := people.Pick("social", "Person", "x")
	cases := map[string]struct {
		where population.Where
		count int
	}{
		"identifier":              {population.Where{Identifier: &[2]string{"UIN", one.IDValue}}, 1},
		"identifier, other value": {population.Where{Identifier: &[2]string{"UIN", one.IDValue + "x"}}, 0},
		"unknown attribute":       {is("shoe_size", "eq", "44"), 0},
		"unknown operator":        {is("sex", "like", "female"), 0},
		"no instant":              {is("birth_date", "lt", "soon"), 0},
		"all of none":             {population.Where{All: []population.Where{}}, everybody},
		"any of none":             {population.Where{Any: []population.Where{}}, 0},
		"everything":              {population.Where{}, everybody},
		"in nothing":              {is("sex", "in", []any{}), 0},
		"prefix of the key":       {population.Where{Not: &population.Where{Is: &population.Condition{Attribute: "spdci:sex", Operator: "in", Value: []any{"male", "female", "other", "unknown"}}}}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Len(t, people.Matching("social", "Person", c.where), c.count)
		})
	}
}

func TestSortBy(t *testing.T) {
	people := generate(t, 11)
	all := people.All("social", "Group")
	sorted, total := population.SortBy(all, "poverty_score", true)
	require.Len(t, sorted, len(all))
	assert.False(t, total, "clusters hold equal scores")
	previous := 1e9
	for _, group := range sorted {
		score, err := group.Data["poverty_score"].(json.Number).Float64()
		require.NoError(t, err)
		assert.LessOrEqual(t, score, previous)
		previous = score
	}
	_, total = population.SortBy(sorted[:1], "poverty_score", false)
	assert.True(t, total)
}
