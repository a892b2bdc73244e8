package population_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/scheme"
)

// TestApplicantsAreWhatTheyWereMadeToBe holds how the applicants were made, and the rules, against each other: they
// were written apart.
func TestApplicantsAreWhatTheyWereMadeToBe(t *testing.T) {
	schemes, err := scheme.Load()
	require.NoError(t, err)
	for _, seed := range seeds {
		people, _ := everywhere(t, seed)
		told := map[string]bool{}
		for _, applicant := range people.Applicants() {
			assert.False(t, told[applicant.What], "two questions are called %q", applicant.What)
			told[applicant.What] = true
			rules, err := schemes.Find(applicant.Scheme, applicant.Version)
			require.NoError(t, err)
			asOf, err := scheme.ParseDay(applicant.AsOf)
			require.NoError(t, err)
			facts := scheme.NewFacts(scheme.Identifier(applicant.Person))
			for _, source := range rules.Sources() {
				var records []any
				for _, record := range people.All(source.Interface, source.Record) {
					records = append(records, record.Data)
				}
				facts.Tell(source, records...)
			}
			decided := scheme.Decide(rules, facts, asOf)
			var failed []string
			for _, result := range decided.Criteria {
				assert.NotEqual(t, scheme.Unknown, result.Finding, "%s: %s", applicant.What, result.Criterion)
				if result.Finding == scheme.NotMet {
					failed = append(failed, result.Criterion)
				}
			}
			slices.Sort(failed)
			assert.Equal(t, strings.Join(applicant.Fails, ","), strings.Join(failed, ","), "seed %d: %s", seed, applicant.What)
		}
	}
}

// TestEveryCriterionHasSomebodyWhoFailsItAlone, in every version.
func TestEveryCriterionHasSomebodyWhoFailsItAlone(t *testing.T) {
	schemes, err := scheme.Load()
	require.NoError(t, err)
	people, _ := everywhere(t, 1)
	alone, pass := map[string]bool{}, map[string]bool{}
	for _, applicant := range people.Applicants() {
		if len(applicant.Fails) == 1 {
			alone[applicant.Scheme+"/"+applicant.Fails[0]] = true
		}
		pass[applicant.Scheme+" "+applicant.Version] = pass[applicant.Scheme+" "+applicant.Version] || len(applicant.Fails) == 0
	}
	for _, rules := range schemes.All() {
		assert.True(t, pass[rules.ID+" "+rules.Version], "nobody is eligible for %s %s", rules.ID, rules.Version)
		for _, criterion := range rules.Criteria {
			assert.True(t, alone[rules.ID+"/"+criterion.ID], "nobody fails %s of %s alone", criterion.ID, rules.ID)
		}
	}
}

func TestApplicantsOfOneSeedAreTheSame(t *testing.T) {
	first, _ := everywhere(t, 5)
	second, _ := everywhere(t, 5)
	assert.Equal(t, first.Applicants(), second.Applicants())
}
