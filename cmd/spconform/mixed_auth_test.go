package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/loopback"
)

// login stands before a product and gives out its tokens in another way: at another path, asked in JSON under other
// names, to those who send a header of this product's.
func login(t *testing.T, product *loopback.Server, iface string) *httptest.Server {
	t.Helper()
	to, err := url.Parse(product.Base(iface))
	require.NoError(t, err)
	behind := httputil.NewSingleHostReverseProxy(to)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/oauth2/client/token"):
			http.NotFound(w, r)
			return
		case r.Header.Get("X-Tenant") != "payments":
			http.Error(w, "no tenant", http.StatusForbidden)
			return
		case r.URL.Path == "/login":
			var asked struct{ User, Pass string }
			_ = json.NewDecoder(r.Body).Decode(&asked)
			answer, err := http.PostForm(product.Base(iface)+"/oauth2/client/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {asked.User}, "client_secret": {asked.Pass}})
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			defer answer.Body.Close()
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(answer.StatusCode)
			var token map[string]any
			_ = json.NewDecoder(answer.Body).Decode(&token)
			_ = json.NewEncoder(w).Encode(token)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front
}

// TestEachProductOfAMixedSystemHasItsOwnWayIn: one product is let in at as published, the other as its own auth says.
func TestEachProductOfAMixedSystemHasItsOwnWayIn(t *testing.T) {
	registry, payer := referenceServing(t, "social"), referenceServing(t, "mapper")
	own := `
    auth:
      headers: {X-Tenant: payments}
      oauth2: {token_url: /login, style: json, fields: {client_id: user, client_secret: pass}}`
	for _, c := range []struct {
		name, auth string
		mapper     bool
	}{{"told", own, true}, {"not told", "", false}} {
		t.Run(c.name, func(t *testing.T) {
			text := fmt.Sprintf(`
product: {name: Mixed System}
interfaces:
  social:
    base: %s
    capabilities: [oauth2]
    hooks: {participants: %q, population: %q}
  mapper:
    base: %s
    product: {name: Pay Faster}
    hooks: {participants: %q, population: %q}%s
`, registry.Base("social"), registry.Management+"/participants", registry.Management+"/population",
				login(t, payer, "mapper").URL, payer.Management+"/participants", payer.Management+"/population", c.auth)
			folder := t.TempDir()
			path := filepath.Join(folder, "spconform.yaml")
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			code, _, stderr := spconform(t, "run", "--quiet", "--manifest", path, "--requirement", "REG-SEARCH-001,MAP-RES-001", "--out", folder)
			if c.mapper {
				holds(t, code, folder, stderr)
				return
			}
			assert.NotEqual(t, exitHolds, code, "a product that lets nobody in is tested all the same")
		})
	}
}
