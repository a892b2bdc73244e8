package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/identity"
)

// serving starts serve and gives what it printed, name to URL, and a function that ends it.
func serving(t *testing.T, printed int, args ...string) (map[string]string, func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- execute(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), write, &stderr)
		write.Close()
	}()
	lines := bufio.NewScanner(read)
	urls := map[string]string{}
	for len(urls) < printed && lines.Scan() {
		name, at, _ := strings.Cut(lines.Text(), " ")
		urls[name] = at
	}
	end := func() (int, string) {
		cancel()
		return <-ended, stderr.String()
	}
	if len(urls) < printed {
		_, said := end()
		t.Fatalf("serve ended: %s", said)
	}
	return urls, end
}

func TestServe(t *testing.T) {
	urls, end := serving(t, 2, "--interfaces", "social", "--management", "127.0.0.1:0", "--population", "7")
	client := identity.New(7, "")[identity.Client].Participant

	answer, err := http.PostForm(urls["social"]+"/oauth2/client/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client.ClientID}, "client_secret": {client.ClientSecret},
	})
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusOK, answer.StatusCode, "the seed's participants are known")

	answer, err = http.Get(urls["management"] + "/state")
	require.NoError(t, err)
	defer answer.Body.Close()
	var state struct{ Records map[string]int }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&state))
	assert.Greater(t, state.Records["social/Person"], 10)

	answer, err = http.Get(urls["social"] + "/state")
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, http.StatusNotFound, answer.StatusCode, "management is on its own listener only")

	code, stderr := end()
	assert.Equal(t, exitHolds, code, stderr)
	_, err = http.Get(urls["social"])
	assert.Error(t, err, "nothing listens any more")
}

func TestServeEndsOnASignal(t *testing.T) {
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run([]string{"serve", "--addr", "127.0.0.1:0", "--interfaces", "social"}, write, io.Discard)
		write.Close()
	}()
	require.True(t, bufio.NewScanner(read).Scan())
	// Each interface has a line; unread, the next would hold the server up.
	go func() { _, _ = io.Copy(io.Discard, read) }()
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
	assert.Equal(t, exitHolds, <-ended)
}

func TestServeKeepsItsKey(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "state.db")
	jwks := func() string {
		urls, end := serving(t, 1, "--interfaces", "social", "--db", db)
		defer end()
		answer, err := http.Get(urls["social"] + "/.well-known/jwks.json")
		require.NoError(t, err)
		defer answer.Body.Close()
		raw, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(raw)
	}
	assert.Equal(t, jwks(), jwks())
}

func TestServeFixtures(t *testing.T) {
	dir := t.TempDir()
	raw, err := json.Marshal(identity.New(9, "http://127.0.0.1:1").Fixture())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "participants.json"), raw, 0o600))
	_, end := serving(t, 1, "--interfaces", "social", "--fixtures", dir)
	code, stderr := end()
	assert.Equal(t, exitHolds, code, stderr)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "population.ndjson"), []byte("not a record\n"), 0o600))
	code, _, said := spconform(t, "serve", "--addr", "127.0.0.1:0", "--fixtures", dir)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, said, "population line 1")
}

func TestServeCannotListen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for _, flag := range []string{"--addr", "--management"} {
		args := []string{"serve", "--addr", "127.0.0.1:0", flag, taken.Addr().String()}
		code, _, stderr := spconform(t, args...)
		assert.Equal(t, exitCouldNotRun, code)
		assert.Contains(t, stderr, "name a free address with "+flag)
	}
	code, _, stderr := spconform(t, "serve", "--addr", "127.0.0.1:0", "--db", "sqlite:"+filepath.Join(t.TempDir(), "no", "such", "folder"))
	assert.Equal(t, exitCouldNotRun, code)
	assert.Contains(t, stderr, "name another with --db")
}
