package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
)

var callbackSteps = []definition{
	{`^the client's callback address (fails once|breaks off once|is down|is down until the restart|never answers|answers late|redirects to another client)$`,
		"what the receiver does with the callbacks of this scenario; without this step it takes them", withText(receiverDoes)},
	{`^the acknowledgement does not wait for the callback to be taken$`,
		"the acknowledgement came while the receiver still held the callback back", inWorld(ackNotHeld)},
	{`^a moment passes$`, "the time in which a callback that failed shows its effect on the registry", inWorld(momentPasses)},
	{`^all are sent (asynchronously) before any is answered$`, "message after message, none waiting for another's callback", withText(sentTogether)},
	{`^(\d+) searches by identifier$`, "so many messages, each with a search for another record", withNumber(givenSearches)},
	{`^no callback follows a refusal at once$`, "nothing comes for a message that was refused by its acknowledgement", inWorld(noCallback)},
	{`^no other client is called$`, "nothing came to another client's address", inWorld(noOtherCalled)},
}

// receivers are the ways in which a counterpart's callback address behaves.
var receivers = map[string]func(w *World) exchange.Responder{
	"fails once":                once(exchange.Treatment{Status: http.StatusServiceUnavailable}),
	"breaks off once":           once(exchange.Treatment{Status: exchange.BreakOff}),
	"is down":                   always(exchange.Treatment{Status: exchange.BreakOff}),
	"is down until the restart": (*World).downUntilRestart,
	// A channel that is never closed: the receiver lets go when the target does, or at the end of the run.
	"never answers": always(exchange.Treatment{Status: exchange.BreakOff, Hold: make(chan struct{})}),
	"answers late":  (*World).holdsBack,
	"redirects to another client": func(w *World) exchange.Responder {
		return always(exchange.Treatment{Status: http.StatusTemporaryRedirect, Location: w.callbackBase(identity.Other) + "/redirected"})(w)
	},
}

func once(treatment exchange.Treatment) func(*World) exchange.Responder {
	return func(*World) exchange.Responder {
		return func(n int, _ *exchange.Exchange) exchange.Treatment {
			if n == 0 {
				return treatment
			}
			return exchange.Treatment{Status: http.StatusOK}
		}
	}
}

func always(treatment exchange.Treatment) func(*World) exchange.Responder {
	return func(*World) exchange.Responder {
		return func(int, *exchange.Exchange) exchange.Treatment { return treatment }
	}
}

func receiverDoes(_ context.Context, w *World, what string) error {
	w.respond = receivers[what](w)
	return nil
}

// slowReceiver keeps a callback's answer back until the acknowledgement has come. A registry that
// waits for the callback before it acknowledges would wait for ever; it is let go after a while.
type slowReceiver struct {
	let      chan struct{}
	released sync.Once
	waited   atomic.Bool
}

func (s *slowReceiver) release() { s.released.Do(func() { close(s.let) }) }

func (w *World) holdsBack() exchange.Responder {
	w.slow = &slowReceiver{let: make(chan struct{})}
	slow, patience := w.slow, w.env.Waits.Callback/2
	return func(int, *exchange.Exchange) exchange.Treatment {
		time.AfterFunc(patience, func() {
			select {
			case <-slow.let:
			default:
				slow.waited.Store(true)
				slow.release()
			}
		})
		return exchange.Treatment{Status: http.StatusOK, Hold: slow.let}
	}
}

func ackNotHeld(ctx context.Context, w *World) error {
	if err := callbackArrives(ctx, w); err != nil {
		return err
	}
	if w.slow != nil && w.slow.waited.Load() {
		return fail("an acknowledgement while the callback is still open",
			fmt.Sprintf("no acknowledgement until the callback was answered, %s later", w.env.Waits.Callback/2), w.shown...)
	}
	return nil
}

// momentPasses waits for the time in which the receiver would have been called again: there is no event
// that says that a process goes on living.
func momentPasses(ctx context.Context, w *World) error {
	return pause(ctx, w.env.Waits.Quiet)
}

// pause waits; the error is that of the context where that ends before.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sentTogether sends all drafts before it awaits the first callback.
func sentTogether(ctx context.Context, w *World, how string) error {
	w.earlier, w.replies = append(w.earlier, w.replies...), nil
	for _, draft := range w.drafts {
		draft.patient = true
		if _, err := w.send(ctx, draft, modes[how]); err != nil {
			return err
		}
	}
	for _, reply := range w.replies {
		if reply.acknowledged() {
			w.awaitCallback(ctx, reply)
			if err := w.awaitOutcome(ctx, reply); err != nil {
				return err
			}
		}
	}
	return nil
}

func givenSearches(_ context.Context, w *World, count int) error {
	w.drafts = nil
	for i := range count {
		w.drafts = append(w.drafts, w.searchFor(w.oneRecord(w.record, fmt.Sprint("open message ", i))))
	}
	return nil
}

// noCallback waits until the receiver has been quiet for a while.
func noCallback(ctx context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if reply.acknowledged() {
			return nil
		}
		ours := func(e *exchange.Exchange) bool {
			answer := readAnswer(e, "")
			return answer != nil && text(answer.Message, "transaction_id") == text(reply.Draft.Message, "transaction_id")
		}
		all, came := w.box(reply.Draft.From.Name).Await(ctx, w.env.Waits.Quiet,
			func(all []*exchange.Exchange) bool { return slices.ContainsFunc(all, ours) })
		if came {
			return fail("no callback to a message that was not taken in", "a callback", reply.Exchange, all[len(all)-1])
		}
		return nil
	})
}

