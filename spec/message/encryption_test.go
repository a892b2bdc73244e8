package message_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/message"
)

// joseVectors is testdata/jose/jwe.json, which another implementation made.
type joseVectors struct {
	Keys    []jose.JSONWebKey
	Vectors []struct {
		Name, Kid, Message string
		Authenticated      message.Authenticated
		Encrypted          json.RawMessage
	}
}

func encryptedVectors(t testing.TB) (joseVectors, message.DecryptionKeys) {
	t.Helper()
	var file joseVectors
	readVectors(t, "jwe.json", &file)
	require.NotEmpty(t, file.Vectors)
	return file, func(keyID string) (jose.JSONWebKey, bool) {
		for _, key := range file.Keys {
			if key.KeyID == keyID {
				return key, true
			}
		}
		return jose.JSONWebKey{}, false
	}
}

func readVectors(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/jose/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, into))
}

func TestDecryptReadsWhatAnotherImplementationEncrypted(t *testing.T) {
	file, keys := encryptedVectors(t)
	for _, vector := range file.Vectors {
		t.Run(vector.Name, func(t *testing.T) {
			read, err := message.Decrypt(vector.Encrypted, keys)
			require.NoError(t, err)
			assert.Equal(t, vector.Message, string(read.Message))
			assert.Equal(t, vector.Kid, read.KeyID)
			assert.Equal(t, vector.Authenticated, read.Authenticated)
		})
	}
}

var authenticatedForms = []message.Authenticated{message.AuthenticatedHeader, message.AuthenticatedProtected, message.AuthenticatedNothing}

func TestEncryptIsReadAgain(t *testing.T) {
	file, keys := encryptedVectors(t)
	for _, key := range file.Keys {
		for _, form := range authenticatedForms {
			t.Run(key.KeyID+" "+string(form), func(t *testing.T) {
				made, err := message.Encryption{Authenticated: form}.Encrypt([]byte(`{"a":"ñ"}`), key.Public())
				require.NoError(t, err)
				require.True(t, message.SaysEncrypted(made))
				read, err := message.Decrypt(made, keys)
				require.NoError(t, err)
				assert.JSONEq(t, `{"a":"ñ"}`, string(read.Message))
				assert.Equal(t, form, read.Authenticated)
				var members map[string]json.RawMessage
				require.NoError(t, json.Unmarshal(made, &members))
				_, protected := members["protected"]
				assert.Equal(t, form == message.AuthenticatedProtected, protected)
			})
		}
	}
}

// TestEncryptIsReadByAnotherLibrary holds the form with protected to a reader that knows no other.
func TestEncryptIsReadByAnotherLibrary(t *testing.T) {
	file, _ := encryptedVectors(t)
	for _, key := range file.Keys {
		made, err := message.Encryption{Authenticated: message.AuthenticatedProtected}.Encrypt([]byte(`{"a":1}`), key.Public())
		require.NoError(t, err)
		parsed, err := jose.ParseEncryptedJSON(string(made), []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.ECDH_ES_A256KW}, []jose.ContentEncryption{jose.A256GCM})
		require.NoError(t, err)
		plain, err := parsed.Decrypt(key.Key)
		require.NoError(t, err)
		assert.JSONEq(t, `{"a":1}`, string(plain))
	}
}

// TestEncryptIsReadByNode runs where Node and its packages are: SPCONFORM_NODE_MODULES names a folder in
// which testdata/jose/package.json was installed.
func TestEncryptIsReadByNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil || os.Getenv("SPCONFORM_NODE_MODULES") == "" {
		t.Skip("node is not there, or SPCONFORM_NODE_MODULES names no folder with the npm packages of testdata/jose/package.json")
	}
	file, _ := encryptedVectors(t)
	text := `{"transaction_id":"t-1","note":"Siobhán, សុខា"}`
	var asked bytes.Buffer
	count := 0
	for _, key := range file.Keys {
		for _, form := range authenticatedForms {
			made, err := message.Encryption{Authenticated: form}.Encrypt([]byte(text), key.Public())
			require.NoError(t, err)
			require.NoError(t, json.NewEncoder(&asked).Encode(map[string]any{"jwk": key, "authenticated": form, "encrypted": made}))
			count++
		}
	}
	command := exec.CommandContext(context.Background(), node, "testdata/jose/open.mjs")
	command.Stdin = &asked
	var told bytes.Buffer
	command.Stderr = &told
	out, err := command.Output()
	require.NoError(t, err, told.String())
	answers := json.NewDecoder(bytes.NewReader(out))
	for range count {
		var read string
		require.NoError(t, answers.Decode(&read))
		assert.Equal(t, text, read)
	}
	var more string
	assert.ErrorIs(t, answers.Decode(&more), io.EOF)
}

