package reference_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

const (
	// byLaw and byConsent are the purposes of the agreement.
	byLaw     = "eligibility"
	byConsent = "enrolment"
	asyncPath = "/registry/search"
)

// sharingBench is a bench with two persons, an agreement of alice's, and an updater that is the auditor too.
func sharingBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{alice: newParty(t, "alice.example.org", "client"), bob: newParty(t, "bob.example.org", "client"),
		updater: newParty(t, "updater.example.org", "client", "updater", "auditor")}
	b.start(t)
	b.load(t, somebody("P-1", "1990-02-03"), somebody("P-2", "1991-02-03"))
	b.agree(t, b.agreement())
	return b
}

func somebody(id, born string) fixture.Record {
	return fixture.Record{Interface: "social", RegRecordType: "Person", Data: json.RawMessage(
		`{"@type":"Person","identifier":[{"identifier_type":"UIN","identifier_value":"` + id + `"}],"birth_date":"` + born +
			`T00:00:00Z","sex":"female"}`)}
}

func (b *bench) agreement() fixture.Agreement {
	return fixture.Agreement{ID: "agreement-1", Who: b.alice.ID,
		Why:   []fixture.Purpose{{Code: byLaw, LegalBasis: fixture.ByLaw}, {Code: byConsent, LegalBasis: fixture.ByConsent}},
		Where: []string{b.alice.receiver.URL + "/callbacks/here"},
		When:  fixture.Period{From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)},
		What:  []fixture.Scope{{Interface: "social", RegRecordType: "Person", Attributes: []string{"identifier", "birth_date"}}},
		How:   []string{"search", "sync-search"}}
}

func (b *bench) prepare(t *testing.T, method, path string, body []byte) {
	t.Helper()
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(method, path, bytes.NewReader(body)))
	require.Less(t, recorder.Code, http.StatusMultipleChoices, recorder.Body.String())
}

func (b *bench) agree(t *testing.T, all ...fixture.Agreement) {
	t.Helper()
	raw, err := json.Marshal(fixture.Agreements{Agreements: all})
	require.NoError(t, err)
	b.prepare(t, http.MethodPut, "/agreements", raw)
}

// decide has the person P-1 decide on the purpose.
func (b *bench) decide(t *testing.T, decision string, change ...func(*fixture.Consent)) {
	t.Helper()
	made := fixture.Consent{Interface: "social", RegRecordType: "Person", IdentifierType: "UIN", IdentifierValue: "P-1",
		Party: b.alice.ID, Purpose: byConsent, Decision: decision}
	for _, alter := range change {
		alter(&made)
	}
	raw, err := json.Marshal(made)
	require.NoError(t, err)
	b.prepare(t, http.MethodPost, "/consents", append(raw, '\n'))
}

// personSearch is for P-1, with a purpose that is stated and consent to it.
func (b *bench) personSearch(p *party, path, purpose string, change ...func(*sent, *message.SearchItem)) *sent {
	item := searchItem("r-1", idQuery("P-1"))
	item.Criteria.RegRecordType = "Person"
	if purpose != "" {
		granted := json.RawMessage(`{"ts":"` + now() + `","purpose":{"text":"` + purpose + `","code":"` + purpose + `","ref_uri":"https://example.org/purposes"}}`)
		item.Criteria.Authorize, item.Criteria.Consent = granted, granted
	}
	request := b.request(p, path, "search", 1, nil)
	for _, alter := range change {
		alter(request, &item)
	}
	request.message = searchOf(item)
	return request
}

// asked sends a search and gives the one item of its answer.
func (b *bench) asked(t *testing.T, p *party, request *sent) message.SearchResponseItem {
	t.Helper()
	answer := b.send(t, request)
	body := answer.body
	if request.path == asyncPath {
		require.Equal(t, "ACK", answer.ack(t).AckStatus, "%s", answer.body)
		body = p.receiver.next(t).body
	}
	var found message.SearchResponse
	b.answered(t, body, p, &found)
	require.Len(t, found.Items, 1, "%s", body)
	return found.Items[0]
}

// log is what the auditor reads of P-1.
func (b *bench) log(t *testing.T) []fixture.Access {
	t.Helper()
	status, read := b.readLog(t, b.updater.token, `{"reg_record_type":"Person","identifier_type":"UIN","identifier_value":"P-1"}`)
	require.Equal(t, http.StatusOK, status)
	return read.Entries
}

func (b *bench) readLog(t *testing.T, token, question string) (int, fixture.AccessLog) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+reference.AccessLogPath, strings.NewReader(question))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var read fixture.AccessLog
	if response.StatusCode == http.StatusOK {
		require.NoError(t, json.Unmarshal(raw, &read))
	}
	return response.StatusCode, read
}

