package reports

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spconform/spconform/conformance/result"
)

// Progress is told how a run goes. Its methods may be called from several goroutines.
type Progress interface {
	// Start is called once, with the number of scenarios.
	Start(total int)
	// Scenario is called when a scenario has ended.
	Scenario(name string, status result.Status)
	// Finish ends it, also where the run did not come to start; nothing is written after it.
	Finish()
}

// Intervals at which progress is shown: in place on a terminal, as lines in a log.
const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 3 * time.Second
)

// NewProgress shows progress on w, in place where it is a terminal and else as a line every few
// seconds. Quiet shows none.
func NewProgress(w io.Writer, on Terminal, quiet bool) Progress {
	if quiet {
		return silence{}
	}
	return &progress{to: w, on: on, stop: make(chan struct{}), stopped: make(chan struct{})}
}

type silence struct{}

func (silence) Start(int)                      {}
func (silence) Scenario(string, result.Status) {}
func (silence) Finish()                        {}

type progress struct {
	to io.Writer
	on Terminal

	mutex                 sync.Mutex
	running               bool
	total, done           int
	failed, errors, skips int
	latest                string
	started               time.Time

	stop, stopped chan struct{}
}

func (p *progress) Start(total int) {
	p.mutex.Lock()
	p.total, p.started, p.running = total, time.Now(), true
	p.mutex.Unlock()
	if p.on.Interactive {
		go p.every(redrawEvery, p.redraw)
	} else {
		go p.every(lineEvery, p.line)
	}
}

func (p *progress) every(interval time.Duration, show func()) {
	defer close(p.stopped)
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			show()
		case <-p.stop:
			return
		}
	}
}

func (p *progress) Scenario(name string, status result.Status) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done++
	p.latest = name
	switch status {
	case result.Failed:
		p.failed++
	case result.Errored:
		p.errors++
	case result.Skip:
		p.skips++
	}
}

func (p *progress) Finish() {
	p.mutex.Lock()
	running := p.running
	p.running = false
	p.mutex.Unlock()
	if !running {
		return
	}
	close(p.stop)
	<-p.stopped
	if p.on.Interactive {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
	p.line()
}

// redraw writes the state over the line that stands there, cut to the terminal's width.
func (p *progress) redraw() {
	p.mutex.Lock()
	text, latest := p.state(), p.latest
	p.mutex.Unlock()
	if latest != "" {
		text += " · " + Visible(latest)
	}
	fmt.Fprint(p.to, "\r"+shorten(text, max(p.on.Width-1, 20))+"\x1b[K")
}

func (p *progress) line() {
	p.mutex.Lock()
	text := p.state()
	p.mutex.Unlock()
	fmt.Fprintln(p.to, text)
}

// state is the counts on one line; the caller holds the mutex.
func (p *progress) state() string {
	text := fmt.Sprintf("%d of %d scenarios", p.done, p.total)
	for _, part := range []struct {
		count int
		word  string
	}{{p.failed, "failed"}, {p.skips, "skipped"}, {p.errors, "not carried through"}} {
		if part.count > 0 {
			text += fmt.Sprintf(", %d %s", part.count, part.word)
		}
	}
	return text + " · " + time.Since(p.started).Round(time.Second).String()
}
