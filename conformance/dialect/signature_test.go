package dialect_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/exchange"
	"github.com/spconform/spconform/spec/message"
)

const (
	sender  = "spmis.example.org"
	keyID   = "key-1"
	created = 1767323045
	expires = 1767323345
)

var present = time.Unix(created+60, 0)

func privateKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("spconform golden vector key 1"))
	return ed25519.NewKeyFromSeed(seed[:])
}

func stranger(string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("nobody registered this"))
	return ed25519.NewKeyFromSeed(seed[:])
}

// registered finds the one key of the one sender.
func registered(senderID, id string) (ed25519.PublicKey, bool) {
	return privateKey().Public().(ed25519.PublicKey), senderID == sender && id == keyID
}

var runner = dialect.Keys{Stranger: stranger, Of: func(senderID, _ string) (message.Key, bool) {
	return message.Key{SenderID: sender, KeyID: keyID, Private: privateKey()}, senderID == sender
}}

// speaking makes a speaker of shipped dialects.
func speaking(t testing.TB, ids ...string) *dialect.Speaker {
	t.Helper()
	var all []dialect.Dialect
	for _, id := range ids {
		known, err := dialect.Find(id)
		require.NoError(t, err)
		all = append(all, known)
	}
	return dialect.NewSpeaker(all, runner, base)
}

// vectors reads a file of golden vectors.
func vectors(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, into))
}

// stringOver is the published signature string over a canonical form.
func stringOver(canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return stringOf(message.DigestName + base64.StdEncoding.EncodeToString(sum[:]))
}

// stringOf is the published signature string of a digest.
func stringOf(digest string) string {
	signed := message.SigningString(created, expires, digest)
	return message.Signature{Namespace: "spdci", SenderID: sender, KeyID: keyID, Algorithm: message.Algorithm, Created: created,
		Expires: expires, Headers: message.SignedHeaders, Value: ed25519.Sign(privateKey(), []byte(signed))}.String()
}

// strictly signs a body of header and message in the strict form.
func strictly(t testing.TB, header, body json.RawMessage, key message.Key, created, expires int64) []byte {
	t.Helper()
	signature, err := key.SignAt(header, body, created, expires)
	require.NoError(t, err)
	return sealed(t, signature, header, body)
}

func sealed(t testing.TB, signature string, header, body json.RawMessage) []byte {
	t.Helper()
	quoted, err := json.Marshal(signature)
	require.NoError(t, err)
	return []byte(`{"signature":` + string(quoted) + `,"header":` + string(header) + `,"message":` + string(body) + `}`)
}

type canonicalVector struct {
	Name, Body, ASCII, Insertion string
	Nulls                        string `json:"ascii-nulls"`
}

// TestCanonicalFormsAreThoseOfPython: what Python signs holds, and what goes out is signed over the same bytes.
func TestCanonicalFormsAreThoseOfPython(t *testing.T) {
	var file []canonicalVector
	vectors(t, "canonical.json", &file)
	require.NotEmpty(t, file)
	for _, vector := range file {
		for name, form := range map[string]struct {
			dialects []string
			want     string
		}{
			"ascii":     {[]string{"canonical-ascii"}, vector.ASCII},
			"insertion": {[]string{"canonical-insertion"}, vector.Insertion},
			"nulls":     {[]string{"canonical-ascii", "canonical-nulls"}, vector.Nulls},
		} {
			t.Run(name+": "+vector.Name, func(t *testing.T) {
				speaker := speaking(t, form.dialects...)
				envelope, err := message.ParseEnvelope([]byte(vector.Body))
				require.NoError(t, err)
				told := exchange.Message{Body: sealed(t, stringOver(form.want), envelope.Header, envelope.Message)}
				assert.NoError(t, speaker.Verify(told, sender, registered, present))
				told.Body = sealed(t, stringOver(form.want+" "), envelope.Header, envelope.Message)
				assert.Equal(t, message.FaultMismatch, message.FaultOf(speaker.Verify(told, sender, registered, present)))

				key, _ := runner.Of(sender, keyID)
				strict := strictly(t, envelope.Header, envelope.Message, key, created, expires)
				asked, by := speaker.Ask(exchange.Outgoing{URL: base, Body: strict})
				spoken, err := message.ParseEnvelope(asked.Body)
				require.NoError(t, err)
				assert.Equal(t, stringOver(form.want), spoken.Signature)
				assert.Equal(t, string(envelope.Message), string(spoken.Message))
				assert.NotEmpty(t, by)
			})
		}
	}
}

type jwsFile struct {
	Seed    string
	Vectors []struct {
		Name, Header, Message, Payload, JWS string
		Detached                            string `json:"jws-detached"`
		HTTPHeader                          string `json:"http-header"`
	}
}

// claimsOf are the header and the payload of a compact JWS, as JSON.
func claimsOf(t *testing.T, token string) (header, payload string) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	require.NoError(t, err)
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	return string(head), string(body)
}

