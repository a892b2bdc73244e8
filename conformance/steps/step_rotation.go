package steps

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
)

// What a product claims that learns its clients' keys from the sets that they publish, and one that can be
// made to take a new key of its own.
const (
	capabilityPeerKeys = "peer-jwks"
	capabilityRotation = "key-rotation"
)

var rotationSteps = []definition{
	{`^the message is from a client that has just (changed its key|published a second key)$`,
		"the client's key set at its jwks_uri has a new key, in place of the former one or beside it", withText(fromRotating)},
	{`^it comes from the same client$`, "the client that changed its key in this scenario", inWorld(fromSame)},
	{`^it is sent (synchronously|asynchronously) until the new key is taken$`,
		"a registry may read a key set again only after a while: the message is tried anew until it is answered", withText(sentUntilTaken)},
	{`^(\d+) searches of another client under key ids that nobody registered$`, "so many messages, each signed under another unknown key id", withNumber(givenUnknownKeys)},
	{`^the client's key set was read less often than that$`, "the registry does not call a client for each message that names an unknown key", inWorld(readSeldom)},
	{`^the registry takes a new signing key$`, "by the manifest's rotation.url; the new key is awaited in the registry's key set", inWorld(targetRotates)},
	{`^its answers come to be signed with the new key$`, "a search is answered and signed with a key that was not published before", inWorld(signedWithNew)},
	{`^the former key is still published$`, "messages that it signed may be read later", inWorld(formerPublished)},
}

// has gives the scenario a participant for itself, until it ends.
func (w *World) has(name identity.Name) *identity.Identity {
	who := w.env.Identities[name]
	who.Turn.Lock()
	w.release = append(w.release, who.Turn.Unlock)
	return who
}

// fromRotating makes the drafts those of the client that changes its key. One scenario has it at a time.
func fromRotating(_ context.Context, w *World, how string) error {
	who := w.has(identity.Rotating)
	w.former, who.Key = who.Published.Follow(how == "published a second key")
	return fromSame(context.Background(), w)
}

func fromSame(_ context.Context, w *World) error {
	return w.each(func(d *Draft) error {
		d.From, d.former = w.env.Identities[identity.Rotating], w.former
		return nil
	})
}

// tryAgain is how long the runner waits before it tries what may take a product a while.
const tryAgain = 200 * time.Millisecond

// until tries until it succeeds, fails otherwise than by a departure, or the time for keys is over.
func (w *World) until(ctx context.Context, try func() (*Fail, error)) error {
	deadline := time.Now().Add(w.env.Waits.Keys)
	for {
		departure, err := try()
		if err != nil || departure == nil {
			return err
		}
		if time.Now().After(deadline) {
			departure.Expected += fmt.Sprintf(", within %s", w.env.Waits.Keys)
			return departure
		}
		if err := pause(ctx, tryAgain); err != nil {
			return err
		}
	}
}

func sentUntilTaken(ctx context.Context, w *World, how string) error {
	return w.until(ctx, func() (*Fail, error) {
		// What answers an earlier try does not answer this one.
		w.earlier, w.replies = append(w.earlier, w.replies...), nil
		for _, draft := range w.drafts {
			reply, err := w.send(ctx, draft, modes[how])
			if err != nil {
				return nil, err
			}
			if departure := w.answered(reply); departure != nil {
				departure.Expected = "a message signed by a key that its sender publishes is answered"
				departure.Exchanges = reply.exchanges()
				return departure, nil
			}
		}
		return nil, nil
	})
}

func givenUnknownKeys(ctx context.Context, w *World, count int) error {
	if err := givenSearches(ctx, w, count); err != nil {
		return err
	}
	who := w.has(identity.Other)
	w.reads = w.env.Receiver.KeyReads(identity.CallbackPath(who.Name) + identity.JWKSPath)
	return w.each(func(d *Draft) error {
		d.From = who
		d.sign = func(d *Draft, s *sealed) error {
			key := d.From.Key
			key.KeyID = "key-" + strings.ToLower(rand.Text())
			return signWith(key, s)
		}
		return nil
	})
}

func readSeldom(_ context.Context, w *World) error {
	path := identity.CallbackPath(identity.Other) + identity.JWKSPath
	if reads := w.env.Receiver.KeyReads(path) - w.reads; reads >= len(w.replies) {
		return failf("fewer readings of the client's key set than messages", w.shown, "%d readings for %d messages", reads, len(w.replies))
	}
	return nil
}

