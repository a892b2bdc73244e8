package steps

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// Reach makes an exchange before the scenarios start. Any HTTP answer will do, to the question for the key set or,
// where that is left without one, at the base; none at all means that the run cannot be made, which is nobody's
// failure yet.
func (e *Env) Reach(ctx context.Context) error {
	tried := e.readKeys(ctx)
	if tried == nil || tried.Fault == "" {
		return nil
	}
	e.Client.Send(ctx, exchange.Outgoing{Scenario: "reach", Method: http.MethodGet, URL: e.Base})
	if e.Client.Answered() {
		return nil
	}
	return fmt.Errorf("%w at %s: %s: %s", ErrUnreachable, e.Base, tried.Fault, tried.Detail)
}

// probes are the messages by which the absence of a capability is proven.
var probes = map[string]func(context.Context, *World) (*Reply, error){
	"subscribe": func(ctx context.Context, w *World) (*Reply, error) {
		_, record, err := w.event()
		if err != nil {
			return nil, err
		}
		w.fresh = w.env.Population.Pick(w.env.Interface.ID, record.Name, w.salt("probe"))
		if err := givenSubscription(ctx, w); err != nil {
			return nil, err
		}
		return w.send(ctx, w.drafts[0], spec.Async)
	},
	"update": func(ctx context.Context, w *World) (*Reply, error) {
		w.fresh = w.env.Population.Pick(w.env.Interface.ID, w.record.Name, w.salt("probe"))
		if err := givenUpdate(ctx, w); err != nil {
			return nil, err
		}
		// A probe must not change anything: it asks for nothing to be updated.
		w.drafts[0].Message["notify_event"] = []any{}
		return w.send(ctx, w.drafts[0], spec.Async)
	},
	"oauth2": func(ctx context.Context, w *World) (*Reply, error) {
		return w.probeToken(ctx)
	},
	"locations": func(ctx context.Context, w *World) (*Reply, error) {
		if err := w.get(ctx, "locations"); err != nil {
			return nil, err
		}
		return w.reply()
	},
}

// proofs are the ways in which the absence of a capability is proven that is no operation of its own.
var proofs = map[string]func(*Env, context.Context, *World) (string, bool){
	capabilityEncryption: (*Env).publishesNoKeyToEncryptTo,
	capabilityPeerKeys:   (*Env).readsNoPeerKeys,
	capabilityRotation: func(e *Env, _ context.Context, _ *World) (string, bool) {
		return "not claimed, and the manifest names no rotation.url", e.Rotate == nil
	},
	capabilityRestart: func(e *Env, _ context.Context, _ *World) (string, bool) {
		return "not claimed, and the manifest names no restart.url", !e.Restarts
	},
	capabilitySources: func(e *Env, _ context.Context, _ *World) (string, bool) {
		return "not claimed, and the manifest names no sources.url", e.Sources == nil
	},
}

// probeToken asks for a token as any client does: what a server says to another method than POST, says nothing.
func (w *World) probeToken(ctx context.Context) (*Reply, error) {
	operation, ok := w.env.Interface.Operation("token")
	if !ok {
		return nil, fmt.Errorf("the interface has no operation token")
	}
	own := w.env.credentials(w.env.Identities[identity.Client])
	e := w.env.askForToken(ctx, w.ID, tokenForm("client_credentials", own.ID, own.Secret))
	if e.Fault != "" {
		return nil, fail("an HTTP answer", e.Detail, e)
	}
	return &Reply{Draft: &Draft{Operation: operation}, Exchange: e}, nil
}

// controlOf asks what an interface of a pattern must be able to answer.
func controlOf(pattern string) func(context.Context, *World) error {
	switch pattern {
	case population.PatternPayment:
		return answersPaymentControl
	case patternAssessment:
		return answersAssessControl
	}
	return answersControl
}

// AnswersControl says whether the interface answers what it must be able to. It is the first message to it, and all
// interfaces are sent theirs at the same time: one that hangs on it is waited for once.
func (e *Env) AnswersControl(ctx context.Context) bool {
	ctx, world := e.NewWorld(ctx, "control", nil)
	return controlOf(e.Interface.Pattern)(ctx, world) == nil
}

// ProbeAbsent says whether a capability that nobody claimed is proven absent on an interface that answers its control,
// and by what: a valid, authenticated request to its operation is not found.
func (e *Env) ProbeAbsent(ctx context.Context, capability string) (string, bool) {
	probe, ok := probes[capability]
	proof, otherwise := proofs[capability]
	if !ok && !otherwise {
		return "", false
	}
	ctx, world := e.NewWorld(ctx, "probe for "+capability, nil)
	if otherwise {
		return proof(e, ctx, world)
	}
	reply, err := probe(ctx, world)
	if err != nil || reply == nil {
		return "", false
	}
	status := reply.Exchange.Response.Status
	if status == http.StatusNotFound || status == http.StatusNotImplemented || status == http.StatusMethodNotAllowed {
		return fmt.Sprintf("not claimed, and a valid request to it was answered with HTTP %d (exchange %s)", status, reply.Exchange.ID), true
	}
	if refusal, refused := reply.refusal(""); refused {
		for _, code := range refusal.Codes {
			if code == string(message.RejectActionUnsupported) || code == string(message.ErrRequestNotFound) {
				return fmt.Sprintf("not claimed, and a valid request to it was refused with %s (exchange %s)", code, reply.Exchange.ID), true
			}
		}
	}
	return "", false
}
