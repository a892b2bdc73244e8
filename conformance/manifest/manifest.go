// Package manifest is spconform.yaml: what a vendor says of a product, so that the suite can reach it,
// prepare it and know what it claims. It is read strictly, and holds no secret: those are referred to
// by environment variable or file.
package manifest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Manifest describes one product under test. Keys and their meaning are in schema.json.
type Manifest struct {
	Product    Product              `yaml:"product"`
	Interfaces map[string]Interface `yaml:"interfaces"`
	Auth       Auth                 `yaml:"auth,omitempty"`
	Identities Identities           `yaml:"identities,omitempty"`
	Population Population           `yaml:"population,omitempty"`
	Events     Events               `yaml:"events,omitempty"`
	Sharing    *Sharing             `yaml:"sharing,omitempty"`
	Rotation   Rotation             `yaml:"rotation,omitempty"`
	Restart    Restart              `yaml:"restart,omitempty"`
	Sources    Sources              `yaml:"sources,omitempty"`
	Callbacks  Callbacks            `yaml:"callbacks,omitempty"`
	Timeouts   map[string]Duration  `yaml:"timeouts,omitempty"`
	Evidence   []Evidence           `yaml:"evidence,omitempty"`
	// Justified says why recommendations (SHOULD) are left.
	Justified []Justification `yaml:"justified,omitempty"`
	// Dialect names the known departures that the product declares.
	Dialect []string `yaml:"dialect,omitempty"`
	TLS     TLS      `yaml:"tls,omitempty"`
	// Containers are those that the runner starts, by name; a URL of the manifest whose host is such a
	// name, or that of a service of the compose file, is inside them.
	Containers map[string]Container `yaml:"containers,omitempty"`
	Compose    *Compose             `yaml:"compose,omitempty"`

	// Folder is where the manifest lies; its relative paths start there.
	Folder string `yaml:"-"`
}

// Product is the name and version under which results are told.
type Product struct {
	Name    string `yaml:"name"`
	Version string `yaml:"version,omitempty"`
}

// Interface is where and how one interface is served.
type Interface struct {
	// Base is the URL to which operation paths are added.
	Base string `yaml:"base"`
	// ID is the product's own participant id (sender_id) on it.
	ID string `yaml:"id,omitempty"`
	// Paths replaces published paths by operation id.
	Paths map[string]string `yaml:"paths,omitempty"`
	// Capabilities are those claimed; the others are probed.
	Capabilities []string `yaml:"capabilities,omitempty"`
	// RecordTypes gives the product's spelling of a reg_record_type.
	RecordTypes map[string]string `yaml:"record_types,omitempty"`
	// Product is what serves it where that is another than the manifest's: a mixed system.
	Product *Product `yaml:"product,omitempty"`
	// Auth is the way in to that product, in place of the manifest's.
	Auth *Auth `yaml:"auth,omitempty"`
	// Hooks prepare that product for this interface; what is left out is the manifest's.
	Hooks *Hooks `yaml:"hooks,omitempty"`
}

// Hooks are the URLs by which a product of a mixed system is prepared: identities.url, population.url, events.url,
// restart.url, rotation.url and those of sharing of its own. AccessLog is the path of sharing.access_log.
type Hooks struct {
	Participants string `yaml:"participants,omitempty"`
	Population   string `yaml:"population,omitempty"`
	Events       string `yaml:"events,omitempty"`
	Restart      string `yaml:"restart,omitempty"`
	Rotation     string `yaml:"rotation,omitempty"`
	Agreements   string `yaml:"agreements,omitempty"`
	Consents     string `yaml:"consents,omitempty"`
	AccessLog    string `yaml:"access_log,omitempty"`
}

// Auth is how requests prove who sends them: OAuth2 or a bearer token, and further headers.
type Auth struct {
	OAuth2 *OAuth2 `yaml:"oauth2,omitempty"`
	// Bearer is a token that does not change.
	Bearer Secret `yaml:"bearer,omitempty"`
	// Headers are sent with every request; a value may be a reference.
	Headers map[string]string `yaml:"headers,omitempty"`
}

