package steps

import (
	"context"
	"errors"

	"github.com/samber/lo"

	"github.com/spconform/spconform/spec"
)

var whenSteps = []definition{
	{`^it is sent (synchronously|asynchronously)$`,
		"the message is sent; an asynchronous one is answered at the callback address, which is awaited", withText(sent)},
	{`^the same is asked (synchronously|asynchronously)$`, "the same search once more, as a message of its own", withText(askedAlso)},
	{`^it is sent again unchanged$`, "the same bytes once more, as after a lost connection", inWorld(sentAgain)},
	{`^it is sent again with another content$`, "another search under the message_id that was used before", inWorld(sentAgainChanged)},
	{`^the registry publishes its keys$`, "GET /.well-known/jwks.json", inWorld(getsKeys)},
	{`^the registry publishes its locations$`, "GET /.well-known/locations.json", inWorld(getsLocations)},
	{`^a token is asked for (.+)$`, "POST to the token endpoint by OAuth2 client credentials", withText(asksForToken)},
}

var modes = map[string]spec.Mode{"synchronously": spec.Sync, "asynchronously": spec.Async}

// sent sends every draft of the scenario.
func sent(ctx context.Context, w *World, how string) error {
	if len(w.drafts) == 0 {
		return errors.New("the scenario sends a message before it has one")
	}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	for _, draft := range w.drafts {
		if _, err := w.send(ctx, draft, modes[how]); err != nil {
			return err
		}
	}
	return nil
}

func askedAlso(ctx context.Context, w *World, how string) error {
	w.reask(func(*Question) {})
	return sent(ctx, w, how)
}

func sentAgain(ctx context.Context, w *World) error {
	if w.last == nil {
		return errors.New("the scenario repeats a message before it has sent one")
	}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	w.last.repeated = true
	_, err := w.transmit(ctx, w.last)
	return err
}

func sentAgainChanged(ctx context.Context, w *World) error {
	if w.last == nil {
		return errors.New("the scenario repeats a message before it has sent one")
	}
	mode, used := w.last.Operation.Mode, w.last.Header["message_id"]
	draft := w.searchFor(w.oneRecord(w.record, "another"))
	if err := draft.set("header.message_id", used); err != nil {
		return err
	}
	w.drafts = []*Draft{draft}
	w.earlier = append(w.earlier, w.replies...)
	w.replies = nil
	_, err := w.send(ctx, draft, mode)
	return err
}

// reask changes the questions of the drafts and writes the messages anew.
func (w *World) reask(to func(*Question)) {
	w.drafts = lo.Map(w.drafts, func(d *Draft, _ int) *Draft {
		return w.searchFor(lo.Map(d.Questions, func(asked *Question, _ int) *Question {
			question := *asked
			to(&question)
			question.ReferenceID = w.nextID("r")
			return &question
		})...)
	})
}
