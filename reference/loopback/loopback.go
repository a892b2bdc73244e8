// Package loopback starts a reference server on free ports of this machine, as the embedded target of
// a run and as the body of the known-bad vendors.
package loopback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
)

// Server is a running reference server.
type Server struct {
	// URL is the public base, Management that of the management listener.
	URL, Management string

	plan       Plan
	interfaces []spec.Interface
	management *http.Server

	// mutex guards what a restart replaces.
	mutex  sync.RWMutex
	server *reference.Server
	state  store.Store
	public *http.Server
}

// Delivery is how an embedded server delivers: it retries soon, since its counterparts are near.
var Delivery = reference.Delivery{
	Workers: 16, Timeout: 10 * time.Second, Attempts: 8,
	FirstWait: 100 * time.Millisecond, MaxWait: 2 * time.Second, Poll: 100 * time.Millisecond,
}

// Plan is what a caller alters about the server before it starts.
type Plan struct {
	Interfaces []spec.Interface
	// Database is a store URL; "memory" where empty.
	Database string
	// Store wraps the store, nil for none; anew for each life of the server.
	Store func(store.Store) store.Store
	// Options are further options of the server.
	Options []reference.Option
	// Addr is where to listen; a free loopback port where empty.
	Addr string
	// Wrap stands before the whole public handler, nil for none; anew for each life of the server.
	Wrap func(http.Handler) http.Handler
}

// Start starts a server; the caller closes it.
func Start(ctx context.Context, plan Plan) (*Server, error) {
	// An assessment asks registries: they are served beside it.
	interfaces, err := spec.WithSources(plan.Interfaces)
	if err != nil {
		return nil, err
	}
	plan.Database = cmp.Or(plan.Database, inMemory)
	s := &Server{plan: plan, interfaces: interfaces}
	if s.state, err = store.Open(ctx, plan.Database); err != nil {
		return nil, err
	}
	addr := cmp.Or(plan.Addr, "127.0.0.1:0")
	public, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot listen on %s: name a free address", addr), s.state.Close())
	}
	private, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, public.Close(), s.state.Close())
	}
	s.URL, s.Management = "http://"+public.Addr().String(), "http://"+private.Addr().String()
	if err := s.live(public); err != nil {
		return nil, errors.Join(err, public.Close(), private.Close(), s.state.Close())
	}
	s.management = serve(private, s.door())
	return s, nil
}

// live serves on what the store holds until the next stop.
func (s *Server) live(public net.Listener) (err error) {
	used := s.state
	if s.plan.Store != nil {
		used = s.plan.Store(s.state)
	}
	options := append([]reference.Option{reference.WithInterfaces(s.interfaces...), reference.WithStore(used),
		reference.WithBaseURL(s.URL), reference.WithDelivery(Delivery), reference.WithSources(reference.Sources{Bases: s.Bases()})}, s.plan.Options...)
	if s.server, err = reference.New(options...); err != nil {
		return err
	}
	handler := http.Handler(s.server)
	if s.plan.Wrap != nil {
		handler = s.plan.Wrap(handler)
	}
	s.public = serve(public, handler)
	return nil
}

func serve(listener net.Listener, handler http.Handler) *http.Server {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return server
}

// Base is the base URL of an interface.
func (s *Server) Base(id string) string {
	if len(s.interfaces) == 1 {
		return s.URL
	}
	return s.URL + "/" + id
}

// Bases are the base URLs of all interfaces: its registries are the sources of its assessments.
func (s *Server) Bases() map[string]string {
	bases := map[string]string{}
	for _, described := range s.interfaces {
		bases[described.ID] = s.Base(described.ID)
	}
	return bases
}

// Close stops listening, then the server, then its store.
func (s *Server) Close() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return errors.Join(s.management.Close(), s.public.Close(), s.server.Close(), s.state.Close())
}
