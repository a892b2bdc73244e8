package steps

import (
	"sync"
	"time"
)

// Tokens are the bearer tokens of a run by token endpoint and client, so that interfaces with one endpoint share them: a
// server may let each new token of a client end the one before. The zero value holds none.
type Tokens struct {
	mu   sync.Mutex
	held map[[2]string]*tokenSlot
}

// tokenSlot is a client's token at one endpoint.
type tokenSlot struct {
	// fetching is held while a token is asked for, so that scenarios that begin together ask once.
	fetching sync.Mutex

	mu    sync.Mutex
	token accessToken
	known bool
}

// accessToken is a token and when another one is to be fetched; zero where it is not said how long it holds.
type accessToken struct {
	text    string
	renewal time.Time
}

func (t accessToken) over() bool { return !t.renewal.IsZero() && time.Now().After(t.renewal) }

func (t *Tokens) slot(endpoint, client string) *tokenSlot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == nil {
		t.held = map[[2]string]*tokenSlot{}
	}
	key := [2]string{endpoint, client}
	if t.held[key] == nil {
		t.held[key] = &tokenSlot{}
	}
	return t.held[key]
}

// Forget makes every client ask for new tokens.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = nil
}

// current is the token that was given last, and whether one is known that still holds.
func (s *tokenSlot) current() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token.text, s.known && !s.token.over()
}

func (s *tokenSlot) keep(token accessToken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.known = token, true
}
