package manifest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spconform/spconform/conformance/dialect"
)

// Dialects are those that the manifest names: shipped ones by id, and files of its own.
func (m Manifest) Dialects() ([]dialect.Dialect, error) {
	var all []dialect.Dialect
	for i, name := range m.Dialect {
		if !dialect.IsFile(name) {
			one, err := dialect.Find(name)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
			continue
		}
		text, err := os.ReadFile(m.Path(name))
		if err != nil {
			return nil, fmt.Errorf("dialect[%d]: %s cannot be read: name a shipped dialect or a YAML file beside the manifest", i, filepath.Base(name))
		}
		one, err := dialect.Parse(name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, dialect.Together(all)
}
