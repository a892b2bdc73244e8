package conformance_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
)

func TestEvidenceIsTheFileThatWasDeclared(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "agreement.pdf"), []byte("signed"), 0o600))
	sum := sha256.Sum256([]byte("signed"))
	for _, c := range []struct{ name, file, hash, wrong string }{
		{"the file", "agreement.pdf", hex.EncodeToString(sum[:]), ""},
		{"another file", "agreement.pdf", hex.EncodeToString(make([]byte, 32)), "another SHA-256"},
		{"no file", "missing.pdf", hex.EncodeToString(sum[:]), "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := manifest.Default("http://127.0.0.1:1", []string{"social"})
			m.Folder = folder
			m.Evidence = []manifest.Evidence{{Requirement: "ORG-AGR-001", Grade: "E1", File: c.file, SHA256: c.hash, Issued: "2026-01-01", Expires: "2999-01-01"}}
			target, err := conformance.Described(m)
			if c.wrong != "" {
				require.ErrorContains(t, err, c.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "E1", target.Said.Evidence["ORG-AGR-001"].Grade)
		})
	}
}
