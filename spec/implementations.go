package spec

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed implementations.yaml
var implementationFile []byte

// Implementation is evidence that an interface was implemented apart from this project.
type Implementation struct {
	Interface  string `yaml:"interface" json:"interface"`
	Product    string `yaml:"product" json:"product"`
	Version    string `yaml:"version" json:"version"`
	Maintainer string `yaml:"maintainer" json:"maintainer"`
	// Statement is the URL of the signed statement on a run that found the interface conformant, SHA256 its hash.
	Statement string `yaml:"statement" json:"statement"`
	SHA256    string `yaml:"sha256" json:"sha256"`
	// Date is the day of the run, YYYY-MM-DD.
	Date string `yaml:"date" json:"date"`
	// Production is the URL of what shows that it is in use; empty where nothing does.
	Production string `yaml:"production,omitempty" json:"production,omitempty"`
}

// LoadImplementations reads the embedded evidence.
func LoadImplementations() ([]Implementation, error) {
	return ReadImplementations(bytes.NewReader(implementationFile))
}

var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ReadImplementations reads evidence: each row is of a known interface and says whose product it is, and where
// its statement lies.
func ReadImplementations(r io.Reader) ([]Implementation, error) {
	var file struct {
		Implementations []Implementation `yaml:"implementations"`
	}
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("implementations: %w", err)
	}
	for _, row := range file.Implementations {
		if _, err := FindInterface(row.Interface); err != nil {
			return nil, fmt.Errorf("implementations: row %q: %w", row.Product, err)
		}
		if _, err := time.Parse(time.DateOnly, row.Date); err != nil {
			return nil, fmt.Errorf("implementations: row %q: date %q is no day: write YYYY-MM-DD", row.Product, row.Date)
		}
		located := isURL(row.Statement) && (row.Production == "" || isURL(row.Production))
		if row.Product == "" || row.Maintainer == "" || !located || !sha256Text.MatchString(row.SHA256) {
			return nil, fmt.Errorf("implementations: row %q needs a product, a maintainer, the https URL of its statement with its sha256, and, if it is in production, a URL that shows it", row.Product)
		}
	}
	return file.Implementations, nil
}

func isURL(text string) bool {
	at, err := url.Parse(text)
	return err == nil && at.Scheme == "https" && at.Host != ""
}
