package manifest

import (
	"maps"
	"slices"
	"strings"

	"github.com/spconform/spconform/conformance/identity"
)

func (c *checks) auth() error {
	for _, id := range c.manifest.InterfaceIDs() {
		if own := c.manifest.Interfaces[id].Auth; own != nil {
			if err := c.wayIn("interfaces."+id+".auth", *own); err != nil {
				return err
			}
		}
	}
	return c.wayIn("auth", c.manifest.Auth)
}

func (c *checks) wayIn(key string, auth Auth) error {
	for _, name := range slices.Sorted(maps.Keys(auth.Headers)) {
		if secretName.MatchString(name) && !isReference(auth.Headers[name]) {
			return c.wrong(key+".headers."+name, "takes a reference, never the secret itself: write env:NAME or file:PATH")
		}
	}
	if auth.OAuth2 == nil {
		return nil
	}
	if auth.Bearer != "" {
		return c.wrong(key+".bearer", "and "+key+".oauth2 exclude each other: keep one")
	}
	if !strings.HasPrefix(auth.OAuth2.TokenURL, "/") {
		if err := c.url(key+".oauth2.token_url", auth.OAuth2.TokenURL); err != nil {
			return err
		}
	}
	if auth.OAuth2.Style != "" {
		if err := c.oneOf(key+".oauth2.style", auth.OAuth2.Style, []string{"form", "basic", "json"}); err != nil {
			return err
		}
	}
	for _, field := range slices.Sorted(maps.Keys(auth.OAuth2.Fields)) {
		if err := c.oneOf(key+".oauth2.fields."+field, field, []string{"grant_type", "client_id", "client_secret"}); err != nil {
			return err
		}
	}
	return c.clients(key+".oauth2.clients.", auth.OAuth2.Clients)
}

func (c *checks) clients(within string, clients map[string]Client) error {
	known := []string{string(identity.Client), string(identity.Other), string(identity.Revoked), string(identity.Rotating), string(identity.Agency), string(identity.Auditor)}
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		key := within + name
		if err := c.oneOf(key, name, known); err != nil {
			return err
		}
		if clients[name].ID == "" || clients[name].Secret == "" {
			return c.wrong(key, "needs id and secret")
		}
	}
	return nil
}
