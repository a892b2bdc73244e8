package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/samber/lo"
)

// Receiver is the runner's own server: the callback address of its participants. Every request lands
// in the box of the address under which it came; boxes are awaited by event.
type Receiver struct {
	recorder *Recorder
	server   *http.Server
	base     string
	jwks     func(path string) (jose.JSONWebKeySet, bool)

	closed chan struct{}

	mu    sync.Mutex
	boxes map[string][]*Box
	// arrived is all that came, stray what came to no box.
	arrived, stray []*Exchange
	speaks         Translator
	reads          map[string]int
	relays         map[string]*Relay
}

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
	receiver := &Receiver{recorder: recorder, base: strings.TrimRight(base, "/"), boxes: map[string][]*Box{}, reads: map[string]int{}, relays: map[string]*Relay{}, closed: make(chan struct{})}
	receiver.server = &http.Server{
		Handler:           http.HandlerFunc(receiver.serve),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		// Longer than callers keep a connection that is idle: what they send on one that was closed here would be lost.
		IdleTimeout:    10 * time.Minute,
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
	box := newBox(respond)
	r.Reopen(map[string]*Box{prefix: box})
	return box
}

// Watch makes a box for a path prefix beside those that are there: what arrives falls into each of them.
func (r *Receiver) Watch(prefix string) *Box {
	box := newBox(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boxes[prefix] = append(slices.Clip(r.boxes[prefix]), box)
	return box
}

// Leave ends what Watch began.
func (r *Receiver) Leave(prefix string, box *Box) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boxes[prefix] = slices.DeleteFunc(slices.Clone(r.boxes[prefix]), func(one *Box) bool { return one == box })
}

// Reopen puts boxes in their places, in place of those that are there.
func (r *Receiver) Reopen(boxes map[string]*Box) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for prefix, box := range boxes {
		r.boxes[prefix] = []*Box{box}
	}
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
	if boxes := r.find(path); len(boxes) > 0 {
		return boxes[0]
	}
	return nil
}

// Inbound lists all that arrived, box or none, in the order in which it began.
func (r *Receiver) Inbound() []*Exchange {
	r.mu.Lock()
	all := slices.Clone(r.arrived)
	r.mu.Unlock()
	slices.SortStableFunc(all, func(a, b *Exchange) int { return a.StartedAt.Compare(b.StartedAt) })
	return all
}

// find is the boxes of the longest prefix of a path; a prefix ends where a segment of the path does.
func (r *Receiver) find(path string) []*Box {
	r.mu.Lock()
	defer r.mu.Unlock()
	for prefix := path; prefix != ""; {
		if boxes := r.boxes[prefix]; len(boxes) > 0 {
			return boxes
		}
		whole := strings.TrimSuffix(prefix, "/")
		prefix = lo.Ternary(whole == prefix, prefix[:strings.LastIndexByte(prefix, '/')+1], whole)
	}
	return nil
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
	boxes := r.find(request.URL.Path)
	treatment := r.put(boxes, exchange)
	if len(boxes) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
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

// put decides how a request is answered and shows it to those who wait for it: the first box that treats it
// otherwise than by taking it decides.
func (r *Receiver) put(boxes []*Box, exchange *Exchange) Treatment {
	treatment := Treatment{Status: http.StatusOK}
	if len(boxes) == 0 {
		treatment.Status = http.StatusNotFound
	}
	for _, box := range boxes {
		if own := box.treat(exchange); treatment == (Treatment{Status: http.StatusOK}) {
			treatment = own
		}
	}
	exchange.Response = Message{Status: treatment.Status}
	exchange.Duration = time.Since(exchange.StartedAt)
	r.mu.Lock()
	r.arrived = append(r.arrived, exchange)
	if len(boxes) == 0 && len(r.stray) < maxBox {
		r.stray = append(r.stray, exchange)
	}
	r.mu.Unlock()
	for _, box := range boxes {
		box.put(exchange)
	}
	return treatment
}
