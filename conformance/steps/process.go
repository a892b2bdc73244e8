package steps

import (
	"context"
	"errors"
	"fmt"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

// process is what a scenario across interfaces knows: the runner is the SP-MIS, which decides from what it
// is told. Truth is what the registries were given, and what the process has made of it since.
type process struct {
	parties   map[string]*World
	applicant population.Claimant
	scheme    scheme.Scheme
	asOf      scheme.Day
	told      *scheme.Facts
	truth     *scheme.Facts
	decided   scheme.Decision
	enrolment population.Record
	address   string
	// found are those whom a search found, notified the record that notifier last told.
	found []string
	// searched is where the last search was made, among whether it found the applicant.
	searched *World
	among    bool
	notified map[string]any
	notifier *World
}

// at does a part of the process at one interface. What goes wrong there is that party's.
func (w *World) at(ctx context.Context, id string, do func(context.Context, *World) error) error {
	party, err := w.party(ctx, id)
	if err != nil {
		return err
	}
	err = do(ctx, party)
	w.show(party.shown...)
	var departure *Fail
	if errors.As(err, &departure) && departure.Party == nil {
		departure.Party = party.env.party()
		if departure.Exchanges == nil && len(party.shown) > 0 {
			departure.Exchanges = []*exchange.Exchange{party.shown[len(party.shown)-1]}
		}
	}
	party.shown = nil
	return err
}

func (e *Env) party() *result.Party {
	return &result.Party{Interface: e.Interface.ID, Product: e.Product, Base: e.Base}
}

// party is the scenario's part at an interface: its ids, its boxes and what it has sent there are its own.
func (w *World) party(_ context.Context, id string) (*World, error) {
	if made := w.process.parties[id]; made != nil {
		return made, nil
	}
	env, served := w.env.Parties[id]
	if !served {
		return nil, fmt.Errorf("the scenario goes through %s, which its process does not need: mend spec/processes.yaml", id)
	}
	if w.process.parties == nil {
		w.process.parties = map[string]*World{}
	}
	_, made := env.NewWorld(context.Background(), w.ID, w.Tags)
	made.respond, made.boxes = w.respond, map[identity.Name]*exchange.Box{}
	w.process.parties[id] = made
	return made, nil
}

// holderOf searches an interface for the records of a type that hold an identifier.
func (w *World) holderOf(ctx context.Context, recordType string, id population.Identifier) ([]map[string]any, *Reply, error) {
	record, known := w.env.Interface.Record(recordType)
	if !known {
		return nil, nil, fmt.Errorf("%s has no record type %q", w.env.Interface.ID, recordType)
	}
	question := w.byIdentifier(record, population.Record{IDType: id.Type, IDValue: id.Value})
	return w.recordsFor(ctx, question)
}

// recordsFor are the records with which a question is answered.
func (w *World) recordsFor(ctx context.Context, question *Question) ([]map[string]any, *Reply, error) {
	reply, err := w.send(ctx, w.searchFor(question), spec.Sync)
	if err != nil {
		return nil, reply, err
	}
	if departure := w.answered(reply); departure != nil {
		departure.Exchanges = reply.exchanges()
		return nil, reply, departure
	}
	var found []map[string]any
	for _, item := range reply.Answer.itemsFor(question.ReferenceID) {
		found = append(found, records(item)...)
	}
	return found, reply, nil
}
