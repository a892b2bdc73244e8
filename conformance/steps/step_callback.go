package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
)

func callbackArrives(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if len(reply.Callbacks) > 0 {
			return nil
		}
		return fail(fmt.Sprintf("a callback within %s", w.env.Waits.Callback), reply.describe())
	})
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
		return fail(fmt.Sprintf("the callback once more within %s after HTTP 503", w.env.Waits.Callback), "no second try", reply.Callbacks[0])
	}
	again := readAnswer(all[len(all)-1], "")
	if first == nil || again == nil || text(first.Message, "correlation_id") != text(again.Message, "correlation_id") {
		return fail("the same answer on the second try", "another answer", all[len(all)-1])
	}
	return nil
}

// callbackOnce gives a second callback the time in which others of its kind come.
func callbackOnce(ctx context.Context, w *World) error {
	reply, err := w.reply()
	if err != nil {
		return err
	}
	if len(reply.Callbacks) == 0 {
		return callbackArrives(ctx, w)
	}
	correlation := reply.Ack.CorrelationID
	all, twice := w.box(reply.Draft.From.Name).Await(ctx, w.env.Waits.Quiet, func(all []*exchange.Exchange) bool {
		return len(slices.DeleteFunc(slices.Clone(all), func(e *exchange.Exchange) bool {
			answer := readAnswer(e, "")
			return answer == nil || text(answer.Message, "correlation_id") != correlation
		})) > 1
	})
	if twice {
		return fail("one callback, since it was taken with HTTP 200", fmt.Sprintf("%d callbacks", len(all)), all...)
	}
	return nil
}

// Loose looks at the receiver after the run: what came to no address at all, and callbacks that came
// again with another content after they had been taken.
func (e *Env) Loose() []Observation {
	var loose []Observation
	for _, stray := range e.Receiver.Stray() {
		if strings.HasPrefix(stray.Request.Method, http.MethodPost) {
			loose = append(loose, Observation{Requirement: "REG-CB-002", Scenario: "after the run", Exchange: stray.ID,
				Fail: fail("callbacks only to addresses of the sender", "a callback to an address that nobody named", stray)})
		}
	}
	return loose
}