// TestTokensAreThoseOfJose: what npm jose signed holds, and what goes out says the same.
func TestTokensAreThoseOfJose(t *testing.T) {
	var file jwsFile
	vectors(t, "jws.json", &file)
	require.NotEmpty(t, file.Vectors)
	require.Equal(t, file.Seed, hex.EncodeToString(privateKey().Seed()))
	for _, vector := range file.Vectors {
		for id, made := range map[string]string{"signature-jws": vector.JWS, "signature-jws-detached": vector.Detached, "signature-http-header": vector.HTTPHeader} {
			t.Run(id+": "+vector.Name, func(t *testing.T) {
				speaker := speaking(t, id)
				header, body := json.RawMessage(vector.Header), json.RawMessage(vector.Message)
				told := func(token, content string) exchange.Message {
					if id == "signature-http-header" {
						return exchange.Message{Header: http.Header{"Signature": {token}}, Body: []byte(`{"header":` + vector.Header + `,"message":` + content + `}`)}
					}
					return exchange.Message{Body: sealed(t, token, header, json.RawMessage(content))}
				}
				assert.NoError(t, speaker.Verify(told(made, vector.Message), sender, registered, present))
				changed := strings.Replace(vector.Message, `"t-`, `"u-`, 1)
				assert.Equal(t, message.FaultMismatch, message.FaultOf(speaker.Verify(told(made, changed), sender, registered, present)))

				key, _ := runner.Of(sender, keyID)
				asked, _ := speaker.Ask(exchange.Outgoing{URL: base, Header: http.Header{}, Body: strictly(t, header, body, key, created, expires)})
				sent, err := message.ParseEnvelope(asked.Body)
				require.NoError(t, err)
				token := sent.Signature
				if id == "signature-http-header" {
					assert.Empty(t, sent.Signature)
					token = asked.Header.Get("Signature")
				}
				wantHeader, wantPayload := claimsOf(t, made)
				gotHeader, gotPayload := claimsOf(t, token)
				assert.JSONEq(t, wantHeader, gotHeader)
				if id == "signature-http-header" {
					assert.JSONEq(t, wantPayload, gotPayload)
				} else {
					assert.Equal(t, wantPayload, gotPayload)
				}
			})
		}
	}
}

var forms = []string{"signature-jws", "signature-jws-detached", "signature-http-header", "canonical-ascii", "canonical-insertion",
	"canonical-nulls", "digest-bare", "signature-namespace-g2p", "signature-namespace-dci"}

// TestABareDigest: what a product signs without the name of the algorithm holds, and what goes out is signed so too.
func TestABareDigest(t *testing.T) {
	header, body := json.RawMessage(`{"action":"search","sender_id":"`+sender+`"}`), json.RawMessage(`{"transaction_id":"t-1"}`)
	sum := sha256.Sum256([]byte(`{"header":` + string(header) + `,"message":` + string(body) + `}`))
	bare := base64.StdEncoding.EncodeToString(sum[:])
	speaker := speaking(t, "digest-bare", "canonical-ascii", "signature-namespace-dci")
	told := exchange.Message{Body: sealed(t, stringOf(bare), header, body)}
	assert.NoError(t, speaker.Verify(told, sender, registered, present))
	told.Body = sealed(t, stringOf(message.DigestName+bare), header, body)
	assert.Equal(t, message.FaultMismatch, message.FaultOf(speaker.Verify(told, sender, registered, present)))

	key, _ := runner.Of(sender, keyID)
	asked, _ := speaker.Ask(exchange.Outgoing{URL: base, Body: strictly(t, header, body, key, created, expires)})
	spoken, err := message.ParseEnvelope(asked.Body)
	require.NoError(t, err)
	read, err := message.ParseSignature(spoken.Signature)
	require.NoError(t, err)
	assert.Equal(t, "dci", read.Namespace)
	signed := fmt.Sprintf("(created): %d\n(expires): %d\ndigest: %s", created, expires, bare)
	assert.True(t, ed25519.Verify(privateKey().Public().(ed25519.PublicKey), []byte(signed), read.Value))
}

