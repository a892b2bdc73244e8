package conformance

import (
	"context"

	"github.com/samber/lo"
	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
)

// restarter has the product that serves an interface stop and start again; nil where there is no way to.
func (r *run) restarter(interfaceID string) *Restart {
	if r.Target.Restart == nil {
		return nil
	}
	return r.Target.Restart(interfaceID)
}

// part is what is played on one interface of scenarios that share a restart.
type part struct {
	env    *steps.Env
	plan   *plan
	wanted []features.Scenario
}

// restarts plays the scenarios that need a restart, those of all interfaces of a product beside each other: what
// restarts one restarts all.
func (r *run) restarts(ctx context.Context, tried []*trial) {
	for _, product := range lo.PartitionBy(tried, func(t *trial) string {
		again := r.restarter(t.plan.described.ID)
		return lo.TernaryF(again == nil, func() string { return "" }, func() string { return again.Product })
	}) {
		parts := lo.Map(product, func(t *trial, _ int) part {
			return part{t.env, t.plan, inPhase(r.wanted(t.plan, t.absent), restarting)}
		})
		for i, outcomes := range r.sharing(ctx, parts) {
			product[i].outcomes = append(product[i].outcomes, outcomes...)
		}
	}
}

// sharing plays scenarios that need a restart, and gives what came of each part: as many of an interface share one as
// may run at a time.
func (r *run) sharing(ctx context.Context, parts []part) [][]outcome {
	outcomes := make([][]outcome, len(parts))
	rounds := lo.Map(parts, func(p part, _ int) [][]features.Scenario { return lo.Chunk(p.wanted, r.Concurrency) })
	for at := range lo.Max(lo.Map(rounds, func(round [][]features.Scenario, _ int) int { return len(round) })) {
		now := lo.Filter(lo.Range(len(parts)), func(i int, _ int) bool { return at < len(rounds[i]) })
		envs := lo.Map(now, func(i int, _ int) *steps.Env { return parts[i].env })
		meeting := steps.Meet(lo.SumBy(now, func(i int) int { return len(rounds[i][at]) }),
			func(ctx context.Context) error { return r.restart(ctx, envs) }, envs...)
		parallel.ForEach(now, func(i int, _ int) {
			outcomes[i] = append(outcomes[i], r.scenarios(ctx, parts[i].env, parts[i].plan, rounds[i][at])...)
		})
		meeting.End()
	}
	return outcomes
}

// restart has the product of the interfaces stop and start again, and waits until it answers. What it need not keep
// is told anew.
func (r *run) restart(ctx context.Context, envs []*steps.Env) error {
	if err := steps.Outlast(ctx, envs, r.restarter(envs[0].Interface.ID).Do); err != nil {
		return err
	}
	if r.Target.Configure != nil {
		given := r.given
		var err error
		if given.Participants, err = r.participants(ctx); err != nil {
			return err
		}
		if err := r.Target.Configure(ctx, given); err != nil {
			return err
		}
	}
	r.tokens.Forget()
	return nil
}
