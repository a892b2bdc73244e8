// Package spec holds the artefacts that say what the standards require: the interface descriptions,
// the OpenAPI documents, the requirement catalogue and the errata of the published documents.
package spec

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed requirements
var requirementFiles embed.FS

// Basis says where a requirement comes from. Only a departure from published or inferred text can be
// unmet where several published forms exist; a house rule is ours.
type Basis string

// The bases of a requirement.
const (
	Published Basis = "published"
	Inferred  Basis = "inferred"
	House     Basis = "house"
)

// Keyword is the strength of a requirement.
type Keyword string

// The two strengths.
const (
	MUST   Keyword = "MUST"
	SHOULD Keyword = "SHOULD"
)

// Dimension is one of the five dimensions of the maturity model.
type Dimension string

// The dimensions, in the order in which they are shown.
const (
	Legal          Dimension = "legal"
	Organizational Dimension = "organizational"
	Semantic       Dimension = "semantic"
	Technical      Dimension = "technical"
	Security       Dimension = "security"
)

// Dimensions lists all dimensions in order.
var Dimensions = []Dimension{Legal, Organizational, Semantic, Technical, Security}

// Requirement is one row of the catalogue.
type Requirement struct {
	// ID is immutable: REG-SEARCH-004.
	ID string `yaml:"id" json:"id"`
	// Statement is one sentence with MUST or SHOULD.
	Statement string `yaml:"statement" json:"statement"`
	// Pattern or Interfaces say where it applies: every interface of a pattern, or those named.
	Pattern    string   `yaml:"pattern,omitempty" json:"pattern,omitempty"`
	Interfaces []string `yaml:"interfaces,omitempty" json:"interfaces,omitempty"`
	// Operation is the operation that it is about, or empty for all.
	Operation string `yaml:"operation,omitempty" json:"operation,omitempty"`
	Role      Role   `yaml:"role" json:"role"`
	// Source points into the standard: a document and a pointer or page.
	Source    string    `yaml:"source" json:"source"`
	Dimension Dimension `yaml:"dimension" json:"dimension"`
	// Band is the maturity level, 1 to 5, that the requirement gates.
	Band int `yaml:"band" json:"band"`
	// Capability is empty for core.
	Capability string `yaml:"capability,omitempty" json:"capability,omitempty"`
	// Experimental requirements are shown and never scored.
	Experimental bool  `yaml:"experimental,omitempty" json:"experimental,omitempty"`
	Critical     bool  `yaml:"critical,omitempty" json:"critical,omitempty"`
	Basis        Basis `yaml:"basis" json:"basis"`
	// Area groups requirements in tables: Search, Signature, Callbacks…
	Area string `yaml:"area" json:"area"`
	// Observed requirements are judged on every exchange of a run, not only in their own scenarios.
	Observed bool `yaml:"observed,omitempty" json:"observed,omitempty"`
	// Covers lists the operations, fields, statuses and codes that it settles ("header.message_ts",
	// "rjct.filter.invalid"), for the coverage table.
	Covers []string `yaml:"covers,omitempty" json:"covers,omitempty"`
	// Mend is what an implementer does about a failure, in one line.
	Mend string `yaml:"mend,omitempty" json:"mend,omitempty"`
}

// Keyword is MUST or SHOULD, as the statement says.
func (r Requirement) Keyword() Keyword {
	if strings.Contains(r.Statement, string(MUST)) {
		return MUST
	}
	return SHOULD
}

// AppliesTo says whether the requirement is about the interface.
func (r Requirement) AppliesTo(described Interface) bool {
	if !(r.Pattern != "" && r.Pattern == described.Pattern) && !slices.Contains(r.Interfaces, described.ID) {
		return false
	}
	if r.Operation == "" {
		return true
	}
	_, has := described.Operation(r.Operation)
	return has
}

// Catalogue is all requirements, in the order of the files.
type Catalogue struct {
	Requirements []Requirement
	// Exclusions says what a black box cannot provoke, and why: code or field → reason.
	Exclusions map[string]string
	hash       string
}

