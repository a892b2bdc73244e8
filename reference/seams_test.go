package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/query"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// renamer alters what leaves as a known-bad vendor would; it is signed after that.
type renamer struct{ seen chan reference.Outgoing }

func (r renamer) Encode(_ context.Context, out reference.Outgoing) (header, body json.RawMessage, err error) {
	r.seen <- out
	out.Header.StatusReasonMessage = "altered"
	if header, err = json.Marshal(out.Header); err != nil {
		return nil, nil, err
	}
	body, err = json.Marshal(out.Message)
	return header, body, err
}

func TestCodecIsASeam(t *testing.T) {
	codec := renamer{make(chan reference.Outgoing, 8)}
	b := newBench(t, reference.WithCodec(codec))
	b.load(t, group(1))
	answer := b.sendBytes(t, b.request(b.alice, syncSearch, "search", 1, nil),
		b.request(b.alice, syncSearch, "search", 1, oneSearch()).bytes(t))
	require.Equal(t, http.StatusOK, answer.status)
	require.Equal(t, "altered", b.answered(t, answer.body, b.alice, nil).StatusReasonMessage)
	out := <-codec.seen
	require.Equal(t, reference.KindAnswer, out.Kind)
	require.Equal(t, "sync-search", out.Operation.ID)
	require.Equal(t, b.alice.ID, out.Request.Header.SenderID)

	require.Equal(t, http.StatusAccepted, b.send(t, b.request(b.alice, "/registry/search", "search", 1, oneSearch())).status)
	require.Equal(t, "altered", b.answered(t, b.alice.receiver.next(t).body, b.alice, nil).StatusReasonMessage)
	out = <-codec.seen
	require.Equal(t, reference.KindCallback, out.Kind)
	require.Equal(t, "on-search", out.Operation.ID)
}

// emptyHanded finds nothing, whatever it is asked.
type emptyHanded struct {
	store.Store
	asked chan query.Query
}

func (s emptyHanded) Search(_ context.Context, q query.Query) (store.Found, error) {
	s.asked <- q
	return store.Found{}, nil
}

func TestStoreIsASeam(t *testing.T) {
	kept, err := store.Open(t.Context(), "memory")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	wrapped := emptyHanded{kept, make(chan query.Query, 1)}
	b := newBench(t, reference.WithStore(wrapped))
	b.load(t, group(1))
	_, found := b.search(t, b.alice, searchItem("r-1", idQuery("G-1")))
	require.Empty(t, found.Items[0].Data.RegRecords)
	require.Equal(t, "Group", (<-wrapped.asked).Record.Name)
}

func TestSeveralInterfacesAreMountedByID(t *testing.T) {
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	toy := social
	toy.ID, toy.RegType = "toy", "ns:org:RegistryType:Toy"
	b := newBench(t)
	two, err := reference.New(reference.WithInterfaces(social, toy),
		reference.WithParticipants(fixture.Participants{Participants: []fixture.Participant{b.alice.Participant}}))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, two.Close()) })
	b.Server.Config.Handler = two
	recorder := httptest.NewRecorder()
	two.Management().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/population",
		strings.NewReader(`{"interface":"toy","reg_record_type":"Group","data":`+string(group(1).Data)+"}\n")))
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())

	for id, records := range map[string]int{"social": 0, "toy": 1} {
		request := b.request(b.alice, "/"+id+syncSearch, "search", 1, oneSearch())
		request.token, request.header["receiver_id"] = b.tokenFrom(t, b.URL+"/"+id), id+".example.org"
		said := b.send(t, request)
		require.Equal(t, http.StatusOK, said.status, "%s", said.body)
		envelope, err := message.ParseEnvelope(said.body)
		require.NoError(t, err)
		var found message.SearchResponse
		require.NoError(t, json.Unmarshal(envelope.Message, &found))
		require.Len(t, found.Items[0].Data.RegRecords, records, "each interface holds its own")
	}
}

