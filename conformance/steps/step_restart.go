package steps

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
)

// capabilityRestart is what a product claims that can be stopped and started again in a run.
const capabilityRestart = "restart"

var restartSteps = []definition{
	{`^the (?:registry|system) is restarted$`,
		"by the manifest's restart.url, once for all scenarios of the interface that need it; the registry is awaited until it answers as before",
		inWorld(targetRestarts)},
	{`^one callback is taken$`, "the answer came, after whatever was not taken, and no second one in the time in which it would come", inWorld(takenOnce)},
}

// meeting is where scenarios wait for each other, to share a restart.
type meeting struct {
	mu      sync.Mutex
	awaited int
	all     chan struct{}
	once    sync.Once
	err     error
}

// Meet makes so many scenarios share their restart: it comes when each of them has come to it or has ended before.
// None is shared from 0 on.
func (e *Env) Meet(scenarios int) {
	e.meeting = nil
	if scenarios > 0 {
		e.meeting = &meeting{awaited: scenarios, all: make(chan struct{})}
	}
}

// leave says that one scenario fewer is waited for.
func (m *meeting) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.awaited--; m.awaited == 0 {
		close(m.all)
	}
}

// share does, once for all, what was met for.
func (m *meeting) share(ctx context.Context, do func(context.Context) error) error {
	m.leave()
	m.once.Do(func() {
		select {
		case <-m.all:
			m.err = do(ctx)
		case <-ctx.Done():
			m.err = ctx.Err()
		}
	})
	return m.err
}

func targetRestarts(ctx context.Context, w *World) error {
	if w.env.Restart == nil {
		return &Skip{"the product cannot be restarted: name restart.url in the manifest"}
	}
	w.met = true
	if err := w.env.meeting.share(ctx, w.env.Restart); err != nil {
		return err
	}
	w.again = time.Now()
	close(w.restarted)
	return nil
}

// restartPoll is how often a product that was stopped is looked for.
const restartPoll = 50 * time.Millisecond

// Outlast has the product stopped and started again by restart, and waits until it answers as it did before.
func (e *Env) Outlast(ctx context.Context, restart func(context.Context) error) error {
	at := e.Base
	if operation, ok := e.Interface.Operation("jwks"); ok {
		at = e.url(operation)
	}
	before := e.Client.Look(ctx, at)
	if err := restart(ctx); err != nil {
		return err
	}
	// What the product's end has left of connections is not to be taken for its answer.
	e.Client.Close()
	ctx, cancel := context.WithTimeout(ctx, e.Waits.Restart)
	defer cancel()
	for {
		if up(e.Client.Look(ctx, at), before) {
			return nil
		}
		if pause(ctx, restartPoll) != nil {
			return fail(fmt.Sprintf("an answer as before within %s after the restart", e.Waits.Restart), "none")
		}
	}
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
