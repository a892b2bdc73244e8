package spec

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed exclusions.yaml
var exclusionFile []byte

// Exclusion lets one gap in the coverage of one requirement stand, for a reason.
type Exclusion struct {
	ID     string `yaml:"id" json:"id"`
	Gap    string `yaml:"gap" json:"gap"` // untested, toothless or orphan
	Reason string `yaml:"reason" json:"reason"`
}

// LoadExclusions reads the embedded exclusions.
func LoadExclusions() ([]Exclusion, error) { return ReadExclusions(bytes.NewReader(exclusionFile)) }

// ReadExclusions reads exclusions: each row names an id, a gap that can be excluded, and a reason.
func ReadExclusions(r io.Reader) ([]Exclusion, error) {
	var file struct {
		Exclusions []Exclusion `yaml:"exclusions"`
	}
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("exclusions: %w", err)
	}
	for _, row := range file.Exclusions {
		if row.ID == "" || row.Reason == "" || !slices.Contains([]string{"untested", "toothless", "orphan"}, row.Gap) {
			return nil, fmt.Errorf("exclusions: row %q needs an id, a gap (untested, toothless or orphan) and a reason", row.ID)
		}
	}
	return file.Exclusions, nil
}
