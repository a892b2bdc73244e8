// Package steps is the vocabulary of the feature files: it builds messages as a counterpart would
// send them, sends them, and judges what comes back.
package steps

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// Waits are the time-outs of a run's steps.
type Waits struct {
	// Callback is how long the answer to an asynchronous message is awaited.
	Callback time.Duration
	// Notify is how long a notification is awaited after its event.
	Notify time.Duration
	// Quiet is how long the receiver must stay quiet before "nothing came" is believed.
	Quiet time.Duration
	// Keys is how long a key that a client newly publishes may take to be taken.
	Keys time.Duration
	// Restart is how long a product may take to answer again after a restart.
	Restart time.Duration
	// Schedule is how far ahead of its order a payment is scheduled that is awaited.
	Schedule time.Duration
}

// Sharing is how a product takes data-sharing agreements and consents, which is given beforehand.
type Sharing struct {
	// Decide tells the product a decision of a person in the middle of a run; nil where there is no way to.
	Decide func(context.Context, fixture.Consent) error
	// AccessLog is the path, below an interface's base, at which an auditor reads a person's access log; ""
	// where there is none.
	AccessLog string
}

// Sources is how a product is told where the registries are that it asks.
type Sources struct {
	// Bases are the base URLs by interface id as the product knows them, Address where the runner finds what
	// one of them names; nil where it is that URL.
	Bases   map[string]string
	Address func(base string) string
	// Move tells the product other ones. Roots are the authorities that the registries' certificates come from.
	Move  func(ctx context.Context, bases map[string]string) error
	Roots *x509.CertPool

	mu sync.Mutex
}

// Env is what the scenarios of one interface share in a run.
type Env struct {
	Interface  spec.Interface
	Document   *spec.Document
	Dictionary *datadictionary.Dictionary
	Population *population.Population
	Identities identity.Identities
	Client     *exchange.Client
	Receiver   *exchange.Receiver
	Recorder   *exchange.Recorder
	// Base is the interface's base URL without a slash at the end; Paths replaces published paths by
	// operation id.
	Base  string
	Paths map[string]string
	// Product is the name of what serves the interface, or "" where nobody said it.
	Product string
	// TargetID is the product's own participant id, or "" where nobody said it.
	TargetID string
	// RecordTypes replaces a reg_record_type by the product's published spelling of it.
	RecordTypes map[string]string
	// Trigger makes an event happen in the product, or is nil where there is no way to.
	Trigger func(context.Context, fixture.Event) error
	// Sharing is how the product takes data-sharing agreements; nil where there is no way to.
	Sharing *Sharing
	// Sources is how the product is told where the registries are that it asks; nil where there is no way to.
	Sources *Sources
	// Rotate makes the product take a new signing key, or is nil where there is no way to.
	Rotate func(context.Context) error
	// Restarts says that there is a way to have the product stop and start again.
	Restarts bool
	// WithoutUpdate says that the product does not take in updates, so that they cannot trigger events.
	WithoutUpdate bool
	// TokenURL, Bearer and Headers are how the runner is let in.
	TokenURL string
	Grant    Grant
	// Clients are the credentials of identities that the product knows by others than their own.
	Clients map[identity.Name]Credentials
	// Tokens are those of the whole run.
	Tokens  *Tokens
	Bearer  string
	Headers map[string]string
	Waits   Waits
	// RunID keeps the ids of this run apart from those of another on the same target.
	RunID string
	// Parties are the interfaces that a process goes through, by id; nil where one interface is tested.
	Parties map[string]*Env
	// Brought tells by which interface a record of the run's events was brought.
	Brought *Brought
	// Speaker translates what goes over the wire; nil in the strict form.
	Speaker *dialect.Speaker

	callbacksCame, callbacksMissed atomic.Int32

	mu           sync.Mutex
	observations []Observation
	recorded     map[string][]string
	tokenFaults  atomic.Int32
	clockOff     atomic.Int64
	keys         map[string]ed25519.PublicKey
	keysRead     bool
	sealTo       jose.JSONWebKey
	sealForm     message.Authenticated
	formLock     sync.Mutex
	seenIDs      map[string]string
	apart        *apart
	taken        map[string]int
	// controlPayee was paid by the first scenario that looked whether disbursements are found at all.
	controlPayee string
	controlLock  sync.Mutex
	persons      int
	ordered      map[[2]string]bool
	shared       map[identity.Name]*exchange.Box
	silences     []silence
	meeting      *Meeting
	// gone is that the interface did not answer after the restart.
	gone  error
	slugs map[string]bool
}

// A target that never calls back must not stretch a run: when callbackTries callbacks were awaited in
// full and not one has come in the whole run, the next are awaited only callbackGlance. One that comes
// restores the full wait, so that a slow target stays slow and not wrong.
const (
	callbackTries  = 8
	callbackGlance = 250 * time.Millisecond
)

func (e *Env) callbackWait() time.Duration {
	if e.callbacksCame.Load() == 0 && e.callbacksMissed.Load() >= callbackTries {
		return min(e.Waits.Callback, callbackGlance)
	}
	return e.Waits.Callback
}

func (e *Env) awaited(came bool) {
	if came {
		e.callbacksCame.Add(1)
		return
	}
	e.callbacksMissed.Add(1)
}

