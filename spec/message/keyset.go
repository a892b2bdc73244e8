package message

import (
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
)

// ReadKeySet is the keys of a JWK Set (RFC 7517, 5) that can be read: one of a kind that is not known here does not spoil
// the others. It is false where the document is no key set.
func ReadKeySet(document []byte) ([]jose.JSONWebKey, bool) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(document, &set) != nil || set.Keys == nil {
		return nil, false
	}
	keys := []jose.JSONWebKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil {
			keys = append(keys, key)
		}
	}
	return keys, true
}
