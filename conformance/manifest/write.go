package manifest

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// Write is a manifest as text, with the line by which editors find its schema.
func Write(m Manifest) ([]byte, error) {
	var text bytes.Buffer
	text.WriteString("# yaml-language-server: $schema=https://raw.githubusercontent.com/spconform/spconform/main/conformance/manifest/schema.json\n")
	out := yaml.NewEncoder(&text)
	out.SetIndent(2)
	if err := out.Encode(m); err != nil {
		return nil, err
	}
	return text.Bytes(), out.Close()
}