func TestEncryptDrawsKeyAndVectorAnew(t *testing.T) {
	file, keys := encryptedVectors(t)
	seen := map[string]bool{}
	for range 20 {
		made, err := message.Encryption{}.Encrypt([]byte(`{}`), file.Keys[0].Public())
		require.NoError(t, err)
		read, err := message.Decrypt(made, keys)
		require.NoError(t, err)
		require.False(t, seen[string(read.ContentKey)] || seen[string(read.IV)])
		seen[string(read.ContentKey)], seen[string(read.IV)] = true, true
	}
}

func TestEncryptRefusesKeys(t *testing.T) {
	file, _ := encryptedVectors(t)
	_, signing := golden(t)
	nameless, other := file.Keys[0], file.Keys[2]
	nameless.KeyID, other.Algorithm = "", string(jose.RSA_OAEP)
	for name, key := range map[string]jose.JSONWebKey{
		"none":                        {},
		"a signing key":               {Key: signing.Public(), KeyID: "key-1"},
		"a key without an id":         nameless.Public(),
		"a key for another algorithm": other.Public(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := message.Encryption{}.Encrypt([]byte(`{}`), key)
			require.ErrorIs(t, err, message.ErrEncryptionKey)
		})
	}
}

func TestEncryptionKeyPicks(t *testing.T) {
	file, _ := encryptedVectors(t)
	signing := file.Keys[0].Public()
	signing.Use = "sig"
	set := []jose.JSONWebKey{signing, file.Keys[1].Public(), file.Keys[2].Public()}
	key, ok := message.EncryptionKey(set)
	require.True(t, ok)
	assert.Equal(t, file.Keys[1].KeyID, key.KeyID)
	key, ok = message.EncryptionKey(set, file.Keys[1].KeyID)
	require.True(t, ok)
	assert.Equal(t, file.Keys[2].KeyID, key.KeyID)
	_, ok = message.EncryptionKey(set[:1])
	assert.False(t, ok)
}

// altered changes one letter in the middle of base64url.
func alteredText(text string) string {
	if text == "" {
		return "AAAA"
	}
	letters := []byte(text)
	middle := len(letters) / 2
	letters[middle] = map[bool]byte{true: 'B', false: 'A'}[letters[middle] == 'A']
	return string(letters)
}

