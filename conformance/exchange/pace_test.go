package exchange_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/exchange"
)

// limited answers through a limit; refusing says how a request beyond it is answered.
func limited(t *testing.T, allows func() bool, refusing http.HandlerFunc) (*exchange.Client, *exchange.Recorder, string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allows() {
			refusing(w, r)
		}
	}))
	t.Cleanup(server.Close)
	recorder := exchange.NewRecorder()
	client := exchange.NewClient(recorder, time.Second, 5*time.Second, nil)
	return client, recorder, server.URL
}

func refusal(status int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
	}
}

func TestWhoIsAskedToComeLaterDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse http.HandlerFunc
		want   int
	}{
		{"a limit", refusal(http.StatusTooManyRequests, "0"), http.StatusOK},
		{"a limit until a moment", refusal(http.StatusTooManyRequests, time.Now().UTC().Format(http.TimeFormat)), http.StatusOK},
		{"a limit without a time", refusal(http.StatusTooManyRequests, ""), http.StatusOK},
		{"not available for a moment", refusal(http.StatusServiceUnavailable, "0"), http.StatusOK},
		{"not available", refusal(http.StatusServiceUnavailable, ""), http.StatusServiceUnavailable},
		{"another error", refusal(http.StatusInternalServerError, "0"), http.StatusInternalServerError},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int32
			client, recorder, url := limited(t, func() bool { return asked.Add(1) != 1 }, c.refuse)
			got := client.Send(t.Context(), exchange.Outgoing{Method: http.MethodPost, URL: url, Body: []byte(`{}`)})
			assert.Equal(t, c.want, got.Response.Status)
			all := recorder.Results()
			if c.want != http.StatusOK {
				require.Len(t, all, 1)
				return
			}
			require.Len(t, all, 2, "the try that was put off is evidence too")
			assert.Contains(t, all[0].Notes[0], "come again later")
			assert.Equal(t, all[0].Request.Body, all[1].Request.Body)
		})
	}
}

// bucket lets so many pass in a while.
type bucket struct {
	mu    sync.Mutex
	many  int
	while time.Duration
	began time.Time
	used  int
}

func (b *bucket) allows() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); now.Sub(b.began) > b.while {
		b.began, b.used = now, 0
	}
	b.used++
	return b.used <= b.many
}

func TestALimitedTargetIsAskedSlower(t *testing.T) {
	limit := &bucket{many: 10, while: 100 * time.Millisecond}
	client, recorder, url := limited(t, limit.allows, refusal(http.StatusTooManyRequests, "0"))
	var all sync.WaitGroup
	var refused atomic.Int32
	for range 24 {
		all.Go(func() {
			for range 5 {
				if client.Send(t.Context(), exchange.Outgoing{Method: http.MethodGet, URL: url}).Response.Status != http.StatusOK {
					refused.Add(1)
				}
			}
		})
	}
	all.Wait()
	assert.Zero(t, refused.Load())
	assert.Less(t, len(recorder.Results()), 2*24*5, "most messages are let pass at once")
}

func TestATargetThatPutsEverythingOffIsNotWaitedFor(t *testing.T) {
	client, recorder, url := limited(t, func() bool { return false }, refusal(http.StatusTooManyRequests, "0"))
	for range 20 {
		assert.Equal(t, http.StatusTooManyRequests, client.Send(t.Context(), exchange.Outgoing{Method: http.MethodGet, URL: url}).Response.Status)
	}
	assert.Less(t, len(recorder.Results()), 100, "after a while it is asked once")
	for _, after := range []string{"3600", "999999999999999999999", "-5"} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		client, _, url := limited(t, func() bool { return false }, refusal(http.StatusTooManyRequests, after))
		got := client.Send(ctx, exchange.Outgoing{Method: http.MethodGet, URL: url})
		cancel()
		assert.NotNil(t, got, "the run's time ends the wait")
	}
}
