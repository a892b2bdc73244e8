package reference

import (
	"context"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/message"
)

// checkEncryption reads an encrypted message: the checks after it see what was encrypted. Every failure is
// told alike, since whoever alters messages must learn nothing from the answers.
func (s *Server) checkEncryption(_ context.Context, in *Incoming) error {
	says, is := in.Header.IsMsgEncrypted, message.SaysEncrypted(in.Envelope.Message)
	if !says && !is {
		return nil
	}
	undecryptable := refuse(message.ErrEncryptionInvalid, message.ErrEncryption.Error())
	if says != is {
		return undecryptable
	}
	read, err := message.Decrypt(in.Envelope.Message, s.decryptionKey)
	if err != nil {
		return undecryptable
	}
	if _, err := spec.DecodeStrict(read.Message, spec.DefaultLimits); err != nil {
		return undecryptable
	}
	in.Encrypted, in.Envelope.Message, in.members = true, read.Message, nil
	_ = json.Unmarshal(read.Message, &in.members)
	return nil
}

// readable is the body as it would be in plain, for what judges a message by its plain form.
func (in *Incoming) readable() ([]byte, error) {
	if !in.Encrypted {
		return in.Body, nil
	}
	return in.Envelope.Readable(in.Envelope.Message)
}

// decryptionKey implements message.DecryptionKeys.
func (s *Server) decryptionKey(keyID string) (jose.JSONWebKey, bool) {
	return s.opening, s.opening.KeyID == keyID
}

// receiverKey is the key to which the answer to a request is encrypted: that of its sender where the request
// was encrypted, else none. A sender that registered no such key is answered in plain.
func (s *Server) receiverKey(in *Incoming) *jose.JSONWebKey {
	if in == nil || !in.Encrypted {
		return nil
	}
	return s.keyOf(in.Header.SenderID)
}

// keyOf is the key to which messages to a participant are encrypted; nil where it has registered none.
func (s *Server) keyOf(participant string) *jose.JSONWebKey {
	if key, has := s.roster.encryptionKey(participant); has {
		return &key
	}
	return nil
}

// encode puts a message into wire form and, where its receiver is to read it alone, encrypts it.
func (s *Server) encode(ctx context.Context, out Outgoing) (header, body json.RawMessage, err error) {
	out.Header.IsMsgEncrypted = out.EncryptTo != nil && out.Message != nil
	header, body, err = s.codec.Encode(ctx, out)
	if err != nil || !out.Header.IsMsgEncrypted {
		return header, body, err
	}
	encrypter := message.Encrypter(message.Encryption{})
	if s.encrypter != nil {
		encrypter = s.encrypter(encrypter)
	}
	body, err = encrypter.Encrypt(body, *out.EncryptTo)
	return header, body, err
}