func TestDecryptHasOneError(t *testing.T) {
	file, keys := encryptedVectors(t)
	members := func(change func(members map[string]any)) func(json.RawMessage) json.RawMessage {
		return func(made json.RawMessage) json.RawMessage {
			var all map[string]any
			require.NoError(t, json.Unmarshal(made, &all))
			change(all)
			raw, err := json.Marshal(all)
			require.NoError(t, err)
			return raw
		}
	}
	set := func(name string, value any) func(json.RawMessage) json.RawMessage {
		return members(func(all map[string]any) { all[name] = value })
	}
	alter := func(name string) func(json.RawMessage) json.RawMessage {
		return members(func(all map[string]any) { all[name] = alteredText(all[name].(string)) })
	}
	header := func(name string, value any) func(json.RawMessage) json.RawMessage {
		return members(func(all map[string]any) { all["header"].(map[string]any)[name] = value })
	}
	cases := map[string]func(json.RawMessage) json.RawMessage{
		"no JSON":                  func(json.RawMessage) json.RawMessage { return []byte("{") },
		"null":                     func(json.RawMessage) json.RawMessage { return []byte("null") },
		"a list":                   func(json.RawMessage) json.RawMessage { return []byte("[]") },
		"an empty object":          func(json.RawMessage) json.RawMessage { return []byte("{}") },
		"ciphertext altered":       alter("ciphertext"),
		"tag altered":              alter("tag"),
		"iv altered":               alter("iv"),
		"encrypted_key altered":    alter("encrypted_key"),
		"tag cut":                  members(func(all map[string]any) { all["tag"] = all["tag"].(string)[:8] }),
		"tag empty":                set("tag", ""),
		"iv empty":                 set("iv", ""),
		"encrypted_key empty":      set("encrypted_key", ""),
		"ciphertext empty":         set("ciphertext", ""),
		"ciphertext no text":       set("ciphertext", 7),
		"ciphertext no base64url":  set("ciphertext", "+/+/"),
		"header absent":            set("header", nil),
		"header no object":         set("header", "x"),
		"alg none":                 header("alg", "none"),
		"alg dir":                  header("alg", "dir"),
		"alg RSA1_5":               header("alg", "RSA1_5"),
		"the other algorithm":      header("alg", map[bool]string{true: message.KeyRSA, false: message.KeyECDH}[file.Keys[0].Algorithm == message.KeyECDH]),
		"enc A128GCM":              header("enc", "A128GCM"),
		"kid unknown":              header("kid", "nobody"),
		"kid empty":                header("kid", ""),
		"kid of another key":       header("kid", "enc-p384"),
		"crit":                     header("crit", []string{"exp"}),
		"zip":                      header("zip", "DEF"),
		"epk absent":               header("epk", nil),
		"epk of another curve":     header("epk", file.Keys[1].Public()),
		"epk private":              header("epk", file.Keys[0]),
		"epk no point":             header("epk", map[string]string{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
		"epk an RSA key":           header("epk", file.Keys[2].Public()),
		"a header that is covered": header("note", "added on the way"),
		"a header beyond bounds":   header("note", strings.Repeat("x", 1<<13)),
		"a key beyond bounds":      set("encrypted_key", strings.Repeat("A", 1<<13)),
		"protected of another":     set("protected", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RSA-OAEP-256"}`))),
		"protected no base64url":   set("protected", "{}"),
	}
	made, err := message.Encryption{}.Encrypt([]byte(`{"a":1}`), file.Keys[0].Public())
	require.NoError(t, err)
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := message.Decrypt(change(bytes.Clone(made)), keys)
			require.Equal(t, message.ErrEncryption, err)
		})
	}
	t.Run("rsa, encrypted_key altered", func(t *testing.T) {
		made, err := message.Encryption{}.Encrypt([]byte(`{"a":1}`), file.Keys[2].Public())
		require.NoError(t, err)
		_, err = message.Decrypt(alter("encrypted_key")(made), keys)
		require.Equal(t, message.ErrEncryption, err)
	})
	t.Run("nobody has the key", func(t *testing.T) {
		_, err := message.Decrypt(made, func(string) (jose.JSONWebKey, bool) { return jose.JSONWebKey{}, false })
		require.Equal(t, message.ErrEncryption, err)
	})
}

// TestCanonicalIsWhatAnotherImplementationSigned holds the canonical form to a JSON Web Signature over it.
func TestCanonicalIsWhatAnotherImplementationSigned(t *testing.T) {
	var file struct {
		Key     jose.JSONWebKey
		Signed  struct{ Header, Message json.RawMessage }
		Vectors []struct{ Name, Signature string }
	}
	readVectors(t, "jws.json", &file)
	require.NotEmpty(t, file.Vectors)
	canonical, err := message.Canonical(file.Signed.Header, file.Signed.Message)
	require.NoError(t, err)
	for _, vector := range file.Vectors {
		t.Run(vector.Name, func(t *testing.T) {
			parsed, err := jose.ParseSignedCompact(vector.Signature, []jose.SignatureAlgorithm{jose.EdDSA})
			require.NoError(t, err)
			require.NoError(t, parsed.DetachedVerify(canonical, file.Key.Public()))
			require.Error(t, parsed.DetachedVerify(append(canonical, ' '), file.Key.Public()))
		})
	}
}

func FuzzDecrypt(f *testing.F) {
	file, keys := encryptedVectors(f)
	for _, vector := range file.Vectors {
		if len(vector.Message) < 200 {
			f.Add([]byte(vector.Encrypted))
		}
	}
	f.Add([]byte(`{"header":{"alg":"ECDH-ES+A256KW","enc":"A256GCM","kid":"enc-p256","epk":{}},"ciphertext":"","encrypted_key":"AA","tag":"AAAAAAAAAAAAAAAAAAAAAA","iv":"AAAAAAAAAAAAAAAA"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := message.Decrypt(text, keys)
		if err != nil {
			require.Equal(t, message.ErrEncryption, err)
			return
		}
		require.True(t, message.SaysEncrypted(text))
		require.NotEmpty(t, read.KeyID)
	})
}
