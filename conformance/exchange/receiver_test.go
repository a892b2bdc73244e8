package exchange_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/exchange"
)

func open(t *testing.T) *exchange.Receiver {
	t.Helper()
	receiver, err := exchange.NewReceiver(exchange.NewRecorder(), "127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = receiver.Close() })
	return receiver
}

// post calls the receiver as a target does; status 0 is a broken connection.
func post(t *testing.T, url string) (status int, location string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Post(url, "application/json", strings.NewReader(`{"n":1}`))
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("Location")
}

func TestRequestsFallIntoTheBoxOfTheLongestPrefix(t *testing.T) {
	receiver := open(t)
	wide, narrow := receiver.Open("/cb/client/", nil), receiver.Open("/cb/client/s1/", nil)
	post(t, receiver.Base()+"/cb/client/registry/notify")
	post(t, receiver.Base()+"/cb/client/s1/on-search?case=1")
	post(t, receiver.Base()+"/elsewhere")
	require.Len(t, wide.All(), 1)
	require.Len(t, narrow.All(), 1)
	require.Len(t, receiver.Stray(), 1)
	require.Len(t, receiver.Inbound(), 3)
	require.Same(t, narrow, receiver.At(receiver.Base()+"/cb/client/s1/on-search?case=1"))
	require.Nil(t, receiver.At(receiver.Base()+"/elsewhere"))
	require.Nil(t, receiver.At("http://other.example.org/cb/client/s1/"))
}

func TestAPrefixEndsWhereASegmentDoes(t *testing.T) {
	receiver := open(t)
	dead := receiver.Open("/cb/client/s1/dead", func(int, *exchange.Exchange) exchange.Treatment {
		return exchange.Treatment{Status: http.StatusGone}
	})
	client := receiver.Open("/cb/client/", nil)
	for path, want := range map[string]int{"/cb/client/s1/dead": http.StatusGone, "/cb/client/s1/dead/on-search": http.StatusGone,
		"/cb/client/s1/deadly": http.StatusOK, "/cb/client-evil/on-search": http.StatusNotFound, "/cb/client": http.StatusNotFound, "/": http.StatusNotFound} {
		status, _ := post(t, receiver.Base()+path)
		require.Equal(t, want, status, path)
	}
	require.Len(t, dead.All(), 2)
	require.Len(t, client.All(), 1)
}

func TestWhatArrivesFallsIntoEachBoxThatWatches(t *testing.T) {
	receiver := open(t)
	first, second := receiver.Watch("/cb/client/"), receiver.Watch("/cb/client/")
	second.Intercept(func(e *exchange.Exchange) (exchange.Treatment, bool) {
		return exchange.Treatment{Status: http.StatusServiceUnavailable}, strings.HasSuffix(e.Request.URL, "/refused")
	})
	status, _ := post(t, receiver.Base()+"/cb/client/taken")
	require.Equal(t, http.StatusOK, status)
	status, _ = post(t, receiver.Base()+"/cb/client/refused")
	require.Equal(t, http.StatusServiceUnavailable, status, "one that refuses decides")
	require.Len(t, first.All(), 2)
	require.Equal(t, first.All(), second.All())
	require.False(t, first.All()[1].Taken(), "how it was answered is the same for all")
	require.Len(t, receiver.Inbound(), 2, "each came once")
	receiver.Leave("/cb/client/", first)
	post(t, receiver.Base()+"/cb/client/taken")
	require.Len(t, first.All(), 2)
	require.Len(t, second.All(), 3)
}

func TestTreatments(t *testing.T) {
	for _, row := range []struct {
		name      string
		treatment exchange.Treatment
		status    int
		taken     bool
	}{
		{"taken", exchange.Treatment{Status: http.StatusOK}, http.StatusOK, true},
		{"refused", exchange.Treatment{Status: http.StatusServiceUnavailable}, http.StatusServiceUnavailable, false},
		{"broken off", exchange.Treatment{Status: exchange.BreakOff}, 0, false},
		{"redirected", exchange.Treatment{Status: http.StatusTemporaryRedirect, Location: "/there"}, http.StatusTemporaryRedirect, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			receiver := open(t)
			box := receiver.Open("/cb/", func(int, *exchange.Exchange) exchange.Treatment { return row.treatment })
			status, location := post(t, receiver.Base()+"/cb/x")
			require.Equal(t, row.status, status)
			require.Equal(t, row.treatment.Location, location)
			require.NotEmpty(t, box.All())
			require.Equal(t, row.taken, box.All()[0].Taken())
		})
	}
}

