package reference

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"

	"github.com/spconform/spconform/spec/message"
)

// sourceAnswer is what a decision needs of a registry's answer, in each form that the published documents allow: a single
// record may be an object, nobody may be no data, and a number may be written with a fraction of nothing.
type sourceAnswer struct {
	TransactionID string       `json:"transaction_id"`
	Items         []sourceItem `json:"search_response"`
}

type sourceItem struct {
	ReferenceID string `json:"reference_id"`
	Status      string `json:"status"`
	Data        struct {
		RegRecords json.RawMessage `json:"reg_records"`
	} `json:"data"`
	Pagination struct {
		TotalCount float64 `json:"total_count"`
	} `json:"pagination"`
}

// recordsOf are the records of an item that succeeded; false where the item was not answered so, or in part.
func (a sourceAnswer) recordsOf(reference string) ([]json.RawMessage, bool) {
	for _, item := range a.Items {
		if item.ReferenceID != reference || item.Status != message.StatusSuccess {
			continue
		}
		told := bytes.TrimSpace(item.Data.RegRecords)
		var records []json.RawMessage
		switch {
		case bytes.HasPrefix(told, []byte("{")):
			records = []json.RawMessage{told}
		case len(told) > 0 && json.Unmarshal(told, &records) != nil:
			return nil, false
		}
		return records, float64(len(records)) >= item.Pagination.TotalCount
	}
	return nil, false
}

// readSearch takes an answer only from who signed it, and only to what was asked. The header may leave its sender to the
// signature.
func (s *Server) readSearch(ctx context.Context, base string, raw []byte, request message.SearchRequest) (sourceAnswer, error) {
	var answer sourceAnswer
	envelope, err := message.ParseEnvelope(raw)
	if err != nil {
		return answer, errSource
	}
	var header struct {
		SenderID string `json:"sender_id"`
	}
	signature, err := message.ParseSignature(envelope.Signature)
	if err != nil || json.Unmarshal(envelope.Header, &header) != nil {
		return answer, errSource
	}
	keys := func(_, keyID string) (ed25519.PublicKey, bool) { return s.sourceKey(ctx, base, keyID) }
	if message.Verify(envelope, orElse(header.SenderID, signature.SenderID), keys, s.now()) != nil {
		return answer, errSource
	}
	if json.Unmarshal(envelope.Message, &answer) != nil || answer.TransactionID != request.TransactionID {
		return answer, errSource
	}
	return answer, nil
}
