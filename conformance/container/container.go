// Package container runs a product under test in containers: from images or from a compose file, on a
// network of its own without a way out, published on loopback alone, within limits, and gone when the
// run is over. It implements conformance.Launcher.
package container

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/testcontainers/testcontainers-go"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

// Plan is what a System runs.
type Plan struct {
	// Parts are the product's containers; with a compose file, settings of its services.
	Parts []Part
	// Compose is the path of a compose file, "" for none, and Profiles those of its profiles that count.
	Compose  string
	Profiles []string
	// URLs are those at which the runner will ask for something: the ports that they name are published.
	URLs []string
	// Bases are those of them at which interfaces are served: a container is ready when it answers there.
	Bases []string
	// Serves is by interface the name of the container that serves it. One that serves some of several
	// interfaces finds the records of those alone.
	Serves map[string]string
	// Population is the form of the population's file, a name of fixture.Formats; NDJSON where empty.
	Population string
	// Listen and Callbacks replace where callbacks are awaited and the URL that the product is told.
	Listen, Callbacks string
	// Logs is the folder into which the last output of each container is written, "" for none.
	Logs string
	// Restarts are the containers that may be stopped and started again: their ports stay as they are.
	Restarts []string
	// Start bounds the start of everything; zero is the default of the time-out "start".
	Start time.Duration
}

// Part is one container of the product, or one service of its compose file.
type Part struct {
	Name     string
	Settings manifest.Container
	// Env is the environment with its secrets resolved, and Secrets lists those.
	Env     map[string]string
	Secrets []string
}

// System is a product in containers. Its methods are called in the order of conformance.Launcher.
type System struct {
	plan     Plan
	run      string
	engine   *engine
	network  *bridge
	fixtures map[string]string
	started  []*started
	stack    *stack
	guard    func(run string) (release func(), err error)
	release  func()
	closed   bool
	// givenUp says that a call to the engine may have been given up in the middle.
	givenUp bool
}

var _ conformance.Launcher = (*System)(nil)

// started is a container that the runner speaks to.
type started struct {
	name, id, image, digest string
	// main is the port of URLs that name none.
	main int
	// at is where the runner reaches each port.
	at map[int]string
}

// Option alters a system.
type Option func(*System)

// WithGuard calls guard with the run's id before anything is made, so that somebody else may sweep if
// this process dies; release is called when everything is gone.
func WithGuard(guard func(run string) (release func(), err error)) Option {
	return func(s *System) { s.guard = guard }
}

// New makes a system; nothing is started yet.
func New(plan Plan, options ...Option) *System {
	system := &System{plan: plan, run: newRun()}
	for _, option := range options {
		option(system)
	}
	return system
}

// Run is the id by which everything that the system makes is labelled.
func (s *System) Run() string { return s.run }

// newRun makes an id that tells which process of which machine runs.
func newRun() string {
	nonce := make([]byte, 3)
	_, _ = rand.Read(nonce)
	return fmt.Sprintf("%s-%d-%s", machine(), os.Getpid(), hex.EncodeToString(nonce))
}

// machine tells machines apart that share an engine.
func machine() string {
	name, _ := os.Hostname()
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	return fmt.Sprintf("%08x", sum.Sum32())
}

// Open finds the engine, makes the network and listens for callbacks on its bridge.
func (s *System) Open(ctx context.Context) (conformance.Reception, error) {
	within, cancel := context.WithTimeout(ctx, s.limit())
	defer cancel()
	reception, err := s.open(within)
	return reception, s.reason(ctx, within, err)
}

func (s *System) open(ctx context.Context) (conformance.Reception, error) {
	if s.guard != nil {
		release, err := s.guard(s.run)
		if err != nil {
			return conformance.Reception{}, fault(CodeEngine, "the watch over the containers cannot be started: %v", err)
		}
		s.release = release
	}
	var err error
	if s.engine, err = connect(ctx); err != nil {
		return conformance.Reception{}, err
	}
	if s.network, err = s.engine.bridge(ctx, s.run); err != nil {
		return conformance.Reception{}, err
	}
	listen := s.network.listen
	if s.plan.Listen != "" {
		listen = s.plan.Listen
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return conformance.Reception{}, fault(CodePort, "the callback receiver cannot listen on %s: name a free address as callbacks.listen", listen)
	}
	base := s.plan.Callbacks
	if base == "" {
		base = "http://" + net.JoinHostPort(callbackHost, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	}
	return conformance.Reception{Listener: listener, Base: base}, nil
}

// Start puts the fixtures into place, starts the containers and waits until each is ready.
func (s *System) Start(ctx context.Context, given conformance.Provision) error {
	within, cancel := context.WithTimeout(ctx, s.limit())
	defer cancel()
	return s.reason(ctx, within, s.start(within, given))
}

// reason is an error as the report tells it. ctx ends with the run, within also when the time for the
// start is over: what the engine or the product then says of itself comes from that end.
func (s *System) reason(ctx, within context.Context, err error) error {
	if err == nil {
		return nil
	}
	s.givenUp = within.Err() != nil
	var ours *Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault(CodeInterrupted, "the start was interrupted")
	case errors.As(err, &ours):
		return err
	case within.Err() != nil:
		return fault(CodeNotReady, "the product was not started within %s: raise timeouts.start", s.limit())
	default:
		return fault(CodeStart, "the engine refuses the start: %s", plain(err))
	}
}

func (s *System) start(ctx context.Context, given conformance.Provision) error {
	if err := s.provide(ctx, given); err != nil {
		return err
	}
	if s.plan.Compose != "" {
		return s.startStack(ctx)
	}
	for _, part := range s.plan.Parts {
		if err := s.startPart(ctx, part); err != nil {
			return err
		}
	}
	for _, one := range s.started {
		if err := s.await(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) limit() time.Duration {
	if s.plan.Start > 0 {
		return s.plan.Start
	}
	return manifest.DefaultTimeout("start")
}

// Address is where the runner finds a URL whose host is a container's name.
func (s *System) Address(text string) string {
	read, err := url.Parse(text)
	if err != nil || read.Host == "" {
		return text
	}
	for _, one := range s.started {
		if one.name != read.Hostname() {
			continue
		}
		port := one.main
		if read.Port() != "" {
			port, _ = strconv.Atoi(read.Port())
		}
		if at, ok := one.at[port]; ok {
			read.Host = at
			return read.String()
		}
	}
	return text
}

// closeLimit bounds the end of a system: an engine that hangs must not keep the runner.
const closeLimit = time.Minute

// Close tells how each container ended, writes its last output, and removes all that the run made. To
// close again does nothing.
func (s *System) Close(ctx context.Context, secrets []string) ([]result.Container, error) {
	ctx, cancel := context.WithTimeout(ctx, closeLimit)
	defer cancel()
	if s.engine == nil || s.closed {
		s.released()
		return nil, nil
	}
	s.closed = true
	for _, part := range s.plan.Parts {
		secrets = append(secrets, part.Secrets...)
	}
	told, failed := s.tell(ctx, secrets)
	s.stack.close()
	sweep := s.engine.sweep
	if s.givenUp {
		sweep = s.engine.settle
	}
	left := sweep(ctx, func(run string) bool { return run == s.run }, nil)
	failed = errors.Join(failed, left, s.engine.Close())
	if left == nil {
		s.released()
	}
	return told, failed
}

func (s *System) released() {
	if s.release != nil {
		s.release()
		s.release = nil
	}
}

// quiet keeps the library's own talk off standard error, and its helper container off the engine:
// what a run leaves is found by its labels.
func quiet() {
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	_ = testcontainers.SessionID()
}
