package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

func referenceServing(t *testing.T, ids ...string) *loopback.Server {
	t.Helper()
	described, err := interfacesNamed(ids)
	require.NoError(t, err)
	server, err := loopback.Start(context.Background(), loopback.Plan{Interfaces: described})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func answering(t *testing.T, status int, kind string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestInitFromURL(t *testing.T) {
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	two := referenceServing(t, "social", interfaces[0].ID, interfaces[1].ID)
	cases := map[string]struct {
		args  []string
		bases map[string]string
		fails string
	}{
		"below their ids": {[]string{"--from-url", two.URL}, map[string]string{interfaces[0].ID: two.URL + "/" + interfaces[0].ID, interfaces[1].ID: two.URL + "/" + interfaces[1].ID}, ""},
		"with a pattern":  {[]string{"--from-url", two.URL + "/{interface}", "--interfaces", "social"}, map[string]string{"social": two.URL + "/social"}, ""},
		"at the root":     {[]string{"--from-url", referenceServing(t, "social").URL, "--interfaces", "social"}, map[string]string{"social": ""}, ""},
		"root untold":     {[]string{"--from-url", referenceServing(t, "social").URL}, nil, "answers at its root, which does not say as what: name the interface with --interfaces"},
		"answers all":     {[]string{"--from-url", answering(t, http.StatusOK, "application/json")}, nil, "answers no operation of an interface"},
		"a web site":      {[]string{"--from-url", answering(t, http.StatusNotFound, "text/html")}, nil, "answers no operation of an interface"},
		"nobody":          {[]string{"--from-url", "http://127.0.0.1:1"}, nil, "does not answer: start the product"},
		"no URL":          {[]string{"--from-url", "registry"}, nil, "is no URL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), manifest.FileName)
			code, stdout, stderr := spconform(t, append([]string{"init", "--out", path}, c.args...)...)
			if c.fails != "" {
				assert.NotEqual(t, exitHolds, code)
				assert.Contains(t, stderr, c.fails)
				assert.NoFileExists(t, path)
				return
			}
			require.Equal(t, exitHolds, code, stderr)
			assert.Equal(t, path+"\n", stdout)
			read, err := manifest.Load(path)
			require.NoError(t, err)
			for id, base := range c.bases {
				require.Contains(t, read.Interfaces, id)
				if base != "" {
					assert.Equal(t, base, read.Interfaces[id].Base)
				}
			}
			code, stdout, stderr = spconform(t, "manifest", "check", path)
			assert.Equal(t, exitHolds, code, stderr)
			assert.Contains(t, stdout, path)
			code, _, stderr = spconform(t, append([]string{"init", "--out", path}, c.args...)...)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, stderr, "exists and is never overwritten")
		})
	}
}

// TestInitAsks answers its questions, one a line.
func TestInitAsks(t *testing.T) {
	cases := map[string]struct {
		answers []string
		want    func(*testing.T, manifest.Manifest)
		fails   string
	}{
		"installed": {[]string{"Example", "2.0", "", "http://10.0.0.7/social", "social.example.org", "subscribe, oauth2", "", "http://10.0.0.1:9000"}, func(t *testing.T, m manifest.Manifest) {
			assert.Equal(t, "http://10.0.0.7/social", m.Interfaces["social"].Base)
			assert.Equal(t, []string{"subscribe", "oauth2"}, m.Interfaces["social"].Capabilities)
			assert.Equal(t, manifest.Callbacks{Listen: "0.0.0.0:9000", Base: "http://10.0.0.1:9000"}, m.Callbacks)
			assert.Equal(t, manifest.PopulationPreloaded, m.Population.Provide)
		}, ""},
		"restarted": {[]string{"Example", "", "", "http://10.0.0.7/social", "", "restart", "", "http://10.0.0.7:9/restart", ""}, func(t *testing.T, m manifest.Manifest) {
			assert.Equal(t, "http://10.0.0.7:9/restart", m.Restart.URL)
		}, ""},
		"image": {[]string{"Example", "", "example:2", "http://registry:8080", "", "", "http://registry:8081/events"}, func(t *testing.T, m manifest.Manifest) {
			assert.Equal(t, "example:2", m.Containers["registry"].Image)
			assert.Equal(t, manifest.PopulationMounted, m.Population.Provide)
		}, ""},
		"ends early":         {[]string{"Example"}, nil, "run init on a terminal, or with --from-url"},
		"capability unknown": {[]string{"Example", "", "", "http://x", "", "flying", "", ""}, nil, "interfaces.social.capabilities[0]: is not known"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), manifest.FileName)
			described, err := spec.FindInterface("social")
			require.NoError(t, err)
			var stdout, stderr bytes.Buffer
			flags := initFlags{out: path, interfaces: []string{described.ID}}
			err = initManifest(t.Context(), flags, strings.NewReader(strings.Join(c.answers, "\n")+"\n"), &stdout, &stderr)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				assert.NoFileExists(t, path)
				return
			}
			require.NoError(t, err)
			read, err := manifest.Load(path)
			require.NoError(t, err)
			c.want(t, read)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Contains(t, string(text), "$schema=")
		})
	}
}

func TestManifestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), manifest.FileName)
	require.NoError(t, os.WriteFile(path, []byte("product: {name: X}\ninterfaces: {social: {base: 'http://x'}}\nauth: {bearer: 'env:SPCONFORM_NOT_SET'}\n"), 0o600))
	code, _, stderr := spconform(t, "manifest", "check", path)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "the environment variable SPCONFORM_NOT_SET is not set")
	code, _, stderr = spconform(t, "manifest", "check", "nowhere.yaml")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "write one with spconform init")
	code, stdout, _ := spconform(t, "manifest", "example")
	assert.Equal(t, exitHolds, code)
	assert.Contains(t, stdout, "containers:")
}