func TestAHeldAnswerIsSeenBeforeItIsGiven(t *testing.T) {
	receiver := open(t)
	let := make(chan struct{})
	box := receiver.Open("/cb/", func(int, *exchange.Exchange) exchange.Treatment {
		return exchange.Treatment{Status: http.StatusOK, Hold: let}
	})
	answered := make(chan int, 1)
	go func() { status, _ := post(t, receiver.Base()+"/cb/x"); answered <- status }()
	_, came := box.Await(context.Background(), 5*time.Second, func(all []*exchange.Exchange) bool { return len(all) == 1 })
	require.True(t, came)
	require.Empty(t, answered)
	close(let)
	require.Equal(t, http.StatusOK, <-answered)
}

func TestAnInterceptDecidesBeforeTheBox(t *testing.T) {
	receiver := open(t)
	box := receiver.Open("/cb/", nil)
	box.Intercept(func(e *exchange.Exchange) (exchange.Treatment, bool) {
		return exchange.Treatment{Status: http.StatusTeapot}, strings.HasSuffix(e.Request.URL, "/odd")
	})
	odd, _ := post(t, receiver.Base()+"/cb/odd")
	even, _ := post(t, receiver.Base()+"/cb/even")
	require.Equal(t, []int{http.StatusTeapot, http.StatusOK}, []int{odd, even})
}

// TestTakenBeforeAnotherCame: what a sender can know of its message when it sends the next.
func TestTakenBeforeAnotherCame(t *testing.T) {
	t.Run("answered", func(t *testing.T) {
		receiver := open(t)
		box := receiver.Open("/cb/", nil)
		post(t, receiver.Base()+"/cb/x")
		post(t, receiver.Base()+"/cb/x")
		require.True(t, box.All()[0].TakenBefore(box.All()[1]))
		require.False(t, box.All()[1].TakenBefore(box.All()[0]))
	})
	t.Run("refused", func(t *testing.T) {
		receiver := open(t)
		box := receiver.Open("/cb/", func(int, *exchange.Exchange) exchange.Treatment {
			return exchange.Treatment{Status: http.StatusServiceUnavailable}
		})
		post(t, receiver.Base()+"/cb/x")
		post(t, receiver.Base()+"/cb/x")
		require.False(t, box.All()[0].TakenBefore(box.All()[1]))
	})
	for name, givesUp := range map[string]bool{"still open": false, "given up": true} {
		t.Run(name, func(t *testing.T) {
			receiver := open(t)
			let, over := make(chan struct{}), make(chan struct{})
			box := receiver.Open("/cb/", func(n int, _ *exchange.Exchange) exchange.Treatment {
				treatment := exchange.Treatment{Status: http.StatusOK}
				if n == 0 {
					treatment.Hold = let
				}
				return treatment
			})
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			go func() {
				defer close(over)
				request, _ := http.NewRequestWithContext(ctx, http.MethodPost, receiver.Base()+"/cb/x", strings.NewReader(`{"n":1}`))
				if response, err := http.DefaultClient.Do(request); err == nil {
					_ = response.Body.Close()
				}
			}()
			_, came := box.Await(t.Context(), 5*time.Second, func(all []*exchange.Exchange) bool { return len(all) == 1 })
			require.True(t, came)
			if givesUp {
				giveUp()
				<-over
			}
			post(t, receiver.Base()+"/cb/x")
			close(let)
			<-over
			require.False(t, box.All()[0].TakenBefore(box.All()[1]))
		})
	}
}
