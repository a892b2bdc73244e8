package identity

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// KeyFile is the name of a participant's file in a folder of keys.
func KeyFile(name Name) string { return strings.ReplaceAll(string(name), " ", "-") + ".json" }

// ReadKeys reads the private keys of the participants that a product was configured with: Ed25519 keys
// with an id, as `spconform key new --out FOLDER/client.json` writes them.
func ReadKeys(folder string) (map[Name]jose.JSONWebKey, error) {
	keys := map[Name]jose.JSONWebKey{}
	for _, row := range roles {
		if len(row.roles) == 0 || row.name == Rotating {
			continue
		}
		file := KeyFile(row.name)
		text, err := os.ReadFile(filepath.Join(folder, file))
		if errors.Is(err, fs.ErrNotExist) && (row.name == Agency || row.name == Auditor) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s is missing there: make it with spconform key new --out %s, and configure its public key for %s", file, file, row.id)
		}
		var key jose.JSONWebKey
		if json.Unmarshal(text, &key) != nil || key.KeyID == "" {
			return nil, fmt.Errorf("%s is not a private key with an id: make it with spconform key new", file)
		}
		if _, ok := key.Key.(ed25519.PrivateKey); !ok {
			return nil, fmt.Errorf("%s is not a private Ed25519 key: make it with spconform key new", file)
		}
		keys[row.name] = key
	}
	return keys, nil
}

// Use makes participants sign with these keys instead of those of the seed. They have no keys for
// encryption then: the product knows of none.
func (i Identities) Use(keys map[Name]jose.JSONWebKey) {
	for name, key := range keys {
		private, ok := key.Key.(ed25519.PrivateKey)
		if who := i[name]; ok && who != nil {
			who.Key.KeyID, who.Key.Private = key.KeyID, private
			who.Opening = nil
			who.publish(nil)
			if len(who.Participant.RevokedKeys) > 0 {
				who.Participant.RevokedKeys = []string{key.KeyID}
			}
		}
	}
}
