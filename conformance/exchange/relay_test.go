package exchange_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/exchange"
)

const signedAnswer = `{"signature":"s","header":{"message_id":"m","sender_id":"crvs"},"message":{"n":1.50}}`

// source is a server behind a relay; it tells what reached it.
func source(t *testing.T) (base string, reached chan *http.Request) {
	t.Helper()
	reached = make(chan *http.Request, 16)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		reached <- r
		w.Header().Set("X-Answer", "kept")
		_, _ = io.WriteString(w, signedAnswer)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/crvs", reached
}

func ask(t *testing.T, url string) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"b":1,"a":2}`))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer of-the-product")
	client := http.Client{Timeout: 300 * time.Millisecond}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", nil
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text), response.Header
}

func TestRelayForwardsWhatComesAsItIs(t *testing.T) {
	receiver := open(t)
	base, reached := source(t)
	relay, err := receiver.Relay(base, nil)
	require.NoError(t, err)
	status, body, header := ask(t, relay.URL+"/registry/sync/search?page=2")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, signedAnswer, body)
	assert.Equal(t, "kept", header.Get("X-Answer"))
	came := <-reached
	assert.Equal(t, "/crvs/registry/sync/search?page=2", came.URL.RequestURI())
	assert.Equal(t, "Bearer of-the-product", came.Header.Get("Authorization"))
	assert.Empty(t, came.Header.Get("X-Forwarded-For"))
	sent, _ := io.ReadAll(came.Body)
	assert.Equal(t, `{"b":1,"a":2}`, string(sent))
	assert.Equal(t, 1, relay.Asked())
	assert.Empty(t, receiver.Inbound(), "what passes by is of others and is not kept")
}

func TestRelayDisturbs(t *testing.T) {
	receiver := open(t)
	base, _ := source(t)
	for _, row := range []struct {
		name   string
		how    exchange.Disturbance
		status int
		check  func(t *testing.T, body string)
	}{
		{"broken off", exchange.BrokenOff, 0, nil},
		{"held back", exchange.HeldBack, 0, nil},
		{"an error", exchange.Erring, http.StatusServiceUnavailable, nil},
		{"unsigned", exchange.Unsigned, http.StatusOK, func(t *testing.T, body string) {
			assert.NotContains(t, body, "signature")
			assert.Contains(t, body, `{"n":1.50}`)
		}},
		{"changed", exchange.Changed, http.StatusOK, func(t *testing.T, body string) {
			assert.Contains(t, body, `"signature":"s"`)
			assert.NotContains(t, body, `"message_id":"m"`)
			assert.Contains(t, body, `{"n":1.50}`)
		}},
		{"undisturbed again", exchange.Undisturbed, http.StatusOK, func(t *testing.T, body string) { assert.Equal(t, signedAnswer, body) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			relay, err := receiver.Relay(base, nil)
			require.NoError(t, err)
			defer relay.Close()
			relay.Disturb(row.how)
			status, body, _ := ask(t, relay.URL+"/registry/sync/search")
			assert.Equal(t, row.status, status)
			assert.False(t, relay.Passed())
			if row.check != nil {
				row.check(t, body)
			}
		})
	}
}

func TestRelayEndsAndBreaksOffWhatItHolds(t *testing.T) {
	receiver := open(t)
	base, _ := source(t)
	relay, err := receiver.Relay(base, nil)
	require.NoError(t, err)
	relay.Disturb(exchange.HeldBack)
	ended := make(chan error, 1)
	go func() {
		response, err := http.Post(relay.URL+"/registry/sync/search", "application/json", strings.NewReader("{}"))
		if err == nil {
			_ = response.Body.Close()
		}
		ended <- err
	}()
	require.Eventually(t, func() bool { return relay.Asked() == 1 }, 5*time.Second, time.Millisecond)
	relay.Close()
	require.Error(t, <-ended)
	status, _, _ := ask(t, relay.URL+"/registry/sync/search")
	require.Equal(t, http.StatusNotFound, status)
}

func TestRelayChangesWhatWouldComeCompressed(t *testing.T) {
	receiver := open(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = io.WriteString(w, signedAnswer)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = io.WriteString(packed, signedAnswer)
		_ = packed.Close()
	}))
	t.Cleanup(server.Close)
	relay, err := receiver.Relay(server.URL, nil)
	require.NoError(t, err)
	defer relay.Close()
	relay.Disturb(exchange.Unsigned)
	request, err := http.NewRequest(http.MethodPost, relay.URL+"/registry/sync/search", strings.NewReader(`{}`))
	require.NoError(t, err)
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	assert.NotContains(t, string(body), "signature")
	assert.Contains(t, string(body), `{"n":1.50}`)
	assert.False(t, relay.Passed())
}

func TestRelayKnowsWhatPassesIt(t *testing.T) {
	receiver := open(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"message":{"ack_status":"ACK"}}`)
	}))
	t.Cleanup(server.Close)
	relay, err := receiver.Relay(server.URL, nil)
	require.NoError(t, err)
	defer relay.Close()
	relay.Disturb(exchange.Changed)
	assert.False(t, relay.Passed(), "nothing was asked")
	ask(t, relay.URL+"/registry/search")
	assert.True(t, relay.Passed(), "the answer comes elsewhere")
	relay.Disturb(exchange.Undisturbed)
	ask(t, relay.URL+"/registry/search")
	assert.False(t, relay.Passed())
}