// publishedIDs are the ids of the target's signing keys as it publishes them now.
func (w *World) publishedIDs(ctx context.Context) ([]string, *Fail, error) {
	if err := w.get(ctx, "jwks"); err != nil {
		return nil, nil, err
	}
	reply, err := w.reply()
	if err != nil {
		return nil, nil, err
	}
	if reply.Exchange.Response.Status != http.StatusOK {
		return nil, failf("the registry's key set", reply.exchanges(), "HTTP %d", reply.Exchange.Response.Status), nil
	}
	w.env.takeKeys(reply.Exchange.Response.Body)
	var ids []string
	for _, key := range parseJWKS(reply.Exchange.Response.Body) {
		if _, signs := key.Key.(ed25519.PublicKey); signs {
			ids = append(ids, key.KeyID)
		}
	}
	return ids, nil, nil
}

// targetRotates makes the target take a new key and waits until it publishes one.
func targetRotates(ctx context.Context, w *World) error {
	if w.env.Rotate == nil {
		return &Skip{"the manifest names no rotation.url, so that the registry cannot be made to take a new key"}
	}
	w.has(identity.Rotating)
	before, departure, err := w.publishedIDs(ctx)
	if err != nil || departure != nil {
		return lo.Ternary[error](err != nil, err, departure)
	}
	if err := w.env.Rotate(ctx); err != nil {
		return err
	}
	// Tokens that the former key signed may have gone with it.
	w.env.Tokens.Forget()
	w.keyIDs = before
	return w.until(ctx, func() (*Fail, error) {
		now, departure, err := w.publishedIDs(ctx)
		if err != nil || departure != nil {
			return departure, err
		}
		if fresh, _ := lo.Difference(now, before); len(fresh) > 0 {
			return nil, nil
		}
		reply, _ := w.reply()
		return fail("a new key in the registry's key set", "none", reply.Exchange), nil
	})
}

// signedWithNew asks until an answer is signed with a key that was not published before. A registry may
// publish a key for a while before it signs with it.
func signedWithNew(ctx context.Context, w *World) error {
	return w.until(ctx, func() (*Fail, error) {
		w.replies = nil
		reply, err := w.send(ctx, w.searchFor(w.oneRecord(w.record, "signed with a new key")), spec.Sync)
		if err != nil {
			return nil, err
		}
		if departure := w.matches(reply); departure != nil {
			return departure, nil
		}
		sent := &Sent{World: w, Kind: KindAnswer, Exchange: reply.Exchange, Reply: reply, Answer: reply.Answer}
		keyID := sent.keyID(ctx)
		if keyID == "" || slices.Contains(w.keyIDs, keyID) {
			return fail("answers that are signed with the new key", "an answer that is signed with the former one, or not at all", reply.Exchange), nil
		}
		if _, known := w.env.targetKey(ctx, keyID); !known {
			return fail("answers that are signed with a published key", "an answer under a key id that is not published", reply.Exchange), nil
		}
		return nil, nil
	})
}

func formerPublished(ctx context.Context, w *World) error {
	now, departure, err := w.publishedIDs(ctx)
	if err != nil || departure != nil {
		return lo.Ternary[error](err != nil, err, departure)
	}
	for _, id := range w.keyIDs {
		if slices.Contains(now, id) {
			return nil
		}
	}
	reply, _ := w.reply()
	return fail("the former key beside the new one, while signatures by it may hold", "the new key alone", reply.Exchange)
}

// readsNoPeerKeys proves that the target does not read the key sets of its clients: a message that is signed
// by a key newly published is refused.
func (e *Env) readsNoPeerKeys(ctx context.Context, w *World) (string, bool) {
	w.drafts = []*Draft{w.searchFor(w.oneRecord(w.record, "probe"))}
	if err := fromRotating(ctx, w, "published a second key"); err != nil {
		return "", false
	}
	defer w.Close()
	reply, err := w.send(ctx, w.drafts[0], spec.Sync)
	if err != nil {
		return "", false
	}
	if _, refused := reply.refusal(""); !refused {
		return "", false
	}
	return fmt.Sprintf("not claimed, and a message signed by a key that its sender newly publishes was refused (exchange %s)", reply.Exchange.ID), true
}
