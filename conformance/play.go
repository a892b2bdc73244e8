package conformance

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"
	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
)

// outcome is how one scenario ended.
type outcome struct {
	scenario features.Scenario
	status   result.Status
	step     string
	err      error
	evidence []*exchange.Exchange
	duration time.Duration
}

// wanted are the planned scenarios that test what the target owes and has.
func (r *run) wanted(p *plan, absent map[string]string) []features.Scenario {
	capability := lo.SliceToMap(p.owed, func(q specRequirement) (string, string) { return q.ID, q.Capability })
	return lo.Filter(p.scenarios, func(s features.Scenario, _ int) bool {
		if slices.ContainsFunc(steps.Needs(s.Steps), func(id string) bool {
			operation, _ := p.described.Operation(id)
			_, gone := absent[operation.Capability]
			return gone
		}) {
			return false
		}
		return slices.ContainsFunc(s.Requirements, func(id string) bool {
			needs, owed := capability[id]
			_, gone := absent[needs]
			return owed && !gone
		})
	})
}

// scenarios runs those of one phase concurrently.
func (r *run) scenarios(ctx context.Context, env *steps.Env, p *plan, wanted []features.Scenario) []outcome {
	if len(wanted) == 0 {
		return nil
	}
	byID := lo.KeyBy(wanted, func(s features.Scenario) string { return s.ID })
	var mu sync.Mutex
	var outcomes []outcome
	suite := godog.TestSuite{
		Name: p.described.ID,
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			var world *steps.World
			var began time.Time
			sc.Before(func(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
				scenario, ok := byID[features.ID(pickle.Uri, pickle.Name)]
				if !ok {
					return ctx, godog.ErrSkip
				}
				steps.Register(sc, scenario.Steps)
				began = time.Now()
				ctx, world = env.NewWorld(ctx, scenario.ID, scenario.Requirements)
				return ctx, nil
			})
			sc.StepContext().After(func(ctx context.Context, step *godog.Step, _ godog.StepResultStatus, err error) (context.Context, error) {
				if world != nil {
					world.End(step.Text, err)
				}
				return ctx, nil
			})
			sc.After(func(ctx context.Context, pickle *godog.Scenario, err error) (context.Context, error) {
				if world == nil {
					return ctx, nil
				}
				world.Close()
				ended := conclude(world, byID[world.ID], err)
				if r.Target.Declared != nil {
					ended.forDeclared()
				}
				ended.duration = time.Since(began)
				mu.Lock()
				outcomes = append(outcomes, ended)
				mu.Unlock()
				if r.Progress != nil && env.Speaker == nil {
					r.Progress.Scenario(ended.scenario.Name, ended.status)
				}
				return ctx, nil
			})
		},
		Options: &godog.Options{Format: "progress", Output: io.Discard, NoColors: true, Concurrency: r.Concurrency, Strict: true,
			FS: features.Files, Paths: files(wanted), Tags: tags(wanted), DefaultContext: ctx},
	}
	suite.Run()
	slices.SortFunc(outcomes, func(a, b outcome) int { return strings.Compare(a.scenario.ID, b.scenario.ID) })
	return append(outcomes, unplayed(wanted, outcomes)...)
}

// unplayed are scenarios that never ended: a failure of the suite, not of the target.
func unplayed(wanted []features.Scenario, outcomes []outcome) []outcome {
	played := lo.SliceToMap(outcomes, func(o outcome) (string, bool) { return o.scenario.ID, true })
	return lo.FilterMap(wanted, func(s features.Scenario, _ int) (outcome, bool) {
		return outcome{scenario: s, status: result.Errored, err: errors.New("the scenario was not played")}, !played[s.ID]
	})
}

func files(wanted []features.Scenario) []string {
	return lo.Uniq(lo.Map(wanted, func(s features.Scenario, _ int) string { return s.File }))
}

// tags is an expression that takes in all wanted scenarios and few others: godog prepares every
// scenario that its expression takes in, which costs more than playing it.
func tags(wanted []features.Scenario) string {
	ids := lo.Uniq(lo.FlatMap(wanted, func(s features.Scenario, _ int) []string { return s.Requirements }))
	either := strings.Join(lo.Map(ids, func(id string, _ int) string { return "@" + id }), ",")
	if wanted[0].Changes() {
		return "@changes && " + either
	}
	return "~@changes && " + either
}

// forDeclared takes what the suite could not carry through for want of records as skipped: those that a
// vendor declares need not offer what a scenario asks for.
func (o *outcome) forDeclared() {
	if o.status == result.Errored && !errors.Is(o.err, context.Canceled) && !errors.Is(o.err, context.DeadlineExceeded) {
		o.status, o.err = result.Skip, &steps.Skip{Reason: "the declared records do not offer what it asks for: " + o.err.Error()}
	}
}

// conclude tells the target's failures from the suite's.
func conclude(world *steps.World, scenario features.Scenario, err error) outcome {
	ended := outcome{scenario: scenario, status: result.Passed}
	step, first := world.Outcome()
	if first == nil && err != nil {
		first = err
	}
	if first == nil {
		return ended
	}
	ended.step, ended.err, ended.evidence = step, first, world.Evidence()
	var departure *steps.Fail
	var skip *steps.Skip
	switch {
	case errors.As(first, &departure):
		ended.status = result.Failed
	case errors.As(first, &skip):
		ended.status = result.Skip
	default:
		ended.status = result.Errored
	}
	return ended
}
