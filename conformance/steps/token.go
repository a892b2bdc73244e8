package steps

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
)

type token struct{ value string }

// tokenOf is the bearer token with which a participant comes: the configured one, or one fetched once
// by OAuth2 client credentials. It is "" where the target gives none.
func (e *Env) tokenOf(ctx context.Context, who *identity.Identity) string {
	if e.Bearer != "" {
		return e.Bearer
	}
	e.mu.Lock()
	known, ok := e.tokens[who.Name]
	e.mu.Unlock()
	if ok {
		return known.value
	}
	answer := e.requestToken(ctx, "token", url.Values{"grant_type": {"client_credentials"},
		"client_id": {who.Participant.ClientID}, "client_secret": {who.Participant.ClientSecret}})
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if answer.Fault == "" && answer.Response.Status == http.StatusOK {
		_ = json.Unmarshal(answer.Response.Body, &body)
		e.Recorder.Secret(body.AccessToken)
	}
	if answer.Fault != "" {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tokens[who.Name] = token{body.AccessToken}
	return body.AccessToken
}

func (e *Env) requestToken(ctx context.Context, scenario string, form url.Values) *exchange.Exchange {
	return e.Client.Send(ctx, exchange.Outgoing{Scenario: scenario, Operation: "token", Method: http.MethodPost,
		URL: e.TokenURL, Body: []byte(form.Encode()),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}}})
}
