package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// TestPopulationByHookInEachForm: the records reach a product's hook in the form that the manifest names, and
// the product holds them then.
func TestPopulationByHookInEachForm(t *testing.T) {
	described, err := spec.FindInterface("social")
	require.NoError(t, err)
	for _, form := range append(fixture.Formats(), "") {
		t.Run("form "+form, func(t *testing.T) {
			server, err := loopback.Start(context.Background(), loopback.Plan{Interfaces: []spec.Interface{described}})
			require.NoError(t, err)
			t.Cleanup(func() { _ = server.Close() })
			var mutex sync.Mutex
			var said string
			var posted []byte
			hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mutex.Lock()
				said, posted = r.Header.Get("Content-Type"), body
				mutex.Unlock()
				onwards, err := http.NewRequestWithContext(r.Context(), http.MethodPut, server.Management+"/population", bytes.NewReader(body))
				if err == nil {
					onwards.Header.Set("Content-Type", said)
					var answer *http.Response
					if answer, err = http.DefaultClient.Do(onwards); err == nil {
						_ = answer.Body.Close()
						w.WriteHeader(answer.StatusCode)
					}
				}
				if err != nil {
					w.WriteHeader(http.StatusBadGateway)
				}
			}))
			t.Cleanup(hook.Close)
			folder := t.TempDir()
			text := strings.NewReplacer("BASE", server.URL, "MANAGEMENT", server.Management, "HOOK", hook.URL, "FORM", form).Replace(`
product: {name: takes records at a URL}
interfaces: {social: {base: "BASE", capabilities: [oauth2]}}
identities: {provide: http, url: "MANAGEMENT/participants"}
population: {provide: http, url: "HOOK", format: FORM}
`)
			if form == "" {
				text = strings.Replace(text, ", format: ", "", 1)
			}
			path := filepath.Join(folder, "spconform.yaml")
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			code, stdout, stderr := spconform(t, "run", "--quiet", "--manifest", path, "--seed", "5", "--requirement", "REG-SEARCH-001", "--out", filepath.Join(folder, "out"))
			require.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
			if form == "" {
				form = fixture.NDJSON
			}
			mutex.Lock()
			defer mutex.Unlock()
			assert.Equal(t, fixture.MediaType(form), said)
			records := 0
			require.NoError(t, fixture.Read(bytes.NewReader(posted), form, func(fixture.Record) error { records++; return nil }))
			assert.Greater(t, records, 100)
		})
	}
}
