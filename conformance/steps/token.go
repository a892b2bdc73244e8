package steps

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
)

// Grant is how the product wants OAuth2 client credentials: Style form (RFC 6749, 4.4 with the secret
// in the form), basic or json; Fields renames grant_type, client_id and client_secret; Extra adds
// fields such as scope.
type Grant struct {
	Style         string
	Fields, Extra map[string]string
}

// Credentials are the OAuth2 client credentials of one identity.
type Credentials struct{ ID, Secret string }

// credentials are those by which the product knows an identity.
func (e *Env) credentials(who *identity.Identity) Credentials {
	if known, ok := e.Clients[who.Name]; ok {
		return known
	}
	return Credentials{who.Participant.ClientID, who.Participant.ClientSecret}
}

// tokenTries is how often a token endpoint may fail to answer before the runner goes on without.
const tokenTries = 3

// tokenOf is the bearer token with which a participant comes: the configured one, or one fetched once
// by OAuth2 client credentials. It is "" where the target gives none.
func (e *Env) tokenOf(ctx context.Context, who *identity.Identity) string {
	if e.Bearer != "" {
		return e.Bearer
	}
	own := e.credentials(who)
	slot := e.tokenSlot(own.ID)
	slot.fetching.Lock()
	defer slot.fetching.Unlock()
	if known, holds := slot.current(); holds {
		return known
	}
	answer := e.requestToken(ctx, "token", tokenForm("client_credentials", own.ID, own.Secret))
	if answer.Fault != "" {
		// One lost request is tried again by the next scenario; an endpoint that never answers is not.
		if e.tokenFaults.Add(1) >= tokenTries {
			slot.keep(accessToken{})
		}
		return ""
	}
	given := e.given(answer)
	slot.keep(given)
	return given.text
}

// tokenSlot is where a client's token is kept: by the endpoint as it is on the wire, which a dialect may have elsewhere.
func (e *Env) tokenSlot(client string) *tokenSlot {
	endpoint := e.TokenURL
	if e.Speaker != nil {
		asked, _ := e.Speaker.Ask(exchange.Outgoing{Operation: "token", URL: endpoint})
		endpoint = asked.URL
	}
	return e.Tokens.slot(endpoint, client)
}

// given is the token in an answer, none where there is none.
func (e *Env) given(answer *exchange.Exchange) accessToken {
	var body tokenAnswer
	if answer.Response.Status == http.StatusOK {
		_ = json.Unmarshal(answer.Response.Body, &body)
		e.Recorder.Secret(body.AccessToken)
	}
	return accessToken{body.AccessToken, body.renewal(time.Now())}
}

// askForToken is a scenario's own request for a token. One that is given to a client in its own name is used from then
// on, since it may have ended the one before.
func (e *Env) askForToken(ctx context.Context, scenario string, form url.Values) *exchange.Exchange {
	slot := e.tokenSlot(form.Get("client_id"))
	slot.fetching.Lock()
	defer slot.fetching.Unlock()
	answer := e.requestToken(ctx, scenario, form)
	if given := e.given(answer); given.text != "" {
		slot.keep(given)
	}
	return answer
}

// renewals is how often a message whose token has ended is sent again.
const renewals = 3

// renewed gives a draft another token where the one with which it was sent is over, or its sender was given another
// since; false where that one is to hold.
func (w *World) renewed(ctx context.Context, d *Draft) bool {
	if d.token == "" {
		return false
	}
	latest := w.env.tokenOf(ctx, w.known(d.From))
	if latest == "" || latest == d.token {
		return false
	}
	d.bear(latest)
	return true
}

// renewal is when two thirds of the time are over for which a token holds, zero where expires_in does not say:
// a request may have to wait for its turn.
func (a tokenAnswer) renewal(issued time.Time) time.Time {
	// 3600.0 is the whole number 3600 as well.
	seconds, err := strconv.ParseFloat(strings.Trim(string(a.ExpiresIn), `"`), 64)
	if err != nil || seconds < 1 || seconds > math.MaxInt32 {
		return time.Time{}
	}
	return issued.Add(time.Duration(seconds) * time.Second * 2 / 3)
}

// requestToken sends a token request with the members of a published form, in the product's style.
func (e *Env) requestToken(ctx context.Context, scenario string, form url.Values) *exchange.Exchange {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"},
		// Required by the published document (docs/wire.md, Tokens), so that a product may ask for it.
		"Timestamp": {time.Now().UTC().Format(http.TimeFormat)}}
	for name, value := range e.Headers {
		header.Set(name, value)
	}
	fields := map[string]string{}
	for name := range form {
		fields[cmp.Or(e.Grant.Fields[name], name)] = form.Get(name)
	}
	maps.Copy(fields, e.Grant.Extra)
	if e.Grant.Style == "basic" {
		request := http.Request{Header: header}
		request.SetBasicAuth(url.QueryEscape(form.Get("client_id")), url.QueryEscape(form.Get("client_secret")))
		for _, name := range []string{"client_id", "client_secret"} {
			delete(fields, cmp.Or(e.Grant.Fields[name], name))
		}
	}
	body := tokenBody(e.Grant.Style, fields, header)
	return e.Client.Send(ctx, exchange.Outgoing{Scenario: scenario, Operation: "token", Method: http.MethodPost,
		URL: e.TokenURL, Body: body, Header: header})
}

func tokenBody(style string, fields map[string]string, header http.Header) []byte {
	if style == "json" {
		header.Set("Content-Type", "application/json")
		body, _ := wire(fields)
		return body
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return []byte(form.Encode())
}
