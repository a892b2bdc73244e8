package steps

import (
	"context"
	"net/http"
	"slices"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec"
)

// Kind is what sort of thing the target sent.
type Kind string

// The kinds of what a target sends.
const (
	KindAnswer   Kind = "answer"   // an enveloped synchronous answer
	KindCallback Kind = "callback" // an enveloped answer at the callback address
	KindNotify   Kind = "notify"   // an enveloped notification
	KindAck      Kind = "ack"      // the acknowledgement of an asynchronous message
	KindError    Kind = "error"    // an HTTP answer of 4xx or 5xx
)

// Sent is one thing that the target sent, as the checks see it.
type Sent struct {
	*World
	Kind     Kind
	Exchange *exchange.Exchange
	Reply    *Reply
	Answer   *Answer
	// Operation is whose document schema it is held to.
	Operation string

	verified *error
}

// A Check holds everything of its kinds that a target sends in a run to one requirement, in whatever
// scenario it comes. The phrase is how a feature file speaks of it: "the answer <phrase>".
type Check struct {
	Requirement string
	Phrase      string
	Kinds       []Kind
	Judge       func(context.Context, *Sent) *Fail
}

// Checks lists all checks in the order in which they are made.
func Checks() []Check {
	return slices.Concat(transportChecks, schemaChecks, headerChecks, signatureChecks, correlationChecks, recordChecks, householdChecks, ackChecks, callChecks, paymentChecks, encryptionChecks, assessChecks)
}

var allChecks = Checks()

func (w *World) judgeHTTP(ctx context.Context, reply *Reply) {
	w.judge(ctx, &Sent{World: w, Kind: kindOf(reply), Exchange: reply.Exchange, Reply: reply, Answer: reply.Answer,
		Operation: reply.Draft.Operation.ID})
}

func kindOf(reply *Reply) Kind {
	switch {
	case reply.Exchange.Response.Status >= http.StatusBadRequest:
		return KindError
	case reply.Draft.Operation.Mode == spec.Async:
		return KindAck
	default:
		return KindAnswer
	}
}

func (w *World) judgeCallback(ctx context.Context, reply *Reply, e *exchange.Exchange) {
	e.Answers = reply.Exchange.ID
	w.judge(ctx, &Sent{World: w, Kind: KindCallback, Exchange: e, Reply: reply, Answer: reply.Answer,
		Operation: reply.Draft.Operation.Answer})
}

// judge makes every check that fits and notes what does not hold against its requirement.
func (w *World) judge(ctx context.Context, sent *Sent) {
	sent.Exchange.Interface = w.env.Interface.ID
	for _, check := range allChecks {
		if !slices.Contains(check.Kinds, sent.Kind) {
			continue
		}
		if departure := check.Judge(ctx, sent); departure != nil {
			departure.Exchanges = []*exchange.Exchange{sent.Exchange}
			w.env.observe(Observation{Requirement: w.env.owed(check.Requirement), Scenario: w.ID, Exchange: sent.Exchange.ID, Fail: departure})
		}
	}
}

// held says whether the scenario's exchanges hold to a check: the first observation against it.
func (w *World) held(phrase string) (*Fail, bool) {
	index := slices.IndexFunc(allChecks, func(c Check) bool { return c.Phrase == phrase })
	if index < 0 {
		return nil, false
	}
	for _, seen := range w.env.Observations() {
		if seen.Scenario == w.ID && seen.Requirement == w.env.owed(allChecks[index].Requirement) {
			return seen.Fail, true
		}
	}
	return nil, true
}
