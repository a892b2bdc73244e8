package selftest_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/spec"
)

// limited lets so many requests pass in a second, and asks the others to come again in the next.
func limited(many int) func(*mocks.Vendor) {
	var mu sync.Mutex
	var second time.Time
	passed := 0
	passes := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now().Truncate(time.Second); now != second {
			second, passed = now, 0
		}
		passed++
		return passed <= many
	}
	return func(v *mocks.Vendor) {
		v.HTTP(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if passes() {
					next.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Retry-After", "1")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = w.Write([]byte(`{"errors":[{"code":"err.request.too_many_requests","message":"come again later"}]}`))
			})
		})
	}
}

// TestALimitOfRequestsIsNotBlamed: who is asked more than it takes may say so.
func TestALimitOfRequestsIsNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole run of the suite, at the pace of the vendor")
	}
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	report := legalRun(t, limited(250), []spec.Interface{social}, conformance.Options{Seed: 5})
	put := 0
	for _, exchange := range report.Transcript {
		if exchange.Response.Status == http.StatusTooManyRequests {
			put++
		}
	}
	t.Logf("%d of %d messages were put off", put, len(report.Transcript))
	assert.NotZero(t, put, "the limit was reached")
	everythingMet(t, report)
}
