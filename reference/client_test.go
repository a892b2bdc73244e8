package reference_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// party is a participant as a test plays it: its key, its token and where its callbacks land.
type party struct {
	fixture.Participant
	key      message.Key
	token    string
	receiver *receiver
}

// receiver takes callbacks and hands them on.
type receiver struct {
	*httptest.Server
	arrived chan arrival
	mutex   sync.Mutex
	answer  func(arrival) int
}

type arrival struct {
	path, contentType string
	body              []byte
	envelope          message.Envelope
	header            message.Header
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{arrived: make(chan arrival, 4096)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		got := arrival{path: request.URL.Path, contentType: request.Header.Get("Content-Type"), body: body}
		if got.envelope, err = message.ParseEnvelope(body); err == nil {
			got.header, _ = got.envelope.ReadHeader()
		}
		r.mutex.Lock()
		answer := r.answer
		r.mutex.Unlock()
		if answer != nil {
			if status := answer(got); status != 0 {
				w.WriteHeader(status)
				return
			}
		}
		r.arrived <- got
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answering(with func(arrival) int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.answer = with
}

func (r *receiver) next(t testing.TB) arrival {
	t.Helper()
	select {
	case got := <-r.arrived:
		return got
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no callback arrived")
		return arrival{}
	}
}

func (r *receiver) none(t testing.TB) {
	t.Helper()
	select {
	case got := <-r.arrived:
		require.FailNow(t, "a callback arrived that should not", "path %s", got.path)
	default:
	}
}

func newParty(t testing.TB, id string, roles ...string) *party {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	to := newReceiver(t)
	return &party{receiver: to, key: message.Key{SenderID: id, KeyID: "key-1", Private: private},
		Participant: fixture.Participant{ID: id, Roles: roles, ClientID: "client-" + id, ClientSecret: "secret-" + id,
			Keys:             jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, KeyID: "key-1", Algorithm: "EdDSA", Use: "sig"}}},
			CallbackPrefixes: []string{to.URL + "/callbacks"}, CallbackBase: to.URL + "/callbacks"}}
}

// bench is a server under test with two clients and an updater.
type bench struct {
	*httptest.Server
	server              *reference.Server
	manage              http.Handler
	alice, bob, updater *party
	document            *spec.Document
}

var socialDocument = sync.OnceValues(func() (*spec.Document, error) { return spec.LoadDocument("social") })

func newBench(t testing.TB, opts ...reference.Option) *bench {
	t.Helper()
	b := &bench{alice: newParty(t, "alice.example.org", "client"), bob: newParty(t, "bob.example.org", "client"),
		updater: newParty(t, "updater.example.org", "client", "updater")}
	b.start(t, opts...)
	return b
}

func (b *bench) start(t testing.TB, opts ...reference.Option) {
	t.Helper()
	parties := fixture.Participants{Participants: []fixture.Participant{b.alice.Participant, b.bob.Participant, b.updater.Participant}}
	server, err := reference.New(append([]reference.Option{reference.WithParticipants(parties),
		reference.WithDelivery(reference.Delivery{FirstWait: time.Millisecond, MaxWait: 5 * time.Millisecond, Poll: 20 * time.Millisecond})}, opts...)...)
	require.NoError(t, err)
	b.server, b.manage = server, server.Management()
	b.Server = httptest.NewServer(server)
	t.Cleanup(func() {
		b.Server.Close()
		require.NoError(t, server.Close())
	})
	b.document, err = socialDocument()
	require.NoError(t, err)
	for _, p := range []*party{b.alice, b.bob, b.updater} {
		p.token = b.tokenOf(t, p)
	}
}

func (b *bench) tokenOf(t testing.TB, p *party) string {
	t.Helper()
	response, err := http.PostForm(b.URL+"/oauth2/client/token", url.Values{"grant_type": {"client_credentials"},
		"client_id": {p.ClientID}, "client_secret": {p.ClientSecret}})
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	return answer.AccessToken
}

func (b *bench) load(t testing.TB, records ...fixture.Record) {
	t.Helper()
	var lines bytes.Buffer
	require.NoError(t, fixture.WriteRecords(&lines, records))
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/population", &lines))
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())
}

func (b *bench) event(t testing.TB, event fixture.Event) {
	t.Helper()
	raw, err := json.Marshal(event)
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	b.manage.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/events", bytes.NewReader(raw)))
	require.Equal(t, http.StatusNoContent, recorder.Code, recorder.Body.String())
}

// sent is one request on its way; tests alter it before it leaves.
type sent struct {
	method, path, contentType, token string
	header                           map[string]any
	message                          any
	sign                             func(header, body json.RawMessage) string
	body                             func([]byte) []byte
}

func (b *bench) request(p *party, path, action string, count int, payload any) *sent {
	return &sent{method: http.MethodPost, path: path, contentType: "application/json", token: p.token,
		message: payload, body: func(raw []byte) []byte { return raw },
		sign: func(header, body json.RawMessage) string {
			signature, err := p.key.Sign(header, body)
			if err != nil {
				panic(err)
			}
			return signature
		},
		header: map[string]any{"version": "1.0.0", "message_id": rand.Text(), "message_ts": now(), "action": action,
			"sender_id": p.ID, "receiver_id": "social.example.org", "total_count": count, "is_msg_encrypted": false,
			"sender_uri": p.receiver.URL + "/callbacks/here"}}
}

