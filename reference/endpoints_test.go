package reference_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

func TestSenderURI(t *testing.T) {
	b := newBench(t)
	home := b.alice.receiver.URL
	host := strings.TrimPrefix(home, "http://")
	cases := []struct {
		name, uri string
		ok        bool
	}{
		{"below the prefix", home + "/callbacks/a/b", true},
		{"the prefix", home + "/callbacks", true},
		{"with a query", home + "/callbacks/x?run=1", true},
		{"another path", home + "/other", false},
		{"a longer first segment", home + "/callbacks2/x", false},
		{"out by dots", home + "/callbacks/../admin", false},
		{"out by escaped dots", home + "/callbacks/%2e%2e/admin", false},
		{"out by an escaped slash", home + "/callbacks/..%2fadmin", false},
		{"a backslash", home + `/callbacks/..\admin`, false},
		{"another host", "http://10.0.0.1/callbacks/x", false},
		{"another port", "http://127.0.0.1:1/callbacks/x", false},
		{"another scheme", "https://" + host + "/callbacks/x", false},
		{"userinfo", "http://user@" + host + "/callbacks/x", false},
		{"the host as userinfo", "http://" + host + "@evil.example/callbacks/x", false},
		{"the host as a label", "http://" + host + ".evil.example/callbacks/x", false},
		{"a fragment", home + "/callbacks/x#y", false},
		{"a file", "file:///etc/passwd", false},
		{"no URL", "::", false},
		{"relative", "/callbacks/x", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request := b.request(b.alice, "/registry/search", "search", 1, oneSearch())
			request.header["sender_uri"] = c.uri
			answer := b.send(t, request)
			if !c.ok {
				require.Equal(t, http.StatusBadRequest, answer.status)
				require.Equal(t, "ERR err.sender_uri.invalid", answer.errorCode(t))
				return
			}
			require.Equal(t, http.StatusAccepted, answer.status, "%s", answer.body)
			want, err := url.Parse(c.uri)
			require.NoError(t, err)
			require.Equal(t, want.Path, b.alice.receiver.next(t).path)
		})
	}
	b.alice.receiver.none(t)
}

func TestPathsAndMethods(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		method, path string
		status       int
		code         string
	}{
		{http.MethodPost, "/nowhere", 404, "err.request.not_found"},
		{http.MethodPost, "/registry/on-search", 404, "err.request.not_found"},
		{http.MethodGet, "/registry/search", 405, "err.request.bad"},
		{http.MethodPost, "/.well-known/jwks.json", 405, "err.request.bad"},
		{http.MethodPut, "/oauth2/client/token", 405, "err.request.bad"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			request, err := http.NewRequest(c.method, b.URL+c.path, nil)
			require.NoError(t, err)
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			require.Equal(t, c.status, response.StatusCode)
			var body message.HTTPError
			require.NoError(t, json.NewDecoder(response.Body).Decode(&body))
			require.Equal(t, c.code, string(body.Errors[0].Code))
		})
	}
}

func TestToken(t *testing.T) {
	b := newBench(t)
	form := func(grant, id, secret string) url.Values {
		return url.Values{"grant_type": {grant}, "client_id": {id}, "client_secret": {secret}}
	}
	for _, c := range []struct {
		name   string
		form   url.Values
		status int
		code   string
	}{
		{"wrong secret", form("client_credentials", b.alice.ClientID, "guess"), 401, "err.request.unauthorized"},
		{"another's secret", form("client_credentials", b.alice.ClientID, b.bob.ClientSecret), 401, "err.request.unauthorized"},
		{"empty secret", form("client_credentials", b.alice.ClientID, ""), 401, "err.request.unauthorized"},
		{"unknown client", form("client_credentials", "nobody", b.alice.ClientSecret), 401, "err.request.unauthorized"},
		{"unknown client without a secret", form("client_credentials", "", ""), 401, "err.request.unauthorized"},
		{"another grant", form("password", b.alice.ClientID, b.alice.ClientSecret), 400, "err.request.bad"},
		{"no grant", url.Values{}, 400, "err.request.bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			response, err := http.PostForm(b.URL+"/oauth2/client/token", c.form)
			require.NoError(t, err)
			defer response.Body.Close()
			require.Equal(t, c.status, response.StatusCode)
			var body message.HTTPError
			require.NoError(t, json.NewDecoder(response.Body).Decode(&body))
			require.Equal(t, c.code, string(body.Errors[0].Code))
		})
	}
	t.Run("HTTP Basic", func(t *testing.T) {
		request, err := http.NewRequest(http.MethodPost, b.URL+"/oauth2/client/token", strings.NewReader("grant_type=client_credentials"))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth(b.alice.ClientID, b.alice.ClientSecret)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		require.Equal(t, http.StatusOK, response.StatusCode)
	})
	t.Run("expired", func(t *testing.T) {
		var ahead atomic.Int64
		late := newBench(t, reference.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
		ahead.Store(int64(61 * time.Minute))
		answer := late.send(t, late.request(late.alice, syncSearch, "search", 1, oneSearch()))
		require.Equal(t, http.StatusUnauthorized, answer.status)
		require.Equal(t, "err.request.unauthorized", answer.errorCode(t))
	})
}

func TestWellKnown(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/.well-known/jwks.json", "/.well-known/locations.json"} {
		request := &sent{method: http.MethodGet, path: path}
		answer := b.sendBytes(t, request, nil)
		require.Equal(t, http.StatusOK, answer.status)
	}
	key := b.jwks(t).Keys[0]
	require.Equal(t, "sig", key.Use)
	require.Equal(t, "EdDSA", key.Algorithm)
	require.NotEmpty(t, key.KeyID)
	require.True(t, key.IsPublic(), "the private key is published")
}
