package mocks

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

const classChanging = "keys that change"

// peerKeys changes the key sets of clients as the vendor reads them; next reads one properly.
func peerKeys(change func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error)) func(*Vendor) {
	return func(v *Vendor) {
		v.Asks(func(request *http.Request, next send) (*http.Response, error) {
			if request.Method != http.MethodGet {
				return next(request)
			}
			return change(request, next)
		})
	}
}

// readSets changes the keys of each set that is read from an address.
func readSets(change func(address string, keys []json.RawMessage) []json.RawMessage) func(*Vendor) {
	return peerKeys(func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		response, err := next(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		var set struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if json.Unmarshal(body, &set) == nil {
			set.Keys = change(request.URL.String(), set.Keys)
			body, _ = json.Marshal(set)
		}
		response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return response, nil
	})
}

// added keeps every key that was ever in a set.
func added(v *Vendor) {
	var mutex sync.Mutex
	held := map[string][]json.RawMessage{}
	readSets(func(address string, keys []json.RawMessage) []json.RawMessage {
		mutex.Lock()
		defer mutex.Unlock()
		held[address] = append(held[address], keys...)
		return held[address]
	})(v)
}

// signsForEverWith signs with the first key that the vendor had.
func signsForEverWith(v *Vendor) {
	var mutex sync.Mutex
	first := map[string]message.Key{}
	v.Signing(func(own message.Signer) message.Signer {
		key := own.(message.Key)
		mutex.Lock()
		defer mutex.Unlock()
		if held, had := first[key.SenderID]; had {
			return held
		}
		first[key.SenderID] = key
		return key
	})
}

// firstSet publishes for ever the key set that was asked for first.
func firstSet(v *Vendor) {
	var first atomic.Pointer[[]byte]
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		first.CompareAndSwap(nil, &body)
		return status, *first.Load()
	}, "/jwks.json")
}

// presentKeyAlone publishes the first signing key of the set and none besides.
func presentKeyAlone(v *Vendor) {
	seen := false
	var mutex sync.Mutex
	withoutKeys(func(key map[string]any) bool {
		mutex.Lock()
		defer mutex.Unlock()
		if key["use"] == message.UseEncryption {
			// The key for encryption comes last.
			seen = false
			return false
		}
		former := seen
		seen = true
		return former
	})(v)
}

var _ = register(
	Defect{ID: "peer-keys-cached-for-ever", Class: classChanging, Breaks: []string{"SEC-PEER-001"}, Sentence: "keeps the keys of its clients as they were at the start",
		Alter: peerKeys(func(*http.Request, func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			return nil, errors.New("mocks: key sets are not read again")
		})},
	Defect{ID: "peer-keys-of-the-first-change", Class: classChanging, Breaks: []string{"SEC-PEER-001"}, Sentence: "reads the key set of a client once, and keeps it for ever",
		Alter: func(v *Vendor) {
			var mutex sync.Mutex
			held := map[string][]json.RawMessage{}
			readSets(func(address string, keys []json.RawMessage) []json.RawMessage {
				mutex.Lock()
				defer mutex.Unlock()
				if held[address] == nil {
					held[address] = keys
				}
				return held[address]
			})(v)
		}},
	Defect{ID: "peer-keys-only-added", Class: classChanging, Breaks: []string{"SEC-PEER-002"}, Sentence: "adds the keys that a client publishes to those that it published before", Alter: added},
	Defect{ID: "peer-keys-the-first-alone", Class: classChanging, Breaks: []string{"SEC-PEER-003"}, Sentence: "takes the last signing key of a client's set for its only one",
		Alter: readSets(func(_ string, keys []json.RawMessage) []json.RawMessage {
			var signing []json.RawMessage
			for _, key := range keys {
				if bytes.Contains(key, []byte(`"EdDSA"`)) {
					signing = append(signing, key)
				}
			}
			return signing[max(0, len(signing)-1):]
		})},
	Defect{ID: "peer-keys-read-for-each-message", Class: classChanging, Breaks: []string{"SEC-PEER-004"}, Sentence: "reads a client's key set for each message under a key id that it does not know",
		Alter: func(v *Vendor) { v.Option(reference.WithLimits(reference.Limits{KeyReads: 1 << 20})) }},
	Defect{ID: "own-key-never-used", Class: classChanging, Breaks: []string{"SEC-ROT-001"}, Sentence: "publishes a new key and goes on signing with the first one", Alter: signsForEverWith},
	Defect{ID: "own-key-not-published", Class: classChanging, Breaks: []string{"SEC-ROT-001"}, Sentence: "signs with a new key and publishes the set of its start", Alter: firstSet},
	Defect{ID: "own-former-key-dropped", Class: classChanging, Breaks: []string{"SEC-ROT-002"}, Sentence: "publishes a new key in place of the former one, whose signatures still hold", Alter: presentKeyAlone},
	Defect{ID: "own-keys-made-anew", Class: classChanging, Breaks: []string{"SEC-ROT-001", "SEC-ROT-002"}, Sentence: "makes its keys anew at each change and shows other ones to who asks again",
		Alter: func(v *Vendor) {
			presentKeyAlone(v)
			var count atomic.Int64
			v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
				return status, []byte(strings.ReplaceAll(string(body), `"kid":"`, `"kid":"start-`+string(rune('a'+count.Add(1)%26))))
			}, "/jwks.json")
		}},
)
