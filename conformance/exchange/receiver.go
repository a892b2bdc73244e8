package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Receiver is the runner's own server: the callback address of its participants. Every request lands
// in the box of the address under which it came; boxes are awaited by event.
type Receiver struct {
	recorder *Recorder
	server   *http.Server
	base     string
	jwks     func(path string) (jose.JSONWebKeySet, bool)

	closed chan struct{}

	mu     sync.Mutex
	boxes  map[string]*Box
	stray  []*Exchange
	speaks Translator
	reads  map[string]int
	relays map[string]*Relay
}

// Box collects what arrives under one path prefix, in order.
type Box struct {
	mu      sync.Mutex
	all     []*Exchange
	changed chan struct{}
	respond Responder
	// intercepts come before respond; the first that says yes decides.
	intercepts []func(*Exchange) (Treatment, bool)
}

// Responder says how the n-th request to a box, from 0, is answered.
type Responder func(n int, e *Exchange) Treatment

// Treatment is how the receiver answers one request.
type Treatment struct {
	// Status is the HTTP status, or BreakOff.
	Status int
	// Location goes with a redirect.
	Location string
	// Hold keeps the answer back until it is closed; nil holds nothing.
	Hold <-chan struct{}
}

// BreakOff as a status makes the receiver close the connection without an answer, as a counterpart
// that is down does.
const BreakOff = 0

// Taken says whether the receiver answers a request of the target with 2xx.
func (e *Exchange) Taken() bool { return e.Inbound && e.Response.Status/100 == 2 }

// TakenBefore says whether the receiver had answered a request of the target with 2xx when another one
// came. Until then its sender cannot know that it was taken, and may try again.
func (e *Exchange) TakenBefore(other *Exchange) bool {
	answered := e.answered.Load()
	return e.Taken() && answered != nil && answered.Before(other.StartedAt)
}

// answer writes the receiver's answer and notes when. A sender that has given up does not get it.
func (e *Exchange) answer(w http.ResponseWriter, request *http.Request, write func()) {
	if request.Context().Err() != nil {
		return
	}
	// Noted before it is written: the sender may go on before this goroutine does.
	now := time.Now()
	e.answered.Store(&now)
	write()
	if err := http.NewResponseController(w).Flush(); err != nil {
		e.answered.Store(nil)
	}
}

// maxBox bounds what one box keeps; a target that floods is cut off, and that is told.
const maxBox = 1000

// NewReceiver listens on address ("127.0.0.1:0"); base is how the target reaches it, or "" for the
// address it listens on.
func NewReceiver(recorder *Recorder, address, base string) (*Receiver, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the callback receiver cannot listen on %s: name a free address", address)
	}
	return Receive(recorder, listener, base), nil
}

// Receive takes callbacks at a listener, which it closes in the end; base is as for NewReceiver.
func Receive(recorder *Recorder, listener net.Listener, base string) *Receiver {
	if base == "" {
		base = "http://" + listener.Addr().String()
	}
	receiver := &Receiver{recorder: recorder, base: strings.TrimRight(base, "/"), boxes: map[string]*Box{}, reads: map[string]int{}, relays: map[string]*Relay{}, closed: make(chan struct{})}
	receiver.server = &http.Server{
		Handler:           http.HandlerFunc(receiver.serve),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		MaxHeaderBytes: 64 << 10,
	}
	go func() { _ = receiver.server.Serve(listener) }()
	return receiver
}

// Base is the URL under which the target reaches the receiver, without a slash at the end.
func (r *Receiver) Base() string { return r.base }

// ServeJWKS makes the receiver publish the key set that is at a path.
func (r *Receiver) ServeJWKS(at func(path string) (jose.JSONWebKeySet, bool)) { r.jwks = at }

// KeyReads is how often the key set at a path was read.
func (r *Receiver) KeyReads(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reads[path]
}

func (r *Receiver) publish(w http.ResponseWriter, path string) bool {
	if r.jwks == nil {
		return false
	}
	set, published := r.jwks(path)
	if !published {
		return false
	}
	r.mu.Lock()
	r.reads[path]++
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_ = json.NewEncoder(w).Encode(set)
	return true
}

// Close stops the receiver.
func (r *Receiver) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	close(r.closed)
	if err := r.server.Shutdown(ctx); err != nil {
		return errors.Join(err, r.server.Close())
	}
	return nil
}

// Open makes the box for a path prefix ("/cb/client/s12/"). Without respond everything is taken.
func (r *Receiver) Open(prefix string, respond Responder) *Box {
	box := &Box{changed: make(chan struct{}), respond: respond}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boxes[prefix] = box
	return box
}

// Reopen puts boxes that were replaced back in their places.
func (r *Receiver) Reopen(boxes map[string]*Box) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.boxes, boxes)
}

// Speak sets how what arrives from now on is translated; nil for not at all.
func (r *Receiver) Speak(translator Translator) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.speaks = translator
}

func (r *Receiver) translator() Translator {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.speaks
}

