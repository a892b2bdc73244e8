package manifest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Secret is a reference to a secret: env:NAME or file:PATH, the path relative to the manifest. The
// secret itself is never in a manifest.
type Secret string

const (
	fromEnvironment = "env:"
	fromFile        = "file:"
	// maxSecret bounds a secret's file in bytes.
	maxSecret = 64 << 10
)

// isReference says whether text refers to a secret.
func isReference(text string) bool {
	name, inEnvironment := strings.CutPrefix(text, fromEnvironment)
	path, inFile := strings.CutPrefix(text, fromFile)
	return (inEnvironment && name != "") || (inFile && path != "")
}

// Resolve reads the secret; surrounding white space is not part of it. The empty reference is the empty
// secret.
func (s Secret) Resolve(folder string) (string, error) {
	reference := string(s)
	switch {
	case reference == "":
		return "", nil
	case !isReference(reference):
		return "", &Error{File: FileName, Detail: "a secret is written out: refer to it by env:NAME or file:PATH"}
	case strings.HasPrefix(reference, fromEnvironment):
		name := strings.TrimPrefix(reference, fromEnvironment)
		if held := strings.TrimSpace(os.Getenv(name)); held != "" {
			return held, nil
		}
		return "", &Error{File: FileName, Detail: fmt.Sprintf("the environment variable %s is not set: set it to the secret", name)}
	}
	return readSecret(folder, strings.TrimPrefix(reference, fromFile))
}

func readSecret(folder, path string) (string, error) {
	at := path
	if !filepath.IsAbs(at) {
		at = filepath.Join(folder, at)
	}
	file, err := os.Open(at)
	if err != nil {
		return "", &Error{File: FileName, Detail: fmt.Sprintf("the secret's file %s cannot be read: put the secret there", path)}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecret))
	if held := strings.TrimSpace(string(text)); err == nil && held != "" {
		return held, nil
	}
	return "", &Error{File: FileName, Detail: fmt.Sprintf("the secret's file %s holds nothing that can be read: put the secret there", path)}
}

// Header resolves the headers that go with every request; files are named from the folder.
func (a Auth) Header(folder string) (map[string]string, error) {
	resolved := map[string]string{}
	for name, text := range a.Headers {
		if isReference(text) {
			held, err := Secret(text).Resolve(folder)
			if err != nil {
				return nil, err
			}
			text = held
		}
		resolved[name] = text
	}
	return resolved, nil
}

// Path is a path of the manifest, which is relative to its folder.
func (m Manifest) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(m.Folder, path)
}