func TestManagement(t *testing.T) {
	b := newBench(t)
	call := func(method, path, body string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		b.manage.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
		return recorder
	}
	b.load(t, group(1), group(2), group(1))
	require.Equal(t, 2, b.state(t).Records["social/Group"], "a record of a known identifier is replaced")
	for name, c := range map[string]struct{ method, path, body string }{
		"participants that are no JSON":      {http.MethodPut, "/participants", "x"},
		"a line that is no record":           {http.MethodPost, "/population", "x\n"},
		"a record of an unknown interface":   {http.MethodPost, "/population", `{"interface":"space","reg_record_type":"Group","data":{}}`},
		"a record of an unknown type":        {http.MethodPost, "/population", `{"interface":"social","reg_record_type":"Ship","data":{}}`},
		"a record that is no object":         {http.MethodPost, "/population", `{"interface":"social","reg_record_type":"Group","data":5}`},
		"an event that is no JSON":           {http.MethodPost, "/events", "x"},
		"an unknown event":                   {http.MethodPost, "/events", `{"interface":"social","reg_event_type":"PARTY","data":{}}`},
		"an event whose record breaks rules": {http.MethodPost, "/events", `{"interface":"social","reg_event_type":"REGISTER","data":{"poverty_score":"zzz"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			answer := call(c.method, c.path, c.body)
			require.Equal(t, http.StatusBadRequest, answer.Code, answer.Body.String())
			require.Contains(t, answer.Body.String(), "err.request.bad")
			require.NotContains(t, answer.Body.String(), "zzz")
		})
	}
	require.Equal(t, http.StatusMethodNotAllowed, call(http.MethodGet, "/population", "").Code)
	t.Run("is not served with the registry", func(t *testing.T) {
		for _, path := range []string{"/state", "/population", "/participants", "/events"} {
			recorder := httptest.NewRecorder()
			b.server.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
			require.Equal(t, http.StatusNotFound, recorder.Code)
		}
	})
	t.Run("a removed participant is refused", func(t *testing.T) {
		require.Equal(t, http.StatusNoContent, call(http.MethodPut, "/participants", `{"participants":[]}`).Code)
		answer := b.send(t, b.request(b.alice, syncSearch, "search", 1, oneSearch()))
		require.Equal(t, http.StatusForbidden, answer.status)
	})
}

func TestLogsHoldNoRecordAndNoSecret(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, reference.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	b.load(t, group(1))
	bad := searchItem("r-1", idQuery("G-1"))
	bad.Criteria.Pagination = &message.Pagination{PageSize: -1}
	b.search(t, b.alice, bad)
	request := b.request(b.alice, syncSearch, "search", 1, oneSearch())
	request.token = "wrong-token"
	b.send(t, request)
	require.NotEmpty(t, log.String())
	for _, kept := range []string{"G-1", b.alice.ClientSecret, "wrong-token", b.alice.token} {
		require.NotContains(t, log.String(), kept)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	server, err := reference.New()
	require.NoError(t, err)
	require.NoError(t, server.Close())
	goleak.VerifyNone(t, before)
}

func TestImportsPointOneWay(t *testing.T) {
	const own = "github.com/spconform/spconform/"
	allowed := []string{own + "spec", own + "datadictionary", own + "reference"}
	require.NoError(t, filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imported := range file.Imports {
			name := strings.Trim(imported.Path.Value, `"`)
			ok := !strings.HasPrefix(name, own)
			for _, root := range allowed {
				ok = ok || name == root || strings.HasPrefix(name, root+"/")
			}
			require.True(t, ok, "%s imports %s", path, name)
		}
		return nil
	}))
}

// FuzzServe: no body, however it is made, is answered with a server error or stops the server.
func FuzzServe(f *testing.F) {
	b := newBench(f, reference.WithChecks(func(checks []reference.Check) []reference.Check {
		for i := range checks {
			if checks[i].Name == "signature" { // else no altered body would come past it
				checks[i].Run = func(context.Context, *reference.Incoming) error { return nil }
			}
		}
		return checks
	}))
	b.load(f, group(1))
	paths := []string{syncSearch, syncStatus, "/registry/search", "/registry/subscribe", "/registry/unsubscribe", "/registry/txn/status", "/registry/notify"}
	f.Add(b.request(b.updater, "", "search", 1, oneSearch()).bytes(f))
	f.Add(b.request(b.updater, "", "txn-status", 1, statusAsk("search", "transaction_id", "t")).bytes(f))
	f.Add(b.request(b.updater, "", "subscribe", 1, map[string]any{"transaction_id": "t",
		"subscribe_request": []any{subscribeItem("s", "REGISTER", "predicate", predicate("poverty_score", "ge", 1))}}).bytes(f))
	f.Add(b.request(b.updater, "", "unsubscribe", 1, message.UnsubscribeRequest{TransactionID: "t", Timestamp: now(), SubscriptionCodes: []string{"c"}}).bytes(f))
	f.Add(b.notifyRequest(b.updater, message.NotifyRequest{TransactionID: "t", Items: []message.NotifyEvent{{ReferenceID: "n", Timestamp: now(),
		Data: message.NotifyData{RegRecordType: "Group", RegRecords: group(1).Data}}}}).bytes(f))
	f.Add([]byte(`{"header":{"message_id":"m\u0000"},"message":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range paths {
			request := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+b.updater.token)
			recorder := httptest.NewRecorder()
			b.server.ServeHTTP(recorder, request)
			require.Less(t, recorder.Code, 500, "%s: %s", path, recorder.Body)
			require.True(t, json.Valid(recorder.Body.Bytes()))
		}
	})
}

func BenchmarkSyncSearch(b *testing.B) {
	bench := newBench(b)
	for i := range 100 {
		bench.load(b, group(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		answer := bench.send(b, bench.request(bench.alice, syncSearch, "search", 1, oneSearch()))
		require.Equal(b, http.StatusOK, answer.status)
	}
}
