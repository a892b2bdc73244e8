// Package dialect describes how real products differ from the standard's wire form without being wrong
// in what they say, and translates between the two. Scenarios and checks speak the strict form alone; a
// Speaker stands at the wire.
//
// A description is data (schema.json); those of known/ are shipped, and a manifest may name a file of
// its own. A translation only ever renames and reshapes: it makes up nothing, so that an answer that is
// wrong stays wrong.
package dialect

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	_ "embed"
)

// Dialect is one way of departing from the strict form. Every part is optional.
type Dialect struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Published says that the standard's text allows it: a product that speaks it holds strictly.
	Published  bool        `yaml:"published"`
	Paths      *Paths      `yaml:"paths"`
	Rewrite    []Rewrite   `yaml:"rewrite"`
	Expression *Expression `yaml:"expression"`
	Signature  *Signature  `yaml:"signature"`
	// SenderURISuffix is what the product adds to a sender_uri.
	SenderURISuffix string `yaml:"sender_uri_suffix"`

	// Text is the description as it was read, Digest the SHA-256 of it in hexadecimal.
	Text   string `yaml:"-"`
	Digest string `yaml:"-"`
}

// Paths says that paths beginning with one of Below lie under Prefix; without Below, all do.
type Paths struct {
	Prefix string   `yaml:"prefix"`
	Below  []string `yaml:"below"`
	// Callbacks says that the product adds the prefix to the paths below a registered address too.
	Callbacks bool `yaml:"callbacks"`
}

// Rewrite is one shape in its two spellings. At are places in the message, such as
// message.search_request[].search_criteria.query; "" is the whole body. A name that begins with $ in a
// spelling stands for whatever is there and is carried over.
type Rewrite struct {
	At []string `yaml:"at"`
	// When is what the object around the place must hold, such as query_type: idtype-value.
	When map[string]any `yaml:"when"`
	// Only is asked, for what is sent to the product, or told, for what comes from it; empty is both.
	Only string `yaml:"only"`
	// SentTo are the published paths of the operations to which alone it applies; empty is all. What comes back does
	// not tell to which of them it belongs: such a rewrite is of what is asked.
	SentTo []string `yaml:"sent_to"`
	Strict any      `yaml:"strict"`
	Spoken any      `yaml:"spoken"`
	// Add is the value of a member that the product asks for and the strict message leaves out; Drop
	// takes the member out.
	Add  any  `yaml:"add"`
	Drop bool `yaml:"drop"`
}

// The directions of a Rewrite.
const (
	onlyAsked = "asked"
	onlyTold  = "told"
)

// Signature is where a signature is, what it covers and in which form.
type Signature struct {
	// Form is one of the Form constants, the published string where empty.
	Form string `yaml:"form"`
	// Canonical is one of the Canonical constants, RFC 8785 where empty.
	Canonical string `yaml:"canonical"`
	Namespace string `yaml:"namespace"`
	// Digest is DigestBare, or empty for a digest after message.DigestName.
	Digest string `yaml:"digest"`
	// Nulls are header members that are null in what is signed where they are absent.
	Nulls []string `yaml:"nulls"`
}

// The forms of a signature: the published string; a compact JWS that holds {header, message}; one whose
// payload is detached; a JWT with the digest of the body in an HTTP header; none.
const (
	FormString      = "string"
	FormJWS         = "jws"
	FormJWSDetached = "jws-detached"
	FormHTTPHeader  = "http-header"
	FormNone        = "none"
)

// The canonical forms of what is signed: RFC 8785; members sorted and everything beyond ASCII escaped;
// the bytes as they were sent, without blanks.
const (
	CanonicalJCS       = "jcs"
	CanonicalASCII     = "ascii"
	CanonicalInsertion = "insertion"
)

// DigestBare is a digest without the name of its algorithm.
const DigestBare = "bare"

// Error says what is wrong with a description, on one line.
type Error struct{ Name, Detail string }

func (e *Error) Error() string { return "dialect " + e.Name + ": " + e.Detail }

//go:embed known/*.yaml
var knownFiles embed.FS

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of descriptions, for editors.
func Schema() []byte { return bytes.Clone(schema) }

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("dialect.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("dialect.json")
})

// Known lists the shipped dialects, sorted by id.
var Known = sync.OnceValues(func() ([]Dialect, error) {
	entries, err := knownFiles.ReadDir("known")
	if err != nil {
		return nil, err
	}
	var all []Dialect
	for _, entry := range entries {
		text, err := knownFiles.ReadFile("known/" + entry.Name())
		if err != nil {
			return nil, err
		}
		read, err := Parse(entry.Name(), text)
		if err != nil {
			return nil, err
		}
		if read.ID+".yaml" != entry.Name() {
			return nil, &Error{entry.Name(), "its id is not the name of its file"}
		}
		all = append(all, read)
	}
	slices.SortFunc(all, func(a, b Dialect) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
})

// IsFile says whether a manifest names a file of its own and no shipped dialect.
func IsFile(name string) bool {
	extension := path.Ext(name)
	return extension == ".yaml" || extension == ".yml" || strings.ContainsAny(name, `/\`)
}

// Find is the shipped dialect with the id.
func Find(id string) (Dialect, error) {
	all, err := Known()
	if err != nil {
		return Dialect{}, err
	}
	for _, one := range all {
		if one.ID == id {
			return one, nil
		}
	}
	return Dialect{}, &Error{fmt.Sprintf("%q", id), "is not shipped: docs/dialects.md lists those that are; or name a YAML file of your own"}
}

// maxText bounds a description in bytes.
const maxText = 64 << 10

var schemaPlace = regexp.MustCompile(`(?m)^- at '([^']*)': (.*)$`)

// Parse reads a description and holds it to the schema. Errors are *Error.
func Parse(name string, text []byte) (Dialect, error) {
	if len(text) > maxText {
		return Dialect{}, &Error{name, "is longer than 64 KiB: a description is a few lines"}
	}
	var loose any
	if err := yaml.Unmarshal(text, &loose); err != nil {
		return Dialect{}, &Error{name, "is not YAML: check indentation, quotes and colons"}
	}
	plain, err := json.Marshal(loose)
	if err != nil {
		return Dialect{}, &Error{name, "is not a description: its keys must be text"}
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return Dialect{}, &Error{name, "is not a description: compare it with the JSON Schema"}
	}
	against, err := compiled()
	if err != nil {
		return Dialect{}, err
	}
	if err := against.Validate(document); err != nil {
		detail := "is not by the JSON Schema"
		if at := schemaPlace.FindStringSubmatch(err.Error()); at != nil {
			detail = fmt.Sprintf("is not by the JSON Schema at %q: %s", at[1], at[2])
		}
		return Dialect{}, &Error{name, detail}
	}
	var read Dialect
	if err := yaml.Unmarshal(text, &read); err != nil {
		return Dialect{}, &Error{name, "is not a description: compare it with the JSON Schema"}
	}
	sum := sha256.Sum256(text)
	read.Text, read.Digest = string(text), hex.EncodeToString(sum[:])
	return read, nil
}
