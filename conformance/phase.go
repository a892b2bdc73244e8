package conformance

import (
	"context"
	"errors"
	"sync"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
)

// phase is a part of an interface's scenarios that run beside each other.
type phase int

// The phases of an interface in their order. The expectations of those that only read hold as long as nothing
// has changed what the registry holds.
const (
	reading phase = iota
	changing
	last
	alone
	restarting
)

var phases = []phase{reading, changing, last, alone, restarting}

// phaseOf is the phase to which a scenario belongs by its tags.
func phaseOf(s features.Scenario) phase {
	switch {
	case s.Restarts():
		return restarting
	case s.Alone():
		return alone
	case s.Last():
		return last
	case s.Changes():
		return changing
	default:
		return reading
	}
}

// inPhase are those of the scenarios that belong to a phase.
func inPhase(wanted []features.Scenario, at phase) []features.Scenario {
	return lo.Filter(wanted, func(s features.Scenario, _ int) bool { return phaseOf(s) == at })
}

// played plays the scenarios of one phase.
func (r *run) played(ctx context.Context, env *steps.Env, p *plan, wanted []features.Scenario, at phase) []outcome {
	if at == restarting {
		return r.sharing(ctx, []part{{env, p, wanted}})[0]
	}
	return r.scenarios(ctx, env, p, wanted)
}

// play runs the planned scenarios of the processes in the strict form, phase by phase.
func (r *run) play(ctx context.Context, env *steps.Env, p *plan, absent map[string]string) []outcome {
	return lo.FlatMap(phases, func(at phase, _ int) []outcome {
		return r.played(ctx, env, p, inPhase(r.wanted(p, absent), at), at)
	})
}

// readers is on how many interfaces the scenarios that only read run beside each other; those that change
// something, and wait for what comes of it, leave a machine idle, and run beside these.
const readers = 3

// interfaces plays the scenarios of all interfaces. A registry is tested when what asks it has been: that is judged by
// what the registry holds, and by when it answers. What changes a registry runs on one at a time, since notifications
// come to an address that is the same for all. What alters the product itself comes when everything else has
// ended, and restarts last.
func (r *run) interfaces(ctx context.Context, tried []*trial) error {
	if !r.abreast() {
		return r.inTurn(ctx, tried)
	}
	ended := lo.SliceToMap(tried, func(t *trial) (string, chan struct{}) { return t.plan.described.ID, make(chan struct{}) })
	places, telling := make(chan struct{}, readers), make(chan struct{}, 1)
	failed := make([]error, len(tried))
	var all sync.WaitGroup
	for i, t := range tried {
		all.Go(func() {
			defer close(ended[t.plan.described.ID])
			for _, other := range tried {
				if lo.Contains(other.plan.described.Sources, t.plan.described.ID) {
					<-ended[other.plan.described.ID]
				}
			}
			places <- struct{}{}
			failed[i] = r.rounds(ctx, t, reading)
			<-places
			if failed[i] != nil {
				return
			}
			if _, tells := t.plan.described.Operation("notify"); tells {
				telling <- struct{}{}
				defer func() { <-telling }()
			}
			failed[i] = errors.Join(r.rounds(ctx, t, changing), r.rounds(ctx, t, last))
		})
	}
	all.Wait()
	for i, t := range tried {
		failed[i] = errors.Join(failed[i], r.rounds(ctx, t, alone))
		r.tokens.Forget()
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	r.restarts(ctx, tried)
	return nil
}

// abreast says whether interfaces are tested beside each other. Under dialects they are not, since what arrives is
// translated by those of one interface, nor where scenarios run one after another.
func (r *run) abreast() bool { return len(r.Target.Dialects) == 0 && r.Concurrency > 1 }

func (r *run) inTurn(ctx context.Context, tried []*trial) error {
	for _, t := range tried {
		for _, at := range phases {
			if err := r.rounds(ctx, t, at); err != nil {
				return err
			}
		}
	}
	return nil
}
