package message

import "encoding/json"

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

// EncryptedMessage is the published form of an encrypted message member.
type EncryptedMessage struct {
	Header       EncryptedHeader `json:"header"`
	Ciphertext   string          `json:"ciphertext"`
	EncryptedKey string          `json:"encrypted_key"`
	Tag          string          `json:"tag"`
	IV           string          `json:"iv"`
}

// EncryptedHeader names the algorithms and the receiver's key of an EncryptedMessage.
type EncryptedHeader struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
	Kid string `json:"kid"`
}
