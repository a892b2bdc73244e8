package message_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/message"
)

type goldenFile struct {
	Key struct {
		JWK struct {
			X string `json:"x"`
		} `json:"jwk"`
		Seed string `json:"private_seed_hex"`
	} `json:"key"`
	Created, Expires int64
	Vectors          []struct {
		Name            string `json:"name"`
		Body            string `json:"body"`
		CanonicalBase64 string `json:"canonical_base64"`
		Digest          string `json:"digest"`
		SigningString   string `json:"signing_string"`
		Signature       string `json:"signature"`
	}
}

func golden(t testing.TB) (goldenFile, ed25519.PrivateKey) {
	t.Helper()
	raw, err := os.ReadFile("testdata/signature.json")
	require.NoError(t, err)
	var file goldenFile
	require.NoError(t, json.Unmarshal(raw, &file))
	seed, err := hex.DecodeString(file.Key.Seed)
	require.NoError(t, err)
	return file, ed25519.NewKeyFromSeed(seed)
}

func finder(private ed25519.PrivateKey) message.KeyFinder {
	return func(string, string) (ed25519.PublicKey, bool) { return private.Public().(ed25519.PublicKey), true }
}

func TestGoldenVectors(t *testing.T) {
	file, private := golden(t)
	require.NotEmpty(t, file.Vectors)
	for _, vector := range file.Vectors {
		t.Run(vector.Name, func(t *testing.T) {
			envelope, err := message.ParseEnvelope([]byte(vector.Body))
			require.NoError(t, err)
			canonical, err := message.Canonical(envelope.Header, envelope.Message)
			require.NoError(t, err)
			want, err := base64.StdEncoding.DecodeString(vector.CanonicalBase64)
			require.NoError(t, err)
			require.Equal(t, string(want), string(canonical))
			digest, err := message.Digest(envelope.Header, envelope.Message)
			require.NoError(t, err)
			require.Equal(t, vector.Digest, digest)
			require.Equal(t, vector.SigningString, message.SigningString(file.Created, file.Expires, message.DigestName+digest))
			key := message.Key{SenderID: "spmis.example.org", KeyID: "key-1", Private: private}
			made, err := key.SignAt(envelope.Header, envelope.Message, file.Created, file.Expires)
			require.NoError(t, err)
			require.Equal(t, vector.Signature, made)
			envelope.Signature = vector.Signature
			require.NoError(t, message.Verify(envelope, "spmis.example.org", finder(private), time.Unix(file.Created, 0)))
		})
	}
}

func TestVerifyNamesTheFault(t *testing.T) {
	file, private := golden(t)
	good, err := message.ParseEnvelope([]byte(file.Vectors[0].Body))
	require.NoError(t, err)
	good.Signature = file.Vectors[0].Signature
	now := time.Unix(file.Created, 0)
	edit := func(from, to string) func(*message.Envelope) {
		return func(e *message.Envelope) { e.Signature = strings.Replace(e.Signature, from, to, 1) }
	}
	cases := []struct {
		name   string
		change func(*message.Envelope)
		at     time.Time
		want   message.SignatureFault
	}{
		{"unchanged holds", func(*message.Envelope) {}, now, ""},
		{"the leading word and spaces are optional", edit("Signature: ", "  "), now, ""},
		{"members in another order hold", func(e *message.Envelope) {
			e.Header = json.RawMessage(strings.Replace(string(e.Header), `"version":"1.0.0",`, "", 1))
			e.Header = append(bytes.TrimSuffix(e.Header, []byte("}")), []byte(`,"version":"1.0.0"}`)...)
		}, now, ""},
		{"absent", func(e *message.Envelope) { e.Signature = "" }, now, message.FaultMissing},
		{"blank", func(e *message.Envelope) { e.Signature = "  " }, now, message.FaultMissing},
		{"free text", func(e *message.Envelope) { e.Signature = "trust me" }, now, message.FaultMalformed},
		{"a parameter missing", edit(`headers="(created) (expires) digest", `, ""), now, message.FaultMalformed},
		{"a parameter twice", edit(`expires=`, `created="1", expires=`), now, message.FaultMalformed},
		{"an unknown parameter", edit(`expires=`, `extra="1", expires=`), now, message.FaultMalformed},
		{"url base64", edit(`+`, `-`), now, message.FaultMalformed},
		{"another algorithm", func(e *message.Envelope) { e.Signature = strings.ReplaceAll(e.Signature, "ed25519", "rsa") }, now, message.FaultAlgorithm},
		{"kidId of another sender", edit("spmis.example.org|", "mallory.example.org|"), now, message.FaultSender},
		{"not yet valid", func(*message.Envelope) {}, now.Add(-2 * time.Minute), message.FaultNotYetValid},
		{"within the skew before", func(*message.Envelope) {}, now.Add(-59 * time.Second), ""},
		{"expired", func(*message.Envelope) {}, now.Add(7 * time.Minute), message.FaultExpired},
		{"within the skew after", func(*message.Envelope) {}, now.Add(5*time.Minute + 59*time.Second), ""},
		{"longer validity than was signed", edit(`expires="1767323345"`, `expires="1767329999"`), now, message.FaultMismatch},
		{"tampered header", func(e *message.Envelope) {
			e.Header = bytes.Replace(e.Header, []byte("m-1"), []byte("m-2"), 1)
		}, now, message.FaultMismatch},
		{"tampered message", func(e *message.Envelope) {
			e.Message = bytes.Replace(e.Message, []byte("847951632"), []byte("847951633"), 1)
		}, now, message.FaultMismatch},
		{"null is not absence", func(e *message.Envelope) {
			e.Header = append(bytes.TrimSuffix(e.Header, []byte("}")), []byte(`,"meta":null}`)...)
		}, now, message.FaultMismatch},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			envelope := good
			c.change(&envelope)
			err := message.Verify(envelope, "spmis.example.org", finder(private), c.at)
			require.Equal(t, c.want, message.FaultOf(err), "%v", err)
		})
	}
	t.Run("unknown key", func(t *testing.T) {
		none := func(string, string) (ed25519.PublicKey, bool) { return nil, false }
		require.Equal(t, message.FaultUnknownKey, message.FaultOf(message.Verify(good, "spmis.example.org", none, now)))
	})
}

func FuzzParseSignature(f *testing.F) {
	file, _ := golden(f)
	for _, vector := range file.Vectors {
		f.Add(vector.Signature)
	}
	f.Add(`Signature:  namespace="spdci", kidId="{sender_id}|{unique_key_id}|{algorithm}", signature="Base64(signing content)`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := message.ParseSignature(text)
		if err != nil {
			require.NotEmpty(t, message.FaultOf(err))
			return
		}
		again, err := message.ParseSignature(parsed.String())
		require.NoError(t, err)
		require.Equal(t, parsed, again)
	})
}

// FuzzEnvelope holds what is read to its errors, and the canonical form to that of another implementation.
func FuzzEnvelope(f *testing.F) {
	file, _ := golden(f)
	for _, vector := range file.Vectors {
		f.Add([]byte(vector.Body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		envelope, err := message.ParseEnvelope(body)
		if err != nil {
			require.ErrorIs(t, err, message.ErrEnvelope)
			return
		}
		_, _ = envelope.ReadHeader()
		canonical, err := message.Canonical(envelope.Header, envelope.Message)
		if err != nil || len(envelope.Message) == 0 {
			return
		}
		another, err := jcs.Transform([]byte(`{"message":` + string(envelope.Message) + `,"header":` + string(envelope.Header) + `}`))
		if err == nil {
			require.Equal(t, string(another), string(canonical))
		}
	})
}
