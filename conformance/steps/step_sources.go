package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/scheme"
)

// capabilitySources is claimed by what can be told where the registries are that it asks.
const capabilitySources = "sources"

const registryWords = `(civil registration|the (?:social|beneficiary|disability|farmer) registry)`

// disturbedAs are the words of what is wrong with a registry.
var disturbedAs = map[string]exchange.Disturbance{
	"does not answer":                             exchange.BrokenOff,
	"does not answer in time":                     exchange.HeldBack,
	"answers with an error":                       exchange.Erring,
	"answers without a signature":                 exchange.Unsigned,
	"answers with what was changed after signing": exchange.Changed,
	"answers again":                               exchange.Undisturbed,
}

var sourceSteps = []definition{
	{`^the service asks its registries by way of the runner$`,
		"the service is told other addresses of its registries (sources.url), which lead to them; the scenario's question is then decided as is true", inWorld(asksByTheRunner)},
	{`^` + registryWords + ` (` + strings.Join(slices.Sorted(maps.Keys(disturbedAs)), "|") + `)$`,
		"from now on, for the service; in truth the registry is as it was", withTexts(isDisturbed)},
	{`^the question is asked again$`, "synchronously, as a message of its own", func(ctx context.Context) error {
		w := worldOf(ctx)
		w.asks(w.assessed...)
		return sent(ctx, w, "synchronously")
	}},
	{`^what ` + registryWords + ` answers for is undetermined, and all else as it was$`,
		"each criterion of that source is undetermined for elg.source.unavailable, with the source's name; of the others is found what is true", withText(undeterminedBy)},
}

// asksByTheRunner has the service to itself until the scenario ends: what is wrong with a registry would be
// wrong for every other question.
func asksByTheRunner(ctx context.Context, w *World) error {
	told := w.env.Sources
	if told == nil {
		return &Skip{"the manifest names no sources.url, so that the service cannot be told where its registries are"}
	}
	rules, err := w.rulesAsked()
	if err != nil {
		return err
	}
	told.mu.Lock()
	w.release = append(w.release, told.mu.Unlock)
	if err := w.relay(ctx, told); err != nil {
		return err
	}
	reply, err := w.send(ctx, w.assessDraft(w.assessed...), spec.Sync)
	if err != nil {
		return err
	}
	for _, source := range rules.Sources() {
		if relay := w.relays[source.Interface]; relay == nil || relay.Asked() == 0 {
			return &Skip{"the service takes sources.url and does not ask " + source.Interface + " there"}
		}
	}
	departure := w.answered(reply)
	if departure == nil {
		departure = w.decidedFor(ctx, reply, w.assessed[0])
	}
	if departure != nil {
		departure.Expected = "the question is decided while every registry answers: " + departure.Expected
		return departure
	}
	w.replies, w.last = nil, nil
	return nil
}

// answeredByTheRunner skips a service whose registries answer it at an address of its own, by a callback: what comes there is
// out of the runner's reach.
func (w *World) answeredByTheRunner() error {
	for id, relay := range w.relays {
		if relay.Passed() {
			return &Skip{"the service asks " + id + " by way of the runner and is answered elsewhere, where nothing can be changed on its way"}
		}
	}
	return nil
}

// relay puts relays before the registries, and takes them away with the scenario.
func (w *World) relay(ctx context.Context, told *Sources) error {
	w.relays = map[string]*exchange.Relay{}
	before := lo.PickByKeys(told.Bases, w.env.Interface.Sources)
	bases := maps.Clone(before)
	restore := func() {
		_ = told.Move(context.WithoutCancel(ctx), before)
		for _, relay := range w.relays {
			relay.Close()
		}
	}
	// Before the lock is given back.
	w.release = append([]func(){restore}, w.release...)
	for _, id := range w.env.Interface.Sources {
		base, known := bases[id]
		if !known {
			continue
		}
		if told.Address != nil {
			base = told.Address(base)
		}
		relay, err := w.env.Receiver.Relay(base, told.Roots)
		if err != nil {
			return err
		}
		w.relays[id], bases[id] = relay, relay.URL
	}
	return told.Move(ctx, bases)
}

// rulesAsked are the rules of the scheme that the scenario's one question is about.
func (w *World) rulesAsked() (scheme.Scheme, error) {
	if len(w.assessed) != 1 {
		return scheme.Scheme{}, errors.New("the scenario speaks of the criteria of one question, and asks none or several")
	}
	schemes, err := scheme.Load()
	if err != nil {
		return scheme.Scheme{}, err
	}
	return schemes.Find(w.assessed[0].Scheme, w.assessed[0].Version)
}

func isDisturbed(_ context.Context, w *World, registry, how string) error {
	relay, known := w.relays[registryCalled[registry]]
	if !known {
		return fmt.Errorf("the service does not ask %s by way of the runner", registry)
	}
	relay.Disturb(disturbedAs[how])
	return nil
}

func undeterminedBy(_ context.Context, w *World, registry string) error {
	return w.eachToldOf(func(rules scheme.Scheme, criteria []map[string]any, reply *Reply) *Fail {
		for _, criterion := range rules.Criteria {
			if departure := toldAlike(criteria, w.foundWithout(criterion, registryCalled[registry]), reply); departure != nil {
				return departure
			}
			if criterion.Source.Interface != registryCalled[registry] {
				continue
			}
			at := slices.IndexFunc(criteria, func(one map[string]any) bool { return text(one, "criterion") == criterion.ID })
			if named := text(criteria[at], "source.interface"); named != criterion.Source.Interface {
				return failf("the source "+criterion.Source.Interface+" of the criterion "+criterion.ID, reply.exchanges(), "%q", oneLine(named))
			}
		}
		return nil
	})
}

// foundWithout is what is to be found of a criterion where a registry is silent.
func (w *World) foundWithout(criterion scheme.Criterion, silent string) scheme.Result {
	found := scheme.Result{Criterion: criterion.ID, Finding: scheme.Met, Reason: criterion.Reasons.Met}
	switch {
	case criterion.Source.Interface == silent:
		found.Finding, found.Reason = scheme.Unknown, scheme.SourceUnavailable
	case lo.Contains(w.assessed[0].Fails, criterion.ID):
		found.Finding, found.Reason = scheme.NotMet, criterion.Reasons.NotMet
	}
	return found
}
