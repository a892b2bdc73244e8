package main

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeyNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.json")
	code, stdout, stderr := spconform(t, "key", "new", "--out", path)
	require.Equal(t, exitHolds, code, stderr)
	var public jose.JSONWebKeySet
	require.NoError(t, json.Unmarshal([]byte(stdout), &public))
	require.Len(t, public.Keys, 1)
	assert.True(t, public.Keys[0].IsPublic())

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var private jose.JSONWebKey
	require.NoError(t, json.Unmarshal(raw, &private))
	assert.Equal(t, public.Keys[0].KeyID, private.KeyID)
	signature := ed25519.Sign(private.Key.(ed25519.PrivateKey), []byte("text"))
	assert.True(t, ed25519.Verify(public.Keys[0].Key.(ed25519.PublicKey), []byte("text"), signature))

	code, _, stderr = spconform(t, "key", "new", "--out", path)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "a key is never overwritten")
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, raw, again)
}
