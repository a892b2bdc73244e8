package steps

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// World is the state of one scenario; nothing of it is shared with another.
type World struct {
	env *Env
	// ID is the scenario's id; Tags its requirement ids.
	ID   string
	Tags []string

	slug    string
	counter int
	boxes   map[identity.Name]*exchange.Box
	respond exchange.Responder
	slow    *slowReceiver

	record             spec.RecordType
	wanted             population.Record
	fresh              population.Record
	others             population.Record
	drafts             []*Draft
	last               *Draft
	replies            []*Reply
	earlier            []*Reply
	shown              []*exchange.Exchange
	subs               []subscription
	versions, unwanted []population.Record
	before             population.Record
	// contents is every content that the scenario's events gave a record.
	contents []population.Record
	pay      payments
	process  process
	assessed []population.Applicant
	// relays are those by which the target asks its registries while the scenario lasts, by interface.
	relays map[string]*exchange.Relay
	err    error
	step   string
	// former is the key that the scenario's client had before its present one; reads how often its key set
	// was read before the messages were sent.
	former message.Key
	reads  int
	// keyIDs are the target's signing keys before it took a new one.
	keyIDs  []string
	release []func()
	// met says that the scenario has come to the restart that it shares; it was over at again, when restarted is closed.
	met       bool
	again     time.Time
	restarted chan struct{}
}

type worldKey struct{}

// NewWorld prepares a scenario.
func (e *Env) NewWorld(ctx context.Context, id string, tags []string) (context.Context, *World) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(e.Interface.ID + "/" + id + e.dialect()))
	world := &World{env: e, ID: id, Tags: tags, restarted: make(chan struct{}), slug: fmt.Sprintf("s%08x", sum.Sum32()), boxes: map[identity.Name]*exchange.Box{}}
	world.record, _ = e.Interface.Record("")
	e.mine(world.slug)
	for _, party := range e.Parties {
		party.mine(world.slug)
	}
	return context.WithValue(ctx, worldKey{}, world), world
}

func worldOf(ctx context.Context) *World { return ctx.Value(worldKey{}).(*World) }

// Outcome is the first error of the scenario (a *Fail, a *Skip or an error of the suite) and the text
// of the step in which it arose.
func (w *World) Outcome() (step string, err error) { return w.step, w.err }

// End notes the result of a step.
func (w *World) End(step string, err error) {
	if err != nil && w.err == nil {
		w.step, w.err = step, err
	}
}

// Close gives back what the scenario held alone. What was called back may be looked at by others.
func (w *World) Close() {
	for _, e := range w.shown {
		if !e.Inbound {
			e.Forget()
		}
	}
	for _, release := range w.release {
		release()
	}
	if w.env.meeting != nil && !w.met {
		w.env.meeting.leave()
	}
	w.release = nil
}

// nextID makes an id that is unique over runs: letters and digits within the published 99 characters.
func (w *World) nextID(kind string) string {
	w.counter++
	return fmt.Sprintf("%s-%s-%s-%d", kind, w.env.RunID, w.slug, w.counter)
}

// salt makes choices differ between scenarios and repeat with the seed.
func (w *World) salt(of string) string { return w.ID + "/" + of }

// callbackBase is where answers to this scenario's messages land, within the participant's prefix.
func (w *World) callbackBase(who identity.Name) string {
	w.box(who)
	return w.env.Receiver.Base() + identity.CallbackPath(who) + "/" + w.slug
}

func (w *World) box(who identity.Name) *exchange.Box {
	if w.boxes[who] == nil {
		respond := w.respond
		if who != identity.Client {
			respond = nil
		}
		w.boxes[who] = w.env.Receiver.Open(identity.CallbackPath(who)+"/"+w.slug+"/", respond)
	}
	return w.boxes[who]
}

// show remembers exchanges as this scenario's evidence.
func (w *World) show(exchanges ...*exchange.Exchange) { w.shown = append(w.shown, exchanges...) }

// Evidence is the exchanges that a failure of this scenario points to: those named by the failure, or
// the last ones.
func (w *World) Evidence() []*exchange.Exchange {
	var named *Fail
	if errors.As(w.err, &named) && len(named.Exchanges) > 0 {
		return named.Exchanges
	}
	const last = 2
	if len(w.shown) > last {
		return w.shown[len(w.shown)-last:]
	}
	return w.shown
}

// reply is the answer that the scenario speaks of: the last one.
func (w *World) reply() (*Reply, error) {
	if len(w.replies) == 0 {
		return nil, errors.New("the scenario looks at an answer before it has sent anything")
	}
	return w.replies[len(w.replies)-1], nil
}
