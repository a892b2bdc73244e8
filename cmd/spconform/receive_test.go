package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/manifest"
)

// A product that was given the files of spconform fixtures calls where these say.
func TestWhereCallbacksAreAwaited(t *testing.T) {
	at := func(hostport string) manifest.Callbacks {
		return manifest.Callbacks{Listen: hostport, Base: "http://" + hostport}
	}
	cases := map[string]struct {
		flag, provide string
		said, want    manifest.Callbacks
	}{
		"nothing said, by files":      {defaultCallbacks, manifest.IdentitiesFixtures, manifest.Callbacks{}, at("127.0.0.1:8090")},
		"nothing said, by hand":       {defaultCallbacks, manifest.IdentitiesPreconfigured, manifest.Callbacks{}, at("127.0.0.1:8090")},
		"nothing said, told by HTTP":  {defaultCallbacks, manifest.IdentitiesHTTP, manifest.Callbacks{}, manifest.Callbacks{}},
		"the manifest says":           {defaultCallbacks, manifest.IdentitiesFixtures, at("127.0.0.1:9000"), at("127.0.0.1:9000")},
		"the flag says, the manifest": {"http://127.0.0.1:9001", manifest.IdentitiesHTTP, at("127.0.0.1:9000"), at("127.0.0.1:9001")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			given := manifest.Manifest{Identities: manifest.Identities{Provide: c.provide}, Callbacks: c.said}
			require.NoError(t, runFlags{callbacks: c.flag}.receive(&given))
			assert.Equal(t, c.want, given.Callbacks)
		})
	}
}
