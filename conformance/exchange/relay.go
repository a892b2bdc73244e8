package exchange

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Disturbance is what a relay does to the answers of the server behind it.
type Disturbance string

// The disturbances. What is changed on the way keeps the signature that it had before.
const (
	Undisturbed Disturbance = ""
	BrokenOff   Disturbance = "broken off"
	HeldBack    Disturbance = "held back"
	Erring      Disturbance = "erring"
	Unsigned    Disturbance = "unsigned"
	Changed     Disturbance = "changed"
)

// How long a server behind a relay is waited for; who asks it has time-outs of its own.
const (
	relayConnect = 5 * time.Second
	relayAnswer  = 30 * time.Second
)

// Relay stands between the target and a server that the target asks, at a path of the receiver that nobody
// can guess. It forwards what comes as it is and keeps nothing of it: what passes are the credentials and
// the records of others.
type Relay struct {
	// URL is the base under which the target reaches the server by way of the relay.
	URL string

	receiver *Receiver
	prefix   string
	proxy    http.Handler
	closed   chan struct{}

	mu      sync.Mutex
	disturb Disturbance
	asked   int
	// since and spoilt are the requests since the last call of Disturb, and the answers that were changed.
	since, spoilt int
}

// Relay opens a relay to the server at the base URL; the caller closes it. roots are as for NewClient.
func (r *Receiver) Relay(base string, roots *x509.CertPool) (*Relay, error) {
	to, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("the base of a source is not a URL: mend it in the manifest")
	}
	relay := &Relay{receiver: r, prefix: "/relay/" + strings.ToLower(rand.Text()), closed: make(chan struct{})}
	relay.URL = r.base + relay.prefix
	relay.proxy = http.StripPrefix(relay.prefix, &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			// What is compressed could not be changed on its way.
			p.Out.Header.Del("Accept-Encoding")
		},
		Transport:      newTransport(relayConnect, relayAnswer, roots),
		ModifyResponse: relay.spoil,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:       log.New(io.Discard, "", 0),
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.relays[relay.prefix] = relay
	return relay, nil
}

// Disturb sets what is done to answers from now on.
func (r *Relay) Disturb(how Disturbance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.disturb, r.since, r.spoilt = how, 0, 0
}

// Passed says that answers were to be changed, and that the server was asked and answered nothing by way of the relay that
// could be: it answers elsewhere.
func (r *Relay) Passed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return spoils(r.disturb) && r.since > 0 && r.spoilt == 0
}

func spoils(how Disturbance) bool { return how == Unsigned || how == Changed }

// Asked is how many requests have come by it.
func (r *Relay) Asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// Close ends the relay; what it holds back is broken off.
func (r *Relay) Close() {
	r.receiver.mu.Lock()
	delete(r.receiver.relays, r.prefix)
	r.receiver.mu.Unlock()
	close(r.closed)
}

// relayed is the relay under whose path a request came, or nil.
func (r *Receiver) relayed(path string) *Relay {
	r.mu.Lock()
	defer r.mu.Unlock()
	for prefix, relay := range r.relays {
		if strings.HasPrefix(path, prefix+"/") {
			return relay
		}
	}
	return nil
}

func (r *Relay) serve(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	r.asked++
	r.since++
	disturb := r.disturb
	r.mu.Unlock()
	request.Body = http.MaxBytesReader(w, request.Body, MaxBody)
	switch disturb {
	case BrokenOff:
		panic(http.ErrAbortHandler)
	case HeldBack:
		// Only a server that has read the body notices that its caller has gone.
		_, _ = io.Copy(io.Discard, request.Body)
		select {
		case <-r.closed:
		case <-r.receiver.closed:
		case <-request.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case Erring:
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		r.proxy.ServeHTTP(w, request)
	}
}

// spoil takes the signature from a signed answer, or changes what it was made over.
func (r *Relay) spoil(response *http.Response) error {
	r.mu.Lock()
	disturb := r.disturb
	r.mu.Unlock()
	if !spoils(disturb) {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody))
	_ = response.Body.Close()
	if err != nil {
		return err
	}
	if other := spoiled(body, disturb); !bytes.Equal(other, body) {
		body = other
		r.mu.Lock()
		r.spoilt++
		r.mu.Unlock()
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Set("Content-Length", fmt.Sprint(len(body)))
	return nil
}

// spoiled is an answer with its signature gone, or with another message_id than the one that was signed; what
// is no signed message stays as it is.
func spoiled(body []byte, how Disturbance) []byte {
	var envelope map[string]json.RawMessage
	var header map[string]any
	if json.Unmarshal(body, &envelope) != nil || envelope["signature"] == nil || json.Unmarshal(envelope["header"], &header) != nil {
		return body
	}
	if how == Unsigned {
		delete(envelope, "signature")
	} else {
		header["message_id"] = rand.Text()
		changed, err := json.Marshal(header)
		if err != nil {
			return body
		}
		envelope["header"] = changed
	}
	other, err := json.Marshal(envelope)
	if err != nil {
		return body
	}
	return other
}
