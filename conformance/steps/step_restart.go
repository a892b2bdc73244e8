package steps

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/samber/lo/parallel"

	"github.com/spconform/spconform/conformance/exchange"
)

// capabilityRestart is what a product claims that can be stopped and started again in a run.
const capabilityRestart = "restart"

var restartSteps = []definition{
	{`^the (?:registry|system) is restarted$`,
		"by the manifest's restart.url, once for all scenarios that need it; the registry is awaited until it answers as before",
		inWorld(targetRestarts)},
	{`^one callback is taken$`, "the answer came, after whatever was not taken, and no second one in the time in which it would come", inWorld(takenOnce)},
}

// Meeting is where scenarios wait for each other, to share a restart.
type Meeting struct {
	mu      sync.Mutex
	awaited int
	all     chan struct{}
	once    sync.Once
	do      func(context.Context) error
	err     error
	envs    []*Env
}

// Meet makes so many scenarios of interfaces share what is done once for them: it comes when each of them has come to
// it or has ended before.
func Meet(scenarios int, do func(context.Context) error, envs ...*Env) *Meeting {
	m := &Meeting{awaited: scenarios, all: make(chan struct{}), do: do, envs: envs}
	for _, e := range envs {
		e.meeting, e.gone = m, nil
	}
	return m
}

// End makes the interfaces share nothing any more.
func (m *Meeting) End() {
	for _, e := range m.envs {
		e.meeting = nil
	}
}

// leave says that one scenario fewer is waited for.
func (m *Meeting) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.awaited--; m.awaited == 0 {
		close(m.all)
	}
}

// share does, once for all, what was met for.
func (m *Meeting) share(ctx context.Context) error {
	m.leave()
	m.once.Do(func() {
		select {
		case <-m.all:
			m.err = m.do(ctx)
		case <-ctx.Done():
			m.err = ctx.Err()
		}
	})
	return m.err
}

func targetRestarts(ctx context.Context, w *World) error {
	if !w.env.Restarts {
		return &Skip{"the product cannot be restarted: name restart.url in the manifest"}
	}
	w.met = true
	err := w.env.meeting.share(ctx)
	// A product that is gone cannot be told anything either: that is its failure.
	if err = cmp.Or(w.env.gone, err); err != nil {
		return err
	}
	w.again = time.Now()
	close(w.restarted)
	return nil
}

// restartPoll is how often a product that was stopped is looked for.
const restartPoll = 50 * time.Millisecond

// Outlast has a product stopped and started again by restart, and waits until each of the interfaces answers as it did
// before. One that does not has failed the scenarios that share the restart.
func Outlast(ctx context.Context, envs []*Env, restart func(context.Context) error) error {
	before := parallel.Map(envs, func(e *Env, _ int) int { return e.look(ctx) })
	if err := restart(ctx); err != nil {
		return err
	}
	parallel.ForEach(envs, func(e *Env, i int) {
		e.gone = e.answersAgain(ctx, before[i])
	})
	return nil
}

// look is how the interface answers now to the question for its key set.
func (e *Env) look(ctx context.Context) int {
	at := e.Base
	if operation, ok := e.Interface.Operation("jwks"); ok {
		at = e.url(operation)
	}
	return e.Client.Look(ctx, at)
}

func (e *Env) answersAgain(ctx context.Context, before int) error {
	within, cancel := context.WithTimeout(ctx, e.Waits.Restart)
	defer cancel()
	for !up(e.look(within), before) {
		if pause(within, restartPoll) != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fail(fmt.Sprintf("an answer as before within %s after the restart", e.Waits.Restart), "none")
		}
	}
	return nil
}

// up says whether a product is there again by how a question is answered now and was before: what stands before it may
// answer in its place. A product that puts the runner off is there.
func up(now, before int) bool {
	switch {
	case before == 0 || before == http.StatusTooManyRequests:
		return now != 0 && now != http.StatusBadGateway && now != http.StatusServiceUnavailable && now != http.StatusGatewayTimeout
	default:
		return now == before || now == http.StatusTooManyRequests
	}
}

// downUntilRestart takes callbacks from the restart on.
func (w *World) downUntilRestart() exchange.Responder {
	restarted := w.restarted
	return func(int, *exchange.Exchange) exchange.Treatment {
		select {
		case <-restarted:
			return exchange.Treatment{Status: http.StatusOK}
		default:
			return exchange.Treatment{Status: exchange.BreakOff}
		}
	}
}

// takenOnce counts what the receiver took, and not what it did not take before.
func takenOnce(ctx context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if !reply.acknowledged() {
			return fail("an acknowledgement", reply.describe())
		}
		box, belongs := w.box(reply.Draft.From.Name), w.belongs(reply)
		taken := func(all []*exchange.Exchange) (list []*exchange.Exchange) {
			tried := tries{}
			for _, e := range all {
				if e.Taken() && belongs(e) && !tried.again(e, readAnswer(e, "").Message) {
					list = append(list, e)
				}
			}
			return list
		}
		all, came := box.Await(ctx, w.env.Waits.Callback, func(all []*exchange.Exchange) bool { return len(taken(all)) > 0 })
		if !came {
			return fail(fmt.Sprintf("the callback within %s after the restart", w.env.Waits.Callback), "none that could be taken", all...)
		}
		all, twice := box.Await(ctx, w.env.Waits.Quiet, func(all []*exchange.Exchange) bool { return len(taken(all)) > 1 })
		if twice {
			return failf("one callback, since it was taken with HTTP 200", taken(all), "%d callbacks", len(taken(all)))
		}
		answer := taken(all)[0]
		if len(reply.Callbacks) == 0 {
			// No try came before: it is held to the checks now.
			answer.Scenario, answer.Operation, reply.Callbacks = w.ID, reply.Draft.Operation.Answer, []*exchange.Exchange{answer}
			w.judgeCallback(ctx, reply, answer)
		}
		w.show(answer)
		reply.Answer = readAnswer(answer, reply.Draft.Operation.Answer)
		return nil
	})
}