// TestASignatureThatIsWrongStaysWrong: what a scenario signs wrongly in the strict form is wrong for the
// same reason in each dialect's.
func TestASignatureThatIsWrongStaysWrong(t *testing.T) {
	header, body := json.RawMessage(`{"sender_id":"`+sender+`","message_id":"m-1","action":"search"}`), json.RawMessage(`{"transaction_id":"t-1"}`)
	key, _ := runner.Of(sender, keyID)
	with := func(change func(*message.Key)) message.Key {
		changed := key
		change(&changed)
		return changed
	}
	proper := strictly(t, header, body, key, created, expires)
	for name, row := range map[string]struct {
		body  []byte
		fault message.SignatureFault
	}{
		"proper":          {proper, ""},
		"by a stranger":   {strictly(t, header, body, with(func(k *message.Key) { k.Private = stranger("") }), created, expires), message.FaultMismatch},
		"another sender":  {strictly(t, header, body, with(func(k *message.Key) { k.SenderID = "not-" + sender }), created, expires), message.FaultSender},
		"unknown key":     {strictly(t, header, body, with(func(k *message.Key) { k.KeyID = "key-2" }), created, expires), message.FaultUnknownKey},
		"expired":         {strictly(t, header, body, key, created-7200, created-3600), message.FaultExpired},
		"not yet valid":   {strictly(t, header, body, key, created+3600, created+7200), message.FaultNotYetValid},
		"no life":         {strictly(t, header, body, key, created, created), message.FaultMalformed},
		"another message": {bytes.Replace(proper, []byte("t-1"), []byte("t-2"), 1), message.FaultMismatch},
		"none":            {[]byte(`{"header":` + string(header) + `,"message":` + string(body) + `}`), message.FaultMissing},
		"no signature":    {sealed(t, "trust me", header, body), message.FaultMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			verify := func(speaker *dialect.Speaker, out exchange.Outgoing) message.SignatureFault {
				return message.FaultOf(speaker.Verify(exchange.Message{Header: out.Header, Body: out.Body}, sender, registered, present))
			}
			require.Equal(t, row.fault, verify(dialect.NewSpeaker(nil, runner, base), exchange.Outgoing{Body: row.body}), "in the strict form")
			for _, id := range forms {
				speaker := speaking(t, id)
				asked, _ := speaker.Ask(exchange.Outgoing{URL: base, Header: http.Header{}, Body: bytes.Clone(row.body)})
				assert.Equal(t, row.fault, verify(speaker, asked), id)
			}
		})
	}
}

// TestNoFormTakesAnother: a product that signs in another form than it declares does not hold.
func TestNoFormTakesAnother(t *testing.T) {
	// A header with fewer members than canonical-nulls adds, and a message that each canonical form writes in
	// another way.
	header, body := json.RawMessage(`{"sender_id":"`+sender+`","message_id":"m-1","action":"search"}`), json.RawMessage(`{"note":"é","a":1}`)
	key, _ := runner.Of(sender, keyID)
	strict := strictly(t, header, body, key, created, expires)
	alike := map[string]bool{"signature-namespace-g2p": true, "signature-namespace-dci": true}
	for _, one := range forms {
		asked, _ := speaking(t, one).Ask(exchange.Outgoing{URL: base, Header: http.Header{}, Body: bytes.Clone(strict)})
		for _, other := range forms {
			err := speaking(t, other).Verify(exchange.Message{Header: asked.Header, Body: asked.Body}, sender, registered, present)
			if one == other || alike[one] && alike[other] {
				assert.NoError(t, err, "%s under %s", one, other)
			} else {
				assert.Error(t, err, "%s under %s", one, other)
			}
		}
		assert.Equal(t, alike[one], dialect.NewSpeaker(nil, runner, base).Verify(exchange.Message{Header: asked.Header, Body: asked.Body}, sender, registered, present) == nil,
			"%s in the strict form", one)
	}
}

// TestTokensThatAreNone: tokens that a JWS library must not take.
func TestTokensThatAreNone(t *testing.T) {
	part := base64.RawURLEncoding.EncodeToString
	header, body := json.RawMessage(`{"sender_id":"`+sender+`"}`), json.RawMessage(`{"a":1}`)
	payload := `{"header":` + string(header) + `,"message":` + string(body) + `}`
	for name, token := range map[string]string{
		"alg none":         part([]byte(`{"alg":"none","kid":"key-1"}`)) + "." + part([]byte(payload)) + ".",
		"alg HS256":        part([]byte(`{"alg":"HS256","kid":"key-1"}`)) + "." + part([]byte(payload)) + "." + part([]byte("x")),
		"two parts":        part([]byte(`{"alg":"EdDSA"}`)) + "." + part([]byte(payload)),
		"not base64":       "***.***.***",
		"empty signature":  part([]byte(`{"alg":"EdDSA","kid":"key-1"}`)) + "." + part([]byte(payload)) + ".",
		"a JSON form":      `{"payload":"","signatures":[]}`,
		"the string form":  stringOver(payload),
		"signature of 0s":  part([]byte(`{"alg":"EdDSA","kid":"key-1"}`)) + "." + part([]byte(payload)) + "." + part(make([]byte, 64)),
		"unknown critical": part([]byte(`{"alg":"EdDSA","kid":"key-1","crit":["b64"],"b64":false}`)) + "." + part([]byte(payload)) + "." + part(make([]byte, 64)),
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"signature-jws", "signature-jws-detached"} {
				assert.Error(t, speaking(t, id).Verify(exchange.Message{Body: sealed(t, token, header, body)}, sender, registered, present), id)
			}
			told := exchange.Message{Header: http.Header{"Signature": {token}}, Body: []byte(payload)}
			assert.Error(t, speaking(t, "signature-http-header").Verify(told, sender, registered, present))
		})
	}
}