// Stray lists what arrived at no open box.
func (r *Receiver) Stray() []*Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*Exchange(nil), r.stray...)
}

// At is the box into which a request to the address falls, or nil for none.
func (r *Receiver) At(address string) *Box {
	path, ours := strings.CutPrefix(address, r.base)
	if !ours {
		return nil
	}
	path, _, _ = strings.Cut(path, "?")
	return r.find(path)
}

// Inbound lists all that arrived, box or none, in the order in which it began.
func (r *Receiver) Inbound() []*Exchange {
	r.mu.Lock()
	boxes := slices.Collect(maps.Values(r.boxes))
	all := slices.Clone(r.stray)
	r.mu.Unlock()
	for _, box := range boxes {
		all = append(all, box.All()...)
	}
	slices.SortFunc(all, func(a, b *Exchange) int { return a.StartedAt.Compare(b.StartedAt) })
	return all
}

func (r *Receiver) find(path string) *Box {
	r.mu.Lock()
	defer r.mu.Unlock()
	best := ""
	for prefix := range r.boxes {
		if strings.HasPrefix(path, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return r.boxes[best]
}

func (r *Receiver) serve(w http.ResponseWriter, request *http.Request) {
	if relay := r.relayed(request.URL.Path); relay != nil {
		relay.serve(w, request)
		return
	}
	if request.Method == http.MethodGet && r.publish(w, request.URL.Path) {
		return
	}
	exchange := &Exchange{Inbound: true, StartedAt: time.Now()}
	body, err := io.ReadAll(io.LimitReader(request.Body, MaxBody+1))
	if err != nil {
		exchange.Fault, exchange.Detail = FaultReset, "the target broke off the callback"
	}
	if len(body) > MaxBody || !r.recorder.room(len(body)) {
		body = excerpt(body)
		exchange.Fault, exchange.Detail = FaultTooLarge, fmt.Sprintf("the callback is longer than %d MiB", MaxBody>>20)
	}
	exchange.Request = Message{Method: request.Method, URL: r.base + request.URL.RequestURI(),
		Header: request.Header.Clone(), Body: body, Size: int64(len(body))}
	exchange.Opened = r.recorder.opened(body)
	if translator := r.translator(); translator != nil {
		exchange.asked = exchange.hear(translator, &exchange.Request)
	}
	r.recorder.Begin(exchange)
	box := r.find(request.URL.Path)
	if box == nil {
		r.mu.Lock()
		if len(r.stray) < maxBox {
			r.stray = append(r.stray, exchange)
		}
		r.mu.Unlock()
		exchange.Response.Status = http.StatusNotFound
		w.WriteHeader(http.StatusNotFound)
		return
	}
	treatment := box.put(exchange)
	if treatment.Hold != nil {
		select {
		case <-treatment.Hold:
		case <-request.Context().Done():
		case <-r.closed:
		}
	}
	status := treatment.Status
	if status == BreakOff {
		panic(http.ErrAbortHandler)
	}
	if treatment.Location != "" {
		w.Header().Set("Location", treatment.Location)
	}
	exchange.answer(w, request, func() { acknowledge(w, status, exchange.ID) })
}

func acknowledge(w http.ResponseWriter, status int, correlation string) {
	var body []byte
	if status < http.StatusBadRequest {
		body = fmt.Appendf(nil, `{"message":{"ack_status":"ACK","timestamp":%q,"correlation_id":%q}}`,
			time.Now().UTC().Format(time.RFC3339), correlation)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (b *Box) put(exchange *Exchange) Treatment {
	b.mu.Lock()
	defer b.mu.Unlock()
	treatment := Treatment{Status: http.StatusOK}
	if len(b.all) >= maxBox {
		treatment.Status = http.StatusTooManyRequests
	} else {
		if b.respond != nil {
			treatment = b.respond(len(b.all), exchange)
		}
		for _, intercept := range b.intercepts {
			if other, meant := intercept(exchange); meant {
				treatment = other
				break
			}
		}
		b.all = append(b.all, exchange)
	}
	exchange.Response = Message{Status: treatment.Status}
	exchange.Duration = time.Since(exchange.StartedAt)
	close(b.changed)
	b.changed = make(chan struct{})
	return treatment
}

// Intercept lets some requests be answered otherwise than the box answers.
func (b *Box) Intercept(decide func(*Exchange) (Treatment, bool)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.intercepts = append(b.intercepts, decide)
}

// All is what has arrived so far.
func (b *Box) All() []*Exchange {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*Exchange(nil), b.all...)
}

// Await waits until enough says so of what has arrived, or until the time is over or ctx ends. It
// returns what has arrived, and whether it was enough.
func (b *Box) Await(ctx context.Context, timeout time.Duration, enough func([]*Exchange) bool) ([]*Exchange, bool) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		b.mu.Lock()
		all, changed := append([]*Exchange(nil), b.all...), b.changed
		b.mu.Unlock()
		if enough(all) {
			return all, true
		}
		select {
		case <-changed:
		case <-timer.C:
			return all, false
		case <-ctx.Done():
			return all, false
		}
	}
}
