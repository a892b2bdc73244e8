package steps

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
)

var httpSteps = []definition{
	{`^the keys hold no private part$`, "none of d, p, q and k in any key", inWorld(keysPublic)},
	{`^each location lies within another one or is a root$`, "contained_in_place names the identifier of a location of the document", inWorld(locationsNested)},
	{`^the token is not to be cached$`, "Cache-Control: no-store (RFC 6749, 5.1)", inWorld(tokenUncached)},
	{`^the refusal says why in a published form$`, "an error of RFC 6749, 5.2 or of the HTTP error form, as JSON", inWorld(tokenRefusalValid)},
}

// get fetches one of the interface's documents outside the message envelope.
func (w *World) get(ctx context.Context, id string) error {
	operation, ok := w.env.Interface.Operation(id)
	if !ok {
		return fmt.Errorf("the interface has no operation %s", id)
	}
	e := w.env.Client.Send(ctx, exchange.Outgoing{Scenario: w.ID, Operation: id, Method: http.MethodGet,
		URL: w.env.url(operation), Header: http.Header{"Accept": {"application/json"}}})
	w.show(e)
	w.earlier = append(w.earlier, w.replies...)
	w.replies = []*Reply{{Draft: &Draft{Operation: operation}, Exchange: e}}
	if e.Fault != "" {
		return fail("an HTTP answer", e.Detail, e)
	}
	return nil
}

func getsKeys(ctx context.Context, w *World) error      { return w.get(ctx, "jwks") }
func getsLocations(ctx context.Context, w *World) error { return w.get(ctx, "locations") }

// keySetType is the media type of a key set by RFC 7517, 8.5, which the document takes too.
const keySetType = "application/jwk-set+json"

// documentValid holds a plain HTTP answer to its schema.
func (w *World) documentValid(reply *Reply) *Fail {
	answer := reply.Exchange.Response
	if answer.Status != http.StatusOK {
		return failf("HTTP 200", nil, "HTTP %d", answer.Status)
	}
	if departure := jsonType(answer.Header); departure != nil && mediaOf(answer.Header) != keySetType {
		return departure
	}
	return violated(w.env.Document.ValidateResponse(reply.Draft.Operation.ID, answer.Status, answer.Header.Get("Content-Type"), answer.Body))
}

func keysVerify(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.documentValid(reply); departure != nil {
			return departure
		}
		for _, key := range parseJWKS(reply.Exchange.Response.Body) {
			if _, ok := key.Key.(ed25519.PublicKey); ok && key.KeyID != "" && key.Use == "sig" {
				return nil
			}
		}
		return fail("an ed25519 key with kid and use sig", "none among the published keys")
	})
}

// keysPublic looks at the members themselves, since a reader of keys may pass over what it does not know.
func keysPublic(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		var document struct {
			Keys []map[string]any `json:"keys"`
		}
		if decode(reply.Exchange.Response.Body, &document) != nil || len(document.Keys) == 0 {
			return fail("a key set with keys", "none")
		}
		for _, key := range document.Keys {
			for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
				if _, there := key[private]; there {
					return failf("public keys only", nil, "a key with the private member %s", private)
				}
			}
		}
		return nil
	})
}

func keysSame(ctx context.Context, w *World) error {
	first, err := w.reply()
	if err != nil {
		return err
	}
	before := keyIDs(first.Exchange.Response.Body)
	if before == "" {
		return fail("a key set with keys", "none", first.Exchange)
	}
	if err := w.get(ctx, "jwks"); err != nil {
		return err
	}
	again, _ := w.reply()
	if after := keyIDs(again.Exchange.Response.Body); before != after {
		return fail("the same keys", "other keys than a moment before", first.Exchange, again.Exchange)
	}
	return nil
}

func keyIDs(document []byte) string {
	var ids []string
	for _, key := range parseJWKS(document) {
		if public, ok := key.Key.(ed25519.PublicKey); ok {
			ids = append(ids, key.KeyID+"="+string(public))
		}
	}
	return strings.Join(ids, ",")
}

func locationsValid(_ context.Context, w *World) error { return w.eachReply(w.documentValid) }

// location is what the tree of places is made of.
type location struct {
	Identifier []struct {
		Identifier string `json:"identifier"`
	} `json:"identifier"`
	ContainedInPlace *string `json:"contained_in_place"`
}