func (s *sent) bytes(t testing.TB) []byte {
	t.Helper()
	header, err := json.Marshal(s.header)
	require.NoError(t, err)
	body, err := json.Marshal(s.message)
	require.NoError(t, err)
	raw, err := json.Marshal(message.Envelope{Signature: s.sign(header, body), Header: header, Message: body})
	require.NoError(t, err)
	return s.body(raw)
}

// got is the answer to a request.
type got struct {
	status int
	header http.Header
	body   []byte
}

func (b *bench) send(t testing.TB, s *sent) got {
	t.Helper()
	return b.sendBytes(t, s, s.bytes(t))
}

func (b *bench) sendBytes(t testing.TB, s *sent, body []byte) got {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, s.method, b.URL+s.path, bytes.NewReader(body))
	require.NoError(t, err)
	if s.contentType != "" {
		request.Header.Set("Content-Type", s.contentType)
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	answer := got{response.StatusCode, response.Header, raw}
	if operation, known := b.document.Route(s.method, s.path); known {
		requireHolds(t, b.document.ValidateResponse(operation.OperationID, answer.status, response.Header.Get("Content-Type"), raw))
	}
	return answer
}

func requireHolds(t testing.TB, violations []spec.Violation) {
	t.Helper()
	for _, violation := range violations {
		if !violation.Advisory {
			require.Fail(t, "departs from the document", violation.String())
		}
	}
}

// errorCode is the code of an HTTP error or of an acknowledgement.
func (g got) errorCode(t testing.TB) string {
	t.Helper()
	var body struct {
		Errors  []message.Error `json:"errors"`
		Message struct {
			AckStatus string         `json:"ack_status"`
			Error     *message.Error `json:"error"`
		} `json:"message"`
	}
	require.NoError(t, json.Unmarshal(g.body, &body), "%s", g.body)
	switch {
	case len(body.Errors) > 0:
		return string(body.Errors[0].Code)
	case body.Message.Error != nil:
		return body.Message.AckStatus + " " + string(body.Message.Error.Code)
	}
	return ""
}

func (g got) ack(t testing.TB) message.AckMessage {
	t.Helper()
	var ack message.Ack
	require.NoError(t, json.Unmarshal(g.body, &ack))
	return ack.Message
}

// answered is a signed answer, verified with the server's published key, decoded into payload.
func (b *bench) answered(t testing.TB, body []byte, to *party, payload any) message.Header {
	t.Helper()
	envelope, err := message.ParseEnvelope(body)
	require.NoError(t, err, "%s", body)
	header, err := envelope.ReadHeader()
	require.NoError(t, err)
	keys := b.jwks(t)
	require.NoError(t, message.Verify(envelope, "social.example.org", func(_, keyID string) (ed25519.PublicKey, bool) {
		found := keys.Key(keyID)
		if len(found) == 0 {
			return nil, false
		}
		public, ok := found[0].Key.(ed25519.PublicKey)
		return public, ok
	}, time.Now()))
	require.Equal(t, "social.example.org", header.SenderID)
	require.Equal(t, to.ID, header.ReceiverID)
	require.NotEmpty(t, header.MessageID)
	if payload != nil {
		require.NoError(t, json.Unmarshal(envelope.Message, payload))
	}
	return header
}

func (b *bench) jwks(t testing.TB) jose.JSONWebKeySet {
	t.Helper()
	response, err := http.Get(b.URL + "/.well-known/jwks.json")
	require.NoError(t, err)
	defer response.Body.Close()
	var keys jose.JSONWebKeySet
	require.NoError(t, json.NewDecoder(response.Body).Decode(&keys))
	return keys
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// group is a synthetic household record.
func group(number int, members ...int) fixture.Record {
	list := []string{}
	for _, member := range members {
		list = append(list, fmt.Sprintf(`{"@type":"Member","member_identifier":[{"identifier_type":"UIN","identifier_value":"M-%d"}]}`, member))
	}
	return fixture.Record{Interface: "social", RegRecordType: "Group", Data: json.RawMessage(fmt.Sprintf(
		`{"@type":"Group","group_identifier":[{"identifier_type":"UIN","identifier_value":"G-%d"}],"poverty_score":%d,"group_size":%d,"registration_date":"2024-01-02T00:00:00Z","member_list":[%s]}`,
		number, number, max(1, len(members)), strings.Join(list, ",")))}
}

func idQuery(value string) json.RawMessage {
	raw, _ := json.Marshal(map[string]string{"type": "UIN", "value": value})
	return raw
}

func searchItem(reference string, query json.RawMessage) message.SearchItem {
	return message.SearchItem{ReferenceID: reference, Timestamp: now(), Criteria: message.SearchCriteria{
		RegRecordType: "Group", QueryType: message.QueryIDTypeValue, Query: query}}
}

func searchOf(items ...message.SearchItem) message.SearchRequest {
	return message.SearchRequest{TransactionID: rand.Text(), Items: items}
}
