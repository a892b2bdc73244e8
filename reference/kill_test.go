package reference_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// childFile, where it is set, makes the test binary a server on that SQLite file: the process that
// TestKilledWithCallbacksOutstanding kills.
const childFile = "SPCONFORM_TEST_REFERENCE_FILE"

// childInterface names the interface that the process serves, social where it is not set.
const childInterface = "SPCONFORM_TEST_REFERENCE_INTERFACE"

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		if err := serveChild(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveChild reads the participants from standard input, writes its address and serves until it is killed.
func serveChild(file string) error {
	var parties fixture.Participants
	if err := json.NewDecoder(os.Stdin).Decode(&parties); err != nil {
		return err
	}
	kept, err := store.Open(context.Background(), "sqlite:"+file)
	if err != nil {
		return err
	}
	served, err := spec.FindInterface(cmp.Or(os.Getenv(childInterface), "social"))
	if err != nil {
		return err
	}
	server, err := reference.New(reference.WithStore(kept), reference.WithParticipants(parties), reference.WithInterfaces(served),
		reference.WithDelivery(reference.Delivery{Attempts: 10000, FirstWait: 20 * time.Millisecond, MaxWait: 200 * time.Millisecond}))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return http.Serve(listener, server)
}

// child starts the server process and returns its URL and its process.
func child(t *testing.T, file string, parties fixture.Participants) (string, *exec.Cmd) {
	t.Helper()
	raw, err := json.Marshal(parties)
	require.NoError(t, err)
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), childFile+"="+file)
	process.Stdin, process.Stderr = bytes.NewReader(raw), os.Stderr
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	return "http://" + strings.TrimSpace(address), process
}

func TestKilledWithCallbacksOutstanding(t *testing.T) {
	outstanding := 1000
	if testing.Short() {
		outstanding = 100
	}
	file := filepath.Join(t.TempDir(), "registry.db")
	alice := newParty(t, "alice.example.org")
	parties := fixture.Participants{Participants: []fixture.Participant{alice.Participant}}

	// Until the kill, every callback is read and answered 503: some are under way when the process dies.
	var mutex sync.Mutex
	contents := map[string]map[string]bool{} // correlation_id: signed content
	delivered := map[string]bool{}
	accepting := false
	all := make(chan struct{})
	alice.receiver.answering(func(a arrival) int {
		var answer message.SearchResponse
		canonical, err := message.Canonical(a.envelope.Header, a.envelope.Message)
		if err != nil || json.Unmarshal(a.envelope.Message, &answer) != nil {
			return http.StatusBadRequest
		}
		mutex.Lock()
		defer mutex.Unlock()
		if contents[answer.CorrelationID] == nil {
			contents[answer.CorrelationID] = map[string]bool{}
		}
		contents[answer.CorrelationID][string(canonical)] = true
		if !accepting {
			return http.StatusServiceUnavailable
		}
		if !delivered[answer.CorrelationID] {
			delivered[answer.CorrelationID] = true
			if len(delivered) == outstanding {
				close(all)
			}
		}
		return http.StatusOK
	})

	url, process := child(t, file, parties)
	b := &bench{alice: alice}
	acknowledged := b.flood(t, url, outstanding)
	require.NoError(t, process.Process.Kill())
	_ = process.Wait()

	mutex.Lock()
	accepting = true
	require.Empty(t, delivered)
	require.NotEmpty(t, contents, "nothing was under way at the kill")
	mutex.Unlock()
	child(t, file, parties)
	select {
	case <-all:
	case <-time.After(2 * time.Minute):
		mutex.Lock()
		defer mutex.Unlock()
		require.FailNow(t, "callbacks were lost", "%d of %d arrived", len(delivered), outstanding)
	}
	mutex.Lock()
	defer mutex.Unlock()
	for _, correlation := range acknowledged {
		require.True(t, delivered[correlation])
		require.Len(t, contents[correlation], 1, "a callback came twice with different content")
	}
}

// tokenFrom is a token for alice of the server at url.
func (b *bench) tokenFrom(t *testing.T, url string) string {
	t.Helper()
	form := strings.NewReader("grant_type=client_credentials&client_id=" + b.alice.ClientID + "&client_secret=" + b.alice.ClientSecret)
	response, err := http.Post(url+"/oauth2/client/token", "application/x-www-form-urlencoded", form)
	require.NoError(t, err)
	defer response.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&token))
	return token.AccessToken
}

// flood sends count asynchronous searches and returns the correlation ids that were acknowledged.
func (b *bench) flood(t *testing.T, url string, count int) []string {
	t.Helper()
	b.alice.token = b.tokenFrom(t, url)

	requests := make(chan []byte, count)
	for range count {
		requests <- b.request(b.alice, "/registry/search", "search", 1, oneSearch()).bytes(t)
	}
	close(requests)
	var mutex sync.Mutex
	var acknowledged []string
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for raw := range requests {
				ack, err := b.postRaw(url+"/registry/search", raw)
				mutex.Lock()
				if err != nil {
					t.Error(err)
				}
				acknowledged = append(acknowledged, ack.Message.CorrelationID)
				mutex.Unlock()
			}
		})
	}
	senders.Wait()
	require.Len(t, acknowledged, count)
	return acknowledged
}

func (b *bench) postRaw(url string, raw []byte) (message.Ack, error) {
	var ack message.Ack
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return ack, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+b.alice.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ack, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		return ack, fmt.Errorf("status %d", response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return ack, err
	}
	return ack, json.Unmarshal(body, &ack)
}
