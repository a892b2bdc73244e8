package message

import (
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
)

// Version is the message version that the published header carries by default.
const Version = "1.0.0"

// Header is MsgHeader and MsgCallbackHeader in one: requests carry sender_uri, answers carry status
// and completed_count. Times are RFC 3339 text, as published; counts are JSON integers.
type Header struct {
	Version             string          `json:"version,omitempty"`
	MessageID           string          `json:"message_id"`
	MessageTS           string          `json:"message_ts"`
	Action              string          `json:"action"`
	Status              string          `json:"status,omitempty"`
	StatusReasonCode    string          `json:"status_reason_code,omitempty"`
	StatusReasonMessage string          `json:"status_reason_message,omitempty"`
	SenderID            string          `json:"sender_id,omitempty"`
	SenderURI           string          `json:"sender_uri,omitempty"`
	ReceiverID          string          `json:"receiver_id,omitempty"`
	TotalCount          int             `json:"total_count"`
	CompletedCount      *int            `json:"completed_count,omitempty"`
	IsMsgEncrypted      bool            `json:"is_msg_encrypted"`
	Meta                json.RawMessage `json:"meta,omitempty"`
}

// EncryptedMessage is the published form of an encrypted message member: what a JWE in flattened form has
// (RFC 7516, 7.2.2), all in base64url but header. Protected is not published; it is read where it is sent.
type EncryptedMessage struct {
	Header       json.RawMessage `json:"header"`
	Ciphertext   string          `json:"ciphertext"`
	EncryptedKey string          `json:"encrypted_key"`
	Tag          string          `json:"tag"`
	IV           string          `json:"iv"`
	Protected    string          `json:"protected,omitempty"`
}

// EncryptedHeader names the algorithms and the receiver's key of an EncryptedMessage. The published members
// are alg, enc and kid; ECDH-ES needs the sender's ephemeral key beside them (RFC 7518, 4.6).
type EncryptedHeader struct {
	Alg string           `json:"alg"`
	Enc string           `json:"enc"`
	Kid string           `json:"kid"`
	EPK *jose.JSONWebKey `json:"epk,omitempty"`
	APU string           `json:"apu,omitempty"`
	APV string           `json:"apv,omitempty"`
}
