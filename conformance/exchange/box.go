package exchange

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// maxBox bounds what one box keeps; a target that floods is cut off, and that is told.
const maxBox = 1000

// Box collects what arrives under one path prefix, in order.
type Box struct {
	mu      sync.Mutex
	all     []*Exchange
	came    int
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

func newBox(respond Responder) *Box { return &Box{changed: make(chan struct{}), respond: respond} }

// treat says how the box answers what comes.
func (b *Box) treat(exchange *Exchange) Treatment {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.came
	b.came++
	if n >= maxBox {
		return Treatment{Status: http.StatusTooManyRequests}
	}
	treatment := Treatment{Status: http.StatusOK}
	if b.respond != nil {
		treatment = b.respond(n, exchange)
	}
	for _, intercept := range b.intercepts {
		if other, meant := intercept(exchange); meant {
			return other
		}
	}
	return treatment
}

// put shows an exchange, which is complete by now, to those who await it.
func (b *Box) put(exchange *Exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) < maxBox {
		b.all = append(b.all, exchange)
	}
	close(b.changed)
	b.changed = make(chan struct{})
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
