package selftest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/samber/lo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/mocks/selftest"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// overRestarts are the requirements of the social registry on what outlives a restart.
var overRestarts = []string{"REG-RST-001", "REG-RST-002", "REG-RST-003", "REG-RST-004", "REG-RST-005", "REG-RST-006", "REG-RST-007"}

// restarted runs the scenarios with restarts on a reference that change prepares.
func restarted(t *testing.T, concurrency int, change func(server *loopback.Server, target *conformance.Target)) map[string]result.Requirement {
	t.Helper()
	return restartedVendor(t, mocks.Defect{}, concurrency, change)
}

// restartedVendor is restarted on a vendor.
func restartedVendor(t *testing.T, vendor mocks.Defect, concurrency int, change func(server *loopback.Server, target *conformance.Target)) map[string]result.Requirement {
	t.Helper()
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	server, err := vendor.Start(t.Context(), "", social)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	target := selftest.Target(server, []spec.Interface{social})
	change(server, &target)
	report, err := conformance.Run(t.Context(), conformance.Options{Target: target, Seed: 5, Version: "test", Concurrency: concurrency,
		Selection: conformance.Selection{Requirements: overRestarts}})
	require.NoError(t, err)
	require.Nil(t, report.Error)
	rows := lo.KeyBy(report.Interfaces[0].Requirements, func(r result.Requirement) string { return r.ID })
	require.Len(t, rows, len(overRestarts))
	return rows
}

// unclaimed leaves a capability of the target's unclaimed.
func unclaimed(target *conformance.Target, capability string) {
	access := target.Interfaces["social"]
	access.Capabilities = slices.DeleteFunc(slices.Clone(access.Capabilities), func(one string) bool { return one == capability })
	target.Interfaces["social"] = access
}

func TestScenariosShareARestart(t *testing.T) {
	for name, c := range map[string]struct {
		concurrency int
		restarts    int32
	}{"beside each other": {8, 1}, "three at a time": {3, 3}, "one after another": {1, 7}} {
		t.Run(name, func(t *testing.T) {
			var count atomic.Int32
			rows := restarted(t, c.concurrency, func(_ *loopback.Server, target *conformance.Target) {
				right := target.Restart
				target.Restart = restartBy(func(ctx context.Context) error { count.Add(1); return right("social").Do(ctx) })
			})
			rowsMet(t, rows)
			assert.Equal(t, c.restarts, count.Load())
		})
	}
}

// restartBy is a way to restart the one product of a run.
func restartBy(do func(context.Context) error) func(string) *conformance.Restart {
	return func(string) *conformance.Restart { return &conformance.Restart{Do: do} }
}

func TestWithoutAWayToRestart(t *testing.T) {
	noWay := func(target *conformance.Target) { target.Restart = func(string) *conformance.Restart { return nil } }
	t.Run("claimed", func(t *testing.T) {
		for id, row := range restarted(t, 8, func(_ *loopback.Server, target *conformance.Target) { noWay(target) }) {
			assert.Equal(t, result.Skipped, row.Verdict, id)
			assert.Contains(t, row.Reason, "name restart.url in the manifest", id)
		}
	})
	t.Run("unclaimed", func(t *testing.T) {
		rows := restarted(t, 8, func(_ *loopback.Server, target *conformance.Target) { noWay(target); unclaimed(target, "restart") })
		assert.Equal(t, result.NotApplicable, rows["REG-RST-001"].Verdict)
		assert.Contains(t, rows["REG-RST-001"].Reason, "restart.url")
	})
}

// TestARestartThatFails tells whose failure it is: the hook's is nobody's, a product that is gone is gone.
func TestARestartThatFails(t *testing.T) {
	t.Run("the hook", func(t *testing.T) {
		rows := restarted(t, 8, func(_ *loopback.Server, target *conformance.Target) {
			target.Restart = restartBy(func(context.Context) error { return errors.New("the hook does not answer") })
		})
		assert.Equal(t, result.Error, rows["REG-RST-001"].Verdict)
	})
	t.Run("the product", func(t *testing.T) {
		rows := restarted(t, 8, func(server *loopback.Server, target *conformance.Target) {
			target.Waits.Waits.Restart = 300 * time.Millisecond
			target.Restart = restartBy(func(context.Context) error { return server.Close() })
		})
		for id, row := range rows {
			assert.Equal(t, result.Unmet, row.Verdict, "%s: %s", id, row.Reason)
			assert.Equal(t, "an answer as before within 300ms after the restart", row.Failures[0].Expected)
		}
	})
}

