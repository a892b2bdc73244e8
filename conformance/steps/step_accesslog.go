package steps

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec/fixture"
)

var accessLogSteps = []definition{
	{`^the person's access log tells (that the record was shown|of the refusal|that the record was kept back)$`,
		"an auditor reads it: party, purpose, time and outcome of what the agency asked", withText(logTells)},
	{`^the access log of another person tells nothing of it$`, "an auditor reads it: no entry that the record was shown to the agency for the purpose of this search", inWorld(otherLogSilent)},
	{`^the agency cannot read the person's access log$`, "the agency's own token does not let it", inWorld(logKept)},
}

// readLog asks for a person's access log with a participant's token.
func (w *World) readLog(ctx context.Context, as identity.Name, person population.Record) (*exchange.Exchange, error) {
	shared, err := w.sharing()
	if err != nil {
		return nil, err
	}
	if shared.AccessLog == "" {
		return nil, &Skip{"no access log was named: name sharing.access_log in the manifest"}
	}
	body, err := wire(fixture.AccessQuestion{RegRecordType: person.RecordType, IdentifierType: person.IDType, IdentifierValue: person.IDValue})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	for name, value := range w.env.Headers {
		header.Set(name, value)
	}
	if token := w.env.tokenOf(ctx, w.known(w.env.Identities[as])); token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	read := w.env.Client.Send(ctx, exchange.Outgoing{Scenario: w.ID, Operation: "access-log", Method: http.MethodPost,
		URL: w.env.Base + shared.AccessLog, Header: header, Body: body})
	w.show(read)
	if read.Fault != "" {
		return read, fail("an HTTP answer", read.Detail, read)
	}
	return read, nil
}

// logOf is the person's access log as an auditor reads it.
func (w *World) logOf(ctx context.Context, person population.Record) (fixture.AccessLog, *exchange.Exchange, error) {
	read, err := w.readLog(ctx, identity.Auditor, person)
	if err != nil {
		return fixture.AccessLog{}, read, err
	}
	if read.Response.Status/100 != 2 {
		return fixture.AccessLog{}, read, failf("the person's access log", []*exchange.Exchange{read}, "HTTP %d", read.Response.Status)
	}
	told, err := fixture.ReadAccessLog(read.Response.Body)
	if err != nil {
		return told, read, failf("an access log by spec/fixture/access-log.schema.json", []*exchange.Exchange{read}, "%s", oneLine(err.Error()))
	}
	return told, read, nil
}

// outcomes are what an entry says came of an access.
var outcomes = map[string]string{
	"that the record was shown":     fixture.Shown,
	"of the refusal":                fixture.Refusal,
	"that the record was kept back": fixture.Kept,
}

// logTells gives the log the time in which a callback is awaited: no rule says when an entry is there.
func logTells(ctx context.Context, w *World, what string) error {
	purpose, err := w.statedPurpose()
	if err != nil {
		return err
	}
	const between = 100 * time.Millisecond
	deadline := time.Now().Add(w.env.Waits.Callback)
	for {
		told, read, err := w.logOf(ctx, w.wanted)
		if err != nil {
			return err
		}
		departure := entryOf(told, w.drafts[0].From.Participant.ID, purpose, outcomes[what])
		if departure == nil {
			return nil
		}
		departure.Exchanges = []*exchange.Exchange{read}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return departure
		}
		_ = pause(ctx, between)
	}
}

// statedPurpose is what the scenario's search was for.
func (w *World) statedPurpose() (string, error) {
	if len(w.drafts) == 0 {
		return "", errors.New("the scenario looks at an access log before it has a search")
	}
	criteria, err := w.drafts[0].item("criteria")
	return text(criteria, "authorize.purpose.code"), err
}

// entryOf looks for one entry of the party with the outcome and purpose, made in this run. No rule says in which order a
// log tells its entries; what it lacks is said of the latest.
func entryOf(told fixture.AccessLog, party, purpose, outcome string) *Fail {
	own := slices.DeleteFunc(slices.Clone(told.Entries), func(e fixture.Access) bool { return e.Party != party })
	if len(own) == 0 {
		return failf("an entry of the party that asked", nil, "none among %d entries", len(told.Entries))
	}
	slices.SortStableFunc(own, func(a, b fixture.Access) int { return b.Timestamp.Compare(a.Timestamp) })
	var lacks *Fail
	for _, entry := range own {
		departure := entryLacks(entry, purpose, outcome)
		if departure == nil {
			return nil
		}
		lacks = cmp.Or(lacks, departure)
	}
	return lacks
}

func entryLacks(entry fixture.Access, purpose, outcome string) *Fail {
	const clock = 10 * time.Minute
	switch {
	case entry.Outcome != outcome:
		return failf("an entry with outcome "+outcome, nil, "outcome %s", entry.Outcome)
	case entry.Purpose != purpose:
		return fail("the purpose that the search stated", "another purpose, or none")
	case time.Since(entry.Timestamp).Abs() > clock:
		return fail("the time of the search", "a time minutes away from it")
	}
	return nil
}

func otherLogSilent(ctx context.Context, w *World) error {
	other, err := w.freePerson()
	if err != nil {
		return err
	}
	told, read, err := w.logOf(ctx, other)
	if err != nil {
		return err
	}
	purpose, err := w.statedPurpose()
	if err != nil {
		return err
	}
	for _, entry := range told.Entries {
		// Searches for many, which meet this person as well, are for another purpose or are refused.
		if entry.Party == identity.ID(identity.Agency) && entry.Purpose == purpose && entry.Outcome == fixture.Shown {
			return fail("no entry that the record was shown, since the agency never asked for this person", "such an entry of the agency", read)
		}
	}
	return nil
}

func logKept(ctx context.Context, w *World) error {
	read, err := w.readLog(ctx, identity.Agency, w.wanted)
	if err != nil {
		return err
	}
	// How it refuses is the product's: by a status, by an acknowledgement that says so, or by a log without an entry.
	told, err := fixture.ReadAccessLog(read.Response.Body)
	if read.Response.Status/100 == 2 && err == nil && len(told.Entries) > 0 {
		return failf("a refusal to a party that is no auditor", []*exchange.Exchange{read}, "%d entries", len(told.Entries))
	}
	return nil
}
