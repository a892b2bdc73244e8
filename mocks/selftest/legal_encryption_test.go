package selftest_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// readsOnly refuses encrypted messages in other forms than one, and writes that one.
func readsOnly(own jose.JSONWebKey, form message.Authenticated) func(*mocks.Vendor) {
	return func(v *mocks.Vendor) {
		v.Option(reference.WithEncryptionKey(own))
		v.Encrypting(func(body json.RawMessage, to jose.JSONWebKey, _ mocks.Encrypt) (json.RawMessage, error) {
			return message.Encryption{Authenticated: form}.Encrypt(body, to)
		})
		v.Check("encryption", func(ctx context.Context, in *reference.Incoming, next func(context.Context, *reference.Incoming) error) error {
			read, err := message.Decrypt(in.Envelope.Message, func(string) (jose.JSONWebKey, bool) { return own, true })
			if err == nil && read.Authenticated != form {
				return &reference.Refusal{Code: message.ErrEncryptionInvalid, Detail: "this form is not read"}
			}
			return next(ctx, in)
		})
	}
}

// withoutEncryption is a vendor that never heard of it.
func withoutEncryption(v *mocks.Vendor) {
	v.Check("encryption", func(_ context.Context, in *reference.Incoming, _ func(context.Context, *reference.Incoming) error) error {
		if in.Header.IsMsgEncrypted || message.SaysEncrypted(in.Envelope.Message) {
			return &reference.Refusal{Code: message.ErrEncryptionInvalid, Detail: "no encryption here"}
		}
		return nil
	})
	v.Bodies(func(_ *http.Request, _ []byte, status int, body []byte) (int, []byte) {
		var set jose.JSONWebKeySet
		if json.Unmarshal(body, &set) != nil {
			return status, body
		}
		set.Keys = slices.DeleteFunc(set.Keys, func(key jose.JSONWebKey) bool { return key.Use == message.UseEncryption })
		smaller, _ := json.Marshal(set)
		return status, smaller
	}, "/jwks.json")
}

// TestLegalEncryptionIsNotBlamed keeps the suite from taking its own reading of an encrypted message for the
// only one, and from asking for encryption where nobody claims it.
func TestLegalEncryptionIsNotBlamed(t *testing.T) {
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	own := jose.JSONWebKey{Key: pair, KeyID: "rsa-1", Use: message.UseEncryption, Algorithm: message.KeyRSA}
	cases := []struct {
		name    string
		alter   func(*mocks.Vendor)
		claimed bool
		// but are the requirements that are not met, with their verdicts.
		but map[string]result.Verdict
	}{
		{"RSA, the canonical header covered", readsOnly(own, message.AuthenticatedHeader), true, map[string]result.Verdict{"SEC-ENC-013": result.Unmet}},
		{"RSA, a protected header", readsOnly(own, message.AuthenticatedProtected), true, map[string]result.Verdict{"SEC-ENC-013": result.Unmet}},
		{"RSA, nothing authenticated", readsOnly(own, message.AuthenticatedNothing), true, map[string]result.Verdict{"SEC-ENC-013": result.Unmet}},
		{"no encryption, and none claimed", withoutEncryption, false, nil},
	}
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	var asked []string
	for _, requirement := range catalogue.For(social, spec.RoleRegistry) {
		if requirement.Area == "Encryption" || requirement.Area == "Keys" || requirement.ID == "REG-HDR-021" {
			asked = append(asked, requirement.ID)
		}
	}
	require.Greater(t, len(asked), 14)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			options := conformance.Options{Seed: 5, Selection: conformance.Selection{Requirements: asked}}
			report := legalRun(t, c.alter, []spec.Interface{social}, options, func(target *conformance.Target) {
				access := target.Interfaces["social"]
				access.Capabilities = slices.DeleteFunc(access.Capabilities, func(name string) bool { return name == "encryption" && !c.claimed })
				target.Interfaces["social"] = access
			})
			for _, requirement := range report.Interfaces[0].Requirements {
				expected := result.Met
				if !c.claimed && requirement.Capability == "encryption" {
					expected = result.NotApplicable
				}
				if other, named := c.but[requirement.ID]; named {
					expected = other
				}
				assert.Equal(t, expected, requirement.Verdict, "%s: %s", requirement.ID, requirement.Reason)
			}
		})
	}
}
