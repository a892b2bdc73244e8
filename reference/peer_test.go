package reference_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// keySet is a participant's key set as it publishes it.
type keySet struct {
	*httptest.Server
	mutex sync.Mutex
	body  []byte
	reads atomic.Int32
}

func newKeySet(t *testing.T) *keySet {
	t.Helper()
	k := &keySet{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		k.reads.Add(1)
		k.mutex.Lock()
		defer k.mutex.Unlock()
		_, _ = w.Write(k.body)
	}))
	t.Cleanup(k.Close)
	return k
}

func (k *keySet) publish(t *testing.T, keys ...message.Key) {
	t.Helper()
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.Private.Public(), KeyID: key.KeyID, Use: "sig", Algorithm: "EdDSA"})
	}
	raw, err := json.Marshal(set)
	require.NoError(t, err)
	k.answer(raw)
}

func (k *keySet) answer(body []byte) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.body = body
}

func newKey(t *testing.T, sender, id string) message.Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return message.Key{SenderID: sender, KeyID: id, Private: private}
}

// peerBench is a server of which alice publishes her keys.
func peerBench(t *testing.T, opts ...reference.Option) (*bench, *keySet) {
	t.Helper()
	published := newKeySet(t)
	b := &bench{alice: newParty(t, "alice.example.org", "client"), bob: newParty(t, "bob.example.org", "client"),
		updater: newParty(t, "updater.example.org", "client", "updater")}
	b.alice.JWKSURI = published.URL
	b.start(t, opts...)
	b.load(t, group(1))
	return b, published
}

func (b *bench) asksWith(t *testing.T, key message.Key) int {
	t.Helper()
	b.alice.key = key
	return b.send(t, b.request(b.alice, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1"))))).status
}

func TestKeyThatASenderPublishesIsLearned(t *testing.T) {
	b, published := peerBench(t)
	first, second := b.alice.key, newKey(t, b.alice.ID, "key-2")
	require.Equal(t, http.StatusOK, b.asksWith(t, first))
	require.Zero(t, published.reads.Load(), "the set is read although the key is known")
	published.publish(t, first, second)
	require.Equal(t, http.StatusOK, b.asksWith(t, second))
	require.Equal(t, http.StatusOK, b.asksWith(t, first), "both are published")
	published.publish(t, newKey(t, b.alice.ID, "key-3"))
	third := newKey(t, b.alice.ID, "key-4")
	published.publish(t, third)
	require.Equal(t, http.StatusOK, b.asksWith(t, third))
	require.Equal(t, http.StatusUnauthorized, b.asksWith(t, second), "it was withdrawn")
}

func TestOldKeySetIsReadAgain(t *testing.T) {
	var ahead atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	b, published := peerBench(t, reference.WithClock(clock), reference.WithLimits(reference.Limits{KeyAge: 10 * time.Second}))
	first, second := b.alice.key, newKey(t, b.alice.ID, "key-2")
	published.publish(t, second)
	require.Equal(t, http.StatusOK, b.asksWith(t, first))
	ahead.Store(int64(11 * time.Second))
	require.Equal(t, http.StatusUnauthorized, b.asksWith(t, first), "it was withdrawn, and the set is old")
}

func TestUnknownKeysDoNotHammerASender(t *testing.T) {
	b, published := peerBench(t, reference.WithLimits(reference.Limits{KeyReads: 5}))
	first := b.alice.key
	published.publish(t, first)
	for range 20 {
		require.Equal(t, http.StatusUnauthorized, b.asksWith(t, newKey(t, b.alice.ID, rand.Text())))
	}
	require.EqualValues(t, 5, published.reads.Load())
	require.Equal(t, http.StatusOK, b.asksWith(t, first))
}

func TestHostileKeySetsChangeNothing(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON": "<html>", "no keys": `{}`, "a flood": `{"keys":[` + strings.Repeat(" ", 1<<17) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			b, published := peerBench(t)
			first := b.alice.key
			published.answer([]byte(body))
			require.Equal(t, http.StatusUnauthorized, b.asksWith(t, newKey(t, b.alice.ID, "key-2")))
			require.Equal(t, http.StatusOK, b.asksWith(t, first))
		})
	}
	t.Run("a private key", func(t *testing.T) {
		b, published := peerBench(t)
		second := newKey(t, b.alice.ID, "key-2")
		raw, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: second.Private, KeyID: "key-2"}}})
		require.NoError(t, err)
		published.answer(raw)
		require.Equal(t, http.StatusUnauthorized, b.asksWith(t, second))
	})
}

func TestServerTakesANewKey(t *testing.T) {
	var ahead atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	b, _ := peerBench(t, reference.WithClock(clock))
	before := b.jwks(t).Keys
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/keys", nil))
	require.Equal(t, http.StatusNoContent, recorder.Code)
	after := b.jwks(t).Keys
	require.Len(t, after, len(before)+1)
	require.NotEqual(t, before[0].KeyID, after[0].KeyID)
	require.Equal(t, before[0].KeyID, after[1].KeyID, "the former key is published for a while")
	answer := b.send(t, b.request(b.alice, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1")))))
	require.Equal(t, http.StatusOK, answer.status, "the token of before holds")
	envelope, err := message.ParseEnvelope(answer.body)
	require.NoError(t, err)
	signature, err := message.ParseSignature(envelope.Signature)
	require.NoError(t, err)
	require.Equal(t, after[0].KeyID, signature.KeyID)
	b.answered(t, answer.body, b.alice, nil)
	ahead.Store(int64(10 * time.Minute))
	require.Len(t, b.jwks(t).Keys, len(before), "the former key goes when nothing it signed can hold")
}
