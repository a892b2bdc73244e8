package main

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/go-jose/go-jose/v4"
	"github.com/spf13/cobra"
)

func keyCommand() *cobra.Command { return group("key", "Keys that sign", keyNewCommand()) }

func keyNewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "new",
		Short: "Make a signing key: the private key to --out, the public key set to standard output",
		Args:  cobra.NoArgs,
	}
	var path string
	command.Flags().StringVar(&path, "out", "spconform-key.json", "file for the private key, a JWK that only you can read; it is never overwritten")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		key, err := newKey()
		if err != nil {
			return err
		}
		if err := writeKey(path, key); err != nil {
			return err
		}
		public := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetIndent("", "  ")
		return out.Encode(public)
	}
	return command
}

// newKey is an Ed25519 key whose id is its thumbprint (RFC 7638).
func newKey() (jose.JSONWebKey, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	key := jose.JSONWebKey{Key: private, Use: "sig", Algorithm: string(jose.EdDSA)}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return key, nil
}

func writeKey(path string, key jose.JSONWebKey) error {
	raw, err := json.MarshalIndent(key, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s exists and a key is never overwritten: name another file with --out", path)
	}
	if err != nil {
		return usageError("%v: name a file with --out", err)
	}
	if _, err := file.Write(append(raw, '\n')); err != nil {
		file.Close()
		return couldNotRun("%v", err)
	}
	return file.Close()
}
