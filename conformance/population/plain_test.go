package population_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// operatorsOf are those that make sense for a scalar.
func operatorsOf(scalar string) []string {
	switch scalar {
	case datadictionary.TypeDateTime, datadictionary.TypeDecimal, datadictionary.TypeInteger:
		return []string{"eq", "lt", "le", "gt", "ge"}
	case datadictionary.TypeBoolean:
		return []string{"eq"}
	}
	return []string{"eq", "in"}
}

// identifierIn is the path of the first identifiers of an object, or of one that it holds.
func identifierIn(words *datadictionary.Dictionary, object *datadictionary.Object, depth int) string {
	for _, attribute := range object.Attributes {
		if attribute.Object == "Identifier" {
			return attribute.Name
		}
	}
	for _, attribute := range object.Attributes {
		held, ok := words.Object(attribute.Object)
		if !ok || depth == 0 {
			continue
		}
		if inner := identifierIn(words, held, depth-1); inner != "" {
			return attribute.Name + "." + inner
		}
	}
	return ""
}

// toys describes a registry for each object of the dictionary that holds an identifier, queried by
// some of its scalars.
func toys(t testing.TB) []spec.Interface {
	t.Helper()
	words, err := datadictionary.Load()
	require.NoError(t, err)
	var made []spec.Interface
	for _, object := range words.Objects() {
		kind := spec.RecordType{Name: object.Name, Object: object.Name, Identifier: identifierIn(words, object, 2)}
		for _, leaf := range words.Queryable(object.Name) {
			codes, listed := words.CodeList(leaf.Attribute.CodeList)
			single := listed && len(codes.Codes) < 3
			if leaf.Repeated || leaf.Attribute.Format == "country" || single || strings.HasPrefix(leaf.Path, kind.Identifier) {
				continue
			}
			if len(kind.Query) < 5 && leaf.Attribute.Format != "language" {
				kind.Query = append(kind.Query, spec.QueryAttribute{Attribute: leaf.Path, Operators: operatorsOf(leaf.Scalar)})
			}
		}
		if kind.Identifier != "" && len(kind.Query) > 1 {
			made = append(made, spec.Interface{ID: "toy-" + object.Name, Records: []spec.RecordType{kind}})
		}
	}
	return made
}

func TestARegistryOfWhichOnlyTheDictionaryKnows(t *testing.T) {
	words, err := datadictionary.Load()
	require.NoError(t, err)
	all := toys(t)
	require.NotEmpty(t, all)
	for _, toy := range all {
		kind := toy.Records[0]
		t.Run(kind.Name, func(t *testing.T) {
			people, err := population.Generate(9, []spec.Interface{toy})
			require.NoError(t, err)
			records := people.All(toy.ID, kind.Name)
			require.Greater(t, len(records), 20)
			fresh := population.NewRecord(people, toy.ID, kind.Name, "x")
			updated := population.Update(records[0], "x")
			assert.NotEmpty(t, population.Compare(records[0], updated.Data))
			assert.Equal(t, records[0].IDValue, updated.IDValue)
			_, found := people.Find(toy.ID, kind.Name, fresh.IDType, fresh.IDValue)
			assert.False(t, found)
			for _, record := range append(slices.Clone(records), fresh, updated) {
				for _, violation := range words.ValidateJSON(kind.Object, record.Raw) {
					t.Fatal(violation)
				}
			}
			for _, query := range kind.Query {
				for _, operator := range query.Operators {
					asked, err := people.Ask(toy.ID, kind.Name, query.Attribute, operator, "x")
					require.NoError(t, err)
					matches := people.Matching(toy.ID, kind.Name, population.Where{Is: &asked})
					assert.NotEmpty(t, matches)
					assert.Less(t, len(matches), len(records))
				}
			}
			for _, connective := range []string{population.And, population.Or, population.Not} {
				_, err := people.AskPair(toy.ID, kind.Name, connective, "x")
				require.NoError(t, err)
			}
		})
	}
}

func TestSocialRecordsDoNotDependOnOtherInterfaces(t *testing.T) {
	together, err := population.Generate(4, append(toys(t), social(t)))
	require.NoError(t, err)
	assert.Equal(t, ids(generate(t, 4).All("social", "Person")), ids(together.All("social", "Person")))
}

func TestARecordTypeWithoutIdentifierIsRefused(t *testing.T) {
	_, err := population.Generate(1, []spec.Interface{{ID: "toy", Records: []spec.RecordType{{Name: "Thing", Object: "Person", Identifier: "sex"}}}})
	var failure *population.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, population.CodeInvalid, failure.Code)
}
