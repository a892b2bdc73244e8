package steps_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/steps"
)

// TestATryIsNoSecondMessage: a notification that comes again while the receiver has not answered is one.
func TestATryIsNoSecondMessage(t *testing.T) {
	receiver, err := exchange.NewReceiver(exchange.NewRecorder(), "127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = receiver.Close() })
	let, over := make(chan struct{}), make(chan struct{})
	box := receiver.Open("/cb/", func(n int, _ *exchange.Exchange) exchange.Treatment {
		treatment := exchange.Treatment{Status: http.StatusOK}
		if n == 0 {
			treatment.Hold = let
		}
		return treatment
	})
	post := func() {
		response, err := http.Post(receiver.Base()+"/cb/notify", "application/json", strings.NewReader(`{}`))
		if err == nil {
			_ = response.Body.Close()
		}
	}
	go func() { defer close(over); post() }()
	_, came := box.Await(t.Context(), 5*time.Second, func(all []*exchange.Exchange) bool { return len(all) == 1 })
	require.True(t, came)
	post()
	close(let)
	<-over
	post()
	all := box.All()
	require.Len(t, all, 3)

	same, other := map[string]any{"transaction_id": "t-1"}, map[string]any{"transaction_id": "t-2"}
	tried := steps.Tries{}
	require.False(t, tried.Again(all[0], same), "the first is none")
	require.True(t, tried.Again(all[1], same), "the first was not answered yet")
	require.False(t, tried.Again(all[2], same), "both were answered")

	tried = steps.Tries{}
	require.False(t, tried.Again(all[0], same))
	require.False(t, tried.Again(all[1], other), "another content is another message")
}
