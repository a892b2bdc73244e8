package conformance

import (
	"cmp"
	"maps"
	"slices"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/steps"
)

// Auth is how the runner is let in.
type Auth struct {
	// TokenURL is absolute, or a path below the interface's base; the published path where empty.
	TokenURL string
	Grant    steps.Grant
	// Clients are the OAuth2 credentials of participants whose own the product does not take over.
	Clients map[identity.Name]steps.Credentials
	Bearer  string
	Headers map[string]string
}

// authOf is how the runner is let in at an interface: its product's own way in, or the target's.
func (t Target) authOf(id string) Auth {
	return *cmp.Or(t.Interfaces[id].Auth, &t.Auth)
}

// secrets are those of every way in.
func (t Target) secrets() []string {
	ways := []Auth{t.Auth}
	for _, access := range t.Interfaces {
		if access.Auth != nil {
			ways = append(ways, *access.Auth)
		}
	}
	var all []string
	for _, way := range ways {
		all = append(all, way.Bearer)
		all = append(all, slices.Collect(maps.Values(way.Headers))...)
		for _, client := range way.Clients {
			all = append(all, client.Secret)
		}
	}
	if t.Asker != nil {
		all = append(all, t.Asker.ClientSecret)
	}
	return all
}

// described resolves what a manifest says of a way in.
func described(said manifest.Auth, folder string) (made Auth, err error) {
	if made.Bearer, err = said.Bearer.Resolve(folder); err != nil {
		return made, err
	}
	if made.Headers, err = said.Header(folder); err != nil {
		return made, err
	}
	if said.OAuth2 == nil {
		return made, nil
	}
	made.TokenURL = said.OAuth2.TokenURL
	made.Grant = steps.Grant{Style: said.OAuth2.Style, Fields: said.OAuth2.Fields, Extra: said.OAuth2.Extra}
	made.Clients = map[identity.Name]steps.Credentials{}
	for name, client := range said.OAuth2.Clients {
		secret, err := client.Secret.Resolve(folder)
		if err != nil {
			return made, err
		}
		made.Clients[identity.Name(name)] = steps.Credentials{ID: client.ID, Secret: secret}
	}
	return made, nil
}
