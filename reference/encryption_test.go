package reference_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec/message"
)

// opens gives a party a key by which it is written to in private.
func (p *party) opens(t testing.TB) jose.JSONWebKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	key := jose.JSONWebKey{Key: private, KeyID: "enc-" + p.ID, Use: message.UseEncryption, Algorithm: message.KeyECDH}
	p.Keys.Keys = append(p.Keys.Keys, key.Public())
	return key
}

// registryKey is the key that the registry publishes for encryption.
func (b *bench) registryKey(t testing.TB) jose.JSONWebKey {
	t.Helper()
	key, ok := message.EncryptionKey(b.jwks(t).Keys)
	require.True(t, ok)
	require.True(t, key.IsPublic())
	return key
}

func (s *sent) encrypt(t testing.TB, how message.Encryption, to jose.JSONWebKey) *sent {
	t.Helper()
	plain, err := json.Marshal(s.message)
	require.NoError(t, err)
	made, err := how.Encrypt(plain, to)
	require.NoError(t, err)
	s.message, s.header["is_msg_encrypted"] = json.RawMessage(made), true
	return s
}

// opened is an encrypted answer's content.
func (b *bench) opened(t testing.TB, body []byte, to *party, key jose.JSONWebKey, payload any) message.Header {
	t.Helper()
	header := b.answered(t, body, to, nil)
	require.True(t, header.IsMsgEncrypted)
	envelope, err := message.ParseEnvelope(body)
	require.NoError(t, err)
	read, err := message.Decrypt(envelope.Message, func(keyID string) (jose.JSONWebKey, bool) { return key, keyID == key.KeyID })
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(read.Message, payload))
	return header
}

func encryptedBench(t *testing.T, opts ...reference.Option) (*bench, jose.JSONWebKey) {
	t.Helper()
	b := &bench{alice: newParty(t, "alice.example.org", "client"), bob: newParty(t, "bob.example.org", "client"),
		updater: newParty(t, "updater.example.org", "client", "updater")}
	key := b.alice.opens(t)
	b.start(t, opts...)
	b.load(t, group(1))
	return b, key
}

func TestEncryptedRequestIsAnsweredEncrypted(t *testing.T) {
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	own := jose.JSONWebKey{Key: pair, KeyID: "registry-rsa", Use: message.UseEncryption, Algorithm: message.KeyRSA}
	for name, opts := range map[string][]reference.Option{"ECDH-ES": nil, "RSA-OAEP": {reference.WithEncryptionKey(own)}} {
		t.Run(name, func(t *testing.T) {
			b, key := encryptedBench(t, opts...)
			for _, form := range []message.Authenticated{message.AuthenticatedHeader, message.AuthenticatedProtected, message.AuthenticatedNothing} {
				how := message.Encryption{Authenticated: form}
				ask := b.request(b.alice, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1")))).encrypt(t, how, b.registryKey(t))
				answer := b.send(t, ask)
				require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
				var found message.SearchResponse
				require.Equal(t, message.StatusSuccess, b.opened(t, answer.body, b.alice, key, &found).Status)
				require.Len(t, found.Items[0].Data.RegRecords, 1)

				ask = b.request(b.alice, "/registry/search", "search", 1, searchOf(searchItem("r-1", idQuery("G-1")))).encrypt(t, how, b.registryKey(t))
				require.Equal(t, message.ACK, b.send(t, ask).ack(t).AckStatus)
				came := b.alice.receiver.next(t)
				require.Equal(t, message.StatusSuccess, b.opened(t, came.body, b.alice, key, &found).Status)
				require.Len(t, found.Items[0].Data.RegRecords, 1)
			}
		})
	}
}

func TestRejectionOfAnEncryptedRequestIsEncrypted(t *testing.T) {
	b, key := encryptedBench(t)
	ask := b.request(b.alice, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1")))).encrypt(t, message.Encryption{}, b.registryKey(t))
	ask.header["total_count"] = 7
	var answer message.SearchResponse
	require.Equal(t, string(message.RejectTotalCount), b.opened(t, b.send(t, ask).body, b.alice, key, &answer).StatusReasonCode)
}

func TestEncryptedRequestOfAPartyWithoutKeyIsAnsweredInPlain(t *testing.T) {
	b, _ := encryptedBench(t)
	ask := b.request(b.bob, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1")))).encrypt(t, message.Encryption{}, b.registryKey(t))
	var found message.SearchResponse
	require.False(t, b.answered(t, b.send(t, ask).body, b.bob, &found).IsMsgEncrypted)
	require.Len(t, found.Items[0].Data.RegRecords, 1)
}

func TestUndecryptableRequestsAreRefusedAlike(t *testing.T) {
	b, key := encryptedBench(t)
	search := func() *sent {
		return b.request(b.alice, syncSearch, "search", 1, searchOf(searchItem("r-1", idQuery("G-1"))))
	}
	alter := func(member string) func() *sent {
		return func() *sent {
			s := search().encrypt(t, message.Encryption{}, b.registryKey(t))
			var made map[string]any
			require.NoError(t, json.Unmarshal(s.message.(json.RawMessage), &made))
			text := []byte(made[member].(string))
			text[0] = map[bool]byte{true: 'B', false: 'A'}[text[0] == 'A']
			made[member] = string(text)
			s.message = made
			return s
		}
	}
	text := ""
	for name, make := range map[string]func() *sent{
		"to another receiver": func() *sent { return search().encrypt(t, message.Encryption{}, key.Public()) },
		"ciphertext altered":  alter("ciphertext"), "tag altered": alter("tag"), "iv altered": alter("iv"), "key altered": alter("encrypted_key"),
		"said to be plain": func() *sent {
			s := search().encrypt(t, message.Encryption{}, b.registryKey(t))
			s.header["is_msg_encrypted"] = false
			return s
		},
		"plain, said to be encrypted": func() *sent {
			s := search()
			s.header["is_msg_encrypted"] = true
			return s
		},
		"no object inside": func() *sent {
			s := search()
			s.message = "text"
			return s.encrypt(t, message.Encryption{}, b.registryKey(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.send(t, make())
			if name == "no object inside" {
				require.Contains(t, []string{"err.encryption.invalid", "err.request.bad"}, answer.errorCode(t))
				return
			}
			require.Equal(t, http.StatusBadRequest, answer.status)
			require.Equal(t, "err.encryption.invalid", answer.errorCode(t))
			if text == "" {
				text = string(answer.body)
			}
			require.Equal(t, text, string(answer.body), "the answer tells failures apart")
		})
	}
	t.Run("an empty object inside", func(t *testing.T) {
		s := search()
		s.message = map[string]any{}
		require.Equal(t, "err.request.bad", b.send(t, s.encrypt(t, message.Encryption{}, b.registryKey(t))).errorCode(t))
	})
}
