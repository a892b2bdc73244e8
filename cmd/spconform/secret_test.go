package main

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoOutputHoldsASecret runs with a secret in each place in which a manifest can refer to one, on a
// product that repeats in its answers what it was sent, and looks for them in all that comes out.
func TestNoOutputHoldsASecret(t *testing.T) {
	const fromEnv, fromFile, tenant = "s3cret-of-the-environment", "s3cret-of-a-file", "s3cret-tenant-key"
	server := referenceServing(t, "social")
	inside, err := url.Parse(server.URL)
	require.NoError(t, err)
	var seen sync.Map
	forward := httputil.NewSingleHostReverseProxy(inside)
	chatty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Authorization", "X-Tenant-Key"} {
			w.Header().Set("X-Echo-"+name, r.Header.Get(name))
			seen.Store(r.Header.Get(name), true)
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(chatty.Close)
	folder, out := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "token"), []byte(fromFile+"\n"), 0o600))
	t.Setenv("SPCONFORM_TEST_SECRET", fromEnv)
	t.Setenv("SPCONFORM_TEST_TENANT", tenant)
	write := func(auth string) string {
		path := filepath.Join(folder, "spconform.yaml")
		require.NoError(t, os.WriteFile(path, []byte("product: {name: chatty}\ninterfaces: {social: {base: '"+chatty.URL+"'}}\n"+
			"identities: {provide: http, url: '"+server.Management+"/participants'}\n"+
			"population: {provide: http, url: '"+server.Management+"/population'}\n"+
			"callbacks: {listen: '127.0.0.1:0'}\ntimeouts: {callback: 2s, notify: 1s}\nauth:\n"+auth), 0o600))
		return path
	}
	for name, auth := range map[string]string{
		"bearer":  "  bearer: 'file:token'\n  headers: {X-Tenant-Key: 'env:SPCONFORM_TEST_TENANT'}\n",
		"clients": "  oauth2:\n    clients:\n      client: {id: a, secret: 'env:SPCONFORM_TEST_SECRET'}\n      other client: {id: b, secret: 'file:token'}\n  headers: {X-Tenant-Key: 'env:SPCONFORM_TEST_TENANT'}\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := write(auth)
			_, checked, wrong := spconform(t, "manifest", "check", path)
			code, stdout, stderr := spconform(t, "run", "--manifest", path, "--requirement", "REG-SEARCH-001", "--requirement", "SEC-TOK-001", "--out", filepath.Join(out, name))
			assert.Contains(t, []int{exitHolds, exitDoesNotHold}, code, stderr)
			texts := map[string]string{"standard output": stdout, "standard error": stderr, "manifest check": checked + wrong}
			require.NoError(t, filepath.WalkDir(filepath.Join(out, name), func(path string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					text, read := os.ReadFile(path)
					texts[entry.Name()], err = string(text), read
				}
				return err
			}))
			assert.Contains(t, texts, "exchanges.har")
			assert.Contains(t, texts["exchanges.har"], "X-Echo", "what the product repeats is there")
			for where, text := range texts {
				for _, secret := range []string{fromEnv, fromFile, tenant} {
					assert.False(t, strings.Contains(text, secret), "%s holds %s", where, secret)
				}
			}
		})
	}
	for _, sent := range []string{"Bearer " + fromFile, tenant} {
		_, ok := seen.Load(sent)
		assert.True(t, ok, "it was sent")
	}
}
