package exchange

import (
	"net/url"
	"sync"
	"time"
)

// A dead target must not stretch a run: after patience exchanges in a row without a usable answer the runner waits
// a tenth of its time for the next ones, and no more than impatience, and after forsaken it tries one in trial, so
// that a target that comes back is noticed.
const (
	patience   = 4
	impatience = time.Second
	forsaken   = 24
	trial      = 16
)

// silence is how many exchanges in a row had no usable answer.
type silence int

func (s silence) limit(timeout time.Duration) time.Duration {
	if s >= patience {
		return min(timeout/10, impatience)
	}
	return timeout
}

func (s silence) forsakes() bool { return s >= forsaken && s%trial != 0 }

// heard is what a client has heard of the interface that it faces.
type heard struct {
	pace pace
	mu   sync.Mutex
	// answered says whether there ever was an HTTP answer.
	answered bool
	// silent ends with the answer to a message. What is asked by the way, as keys and tokens are, is answered by
	// products that answer no message, and ends nothing.
	silent silence
}

func (h *heard) silence() silence {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.silent
}

func (h *heard) ended(out Outgoing, fault Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answered = h.answered || fault == ""
	switch {
	case fault != "":
		h.silent++
	case out.Message:
		h.silent = 0
	}
}

// product is what has been heard at one address of the network, over all interfaces that are there. As long as it
// has answered no message of any, its silence on one is believed of the others.
type product struct {
	mu    sync.Mutex
	spoke bool
	// silent is counted for messages together and for each operation that is asked by the way.
	silent map[kind]silence
	// voices are the addresses that answered the last time what was asked by the way: they are asked as ever.
	voices map[string]bool
	// tried says that a message is on its way to see whether the product has come back: one at a time is enough.
	tried bool
}

// kind is what is silent or not: messages, or an operation that is asked by the way.
type kind struct {
	message   bool
	operation string
}

func kindOf(out Outgoing) kind {
	if out.Message {
		return kind{message: true}
	}
	return kind{operation: out.Operation}
}

// silence is that of the product on what is to be sent, seen from an interface, and whether it is worth sending.
func (p *product) silence(out Outgoing, from *heard) (silent silence, worth bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	silent = from.silence()
	switch {
	case !out.Message && p.voices[out.URL]:
		return 0, true
	case p.spoke, p.silent[kindOf(out)] < silent:
		return silent, !silent.forsakes()
	}
	silent = p.silent[kindOf(out)]
	if worth = !silent.forsakes(); worth && silent >= forsaken {
		worth, p.tried = !p.tried, true
	}
	return silent, worth
}

func (p *product) ended(out Outgoing, sent bool, fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tried = p.tried && !sent
	if fault != "" {
		p.silent[kindOf(out)]++
	} else {
		p.silent[kindOf(out)] = 0
	}
	if out.Message {
		p.spoke = p.spoke || fault == ""
	} else {
		p.voices[out.URL] = fault == ""
	}
}

// products are those of a run by scheme and host.
type products struct {
	mu sync.Mutex
	at map[string]*product
}

func (p *products) of(address string) *product {
	if at, err := url.Parse(address); err == nil {
		address = at.Scheme + "://" + at.Host
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at[address] == nil {
		p.at[address] = &product{silent: map[kind]silence{}, voices: map[string]bool{}}
	}
	return p.at[address]
}
