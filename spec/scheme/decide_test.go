package scheme_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/scheme"
)

var someone = scheme.Identifier{Type: "UIN", Value: "100000000001"}

// at is what the sources hold of someone: interface/record type to record texts; nil is a source that fails.
type held map[string][]string

const id = `[{"identifier_type":"UIN","identifier_value":"100000000001"}]`

func person(members string) string { return `{"identifier":` + id + members + `}` }

func household(score, members string) string {
	return `{"poverty_score":` + score + `,"member_list":[{"member_identifier":` + id + `}` + members + `]}`
}

func enrolled(programme, status, on string) string {
	return `{"member":{"member_identifier":` + id + `},"programme_identifier":[{"programme_identifier":"` + programme +
		`"}],"enrolment_status":"` + status + `","enrolment_date":"` + on + `"}`
}

const three = `,{"member_identifier":[]},{"member_identifier":[]}`

var alive = held{"crvs/Person": {person("")}}

func with(all ...held) held {
	made := held{}
	for _, one := range all {
		for source, records := range one {
			made[source] = records
		}
	}
	return made
}

func decide(t *testing.T, id, version, asOf string, holds held) scheme.Decision {
	t.Helper()
	schemes, err := scheme.Load()
	require.NoError(t, err)
	rules, err := schemes.Find(id, version)
	require.NoError(t, err)
	day, err := scheme.ParseDay(asOf)
	require.NoError(t, err)
	facts := scheme.NewFacts(someone)
	for _, source := range rules.Sources() {
		texts, answers := holds[source.Interface+"/"+source.Record]
		if answers && texts == nil {
			continue
		}
		var records []json.RawMessage
		for _, text := range texts {
			records = append(records, json.RawMessage(text))
		}
		require.NoError(t, facts.TellJSON(source, records...))
	}
	return scheme.Decide(rules, facts, day)
}