func noOtherCalled(ctx context.Context, w *World) error {
	all, came := w.box(identity.Other).Await(ctx, w.env.Waits.Quiet, func(all []*exchange.Exchange) bool { return len(all) > 0 })
	if came {
		return fail("no call to another client's address", "a call there", all...)
	}
	return nil
}

func callbackArrives(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if len(reply.Callbacks) > 0 {
			return nil
		}
		return fail(fmt.Sprintf("a callback within %s", w.env.Waits.Callback), reply.describe()+w.meanwhile())
	})
}

// meanwhile says of a callback that did not come that others were tried and not taken.
func (w *World) meanwhile() string {
	open := 0
	for _, box := range w.boxes {
		open += len(slices.DeleteFunc(box.All(), (*exchange.Exchange).Taken))
	}
	if open == 0 {
		return ""
	}
	return ", after " + counted(open, "call to another address that was not taken", "calls to another address that were not taken")
}

func callbackVerbatim(ctx context.Context, w *World) error {
	if err := callbackArrives(ctx, w); err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		want := reply.Draft.senderURI
		if got := reply.Callbacks[0].Request.URL; got != want {
			return fail("a callback to the sender_uri as it was written", "a callback to another address of the sender")
		}
		return nil
	})
}

func callbackRegistered(ctx context.Context, w *World) error {
	if err := callbackArrives(ctx, w); err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		answer, _ := w.env.Interface.Operation(reply.Draft.Operation.Answer)
		want := reply.Draft.From.Participant.CallbackBase + answer.Path
		if got := reply.Callbacks[0].Request.URL; got != want {
			return fail("a callback to the registered base and "+answer.Path, "a callback to another address of the sender")
		}
		return nil
	})
}

// nothingElsewhere waits until the receiver has been quiet for a while, then looks at everything that
// came for this scenario's transactions under another address.
func nothingElsewhere(ctx context.Context, w *World) error {
	transactions := map[string]bool{}
	for _, draft := range w.drafts {
		transactions[text(draft.Message, "transaction_id")] = true
	}
	ours := func(e *exchange.Exchange) bool {
		answer := readAnswer(e, "")
		return answer != nil && transactions[text(answer.Message, "transaction_id")]
	}
	other := w.box(identity.Other)
	all, came := other.Await(ctx, w.env.Waits.Quiet, func(all []*exchange.Exchange) bool { return slices.ContainsFunc(all, ours) })
	if !came {
		all = w.env.Receiver.Stray()
	}
	for _, e := range all {
		if ours(e) {
			return fail("no callback to an address that is not the sender's", "a callback there", e)
		}
	}
	return nil
}

func callbackRepeated(ctx context.Context, w *World) error {
	reply, err := w.reply()
	if err != nil {
		return err
	}
	if len(reply.Callbacks) == 0 {
		return callbackArrives(ctx, w)
	}
	first := readAnswer(reply.Callbacks[0], "")
	all, repeated := w.box(reply.Draft.From.Name).Await(ctx, w.env.Waits.Callback, func(all []*exchange.Exchange) bool {
		return slices.ContainsFunc(all, func(e *exchange.Exchange) bool { return e.Response.Status == http.StatusOK })
	})
	if !repeated {
		return fail(fmt.Sprintf("the callback once more within %s after a failure", w.env.Waits.Callback), untaken(reply.Callbacks[0])+", and no second try", reply.Callbacks[0])
	}
	again := readAnswer(all[len(all)-1], "")
	if first == nil || again == nil || text(first.Message, "correlation_id") != text(again.Message, "correlation_id") {
		return fail("the same answer on the second try", "another answer", all[len(all)-1])
	}
	return nil
}

// untaken is how a call that was not taken was answered.
func untaken(e *exchange.Exchange) string {
	if e.Response.Status == exchange.BreakOff {
		return "one try that was broken off"
	}
	return fmt.Sprintf("one try that was answered with HTTP %d", e.Response.Status)
}

// callbackOnce gives a second callback the time in which others of its kind come.
func callbackOnce(ctx context.Context, w *World) error {
	if err := callbackArrives(ctx, w); err != nil {
		return err
	}
	return w.eachReply(func(reply *Reply) *Fail {
		of := func(all []*exchange.Exchange) []*exchange.Exchange {
			tried := tries{}
			return slices.DeleteFunc(slices.Clone(all), func(e *exchange.Exchange) bool {
				answer := readAnswer(e, "")
				return answer == nil || text(answer.Message, "correlation_id") != reply.Ack.CorrelationID || tried.again(e, answer.Message)
			})
		}
		all, twice := w.box(reply.Draft.From.Name).Await(ctx, w.env.Waits.Quiet,
			func(all []*exchange.Exchange) bool { return len(of(all)) > 1 })
		if twice {
			return fail("one callback, since it was taken with HTTP 200", fmt.Sprintf("%d callbacks", len(of(all))), of(all)...)
		}
		return nil
	})
}