// Hash is the SHA-256 of the catalogue's files in hexadecimal, which a report carries.
func (c *Catalogue) Hash() string { return c.hash }

// Find is the requirement with the id.
func (c *Catalogue) Find(id string) (Requirement, bool) {
	for _, requirement := range c.Requirements {
		if requirement.ID == id {
			return requirement, true
		}
	}
	return Requirement{}, false
}

// For lists the requirements that apply to the interface and are owed by the role. Where the operation
// that one is about is a capability of the interface, so is the requirement.
func (c *Catalogue) For(described Interface, role Role) []Requirement {
	var owed []Requirement
	for _, requirement := range c.Requirements {
		if requirement.Role == role && requirement.AppliesTo(described) {
			if operation, ok := described.Operation(requirement.Operation); ok && requirement.Capability == "" {
				requirement.Capability = operation.Capability
			}
			owed = append(owed, requirement)
		}
	}
	return owed
}

type requirementFile struct {
	Defaults     yaml.Node         `yaml:"defaults"`
	Requirements []yaml.Node       `yaml:"requirements"`
	Exclusions   map[string]string `yaml:"exclusions"`
}

// LoadCatalogue reads and checks the embedded requirement files.
func LoadCatalogue() (*Catalogue, error) { return ReadCatalogue(requirementFiles) }

// ReadCatalogue reads requirements/*.yaml: each file has defaults that its rows share, and rows.
func ReadCatalogue(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "requirements/*.yaml")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	catalogue := &Catalogue{Exclusions: map[string]string{}}
	sum := sha256.New()
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s\n%d\n", name, len(raw))
		sum.Write(raw)
		var file requirementFile
		if err := yaml.Unmarshal(raw, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, row := range file.Requirements {
			var requirement Requirement
			if !file.Defaults.IsZero() {
				if err := file.Defaults.Decode(&requirement); err != nil {
					return nil, fmt.Errorf("%s: defaults: %w", name, err)
				}
			}
			if err := row.Decode(&requirement); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, row.Line, err)
			}
			if err := requirement.check(); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, row.Line, err)
			}
			if _, twice := catalogue.Find(requirement.ID); twice {
				return nil, fmt.Errorf("%s:%d: id %s is used twice: ids are immutable, take a new one", name, row.Line, requirement.ID)
			}
			catalogue.Requirements = append(catalogue.Requirements, requirement)
		}
		for subject, reason := range file.Exclusions {
			catalogue.Exclusions[subject] = reason
		}
	}
	catalogue.hash = hex.EncodeToString(sum.Sum(nil))
	return catalogue, nil
}

var idForm = regexp.MustCompile(`^[A-Z]+(-[A-Z0-9]+)*-[0-9]{3}$`)

func (r Requirement) check() error {
	must, should := strings.Contains(r.Statement, "MUST"), strings.Contains(r.Statement, "SHOULD")
	switch {
	case !idForm.MatchString(r.ID):
		return fmt.Errorf("id %q is not of the form AREA-TOPIC-001", r.ID)
	case must == should:
		return fmt.Errorf("%s: the statement needs one of MUST and SHOULD", r.ID)
	case r.Pattern == "" && len(r.Interfaces) == 0:
		return fmt.Errorf("%s: name a pattern or interfaces that it applies to", r.ID)
	case r.Role != RoleRegistry && r.Role != RoleClient:
		return fmt.Errorf("%s: role is %q: registry or client", r.ID, r.Role)
	case !slices.Contains(Dimensions, r.Dimension):
		return fmt.Errorf("%s: dimension is %q", r.ID, r.Dimension)
	case r.Band < 1 || r.Band > 5:
		return fmt.Errorf("%s: band is %d: 1 to 5", r.ID, r.Band)
	case r.Basis != Published && r.Basis != Inferred && r.Basis != House:
		return fmt.Errorf("%s: basis is %q: published, inferred or house", r.ID, r.Basis)
	case r.Source == "" || r.Area == "":
		return fmt.Errorf("%s: source and area are needed", r.ID)
	}
	return nil
}
