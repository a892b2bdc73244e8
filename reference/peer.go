package reference

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/samber/lo"

	"github.com/spconform/spconform/spec/message"
)

// A participant that publishes its keys is asked for them when a message names one that is not known, and
// again when what is known is old, so that a key that was withdrawn does not hold for ever.
const (
	peerTimeout = 3 * time.Second
	// peerLimit is the most bytes of a key set that are read.
	peerLimit = 64 << 10
)

// peers remembers when the key sets of participants were read.
type peers struct {
	mutex sync.Mutex
	byID  map[string]*peer
}

type peer struct {
	reading sync.Mutex
	// read is when the set was last read; fruitless are the readings of the last minute that did not bring
	// the key that was looked for.
	read      atomic.Int64
	fruitless []time.Time
}

func (p *peers) of(id string, now time.Time) *peer {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.byID == nil {
		p.byID = map[string]*peer{}
	}
	if p.byID[id] == nil {
		p.byID[id] = &peer{}
		p.byID[id].read.Store(now.UnixNano())
	}
	return p.byID[id]
}

// keysFor finds the keys of senders, and reads the set of one that publishes it where that may help. Only
// who holds a token of the sender comes as far as this.
func (s *Server) keysFor(ctx context.Context) message.KeyFinder {
	return func(senderID, keyID string) (ed25519.PublicKey, bool) {
		key, known := s.roster.publicKey(senderID, keyID)
		sender, registered := s.roster.find(senderID)
		if !registered || sender.JWKSURI == "" {
			return key, known
		}
		one := s.peers.of(senderID, s.now())
		if known && one.fresh(s.now(), s.limits.KeyAge) {
			return key, true
		}
		one.reading.Lock()
		defer one.reading.Unlock()
		// Somebody may have read it while this waited.
		if key, known = s.roster.publicKey(senderID, keyID); known && one.fresh(s.now(), s.limits.KeyAge) {
			return key, true
		}
		if !known && !one.mayRead(s.now(), s.limits.KeyReads) {
			return nil, false
		}
		set, err := s.readKeySet(ctx, sender.JWKSURI)
		if err != nil {
			s.log.Warn("a participant's key set could not be read", "participant", senderID, "error", err)
			return key, known
		}
		one.read.Store(s.now().UnixNano())
		s.roster.setKeys(senderID, set)
		found, there := s.roster.publicKey(senderID, keyID)
		if there && len(one.fruitless) > 0 {
			one.fruitless = one.fruitless[:len(one.fruitless)-1]
		}
		return found, there
	}
}

// fresh says whether the set was read within age.
func (p *peer) fresh(now time.Time, age time.Duration) bool {
	return now.Sub(time.Unix(0, p.read.Load())) < age
}

// mayRead counts a reading, and says no where too many of the last minute were for nothing. One that brings
// the key is taken off again.
func (p *peer) mayRead(now time.Time, most int) bool {
	recent := p.fruitless[:0]
	for _, at := range p.fruitless {
		if now.Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	p.fruitless = recent
	if len(recent) >= most {
		return false
	}
	p.fruitless = append(p.fruitless, now)
	return true
}

var errKeySet = errors.New("the address answered with no key set")

// readKeySet reads the public keys at an address, within bounds.
func (s *Server) readKeySet(ctx context.Context, address string) ([]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(ctx, peerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errKeySet
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := s.outbox.Do(request)
	if err != nil {
		return nil, errUnreachable
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, peerLimit+1))
	if err != nil || response.StatusCode != http.StatusOK || len(body) > peerLimit {
		return nil, errKeySet
	}
	published, ok := message.ReadKeySet(body)
	if !ok {
		return nil, errKeySet
	}
	return lo.Filter(published, func(key jose.JSONWebKey, _ int) bool { return key.Valid() && key.IsPublic() }), nil
}