// The expectations are written by hand from what the schemes' titles say.
func TestDecideAtTheBoundaries(t *testing.T) {
	poor := held{"social/Group": {household("40.00", three)}}
	child := held{"social/Group": {household("10", "")}}
	bornOn := func(date string) held { return held{"crvs/Person": {person(`,"birth_date":"` + date + `"`)}} }
	diedOn := func(date string) held { return held{"crvs/Person": {person(`,"death_date":"` + date + `"`)}} }
	beneficiary := func(programme, status, on string) held {
		return held{"ibr/Beneficiary": {enrolled(programme, status, on)}}
	}
	farms := func(sizes string) held {
		return held{"fr/Farmer": {`{"farmer_personal_details":{"member_identifier":` + id + `},"farm_details":[` + sizes + `]}`}}
	}
	disabled := func(status, level string) held {
		return held{"dr/DisabledPerson": {`{"personal_details":{"member_identifier":` + id + `},"disability_status":"` + status +
			`","disability_status_level":"` + level + `"}`}}
	}
	tests := []struct {
		name, scheme, version, asOf string
		holds                       held
		want                        scheme.Outcome
		reason                      string // of the criterion that decides; of the decision for an unknown person
	}{
		{"score equal to the threshold", "household-cash-transfer", "1.0", "2025-01-01", with(alive, poor), scheme.Eligible, ""},
		{"score equal to the threshold, written with another scale", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, held{"social/Group": {household("4E+1", three)}}), scheme.Eligible, ""},
		{"score a hundredth above", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, held{"social/Group": {household("40.01", three)}}), scheme.NotEligible, "elg.poverty_score.above_threshold"},
		{"score within version 1 above version 2", "household-cash-transfer", "2.0", "2025-01-01", with(alive, poor), scheme.NotEligible, "elg.poverty_score.above_threshold"},
		{"two members", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, held{"social/Group": {household("10", `,{"member_identifier":[]}`)}}), scheme.NotEligible, "elg.household_size.small"},
		{"died the day after", "household-cash-transfer", "1.0", "2025-01-01", with(diedOn("2025-01-02"), poor), scheme.Eligible, ""},
		{"died on the as-of day", "household-cash-transfer", "1.0", "2025-01-01", with(diedOn("2025-01-01"), poor), scheme.NotEligible, "elg.applicant.deceased"},
		{"died on the as-of day by a date-time", "household-cash-transfer", "1.0", "2025-01-01",
			with(diedOn("2025-01-01T23:59:59-08:00"), poor), scheme.NotEligible, "elg.applicant.deceased"},
		{"enrolled already, from the as-of day on", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, poor, beneficiary("UCT-01", "1", "2025-01-01T00:00:00Z")), scheme.NotEligible, "elg.enrolment.double"},
		{"enrolled the day after", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, poor, beneficiary("UCT-01", "1", "2025-01-02T00:00:00Z")), scheme.Eligible, ""},
		{"enrolled in another programme", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, poor, beneficiary("OAP-03", "1", "2020-01-01")), scheme.Eligible, ""},
		{"enrolment ended", "household-cash-transfer", "1.0", "2025-01-01",
			with(alive, poor, beneficiary("UCT-01", "3", "2020-01-01")), scheme.Eligible, ""},

		{"the day before turning eighteen", "child-benefit", "1.0", "2024-06-14", with(child, bornOn("2006-06-15")), scheme.Eligible, ""},
		{"the day of turning eighteen", "child-benefit", "1.0", "2024-06-15", with(child, bornOn("2006-06-15")), scheme.NotEligible, "elg.age.of_age"},
		{"born on 29 February, 28 February of a common year", "child-benefit", "1.0", "2022-02-28", with(child, bornOn("2004-02-29")), scheme.Eligible, ""},
		{"born on 29 February, 1 March of a common year", "child-benefit", "1.0", "2022-03-01", with(child, bornOn("2004-02-29")), scheme.NotEligible, "elg.age.of_age"},
		{"the day before turning sixty-five", "old-age", "1.0", "2024-12-30", bornOn("1959-12-31"), scheme.NotEligible, "elg.age.too_young"},
		{"the day of turning sixty-five", "old-age", "1.0", "2024-12-31", bornOn("1959-12-31T00:00:00+05:30"), scheme.Eligible, ""},
		{"born on 29 February, 29 February of a leap year", "old-age", "1.0", "2024-02-28", bornOn("1956-02-29"), scheme.Eligible, ""},

		{"codes with the prefixes of their lists", "disability", "1.0", "2025-01-01", with(alive, disabled("status:0", "level:1")), scheme.Eligible, ""},
		{"farms of the threshold in sum", "farmer-shock-relief", "1.0", "2025-01-01", with(alive, farms(`{"land_size":19.9},{"land_size":30.1}`)), scheme.Eligible, ""},
		{"farms above the threshold in sum only", "farmer-shock-relief", "1.0", "2025-01-01",
			with(alive, farms(`{"land_size":20},{"land_size":30.01}`)), scheme.NotEligible, "elg.farmer.no_smallholder"},
		{"no farmer", "farmer-shock-relief", "1.0", "2025-01-01", alive, scheme.NotEligible, "elg.farmer.no_smallholder"},
		{"severe disability, approved", "disability", "1.0", "2025-01-01", with(alive, disabled("0", "2")), scheme.Eligible, ""},
		{"moderate disability", "disability", "1.0", "2025-01-01", with(alive, disabled("0", "3")), scheme.NotEligible, "elg.disability.mild"},
		{"pending disability", "disability", "1.0", "2025-01-01", with(alive, disabled("1", "1")), scheme.NotEligible, "elg.disability.not_recognised"},

		{"a source fails", "child-benefit", "1.0", "2024-06-14", with(held{"social/Group": nil}, bornOn("2006-06-15")), scheme.Undetermined, scheme.SourceUnavailable},
		{"a source fails and another refuses", "child-benefit", "1.0", "2024-06-15",
			with(held{"social/Group": nil}, bornOn("2006-06-15")), scheme.NotEligible, "elg.age.of_age"},
		{"no household", "child-benefit", "1.0", "2024-06-14", bornOn("2006-06-15"), scheme.Undetermined, scheme.RecordNotFound},
		{"no birth date", "child-benefit", "1.0", "2024-06-14", with(child, alive), scheme.Undetermined, scheme.AttributeMissing},
		{"a date that does not exist", "child-benefit", "1.0", "2024-06-14", with(child, bornOn("2006-02-30")), scheme.Undetermined, scheme.AttributeMissing},
		{"known to nobody", "farmer-shock-relief", "1.0", "2025-01-01", nil, scheme.Undetermined, scheme.PersonUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			decided := decide(t, test.scheme, test.version, test.asOf, test.holds)
			require.Equal(t, test.want, decided.Outcome, "%+v", decided.Criteria)
			var open []string
			for _, result := range decided.Criteria {
				if result.Finding != scheme.Met {
					open = append(open, result.Reason)
				}
			}
			if decided.Reason != "" {
				open = []string{decided.Reason}
			}
			if test.reason == "" {
				require.Empty(t, open)
				return
			}
			require.Contains(t, open, test.reason)
		})
	}
}