// TestAgreementIsEnforced: each thing that an agreement says is broken alone, is refused for that, and the refusal is in
// the log of the person who was asked for.
func TestAgreementIsEnforced(t *testing.T) {
	hour := time.Hour
	cases := map[string]struct {
		alter   func(*bench, *fixture.Agreement)
		purpose string
		path    string
		ask     func(*bench, *sent, *message.SearchItem)
		broken  string
	}{
		"why, another":       {alter: func(b *bench, a *fixture.Agreement) { a.Why = a.Why[1:] }, purpose: byLaw, broken: "why"},
		"why":                {purpose: "curiosity", broken: "why"},
		"no purpose":         {broken: "purpose stated"},
		"when, before":       {alter: func(_ *bench, a *fixture.Agreement) { a.When.From = time.Now().Add(hour / 2) }, purpose: byLaw, broken: "when"},
		"when, afterwards":   {alter: func(_ *bench, a *fixture.Agreement) { a.When.Until = time.Now().Add(-hour / 2) }, purpose: byLaw, broken: "when"},
		"how":                {alter: func(_ *bench, a *fixture.Agreement) { a.How = a.How[:1] }, purpose: byLaw, broken: "how"},
		"where":              {alter: func(b *bench, a *fixture.Agreement) { a.Where[0] = b.alice.receiver.URL + "/callbacks/there" }, purpose: byLaw, path: asyncPath, broken: "where"},
		"what, ordered by":   {purpose: byLaw, ask: orderedBySex, broken: "what"},
		"what, another type": {alter: func(_ *bench, a *fixture.Agreement) { a.What[0].RegRecordType = "Member" }, purpose: byLaw, broken: "what"},
		"consent not stated": {purpose: byConsent, ask: func(_ *bench, _ *sent, i *message.SearchItem) { i.Criteria.Consent = nil }, broken: "consent stated"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := sharingBench(t)
			path := orElse(c.path, syncSearch)
			answered := b.asked(t, b.alice, b.personSearch(b.alice, path, byLaw))
			require.Len(t, answered.Data.RegRecords, 1, "what is agreed is answered")

			agreement := b.agreement()
			if c.alter != nil {
				c.alter(b, &agreement)
			}
			b.agree(t, agreement)
			refused := b.asked(t, b.alice, b.personSearch(b.alice, path, c.purpose, func(s *sent, i *message.SearchItem) {
				if c.ask != nil {
					c.ask(b, s, i)
				}
			}))
			assert.Equal(t, string(message.RejectSearchCriteria), string(refused.StatusReasonCode))
			assert.True(t, refused.Data == nil || len(refused.Data.RegRecords) == 0, "nothing is shown")
			entries := b.log(t)
			require.Len(t, entries, 2)
			last := entries[1]
			assert.Equal(t, []string{b.alice.ID, c.purpose, fixture.Refusal, c.broken}, []string{last.Party, last.Purpose, last.Outcome, last.Reason})
		})
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func orderedBySex(_ *bench, _ *sent, item *message.SearchItem) {
	item.Criteria.Sort = []message.SortItem{{AttributeName: "sex", SortOrder: "asc"}}
}

// TestAnAgreementIsOfItsParty: another party's agreement gives nothing, and a party without any is limited by its role.
func TestAnAgreementIsOfItsParty(t *testing.T) {
	b := sharingBench(t)
	whole := b.asked(t, b.bob, b.personSearch(b.bob, syncSearch, ""))
	require.Len(t, whole.Data.RegRecords, 1)
	assert.Contains(t, string(whole.Data.RegRecords[0]), "sex", "bob has no agreement that limits him")

	own := b.agreement()
	own.ID, own.Who, own.Why = "agreement-2", b.bob.ID, []fixture.Purpose{{Code: "statistics", LegalBasis: fixture.ByLaw}}
	b.agree(t, b.agreement(), own)
	assert.Equal(t, string(message.RejectSearchCriteria), string(b.asked(t, b.bob, b.personSearch(b.bob, syncSearch, byLaw)).StatusReasonCode), "that is alice's")
	entries := b.log(t)
	last := entries[len(entries)-1]
	assert.Equal(t, []string{b.bob.ID, fixture.Refusal, "why"}, []string{last.Party, last.Outcome, last.Reason})
}

// TestOnlyWhatIsAgreedIsShown in both modes.
func TestOnlyWhatIsAgreedIsShown(t *testing.T) {
	b := sharingBench(t)
	for _, path := range []string{syncSearch, asyncPath} {
		found := b.asked(t, b.alice, b.personSearch(b.alice, path, byLaw))
		require.Len(t, found.Data.RegRecords, 1)
		var record map[string]any
		require.NoError(t, json.Unmarshal(found.Data.RegRecords[0], &record))
		assert.Contains(t, record, "birth_date", path)
		assert.NotContains(t, record, "sex", path)
	}
}

// TestConsentDecides: who is shown follows what the person decided last, from the next read on.
func TestConsentDecides(t *testing.T) {
	b := sharingBench(t)
	past, coming := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	steps := []struct {
		name   string
		decide func()
		shown  bool
	}{
		{"nothing decided", func() {}, false},
		{"given", func() { b.decide(t, fixture.Given) }, true},
		{"withdrawn", func() { b.decide(t, fixture.Withdrawn) }, false},
		{"given again", func() { b.decide(t, fixture.Given) }, true},
		{"refused", func() { b.decide(t, fixture.Refused) }, false},
		{"given, and over", func() { b.decide(t, fixture.Given, func(c *fixture.Consent) { c.Until = past }) }, false},
		{"given from later on", func() { b.decide(t, fixture.Given, func(c *fixture.Consent) { c.From = coming }) }, false},
		{"given for the time", func() { b.decide(t, fixture.Given, func(c *fixture.Consent) { c.From, c.Until = past, coming }) }, true},
	}
	for i, step := range steps {
		step.decide()
		found := b.asked(t, b.alice, b.personSearch(b.alice, syncSearch, byConsent))
		require.Empty(t, found.StatusReasonCode, step.name)
		require.Equal(t, step.shown, len(found.Data.RegRecords) == 1, step.name)
		entries := b.log(t)
		require.Len(t, entries, i+1, step.name)
		want := map[bool][]string{true: {fixture.Shown, ""}, false: {fixture.Kept, "consent"}}[step.shown]
		require.Equal(t, want, []string{entries[i].Outcome, entries[i].Reason}, step.name)
	}
	lawful := b.asked(t, b.alice, b.personSearch(b.alice, syncSearch, byLaw))
	assert.Len(t, lawful.Data.RegRecords, 1, "the law asks nobody")
}

// TestConsentIsForOnePartyAndPurpose: given to another, or for something else, it is none.
func TestConsentIsForOnePartyAndPurpose(t *testing.T) {
	for name, change := range map[string]func(*fixture.Consent){
		"another party":   func(c *fixture.Consent) { c.Party = "bob.example.org" },
		"another purpose": func(c *fixture.Consent) { c.Purpose = "statistics" },
		"another person":  func(c *fixture.Consent) { c.IdentifierValue = "P-2" },
	} {
		t.Run(name, func(t *testing.T) {
			b := sharingBench(t)
			b.decide(t, fixture.Given, change)
			assert.Empty(t, b.asked(t, b.alice, b.personSearch(b.alice, syncSearch, byConsent)).Data.RegRecords)
		})
	}
}

// TestAccessLog: each access to a person is there with who, why, how and what came of it; nobody but an auditor reads
// it, and it is the person's own.
func TestAccessLog(t *testing.T) {
	b := sharingBench(t)
	before := time.Now().Add(-time.Second)
	b.asked(t, b.alice, b.personSearch(b.alice, syncSearch, byLaw))
	b.asked(t, b.alice, b.personSearch(b.alice, asyncPath, byLaw))
	entries := b.log(t)
	require.Len(t, entries, 2)
	for i, operation := range []string{"sync-search", "search"} {
		entry := entries[i]
		assert.True(t, entry.Timestamp.After(before) && entry.Timestamp.Before(time.Now().Add(time.Second)))
		entry.Timestamp = time.Time{}
		assert.Equal(t, fixture.Access{Party: b.alice.ID, Purpose: byLaw, Operation: operation, Outcome: fixture.Shown}, entry)
	}
	const other = `{"reg_record_type":"Person","identifier_type":"UIN","identifier_value":"P-2"}`
	status, read := b.readLog(t, b.updater.token, other)
	assert.Equal(t, http.StatusOK, status)
	assert.Empty(t, read.Entries, "nobody asked for this person")
	for name, c := range map[string]struct {
		token, question string
		status          int
	}{
		"no token":           {"", other, http.StatusUnauthorized},
		"not an auditor":     {b.alice.token, other, http.StatusForbidden},
		"nobody named":       {b.updater.token, `{}`, http.StatusBadRequest},
		"an unknown type":    {b.updater.token, `{"reg_record_type":"Cow","identifier_type":"UIN","identifier_value":"P-1"}`, http.StatusBadRequest},
		"not a question":     {b.updater.token, `[`, http.StatusBadRequest},
		"a token made up":    {b.updater.token + "x", other, http.StatusUnauthorized},
		"somebody else's id": {b.bob.token, other, http.StatusForbidden},
	} {
		got, _ := b.readLog(t, c.token, c.question)
		assert.Equal(t, c.status, got, name)
	}
}
