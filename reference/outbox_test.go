package reference_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec/message"
)

func (b *bench) state(t testing.TB) store.Counts {
	t.Helper()
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/state", nil))
	require.Equal(t, http.StatusOK, recorder.Code)
	var counts store.Counts
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &counts))
	return counts
}

// signedPart is what must be the same at each try of a delivery.
func signedPart(t testing.TB, a arrival) string {
	t.Helper()
	canonical, err := message.Canonical(a.envelope.Header, a.envelope.Message)
	require.NoError(t, err)
	return string(canonical)
}

func TestADeliveryIsTriedAgainUnchanged(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	var mutex sync.Mutex
	var tries []arrival
	b.alice.receiver.answering(func(a arrival) int {
		mutex.Lock()
		defer mutex.Unlock()
		if tries = append(tries, a); len(tries) < 4 {
			return http.StatusServiceUnavailable
		}
		return 0
	})
	require.Equal(t, http.StatusAccepted, b.send(t, b.request(b.alice, "/registry/search", "search", 1, oneSearch())).status)
	b.answered(t, b.alice.receiver.next(t).body, b.alice, nil)
	mutex.Lock()
	defer mutex.Unlock()
	require.Len(t, tries, 4)
	for _, again := range tries {
		require.Equal(t, signedPart(t, tries[0]), signedPart(t, again))
		b.answered(t, again.body, b.alice, nil)
	}
}

func TestADeliveryIsGivenUpAndRedirectsAreNotFollowed(t *testing.T) {
	b := newBench(t, reference.WithDelivery(reference.Delivery{Attempts: 3}))
	elsewhere := newReceiver(t)
	done := make(chan struct{}, 8)
	turnAway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		done <- struct{}{}
	}))
	t.Cleanup(turnAway.Close)
	b.alice.CallbackPrefixes = []string{turnAway.URL}
	parties, err := json.Marshal(map[string]any{"participants": []any{b.alice.Participant}})
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodPut, "/participants", bytes.NewReader(parties)))
	require.Equal(t, http.StatusNoContent, recorder.Code)

	request := b.request(b.alice, "/registry/search", "search", 1, oneSearch())
	request.header["sender_uri"] = turnAway.URL
	require.Equal(t, http.StatusAccepted, b.send(t, request).status)
	for range 3 {
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "a delivery was not tried three times")
		}
	}
	require.Eventually(t, func() bool { return b.state(t).Dead == 1 }, 5*time.Second, 5*time.Millisecond)
	require.Empty(t, done, "given up after three tries")
	elsewhere.none(t)
}

func TestAnUnreachableCallbackHurtsNobody(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	b.alice.CallbackPrefixes = append(b.alice.CallbackPrefixes, gone.URL)
	parties, err := json.Marshal(map[string]any{"participants": []any{b.alice.Participant}})
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodPut, "/participants", bytes.NewReader(parties)))
	require.Equal(t, http.StatusNoContent, recorder.Code)
	for range 20 {
		request := b.request(b.alice, "/registry/search", "search", 1, oneSearch())
		request.header["sender_uri"] = gone.URL + "/x"
		require.Equal(t, http.StatusAccepted, b.send(t, request).status)
	}
	require.Equal(t, http.StatusAccepted, b.send(t, b.request(b.alice, "/registry/search", "search", 1, oneSearch())).status)
	b.answered(t, b.alice.receiver.next(t).body, b.alice, nil)
	require.Equal(t, http.StatusOK, b.send(t, b.request(b.alice, syncSearch, "search", 1, oneSearch())).status)
}

func TestNotificationsOfASubscriptionStayInOrder(t *testing.T) {
	b := newBench(t)
	b.load(t, group(1))
	b.subscribe(t, b.alice, subscribeItem("s-1", "REGISTER", "predicate", predicate("poverty_score", "ge", 0)))
	var mutex sync.Mutex
	refused := map[string]bool{}
	b.alice.receiver.answering(func(a arrival) int {
		mutex.Lock()
		defer mutex.Unlock()
		// Each first try fails, so that a later event could overtake an earlier one.
		if first := !refused[a.header.MessageID]; first {
			refused[a.header.MessageID] = true
			return http.StatusBadGateway
		}
		return 0
	})
	const events = 10
	for number := range events {
		b.event(t, registered(100+number))
	}
	for number := range events {
		require.JSONEq(t, string(group(100+number).Data), string(b.notified(t, b.alice).Data.RegRecords))
	}
}

func TestARestartKeepsKeysAndWhatIsOwed(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "registry.db")
	b := &bench{alice: newParty(t, "alice.example.org"), bob: newParty(t, "bob.example.org"), updater: newParty(t, "updater.example.org")}
	open := func() store.Store {
		kept, err := store.Open(t.Context(), file)
		require.NoError(t, err)
		return kept
	}
	first := open()
	unreachable := reference.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }))
	b.start(t, reference.WithStore(first), unreachable)
	b.load(t, group(1))
	keys := b.jwks(t)
	ack := b.send(t, b.request(b.alice, "/registry/search", "search", 1, oneSearch())).ack(t)
	require.Equal(t, 1, b.state(t).Pending)
	b.Server.Close()
	require.NoError(t, b.server.Close())
	require.NoError(t, first.Close())

	second := open()
	t.Cleanup(func() { require.NoError(t, second.Close()) })
	b.start(t, reference.WithStore(second))
	require.Equal(t, keys, b.jwks(t))
	var found message.SearchResponse
	b.answered(t, b.alice.receiver.next(t).body, b.alice, &found)
	require.Equal(t, ack.CorrelationID, found.CorrelationID)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