func TestWidowNeedsALateSpouse(t *testing.T) {
	spouse := func(code, died string) held {
		return held{"social/Member": {`{"member_identifier":` + id + `,"related_person":[{"relationship_type":"` + code +
			`","related_member":{` + died + `}}]}`}}
	}
	base := with(held{"crvs/Person": {person(`,"marital_status":"W"`)}}, held{"social/Group": {household("60", "")}})
	tests := map[string]struct {
		holds held
		want  scheme.Outcome
	}{
		"died before":        {spouse("PRIMSPOUS", `"death_date":"2021-03-04"`), scheme.Eligible},
		"died on the day":    {spouse("PRIMSPOUS", `"death_date":"2022-01-01"`), scheme.Eligible},
		"died the day after": {spouse("PRIMSPOUS", `"death_date":"2022-01-02"`), scheme.NotEligible},
		"lives":              {spouse("PRIMSPOUS", ``), scheme.NotEligible},
		"a child died":       {spouse("CHILD", `"death_date":"2021-03-04"`), scheme.NotEligible},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, decide(t, "widows", "1.0", "2022-01-01", with(base, test.holds)).Outcome)
		})
	}
}

// Records of others, which a registry that answers too widely sends along, decide nothing.
func TestRecordsOfOthersAreLeftOut(t *testing.T) {
	other := `{"identifier":[{"identifier_type":"BRN","identifier_value":"100000000001"}],"death_date":"2001-01-01"}`
	mixed := `{"identifier":[{"identifier_type":"UIN","identifier_value":"2"},{"identifier_type":"BRN","identifier_value":"100000000001"}],"death_date":"2001-01-01"}`
	decided := decide(t, "child-benefit", "1.0", "2024-01-01", held{
		"crvs/Person":  {other, mixed, person(`,"birth_date":"2010-01-01"`)},
		"social/Group": {household("1", "")},
	})
	require.Equal(t, scheme.Eligible, decided.Outcome, "%+v", decided.Criteria)
}

func TestEachResultNamesWhoAnswered(t *testing.T) {
	decided := decide(t, "child-benefit", "1.0", "2024-01-01", with(alive))
	require.Equal(t, []scheme.Result{
		{Criterion: "minor", Finding: scheme.Unknown, Reason: scheme.AttributeMissing, Interface: "crvs", Record: "Person"},
		{Criterion: "alive", Finding: scheme.Met, Reason: "elg.applicant.alive", Interface: "crvs", Record: "Person"},
		{Criterion: "poverty_score", Finding: scheme.Unknown, Reason: scheme.RecordNotFound, Interface: "social", Record: "Group"},
	}, decided.Criteria)
}

func TestAge(t *testing.T) {
	for _, test := range []struct {
		born, on string
		want     int
	}{
		{"2000-02-29", "2001-02-28", 0}, {"2000-02-29", "2001-03-01", 1}, {"2000-02-29", "2004-02-28", 3}, {"2000-02-29", "2004-02-29", 4},
		{"2000-12-31", "2001-01-01", 0}, {"2000-01-01", "2000-01-01", 0}, {"2000-01-01", "1999-12-31", -1}, {"1900-03-01", "2000-02-29", 99},
	} {
		born, err := scheme.ParseDay(test.born)
		require.NoError(t, err)
		on, err := scheme.ParseDay(test.on)
		require.NoError(t, err)
		require.Equal(t, test.want, on.Age(born), "born %s on %s", test.born, test.on)
	}
	_, err := scheme.ParseDay("2023-02-29")
	require.ErrorIs(t, err, scheme.ErrDay)
}

// TestFactsInUTC: a moment is of one day in whatever zone a registry writes it, and a date stays the date.
func TestFactsInUTC(t *testing.T) {
	schemes, err := scheme.Load()
	require.NoError(t, err)
	rules, err := schemes.Find("old-age", "1.0")
	require.NoError(t, err)
	day, err := scheme.ParseDay("2024-12-30")
	require.NoError(t, err)
	for born, want := range map[string]scheme.Outcome{"1959-12-31T00:00:00Z": scheme.NotEligible, "1959-12-30T19:00:00-05:00": scheme.NotEligible,
		"1959-12-31": scheme.NotEligible, "1959-12-30": scheme.Eligible} {
		facts := scheme.NewFacts(someone)
		for _, source := range rules.Sources() {
			require.NoError(t, facts.TellJSON(source))
			if source.Interface == "crvs" {
				require.NoError(t, facts.TellJSON(source, json.RawMessage(person(`,"birth_date":"`+born+`"`))))
			}
		}
		require.Equal(t, want, scheme.Decide(rules, facts.InUTC(), day).Outcome, born)
	}
}