// rowsMet holds all of the requirements to be met.
func rowsMet(t *testing.T, rows map[string]result.Requirement) {
	t.Helper()
	for id, row := range rows {
		assert.Equal(t, result.Met, row.Verdict, "%s: %s", id, row.Reason)
	}
}

// TestALegalRestart is of products that lose what need not outlive a restart.
func TestALegalRestart(t *testing.T) {
	t.Run("behind a gateway that answers meanwhile, and slow", func(t *testing.T) { rowsMet(t, behindGateway(t)) })
	t.Run("tokens are gone", func(t *testing.T) {
		var refused atomic.Int32
		rows := restartedVendor(t, mocks.Defect{ID: "legal", Alter: tokensGone(&refused)}, 8, func(*loopback.Server, *conformance.Target) {})
		rowsMet(t, rows)
		assert.Zero(t, refused.Load(), "the runner asks for tokens anew")
	})
	t.Run("a new signing key", func(t *testing.T) {
		rowsMet(t, restarted(t, 8, func(_ *loopback.Server, target *conformance.Target) {
			right, rotate := target.Restart, target.Rotate
			target.Restart = restartBy(func(ctx context.Context) error { return errors.Join(right("social").Do(ctx), rotate(ctx)) })
		}))
	})
}

// tokensGone takes no token that was given before the last start.
func tokensGone(refused *atomic.Int32) func(*mocks.Vendor) {
	return func(v *mocks.Vendor) {
		var lives atomic.Int64
		var first sync.Map
		v.HTTP(func(next http.Handler) http.Handler {
			life := lives.Add(1)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if token := r.Header.Get("Authorization"); token != "" {
					if seen, _ := first.LoadOrStore(token, life); seen != life {
						refused.Add(1)
						http.Error(w, "", http.StatusUnauthorized)
						return
					}
				}
				next.ServeHTTP(w, r)
			})
		})
	}
}

// behindGateway runs on a product behind a gateway that keeps its connections and answers in the product's place while
// that is away.
func behindGateway(t *testing.T) map[string]result.Requirement {
	t.Helper()
	return restarted(t, 8, func(server *loopback.Server, target *conformance.Target) {
		to, err := url.Parse(server.URL)
		require.NoError(t, err)
		var away atomic.Bool
		proxy := httputil.NewSingleHostReverseProxy(to)
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if away.Load() {
				http.Error(w, "no such service", http.StatusServiceUnavailable)
				return
			}
			proxy.ServeHTTP(w, r)
		}))
		t.Cleanup(gateway.Close)
		access := target.Interfaces["social"]
		access.Base = gateway.URL
		target.Interfaces["social"] = access
		right := target.Restart
		target.Restart = restartBy(func(ctx context.Context) error {
			away.Store(true)
			time.AfterFunc(500*time.Millisecond, func() { away.Store(false) })
			return right("social").Do(ctx)
		})
	})
}

// TestARestartIsOne holds the reference to what it says of itself: what is in its store outlives it, connections and
// tokens do not.
func TestARestartIsOne(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for name, database := range map[string]string{"in memory": "", "in a file": "sqlite:" + t.TempDir() + "/store.db"} {
		t.Run(name, func(t *testing.T) {
			server, err := loopback.Start(t.Context(), loopback.Plan{Interfaces: []spec.Interface{social}, Database: database})
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, server.Close()) })
			get := func(address string) string {
				response, err := http.Get(address)
				require.NoError(t, err)
				defer response.Body.Close()
				text, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				return string(text)
			}
			given, err := conformance.Fixture(5, []spec.Interface{social}, "http://127.0.0.1:9")
			require.NoError(t, err)
			require.NoError(t, conformance.ReferenceHooks(server.Management).Provide(t.Context(), given))
			kept, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
			require.NoError(t, err)
			defer kept.Close()
			_, err = kept.Write([]byte("GET /.well-known/jwks.json HTTP/1.1\r\nHost: registry\r\n\r\n"))
			require.NoError(t, err)
			state, keys := get(server.Management+"/state"), get(server.URL+"/.well-known/jwks.json")
			require.NoError(t, conformance.ReferenceHooks(server.Management).Restarting("social").Do(t.Context()))
			http.DefaultClient.CloseIdleConnections()
			assert.Equal(t, state, get(server.Management+"/state"))
			assert.Equal(t, keys, get(server.URL+"/.well-known/jwks.json"))
			require.NoError(t, kept.SetReadDeadline(time.Now().Add(5*time.Second)))
			_, err = io.Copy(io.Discard, kept)
			var late net.Error
			assert.False(t, errors.As(err, &late) && late.Timeout(), "a connection from before is still open")
		})
	}
}