// Observation is a departure from a requirement that was seen on an exchange, in whatever scenario.
type Observation struct {
	Requirement, Scenario, Exchange string
	Fail                            *Fail
}

// Open prepares the shared state.
func (e *Env) Open() {
	e.begin()
	e.Listen()
}

// begin makes the state in which nothing has been seen yet.
func (e *Env) begin() {
	e.recorded = map[string][]string{}
	e.keys = map[string]ed25519.PublicKey{}
	e.seenIDs = map[string]string{}
	e.apart = &apart{}
	e.taken, e.ordered = map[string]int{}, map[[2]string]bool{}
	e.slugs = map[string]bool{}
}

// Listen opens the boxes into which falls what comes to the registered addresses of the participants, notifications
// among it, from now on. What came before belongs to what was tested before.
func (e *Env) Listen() {
	for name, box := range e.shared {
		e.Receiver.Leave(identity.CallbackPath(name)+"/", box)
	}
	e.shared = map[identity.Name]*exchange.Box{}
	for name := range e.Identities {
		e.shared[name] = e.Receiver.Watch(identity.CallbackPath(name) + "/")
	}
	for _, party := range e.Parties {
		party.shared = e.shared
	}
}

// Resume makes this environment go on where another one of the run stands: what was taken or brought
// there is so here, and notifications fall into the boxes of this one.
func (e *Env) Resume(other *Env) {
	other.mu.Lock()
	taken, ordered := maps.Clone(other.taken), maps.Clone(other.ordered)
	seen, persons := maps.Clone(other.seenIDs), other.persons
	other.mu.Unlock()
	e.mu.Lock()
	e.apart, e.taken, e.ordered, e.seenIDs, e.persons = other.apart, taken, ordered, seen, persons
	e.mu.Unlock()
	boxes := map[string]*exchange.Box{}
	for name, box := range e.shared {
		boxes[identity.CallbackPath(name)+"/"] = box
	}
	e.Receiver.Reopen(boxes)
	if e.Speaker == nil {
		e.Receiver.Speak(nil)
		return
	}
	e.Receiver.Speak(e.Speaker)
}

// dialect names the dialects that are spoken, "" in the strict form.
func (e *Env) dialect() string {
	if e.Speaker == nil {
		return ""
	}
	return e.Speaker.Name()
}

// Observations lists what was observed so far.
func (e *Env) Observations() []Observation {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.observations)
}

// Recorded lists, by requirement, which of several legal forms the target chose.
func (e *Env) Recorded() map[string][]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string][]string{}
	for id, notes := range e.recorded {
		all[id] = slices.Clone(notes)
	}
	return all
}

func (e *Env) observe(seen Observation) {
	e.Recorder.Note(seen.Exchange, seen.Requirement+": "+seen.Fail.Actual)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observations = append(e.observations, seen)
}

func (e *Env) record(requirement, form string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Contains(e.recorded[requirement], form) {
		e.recorded[requirement] = append(e.recorded[requirement], form)
	}
}

// url is the address of an operation.
func (e *Env) url(operation spec.Operation) string {
	if path, ok := e.Paths[operation.ID]; ok {
		return e.Base + path
	}
	return e.Base + operation.Path
}

// firstSeen says in which exchange a message_id was first used by the target: "" for a new one.
func (e *Env) firstSeen(messageID, exchangeID string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if first, ok := e.seenIDs[messageID]; ok {
		return first
	}
	e.seenIDs[messageID] = exchangeID
	return ""
}

// targetKey is a public key of the target by key id, read from its JWKS; an unknown id makes the
// runner read the JWKS once more, since keys may be rotated.
func (e *Env) targetKey(ctx context.Context, keyID string) (ed25519.PublicKey, bool) {
	e.mu.Lock()
	key, ok := e.keys[keyID]
	read := e.keysRead
	e.mu.Unlock()
	if ok {
		return key, true
	}
	if read && strings.TrimSpace(keyID) == "" {
		return nil, false
	}
	e.readKeys(ctx)
	e.mu.Lock()
	defer e.mu.Unlock()
	key, ok = e.keys[keyID]
	return key, ok
}

// readKeys reads the target's key set; nil where it has none.
func (e *Env) readKeys(ctx context.Context) *exchange.Exchange {
	operation, ok := e.Interface.Operation("jwks")
	if !ok || e.Client == nil {
		return nil
	}
	answer := e.Client.Send(ctx, exchange.Outgoing{Scenario: "keys", Operation: operation.ID,
		Method: http.MethodGet, URL: e.url(operation), Header: http.Header{"Accept": {"application/json"}}})
	e.takeKeys(answer.Response.Body)
	return answer
}

// takeKeys adds the Ed25519 keys of a JWKS to those known.
func (e *Env) takeKeys(document []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keysRead = true
	for _, key := range parseJWKS(document) {
		if public, ok := key.Key.(ed25519.PublicKey); ok {
			e.keys[key.KeyID] = public
		}
		if key.Use == message.UseEncryption && message.CanEncryptTo(key) {
			e.sealTo = key
		}
	}
}

// parseJWKS is the keys of a key set, none where it is none.
func parseJWKS(body []byte) []jose.JSONWebKey {
	keys, _ := message.ReadKeySet(body)
	return keys
}
