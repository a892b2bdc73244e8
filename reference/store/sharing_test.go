package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

func TestConsentIsACondition(t *testing.T) {
	person := spec.RecordType{Name: "Person", Object: "SRPerson", Identifier: "identifier"}
	onEach(t, func(t *testing.T, s store.Store) {
		require.NoError(t, s.PutRecords(t.Context(), []store.Record{{Interface: "social", RecordType: "Person", Key: "1",
			Data: []byte(`{"identifier":[{"identifier_type":"UIN","identifier_value":"1"},{"identifier_type":"BRN","identifier_value":"2"}]}`)}}))
		found := func(party, purpose string, at time.Time) int {
			answer, err := s.Search(t.Context(), query.Query{Interface: "social", Record: person, Page: &query.Page{Size: 10, Number: 1},
				Where: query.And{query.HasIdentifier{Attribute: "identifier", Type: "UIN", Value: "1"},
					query.Consented{Attribute: "identifier", Party: party, Purpose: purpose, At: at}}})
			require.NoError(t, err)
			return answer.Total
		}
		decide := func(identifierType, value string, decision fixture.Consent) {
			decision.Party, decision.Purpose = "agency", "enrolment"
			require.NoError(t, s.PutConsent(t.Context(), store.Person{Interface: "social", RecordType: "Person",
				IdentifierType: identifierType, IdentifierValue: value}, decision))
		}
		require.Zero(t, found("agency", "enrolment", noon), "nobody was asked")
		decide("BRN", "2", fixture.Consent{Decision: fixture.Given, From: noon, Until: noon.Add(time.Hour)})
		require.Equal(t, 1, found("agency", "enrolment", noon), "under any identifier")
		require.Zero(t, found("agency", "enrolment", noon.Add(-time.Second)), "before")
		require.Zero(t, found("agency", "enrolment", noon.Add(time.Hour)), "after")
		require.Zero(t, found("agency", "research", noon), "another purpose")
		require.Zero(t, found("clinic", "enrolment", noon), "another party")
		decide("UIN", "1", fixture.Consent{Decision: fixture.Withdrawn})
		require.Zero(t, found("agency", "enrolment", noon), "withdrawn under another identifier")
		decide("UIN", "1", fixture.Consent{Decision: fixture.Given})
		require.Equal(t, 1, found("agency", "enrolment", noon), "the last decision holds")
	})
}

func TestAccessesAreOfOnePerson(t *testing.T) {
	onEach(t, func(t *testing.T, s store.Store) {
		one := store.Person{Interface: "social", RecordType: "Person", IdentifierType: "UIN", IdentifierValue: "1"}
		entry := fixture.Access{Timestamp: noon, Party: "agency", Purpose: "enrolment", Operation: "search", Outcome: fixture.Shown}
		require.NoError(t, s.LogAccess(t.Context(), one, entry))
		read, err := s.Accesses(t.Context(), one)
		require.NoError(t, err)
		require.Equal(t, []fixture.Access{entry}, read)
		for name, other := range map[string]store.Person{
			"another value":       {Interface: "social", RecordType: "Person", IdentifierType: "UIN", IdentifierValue: "2"},
			"another type":        {Interface: "social", RecordType: "Person", IdentifierType: "BRN", IdentifierValue: "1"},
			"another interface":   {Interface: "crvs", RecordType: "Person", IdentifierType: "UIN", IdentifierValue: "1"},
			"another record type": {Interface: "social", RecordType: "Group", IdentifierType: "UIN", IdentifierValue: "1"},
		} {
			read, err := s.Accesses(t.Context(), other)
			require.NoError(t, err)
			require.Empty(t, read, name)
		}
	})
}
