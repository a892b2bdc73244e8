// Package loopback starts a reference server on free ports of this machine, as the embedded target of
// a run and as the body of the known-bad vendors.
package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
)

// Server is a running reference server.
type Server struct {
	// URL is the public base, Management that of the management listener.
	URL, Management string

	interfaces []spec.Interface
	server     *reference.Server
	state      store.Store
	listeners  []*http.Server
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
	// Store wraps the store, nil for none.
	Store func(store.Store) store.Store
	// Options are further options of the server.
	Options []reference.Option
	// Addr is where to listen; a free loopback port where empty.
	Addr string
	// Wrap stands before the whole public handler, nil for none.
	Wrap func(http.Handler) http.Handler
}

// Start starts a server; the caller closes it.
func Start(ctx context.Context, plan Plan) (*Server, error) {
	// An assessment asks registries: they are served beside it.
	interfaces, err := spec.WithSources(plan.Interfaces)
	if err != nil {
		return nil, err
	}
	database := plan.Database
	if database == "" {
		database = "memory"
	}
	state, err := store.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	s := &Server{interfaces: interfaces, state: state}
	used := state
	if plan.Store != nil {
		used = plan.Store(state)
	}
	addr := plan.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	public, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot listen on %s: name a free address", addr), state.Close())
	}
	private, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, public.Close(), state.Close())
	}
	s.URL, s.Management = "http://"+public.Addr().String(), "http://"+private.Addr().String()
	options := append([]reference.Option{reference.WithInterfaces(interfaces...), reference.WithStore(used),
		reference.WithBaseURL(s.URL), reference.WithDelivery(Delivery), reference.WithSources(reference.Sources{Bases: s.Bases()})}, plan.Options...)
	if s.server, err = reference.New(options...); err != nil {
		return nil, errors.Join(err, public.Close(), private.Close(), state.Close())
	}
	handler := http.Handler(s.server)
	if plan.Wrap != nil {
		handler = plan.Wrap(handler)
	}
	s.serve(public, handler)
	s.serve(private, s.server.Management())
	return s, nil
}

func (s *Server) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.listeners = append(s.listeners, server)
	go func() { _ = server.Serve(listener) }()
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
	var failed []error
	for _, server := range s.listeners {
		failed = append(failed, server.Close())
	}
	return errors.Join(append(failed, s.server.Close(), s.state.Close())...)
}
