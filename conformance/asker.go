package conformance

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"

	"github.com/go-jose/go-jose/v4"
	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/message"
)

// askerOf is who the product is at the registries that it asks; nil where the manifest does not say.
func askerOf(m manifest.Manifest) (*fixture.Participant, error) {
	said := m.Sources.Participant
	if said == nil {
		return nil, nil
	}
	secret, err := said.Secret.Resolve(m.Folder)
	if err != nil {
		return nil, err
	}
	return &fixture.Participant{ID: said.ID, Roles: []string{"client"}, ClientID: cmp.Or(said.ClientID, said.ID), ClientSecret: secret,
		JWKSURI: said.JWKS, CallbackPrefixes: []string{}}, nil
}

// participants are the runner's and beside them who asks the registries, with the keys that it publishes now.
func (r *run) participants(ctx context.Context) (fixture.Participants, error) {
	all := r.identities.Fixture()
	if r.Target.Asker == nil {
		return all, nil
	}
	asker := *r.Target.Asker
	address := asker.JWKSURI
	if r.Target.Launcher != nil {
		address = r.Target.Launcher.Address(address)
	}
	keys, err := r.keySetAt(ctx, address)
	if err != nil {
		return all, err
	}
	asker.Keys = keys
	all.Participants = append(all.Participants, asker)
	return all, nil
}

// keySetAt are the public keys that are published at an address.
func (r *run) keySetAt(ctx context.Context, address string) (set jose.JSONWebKeySet, err error) {
	wrong := func(what string) error {
		return fmt.Errorf("%s %s: start the product, or mend sources.participant.jwks in the manifest", address, what)
	}
	ctx, cancel := context.WithTimeout(ctx, manifest.DefaultTimeout("response"))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return set, wrong("is not a URL")
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: r.Target.Roots, MinVersion: tls.VersionTLS12}}}
	response, err := client.Do(request)
	if err != nil {
		return set, wrong("does not answer")
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	published, ok := message.ReadKeySet(body)
	if err != nil || !ok || response.StatusCode/100 != 2 {
		return set, wrong("answers with no key set")
	}
	set.Keys = lo.Filter(published, func(key jose.JSONWebKey, _ int) bool { return key.IsPublic() })
	if len(set.Keys) == 0 {
		return set, wrong("publishes no key")
	}
	return set, nil
}
