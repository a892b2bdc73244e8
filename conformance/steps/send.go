package steps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// send completes, signs and sends a draft, and awaits the callback of an asynchronous one.
func (w *World) send(ctx context.Context, d *Draft, mode spec.Mode) (*Reply, error) {
	operation, ok := w.env.Interface.Taking(d.Kind, mode)
	if !ok {
		return nil, fmt.Errorf("the interface has no %s operation for %s", mode, d.Kind)
	}
	d.Operation = operation
	w.complete(d)
	if err := w.seal(d); err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {d.contentType}, "Accept": {"application/json"}}
	for name, value := range w.env.Headers {
		header.Set(name, value)
	}
	if d.credential != nil {
		header.Del("Authorization")
		if credential := d.credential(); credential != "" {
			header.Set("Authorization", credential)
		}
	}
	d.httpHeader = header
	if d.credential == nil {
		d.bear(w.env.tokenOf(ctx, w.known(d.From)))
	}
	reply, err := w.transmit(ctx, d)
	if err != nil {
		return reply, err
	}
	return reply, w.readOn(ctx, reply, mode)
}

// known is the participant whose token is used: one that the target does not know borrows the client's, so that
// it is refused for what it is and not for its token.
func (w *World) known(who *identity.Identity) *identity.Identity {
	if !who.Registered {
		return w.env.Identities[identity.Client]
	}
	return who
}

// bear sets the token with which the draft is sent; none where it is "".
func (d *Draft) bear(token string) {
	if d.token = token; token != "" {
		d.httpHeader = d.httpHeader.Clone()
		d.httpHeader.Set("Authorization", "Bearer "+token)
	}
}

// transmit sends the draft's bytes as they are; sending again repeats them.
func (w *World) transmit(ctx context.Context, d *Draft) (*Reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the run's time is used up: %w", err)
	}
	address := w.env.url(d.Operation)
	if d.path != "" {
		address = w.env.Base + d.path
	}
	deliver := func() *exchange.Exchange {
		return w.env.Client.Send(ctx, exchange.Outgoing{Scenario: w.ID, Operation: d.Operation.ID, Method: d.method,
			URL: address, Header: d.httpHeader, Body: d.body, Plain: d.plain, Message: true})
	}
	sent := deliver()
	for again := 0; again < renewals && sent.Response.Status == http.StatusUnauthorized && w.renewed(ctx, d); again++ {
		w.env.Recorder.Note(sent.ID, "the token was over, or followed by another; the message was sent again with that one")
		sent = deliver()
	}
	w.show(sent)
	w.last = d
	reply := readHTTP(d, sent)
	w.env.readClock(reply)
	w.replies = append(w.replies, reply)
	if sent.Fault != "" {
		if !w.env.Client.Answered() {
			return nil, fmt.Errorf("%w: %s", ErrUnreachable, sent.Detail)
		}
		if d.flood && sent.Fault == exchange.FaultReset {
			return reply, nil
		}
		return reply, failf("an HTTP answer", []*exchange.Exchange{sent}, "%s", sent.Detail)
	}
	w.judgeHTTP(ctx, reply)
	if w.slow != nil {
		w.slow.release()
	}
	if !d.patient && reply.acknowledged() {
		w.awaitCallback(ctx, reply)
	}
	return reply, w.awaitOutcome(ctx, reply)
}

// acknowledged says whether an asynchronous message was taken in, so that a callback is to come.
func (r *Reply) acknowledged() bool {
	return r.Draft.Operation.Mode == spec.Async && r.Ack != nil && r.Ack.AckStatus == message.ACK &&
		r.Exchange.Response.Status < http.StatusMultipleChoices
}

// awaitCallback waits for the answer to an acknowledged message. That none comes is not an error
// here: the step that needs it says so.
func (w *World) awaitCallback(ctx context.Context, reply *Reply) {
	d := reply.Draft
	if d.Operation.Answer == "" {
		return
	}
	box := w.env.shared[d.From.Name]
	if _, named := d.Header["sender_uri"]; named {
		w.box(d.From.Name)
		box = w.env.Receiver.At(d.senderURI)
	}
	if box == nil {
		// Nobody listens at the address that was named: nothing can come there.
		return
	}
	belongs, own := w.belongs(reply), box != w.env.shared[d.From.Name]
	unmatched := w.unmatched(reply)
	all, came := box.Await(ctx, w.env.callbackWait(), func(all []*exchange.Exchange) bool {
		return slices.ContainsFunc(all, belongs) || own && slices.ContainsFunc(all, unmatched)
	})
	w.env.awaited(came)
	switch {
	case !came:
		// A callback that went astray says more than silence.
		all = w.env.Receiver.Inbound()
	case !slices.ContainsFunc(all, belongs):
		belongs = unmatched
	}
	for _, e := range all {
		if belongs(e) {
			reply.Callbacks = append(reply.Callbacks, e)
		}
	}
	if len(reply.Callbacks) == 0 {
		return
	}
	parts := reply.Callbacks[:1]
	if came && (readAnswer(parts[0], d.Operation.Answer).partial() || w.lacksItems(reply, parts)) {
		parts = w.awaitParts(ctx, box, reply, belongs)
		reply.Callbacks = parts
	}
	for _, e := range reply.Callbacks {
		if e.Scenario == "" {
			e.Scenario, e.Operation = w.ID, d.Operation.Answer
		}
	}
	for _, e := range parts {
		w.show(e)
		reply.Answer = readAnswer(e, d.Operation.Answer)
		w.judgeCallback(ctx, reply, e)
	}
	reply.Answer = reply.joined(parts)
}

// belongs tells what answers the reply's message, by its ids, from what does not.
func (w *World) belongs(reply *Reply) func(*exchange.Exchange) bool {
	transaction := text(reply.Draft.Message, "transaction_id")
	return func(e *exchange.Exchange) bool {
		answer := readAnswer(e, reply.Draft.Operation.Answer)
		if answer == nil {
			return false
		}
		correlation := text(answer.Message, "correlation_id")
		if correlation != "" && correlation == reply.Ack.CorrelationID {
			return true
		}
		if w.answersAnother(correlation, reply) {
			return false
		}
		return transaction != "" && text(answer.Message, "transaction_id") == transaction && !answer.ofAnotherKind(reply.Draft) &&
			text(answer.Header, "action") != "" && !w.claimed(e, reply)
	}
}

// answersAnother says whether the correlation_id is that of another message of the scenario.
func (w *World) answersAnother(correlation string, but *Reply) bool {
	return slices.ContainsFunc(slices.Concat(w.earlier, w.replies), func(reply *Reply) bool {
		return reply != but && reply.Ack != nil && reply.Ack.CorrelationID == correlation && correlation != ""
	})
}

// claimed says whether a callback already belongs to an earlier message of the scenario.
func (w *World) claimed(e *exchange.Exchange, but *Reply) bool {
	for _, reply := range slices.Concat(w.earlier, w.replies) {
		if reply != but && slices.Contains(reply.Callbacks, e) {
			return true
		}
	}
	return false
}

// again is a copy of a draft to be sent anew as another message.
func (d *Draft) again() *Draft {
	fresh := *d
	fresh.Message = maps.Clone(d.Message)
	fresh.headerEdits = slices.Clone(d.headerEdits)
	return &fresh
}
