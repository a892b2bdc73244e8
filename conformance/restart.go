package conformance

import (
	"context"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
)

// restart is what has the product that serves an interface stop and start again for a scenario; nil where there is no
// way to.
func (r *run) restart(env *steps.Env) func(context.Context) error {
	if r.Target.Restart == nil {
		return nil
	}
	again := r.Target.Restart(env.Interface.ID)
	if again == nil {
		return nil
	}
	return func(ctx context.Context) error {
		if err := env.Outlast(ctx, again); err != nil {
			return err
		}
		if r.Target.Configure != nil {
			given := r.given
			given.Participants = r.identities.Fixture()
			if err := r.Target.Configure(ctx, given); err != nil {
				return err
			}
		}
		for _, tried := range r.trials {
			tried.forgetTokens()
		}
		return nil
	}
}

// forgetTokens makes the participants ask for new tokens, in the strict form and under dialects.
func (t *trial) forgetTokens() {
	t.env.ForgetTokens()
	if t.under != nil {
		t.under.env.ForgetTokens()
	}
}

// sharing plays scenarios that need a restart: as many of them share one as may run at a time.
func (r *run) sharing(ctx context.Context, env *steps.Env, p *plan, wanted []features.Scenario) []outcome {
	defer env.Meet(0)
	return lo.FlatMap(lo.Chunk(wanted, r.Concurrency), func(some []features.Scenario, _ int) []outcome {
		env.Meet(len(some))
		return r.scenarios(ctx, env, p, some)
	})
}
