package main

import (
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/spconform/spconform/reference"
)

// lives is the reference server of serve, which can be started again on its store: what it holds outside of it is then
// as at the first start. Requests that are under way are ended by the server that took them.
type lives struct {
	start func() (*reference.Server, error)
	now   atomic.Pointer[reference.Server]
	mutex sync.Mutex
}

func newLives(start func() (*reference.Server, error)) (*lives, error) {
	l := &lives{start: start}
	first, err := start()
	l.now.Store(first)
	return l, err
}

// ServeHTTP implements http.Handler.
func (l *lives) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.now.Load().ServeHTTP(w, r) }

func (l *lives) restart() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := l.now.Load().Close(); err != nil {
		return err
	}
	next, err := l.start()
	if err == nil {
		l.now.Store(next)
	}
	return err
}

// Close ends the server that lives.
func (l *lives) Close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.now.Load().Close()
}

// management is that of the server that lives, and POST /restart.
func (l *lives) management() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /restart", func(w http.ResponseWriter, _ *http.Request) {
		if err := l.restart(); err != nil {
			http.Error(w, "the server could not be started again", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { l.now.Load().Management().ServeHTTP(w, r) })
	return mux
}