// OAuth2 is the client credentials grant (RFC 6749, 4.4).
type OAuth2 struct {
	// TokenURL is absolute, or a path that is added to the interface's base.
	TokenURL string `yaml:"token_url,omitempty"`
	// Style is how the client names itself: form (the default), basic or json.
	Style string `yaml:"style,omitempty"`
	// Fields renames the fields grant_type, client_id and client_secret.
	Fields map[string]string `yaml:"fields,omitempty"`
	// Extra are further fields, such as scope or audience.
	Extra map[string]string `yaml:"extra,omitempty"`
	// Clients gives each identity of the runner its credentials.
	Clients map[string]Client `yaml:"clients,omitempty"`
}

// Client is the credentials of one identity.
type Client struct {
	ID     string `yaml:"id"`
	Secret Secret `yaml:"secret"`
}

// Identities is how the product learns the runner's participants and their keys.
type Identities struct {
	// Provide is one of the Provide constants for identities.
	Provide string `yaml:"provide,omitempty"`
	// URL takes the participants by PUT (http).
	URL string `yaml:"url,omitempty"`
	// Keys is a folder of keys from `spconform key new`, one a participant (preconfigured).
	Keys string `yaml:"keys,omitempty"`
}

// The ways in which the product learns the participants: it is the embedded reference; it was given
// the files of `spconform fixtures`; it takes them at a URL; it reads the JWKS that the runner serves;
// it was configured by hand.
const (
	IdentitiesEmbedded      = "embedded"
	IdentitiesFixtures      = "fixtures"
	IdentitiesHTTP          = "http"
	IdentitiesJWKS          = "jwks"
	IdentitiesPreconfigured = "preconfigured"
)

// Population is how the records get into the product.
type Population struct {
	// Provide is one of the Provide constants for populations.
	Provide string `yaml:"provide,omitempty"`
	// URL takes the records by PUT (http), in Format: ndjson, which it is where empty, jsonld or csv.
	URL    string `yaml:"url,omitempty"`
	Format string `yaml:"format,omitempty"`
	// File is where the records are mounted (mounted) or declared (declared); its name ends in .ndjson,
	// .jsonld or .csv, which says in which form.
	File string `yaml:"file,omitempty"`
	// Records are declared in place (declared).
	Records []Record `yaml:"records,omitempty"`
}

// The ways in which records get in: at a URL; as a mounted file; loaded beforehand from the files of
// `spconform fixtures`; or not at all, and the vendor declares some that the product holds, which caps
// the level at 1.
const (
	PopulationHTTP      = "http"
	PopulationMounted   = "mounted"
	PopulationPreloaded = "preloaded"
	PopulationDeclared  = "declared"
)

// Record is one record that the vendor declares.
type Record struct {
	Interface  string `yaml:"interface"`
	RecordType string `yaml:"reg_record_type"`
	Data       Object `yaml:"data"`
}

// Object is a record's data. A day or a time stays the text that it was written as.
type Object map[string]any

// Events is where a change of a record can be made to happen, by POST.
type Events struct {
	URL string `yaml:"url,omitempty"`
}

// Sharing is how the product takes data-sharing agreements and the decisions of persons. Without it the
// requirements on them are skipped.
type Sharing struct {
	// Provide is http or preloaded.
	Provide string `yaml:"provide,omitempty"`
	// Agreements takes the agreements by PUT, Consents decisions by POST as NDJSON; the latter also during a run.
	Agreements string `yaml:"agreements,omitempty"`
	Consents   string `yaml:"consents,omitempty"`
	// AccessLog is the path, added to an interface's base, at which an auditor reads a person's access log.
	AccessLog string `yaml:"access_log,omitempty"`
}

// Rotation is where the product can be made to take a new signing key, by POST.
type Rotation struct {
	URL string `yaml:"url,omitempty"`
}

