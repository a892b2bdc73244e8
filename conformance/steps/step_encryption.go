package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

var encryptionSteps = []definition{
	{`^it is encrypted (.+)$`, "how the message is encrypted to the registry, before it is signed; without this step it goes in plain", withText(encryptedSo)},
	{`^the (?:registry|system) answers a correct encrypted (?:search|request)$`,
		"a message that is right and encrypted in every way is answered; a refusal that follows then means something", inWorld(answersEncryptedControl)},
	{`^the refusals are alike$`, "what is wrong with an encrypted message cannot be told from the answer", inWorld(refusalsAlike)},
	{`^the keys can encrypt$`, "at least one key with use enc, kid and alg RSA-OAEP-256 or ECDH-ES+A256KW", inWorld(keysEncrypt)},
}

// encryptedSo makes the drafts of the scenario encrypted.
func encryptedSo(ctx context.Context, w *World, how string) error {
	encrypt, ok := encryptions[how]
	if !ok {
		return fmt.Errorf("no encryption is called %q", how)
	}
	if len(w.drafts) == 0 {
		return errors.New("the scenario encrypts a message before it has one")
	}
	to, err := w.receiver(ctx)
	if err != nil {
		return err
	}
	for _, draft := range w.drafts {
		draft.encrypt = func(s *sealed) error { return encrypt(to, s) }
	}
	return nil
}

// receiver is to whom the scenario encrypts.
func (w *World) receiver(ctx context.Context) (receiver, error) {
	if len(w.env.Identities[identity.Client].Opening) == 0 {
		return receiver{}, &Skip{"the product was configured beforehand with keys for signing only"}
	}
	key, has := w.env.sealingKey(ctx)
	if !has {
		return receiver{}, fail("a key with use enc in the key set", "none to which a message can be encrypted")
	}
	to := receiver{key: key, other: w.env.stranger(key)}
	to.form = w.learnForm(ctx, to)
	return to, nil
}

// forms are the readings of an encrypted message (ERR-026), in the order in which they are tried.
var forms = []message.Authenticated{message.AuthenticatedHeader, message.AuthenticatedProtected, message.AuthenticatedNothing}

// learnForm finds, once a run, which form of an encrypted message the target reads.
func (w *World) learnForm(ctx context.Context, to receiver) message.Authenticated {
	w.env.formLock.Lock()
	defer w.env.formLock.Unlock()
	if w.env.sealForm != "" {
		return w.env.sealForm
	}
	w.env.sealForm = forms[0]
	for _, form := range forms {
		to.form = form
		if departure, err := w.encryptedControl(ctx, to); err == nil && departure == nil {
			w.env.sealForm = form
			w.env.record(w.env.owed("SEC-ENC-002"), "reads encrypted messages of which the tag covers: "+string(form))
			break
		}
	}
	return w.env.sealForm
}

// controlDraft is a message that any target of the pattern answers.
func (w *World) controlDraft(ctx context.Context) (*Draft, error) {
	if w.env.Interface.Pattern == population.PatternPayment {
		return w.paymentControl(ctx)
	}
	return w.searchFor(w.oneRecord(w.record, "control")), nil
}

// encryptedControl sends a correct encrypted message of its own and leaves no trace in the scenario's state.
func (w *World) encryptedControl(ctx context.Context, to receiver) (*Fail, error) {
	replies, shown, last, wanted := w.replies, w.shown, w.last, w.wanted
	defer func() { w.replies, w.shown, w.last, w.wanted = replies, shown, last, wanted }()
	paying := w.env.Interface.Pattern == population.PatternPayment
	draft, err := w.controlDraft(ctx)
	if err != nil {
		return nil, err
	}
	draft.encrypt = to.seal
	reply, err := w.send(ctx, draft, spec.Sync)
	if err != nil {
		return nil, err
	}
	departure := w.answered(reply)
	if departure == nil && !paying {
		departure = w.matches(reply)
	}
	if departure != nil {
		departure.Expected = "a correct encrypted message is answered: " + departure.Expected
		departure.Exchanges = []*exchange.Exchange{reply.Exchange}
	}
	return departure, nil
}

func answersEncryptedControl(ctx context.Context, w *World) error {
	to, err := w.receiver(ctx)
	if err != nil {
		return err
	}
	departure, err := w.encryptedControl(ctx, to)
	if err != nil {
		return err
	}
	if departure != nil {
		return departure
	}
	return nil
}

func isNotifiedPrivately(ctx context.Context, w *World) error {
	last, err := w.toldNow(ctx, "the client")
	if err != nil {
		return err
	}
	opened := last.exchange.Opened
	switch {
	case opened == nil:
		return fail("a notification that is encrypted as its subscription was", "one in plain", last.exchange)
	case opened.Recipient != w.env.Identities[identity.Client].Participant.ID:
		return fail("a notification that is encrypted to the subscriber", "one that is encrypted to another participant", last.exchange)
	}
	return nil
}

func refusalsAlike(_ context.Context, w *World) error {
	all := slices.Concat(w.earlier, w.replies)
	told := map[string]bool{}
	var shown []*exchange.Exchange
	for _, reply := range all {
		refusal, refused := reply.refusal("")
		if !refused {
			return fail("a refusal", reply.describe(), reply.Exchange)
		}
		told[refusal.Form+" "+strings.Join(refusal.Codes, ", ")] = true
		shown = append(shown, reply.Exchange)
	}
	if len(all) < 2 {
		return errors.New("the scenario compares refusals and has one")
	}
	if len(told) > 1 {
		return failf("one refusal for whatever is wrong with an encrypted message", shown, "%d different ones: %s", len(told), oneLine(strings.Join(sortedKeys(told), "; ")))
	}
	return nil
}

func keysEncrypt(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.documentValid(reply); departure != nil {
			return departure
		}
		for _, key := range parseJWKS(reply.Exchange.Response.Body) {
			if key.Use == message.UseEncryption && key.Algorithm != "" && message.CanEncryptTo(key) {
				return nil
			}
		}
		return fail("a key with kid, use enc and alg "+message.KeyRSA+" or "+message.KeyECDH, "none among the published keys")
	})
}
