package population_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/scheme"
)

// TestClaimantsMeetEveryCriterion, so that a process that begins with one can be carried through; and no two
// share what a process changes.
func TestClaimantsMeetEveryCriterion(t *testing.T) {
	schemes, err := scheme.Load()
	require.NoError(t, err)
	people, _ := everywhere(t, 3)
	addresses := map[string]bool{}
	for _, rules := range schemes.All() {
		if rules.Version != "1.0" {
			continue
		}
		for _, claimant := range people.Claimants(rules.ID) {
			facts := scheme.NewFacts(scheme.Identifier(claimant.Person))
			for _, source := range rules.Sources() {
				var records []any
				for _, record := range people.All(source.Interface, source.Record) {
					records = append(records, record.Data)
				}
				facts.Tell(source, records...)
			}
			asOf, err := scheme.ParseDay(claimant.AsOf)
			require.NoError(t, err)
			assert.Equal(t, scheme.Eligible, scheme.Decide(rules, facts, asOf).Outcome, rules.ID)
			for _, address := range []string{claimant.Link.FA, claimant.Second} {
				assert.False(t, addresses[address], "an address of two persons")
				addresses[address] = true
			}
			if claimant.Scheme == "household-cash-transfer" {
				_, held := people.Find("social", "Group", claimant.Household.Type, claimant.Household.Value)
				assert.True(t, held, "a household on record")
			}
			enrolment := people.Enrolment(claimant, "UCT-01", "1")
			assert.Equal(t, claimant.Person.Value, enrolment.IDValue)
			assert.Len(t, people.Matching("ibr", "", population.Where{Identifier: &[2]string{"UIN", claimant.Person.Value}}), 0,
				"a claimant is enrolled in nothing yet")
		}
	}
	assert.NotEmpty(t, addresses)
}
