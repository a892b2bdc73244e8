package main

import (
	"context"
	"os"

	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

// signingKey reads the private key of --key; without one there is none.
func signingKey(path string) (*statement.Key, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError("--key: %v: make a key with spconform key new", err)
	}
	key, err := statement.ReadPrivate(raw)
	if err != nil {
		return nil, usageError("--key %s: %v", path, err)
	}
	return &key, nil
}

// trustedKeys reads the public keys of --key.
func trustedKeys(paths []string) ([]statement.Key, error) {
	var keys []statement.Key
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, usageError("--key: %v: name a file with the public key of who signed", err)
		}
		read, err := statement.ReadKeys(raw)
		if err != nil {
			return nil, usageError("--key %s: %v", path, err)
		}
		keys = append(keys, read...)
	}
	return keys, nil
}

// writeStatement signs what the results folder holds.
func writeStatement(ctx context.Context, dir string, key statement.Key) error {
	folder, err := reports.ReadFolder(dir)
	if err != nil {
		return err
	}
	payload, err := statement.Make(*folder.Report, folder.Hashes, key)
	if err != nil {
		return err
	}
	envelope, err := statement.Sign(ctx, payload, key)
	if err != nil {
		return err
	}
	return reports.WriteStatement(dir, envelope)
}
