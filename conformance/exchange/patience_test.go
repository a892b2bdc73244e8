package exchange_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/spconform/spconform/conformance/exchange"
)

const responseTime = 600 * time.Millisecond

// facing are clients of two interfaces of one product.
func facing(t *testing.T, product http.HandlerFunc) (one, other *exchange.Client, base string) {
	t.Helper()
	server := httptest.NewServer(product)
	t.Cleanup(server.Close)
	client := exchange.NewClient(exchange.NewRecorder(), time.Second, responseTime, nil)
	return client.Facing(), client.Facing(), server.URL
}

func hangs(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func tell(client *exchange.Client, address string) *exchange.Exchange {
	return client.Send(context.Background(), exchange.Outgoing{Method: http.MethodPost, URL: address, Body: []byte(`{}`), Message: true})
}

func readAside(client *exchange.Client, address string) *exchange.Exchange {
	return client.Send(context.Background(), exchange.Outgoing{Method: http.MethodGet, URL: address})
}

// tellAtOnce sends messages beside each other.
func tellAtOnce(client *exchange.Client, address string, many int) {
	var all sync.WaitGroup
	for range many {
		all.Go(func() { tell(client, address) })
	}
	all.Wait()
}

// TestAProductThatAnswersNoMessageIsGivenUpOnAllItsInterfaces, and its key set is read as ever.
func TestAProductThatAnswersNoMessageIsGivenUpOnAllItsInterfaces(t *testing.T) {
	t.Parallel()
	one, other, base := facing(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			hangs(r)
			return
		}
		time.Sleep(responseTime / 2)
	})
	assert.Empty(t, readAside(one, base+"/keys").Fault)
	tellAtOnce(one, base+"/one", 4)
	assert.Empty(t, readAside(one, base+"/keys").Fault, "what answers by the way is given its time")
	assert.Less(t, tell(other, base+"/other").Duration, responseTime/2, "the silence is the product's")
	assert.Less(t, tell(one, base+"/one").Duration, responseTime/2, "an answer by the way is none to a message")
	tellAtOnce(one, base+"/one", 20)
	began := time.Now()
	for range 10 {
		assert.Equal(t, exchange.FaultTimeout, tell(other, base+"/other").Fault)
	}
	assert.Less(t, time.Since(began), responseTime/2, "most are not sent any more")
	assert.Empty(t, readAside(other, base+"/keys").Fault)
}

func TestASlowProductHasItsTimeOnEachInterface(t *testing.T) {
	t.Parallel()
	one, other, base := facing(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(responseTime * 6 / 10)
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { assert.Empty(t, tell(one, base+"/one").Fault) })
		all.Go(func() { assert.Empty(t, tell(other, base+"/other").Fault) })
	}
	all.Wait()
	assert.Empty(t, tell(other, base+"/other").Fault)
}

// TestAnInterfaceThatHangsTakesNoTimeFromAnother: the product has spoken there.
func TestAnInterfaceThatHangsTakesNoTimeFromAnother(t *testing.T) {
	t.Parallel()
	one, other, base := facing(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/one") {
			hangs(r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(responseTime / 2)
	})
	assert.Empty(t, tell(other, base+"/other").Fault)
	tellAtOnce(one, base+"/one", 30)
	assert.Empty(t, tell(other, base+"/other").Fault)
}

// TestAnOperationThatHangsIsWaitedForInFull as long as the others of its interface answer.
func TestAnOperationThatHangsIsWaitedForInFull(t *testing.T) {
	t.Parallel()
	one, _, base := facing(t, func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/hang") {
			hangs(r)
		}
	})
	for range 3 {
		tellAtOnce(one, base+"/hang", 3)
		assert.Empty(t, tell(one, base+"/answer").Fault)
	}
	assert.GreaterOrEqual(t, tell(one, base+"/hang").Duration, responseTime)
}

func TestAProductThatComesBackIsNoticed(t *testing.T) {
	var back atomic.Bool
	t.Parallel()
	one, other, base := facing(t, func(_ http.ResponseWriter, r *http.Request) {
		if !back.Load() {
			hangs(r)
		}
	})
	tellAtOnce(one, base+"/one", 30)
	back.Store(true)
	assert.Eventually(t, func() bool { return tell(other, base+"/other").Fault == "" }, 5*time.Second, time.Millisecond)
	assert.Empty(t, tell(other, base+"/other").Fault)
}
