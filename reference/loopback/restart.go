package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spconform/spconform/reference/store"
)

// inMemory is the store that only an open one holds.
const inMemory = "memory"

// reopening bounds how long the address of a server that stopped is waited for.
const reopening = 10 * time.Second

// Restart stops the server and starts another one on the same store and the same address. Connections to it are
// broken, and what it kept outside of its store is gone: its participants and agreements are to be told again.
func (s *Server) Restart(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := errors.Join(s.public.Close(), s.server.Close()); err != nil {
		return err
	}
	// A store in memory is gone when it is closed; any other is opened anew, as by another process.
	if s.plan.Database != inMemory {
		err := s.state.Close()
		if err == nil {
			s.state, err = store.Open(ctx, s.plan.Database)
		}
		if err != nil {
			return err
		}
	}
	public, err := listenAgain(ctx, strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		return err
	}
	if err := s.live(public); err != nil {
		return errors.Join(err, public.Close())
	}
	return nil
}

// listenAgain listens where a server listened a moment ago.
func listenAgain(ctx context.Context, addr string) (net.Listener, error) {
	ctx, cancel := context.WithTimeout(ctx, reopening)
	defer cancel()
	for {
		listener, err := net.Listen("tcp", addr)
		if err == nil {
			return listener, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("cannot listen on %s again: somebody else has taken it", addr)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// door is the management of the server that lives, and POST /restart, which outlives it.
func (s *Server) door() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /restart", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Restart(context.WithoutCancel(r.Context())); err != nil {
			http.Error(w, "the server could not be started again", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mutex.RLock()
		defer s.mutex.RUnlock()
		s.server.Management().ServeHTTP(w, r)
	})
	return mux
}