func locationsNested(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		var document struct {
			Locations []location `json:"locations"`
		}
		if decode(reply.Exchange.Response.Body, &document) != nil || len(document.Locations) == 0 {
			return fail("a document with locations", "none")
		}
		known := map[string]bool{}
		for _, place := range document.Locations {
			for _, id := range place.Identifier {
				known[id.Identifier] = true
			}
		}
		roots := 0
		for number, place := range document.Locations {
			switch within := place.ContainedInPlace; {
			case within == nil || *within == "":
				roots++
			case !known[*within]:
				return failf("a contained_in_place that the document names", nil, "location %d lies within one that is not there", number+1)
			}
		}
		if roots == 0 {
			return fail("at least one root", "every location lies within another")
		}
		return nil
	})
}

// tokenForms are the requests to the token endpoint that scenarios make.
var tokenForms = map[string]func(Credentials) url.Values{
	"with the client's credentials": func(own Credentials) url.Values {
		return tokenForm("client_credentials", own.ID, own.Secret)
	},
	"with a wrong secret": func(own Credentials) url.Values {
		return tokenForm("client_credentials", own.ID, "not-the-secret")
	},
	"with an empty secret": func(own Credentials) url.Values {
		return tokenForm("client_credentials", own.ID, "")
	},
	"with another client's secret": func(own Credentials) url.Values {
		return tokenForm("client_credentials", "programme.example.org", own.Secret)
	},
	"for a client that does not exist": func(own Credentials) url.Values {
		return tokenForm("client_credentials", "nobody.example.org", own.Secret)
	},
	"with another grant_type": func(own Credentials) url.Values {
		return tokenForm("password", own.ID, own.Secret)
	},
	"without a grant_type": func(own Credentials) url.Values {
		return tokenForm("", own.ID, own.Secret)
	},
}

func tokenForm(grant, id, secret string) url.Values {
	form := url.Values{"client_id": {id}, "client_secret": {secret}}
	if grant != "" {
		form.Set("grant_type", grant)
	}
	return form
}

func asksForToken(ctx context.Context, w *World, how string) error {
	form, ok := tokenForms[how]
	if !ok {
		return fmt.Errorf("no token request is called %q", how)
	}
	if w.env.Bearer != "" {
		return &Skip{"the manifest gives a fixed bearer token and no OAuth2 client credentials"}
	}
	e := w.env.askForToken(ctx, w.ID, form(w.env.credentials(w.env.Identities[identity.Client])))
	w.show(e)
	operation, _ := w.env.Interface.Operation("token")
	w.replies = append(w.replies, readHTTP(&Draft{Operation: spec.Operation{ID: "token", Path: operation.Path, Mode: spec.HTTP}}, e))
	if e.Fault != "" {
		return fail("an HTTP answer", e.Detail, e)
	}
	return nil
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	// ExpiresIn is a number of seconds, or a text of it.
	ExpiresIn json.RawMessage `json:"expires_in"`
}

func tokenGiven(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if departure := w.documentValid(reply); departure != nil {
			return departure
		}
		var answer tokenAnswer
		_ = json.Unmarshal(reply.Exchange.Response.Body, &answer)
		w.env.Recorder.Secret(answer.AccessToken)
		if !strings.EqualFold(answer.TokenType, "bearer") {
			return failf("token_type Bearer", nil, "token_type %q", oneLine(answer.TokenType))
		}
		return nil
	})
}

func noToken(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		var answer tokenAnswer
		_ = json.Unmarshal(reply.Exchange.Response.Body, &answer)
		w.env.Recorder.Secret(answer.AccessToken)
		status := reply.Exchange.Response.Status
		if answer.AccessToken != "" {
			return fail("no access_token", "an access_token")
		}
		if status < http.StatusBadRequest || status >= http.StatusInternalServerError {
			return failf("HTTP 4xx", nil, "HTTP %d", status)
		}
		return nil
	})
}

func tokenUncached(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		if given := reply.Exchange.Response.Header.Get("Cache-Control"); !strings.Contains(strings.ToLower(given), "no-store") {
			return failf("Cache-Control: no-store", nil, "Cache-Control %q", oneLine(given))
		}
		return nil
	})
}

func tokenRefusalValid(_ context.Context, w *World) error {
	return w.eachReply(func(reply *Reply) *Fail {
		answer := reply.Exchange.Response
		if departure := jsonType(answer.Header); departure != nil {
			return departure
		}
		return violated(w.env.Document.ValidateResponse(reply.Draft.Operation.ID, answer.Status, answer.Header.Get("Content-Type"), answer.Body))
	})
}
