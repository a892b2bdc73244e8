package exchange

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A product may limit how much it is asked: HTTP 429 (RFC 6585, 4), or 503 with Retry-After (RFC 9110, 10.2.3), asks a
// counterpart to come again later. The runner does, and goes slower from then on.
const (
	// tries is how often a message is sent until the answer stands as it is. So it does where nothing else came for
	// windows refusals one after another, or for hopeless in all: a target that puts everything off must not stretch
	// a run.
	tries    = 12
	windows  = 16
	hopeless = 2 * time.Minute
	// together is the time in which refusals are one: of what was on its way at once.
	together = 50 * time.Millisecond
	// longest is the longest that is waited at a time.
	longest = time.Minute
	// unsaid is waited where the target does not say how long.
	unsaid = time.Second
	// The spacing of messages after the first refusal, and at most.
	firstSpacing, lastSpacing = 10 * time.Millisecond, 250 * time.Millisecond
)

// pace is how fast a target lets itself be asked. It begins without a limit, halves where the target refuses, and
// rises again slowly.
type pace struct {
	mu sync.Mutex
	// next is when the next message may go, spacing the time from one to the next, 0 for none. Until shut
	// what was already on its way may be refused as well, which says nothing new.
	next, shut time.Time
	spacing    time.Duration
	// inARow and lost are how often messages were put off since one was not, and for how long in all.
	inARow int
	lost   time.Duration
}

// pass lets a message go when its turn has come, or the time is over.
func (p *pace) pass(ctx context.Context) {
	at, free := p.turn()
	if free {
		return
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (p *pace) turn() (at time.Time, free bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spacing == 0 {
		return at, true
	}
	if now := time.Now(); p.next.Before(now) {
		p.next = now
	}
	at = p.next
	p.next = at.Add(p.spacing)
	return at, false
}

// putOff says whether an answer asks to come again later, and that is worth while.
func (p *pace) putOff(answer *Exchange) bool {
	wait, asked := laterBy(answer)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !asked {
		p.inARow, p.lost = 0, 0
		if p.spacing -= p.spacing / 32; p.spacing < time.Millisecond {
			p.spacing = 0
		}
		return false
	}
	if now := time.Now(); !now.Before(p.shut) {
		p.spacing = min(max(2*p.spacing, firstSpacing), lastSpacing)
		p.next = now.Add(wait)
		p.shut = now.Add(max(wait, together))
		p.inARow++
		p.lost += wait
	}
	return p.inARow <= windows && p.lost <= hopeless
}

// laterBy is how long an answer asks to wait until the message is sent again.
func laterBy(answer *Exchange) (time.Duration, bool) {
	said := answer.Response.Header.Get("Retry-After")
	limited := answer.Response.Status == http.StatusTooManyRequests
	if answer.Fault != "" || !limited && (answer.Response.Status != http.StatusServiceUnavailable || said == "") {
		return 0, false
	}
	wait := unsaid
	if seconds, err := strconv.Atoi(said); err == nil {
		wait = time.Duration(min(seconds, int(longest/time.Second))) * time.Second
	} else if at, err := http.ParseTime(said); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), longest), true
}