// Restart is how the product can be made to stop and start again on what it holds.
type Restart struct {
	// URL does it by POST.
	URL string `yaml:"url,omitempty"`
	// Containers are those that the runner itself stops and starts again. What they hold in memory is gone with that,
	// their writable folders among it: these are of a product that keeps its state in another one.
	Containers []string `yaml:"containers,omitempty"`
}

// Sources is how a product that asks registries is told where they are.
type Sources struct {
	// URL takes base URLs by interface id by PUT.
	URL string `yaml:"url,omitempty"`
	// Bases are where the product asks the registries outside of a scenario, as it knows them; an interface
	// that is left out is asked at its base in Interfaces.
	Bases map[string]string `yaml:"bases,omitempty"`
	// Participant is who the product is at those registries, which are told of it beside the runner's participants.
	Participant *Asker `yaml:"participant,omitempty"`
}

// Asker is a product as a participant of the registries that it asks: its sender_id, its credentials at their token
// endpoints, by its id where ClientID is "", and where it publishes its keys.
type Asker struct {
	ID       string `yaml:"id"`
	ClientID string `yaml:"client_id,omitempty"`
	Secret   Secret `yaml:"secret"`
	JWKS     string `yaml:"jwks"`
}

// Callbacks is where the runner receives callbacks: Listen is host:port, Base the URL under which the
// product reaches it.
type Callbacks struct {
	Listen string `yaml:"listen,omitempty"`
	Base   string `yaml:"base,omitempty"`
}

// Evidence is a declared item for a requirement that no black box can test.
type Evidence struct {
	Requirement string `yaml:"requirement"`
	// Grade is E1, an artefact, or E2, one that Reviewer reviewed independently.
	Grade string `yaml:"grade"`
	File  string `yaml:"file"`
	// SHA256 is of the file, in hexadecimal.
	SHA256 string `yaml:"sha256"`
	// Issued and Expires are days.
	Issued   string `yaml:"issued"`
	Expires  string `yaml:"expires"`
	Reviewer string `yaml:"reviewer,omitempty"`
}

// Justification is why a product leaves a SHOULD.
type Justification struct {
	Requirement string `yaml:"requirement"`
	Reason      string `yaml:"reason"`
}

// TLS says which authorities the product's certificate may come from, beside the system's.
type TLS struct {
	CAFile string `yaml:"ca_file,omitempty"`
}

// Timeout is the duration set for a name of Timeouts, or its default.
func (m Manifest) Timeout(name string) time.Duration {
	if set, ok := m.Timeouts[name]; ok {
		return time.Duration(set)
	}
	return DefaultTimeout(name)
}

// Default is the manifest of a product of which only a URL is known: it claims nothing, and was
// prepared with the files of `spconform fixtures`. {interface} in the URL stands for an interface's id;
// several interfaces without it are at the URL followed by their ids.
func Default(base string, interfaces []string) Manifest {
	made := Manifest{
		Interfaces: map[string]Interface{},
		Identities: Identities{Provide: IdentitiesFixtures},
		Population: Population{Provide: PopulationPreloaded},
	}
	if len(interfaces) > 1 && !strings.Contains(base, "{interface}") {
		base = strings.TrimSuffix(base, "/") + "/{interface}"
	}
	for _, id := range interfaces {
		made.Interfaces[id] = Interface{Base: strings.ReplaceAll(base, "{interface}", id)}
	}
	return made
}

// InterfaceIDs lists the interfaces claimed, sorted.
func (m Manifest) InterfaceIDs() []string {
	var ids []string
	for id := range m.Interfaces {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Duration is written as 15s, 500ms or 10m.
type Duration time.Duration

// MarshalYAML writes the duration as text.
func (d Duration) MarshalYAML() (any, error) { return time.Duration(d).String(), nil }

// Error is what is wrong with a manifest, on one line: where, what, and how to mend it. It holds keys
// of the manifest and never a value that could be a secret.
type Error struct {
	File string
	Line int // 0 where it is about the whole file
	Key  string
	// Detail says what is wrong and how to mend it.
	Detail string
}

func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	if e.Key != "" {
		place += ": " + e.Key
	}
	return place + ": " + e.Detail
}
