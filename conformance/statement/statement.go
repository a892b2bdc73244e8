// Package statement is what a vendor hands over: the result of a whole run as an in-toto statement
// with the test-result predicate, signed in a DSSE envelope. A statement is a function of the report,
// of the files of the results folder and of the key: whoever has them can make it again and compare.
package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/gowebpki/jcs"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/spconform/spconform/conformance/result"
)

const (
	// PredicateType is the test-result predicate of in-toto.
	PredicateType = "https://in-toto.io/attestation/test-result/v0.1"
	// PayloadType is that of an in-toto statement in an envelope.
	PayloadType = "application/vnd.in-toto+json"
	// Version is that of the Run in the predicate.
	Version = "1.0.0"
	// ValidDays is how long after the run a statement expires at the latest.
	ValidDays = 365
)

// The files of the results folder that a statement is bound to.
const (
	FileReport     = "report.json"
	FileTranscript = "exchanges.har"
)

// Predicate is the test-result predicate. Run is an extension field: in-toto lets a producer add
// members whose names are URIs.
type Predicate struct {
	Result        string       `json:"result"`
	Configuration []Descriptor `json:"configuration"`
	PassedTests   []string     `json:"passedTests"`
	WarnedTests   []string     `json:"warnedTests"`
	FailedTests   []string     `json:"failedTests"`
	Run           Run          `json:"https://spconform.example.org/statement/v1"`
}

// Descriptor is a resource descriptor of in-toto.
type Descriptor struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// Run is what was tested and what came of it. Seed is in decimal: it does not fit a JSON number that
// is read as floating-point.
type Run struct {
	Version    string          `json:"version"`
	Suite      result.Suite    `json:"suite"`
	Profile    *result.Profile `json:"profile,omitempty"`
	Seed       string          `json:"seed"`
	Target     result.Target   `json:"target"`
	StartedAt  time.Time       `json:"startedAt"`
	IssuedAt   time.Time       `json:"issuedAt"`
	ExpiresAt  time.Time       `json:"expiresAt"`
	Signer     jose.JSONWebKey `json:"signer"`
	Interfaces []Interface     `json:"interfaces"`
}

// Interface is the outcome for one interface with the verdicts that it follows from.
type Interface struct {
	Interface   string                  `json:"interface"`
	Title       string                  `json:"title"`
	Conformant  bool                    `json:"conformant"`
	Level       int                     `json:"level"`
	Provisional bool                    `json:"provisional"`
	Dimensions  []result.DimensionLevel `json:"dimensions"`
	Claimed     []string                `json:"claimed"`
	Absent      []string                `json:"absent"`
	NextLevel   []string                `json:"nextLevel"`
	Headline    string                  `json:"headline"`
	Verdicts    []Verdict               `json:"verdicts"`
}

// Verdict is a requirement with all that the level takes from it.
type Verdict struct {
	ID           string         `json:"id"`
	Keyword      string         `json:"keyword"`
	Dimension    string         `json:"dimension"`
	Band         int            `json:"band"`
	Capability   string         `json:"capability"`
	Basis        string         `json:"basis"`
	Critical     bool           `json:"critical"`
	Experimental bool           `json:"experimental"`
	Verdict      result.Verdict `json:"verdict"`
	// Evidence is null for what tests settle.
	Evidence *result.Evidence `json:"evidence"`
}

// Hash is the SHA-256 of a file in hexadecimal.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Withheld says why a report has no statement, or is nil where it has one.
func Withheld(report result.Report) error {
	switch {
	case report.Error != nil:
		return refuse(CodeWithheld, "no statement: the run could not be carried through")
	case report.Selection.Partial:
		return refuse(CodeWithheld, "no statement: the selection was partial; run without --tags and --requirement")
	case report.Errored():
		return refuse(CodeWithheld, "no statement: the suite itself failed on some requirements")
	case len(report.Interfaces) == 0:
		return refuse(CodeWithheld, "no statement: no interface was tested")
	}
	for _, tested := range report.Interfaces {
		if tested.Conformant == nil || tested.Level == nil {
			return refuse(CodeWithheld, "no statement: an interface has no level")
		}
	}
	return nil
}

// Make is the canonical JSON (RFC 8785) of the statement on a report. hashes are of FileReport and
// FileTranscript.
func Make(report result.Report, hashes map[string]string, key Key) ([]byte, error) {
	if err := Withheld(report); err != nil {
		return nil, err
	}
	predicate, err := asStruct(predicateOf(report, hashes, key))
	if err != nil {
		return nil, err
	}
	statement := &intoto.Statement{Type: intoto.StatementTypeUri, Subject: subjectsOf(report.Target),
		PredicateType: PredicateType, Predicate: predicate}
	if err := statement.Validate(); err != nil {
		return nil, err
	}
	raw, err := protojson.Marshal(statement)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(raw)
}

func asStruct(value any) (*structpb.Struct, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	made := &structpb.Struct{}
	return made, protojson.Unmarshal(raw, made)
}

func predicateOf(report result.Report, hashes map[string]string, key Key) Predicate {
	made := Predicate{PassedTests: []string{}, WarnedTests: []string{}, FailedTests: []string{}}
	for _, name := range slices.Sorted(maps.Keys(hashes)) {
		made.Configuration = append(made.Configuration, Descriptor{name, sha256Of(hashes[name])})
	}
	for _, part := range [][2]string{{"catalogue", report.Suite.CatalogueHash}, {"spec", report.Suite.SpecHash}, {"features", report.Suite.FeaturesHash}} {
		made.Configuration = append(made.Configuration, Descriptor{part[0], sha256Of(part[1])})
	}
	if report.Profile != nil {
		made.Configuration = append(made.Configuration, Descriptor{"profile", sha256Of(report.Profile.Hash)})
	}
	issued := report.FinishedAt.UTC()
	until, _ := expiry(issued, report.Interfaces)
	made.Run = Run{Version: Version, Suite: report.Suite, Profile: report.Profile, Seed: strconv.FormatUint(report.Seed, 10), Target: report.Target,
		StartedAt: report.StartedAt.UTC(), IssuedAt: issued, ExpiresAt: until, Signer: *key.jwk()}
	made.Result = "PASSED"
	for _, tested := range report.Interfaces {
		made.Run.Interfaces = append(made.Run.Interfaces, outcomeOf(tested))
		switch {
		case !*tested.Conformant:
			made.Result = "FAILED"
		case tested.Provisional && made.Result == "PASSED":
			made.Result = "WARNED"
		}
		for _, row := range tested.Requirements {
			name := tested.Interface + "/" + row.ID
			switch row.Verdict {
			case result.Met:
				made.PassedTests = append(made.PassedTests, name)
			case result.Unmet, result.Skipped:
				made.FailedTests = append(made.FailedTests, name)
			default:
				made.WarnedTests = append(made.WarnedTests, name)
			}
		}
	}
	return made
}

func outcomeOf(tested result.Interface) Interface {
	made := Interface{Interface: tested.Interface, Title: tested.Title, Conformant: *tested.Conformant, Level: *tested.Level,
		Provisional: tested.Provisional, Dimensions: tested.Dimensions, Claimed: tested.Claimed, Absent: tested.Absent,
		NextLevel: tested.NextLevel, Headline: tested.Headline}
	for _, row := range tested.Requirements {
		made.Verdicts = append(made.Verdicts, Verdict{ID: row.ID, Keyword: row.Keyword, Dimension: row.Dimension, Band: row.Band,
			Capability: row.Capability, Basis: row.Basis, Critical: row.Critical, Experimental: row.Experimental, Verdict: row.Verdict, Evidence: row.Evidence})
	}
	return made
}

func sha256Of(hash string) map[string]string { return map[string]string{"sha256": hash} }

// How firmly a subject is bound: to the bytes of an image, to the certificate that a server showed, or
// to an address at which anything may answer tomorrow.
const (
	BoundToImage       = "image"
	BoundToCertificate = "certificate"
	BoundToAddress     = "address"
)

// subjectsOf names what was tested: the image by its digest, or each address with its certificate.
func subjectsOf(target result.Target) []*intoto.ResourceDescriptor {
	if digest, ok := bytes.CutPrefix([]byte(target.Digest), []byte("sha256:")); ok && target.Image != "" {
		return []*intoto.ResourceDescriptor{subject(target.Image, "", string(digest), BoundToImage)}
	}
	var subjects []*intoto.ResourceDescriptor
	for _, id := range slices.Sorted(maps.Keys(target.Bases)) {
		base := target.Bases[id]
		if certificate := target.Certificates[id]; certificate != "" {
			subjects = append(subjects, subject(id, base, certificate, BoundToCertificate))
			continue
		}
		subjects = append(subjects, subject(id, base, Hash([]byte(base)), BoundToAddress))
	}
	return subjects
}

func subject(name, uri, digest, bound string) *intoto.ResourceDescriptor {
	return &intoto.ResourceDescriptor{Name: name, Uri: uri, Digest: sha256Of(digest),
		Annotations: &structpb.Struct{Fields: map[string]*structpb.Value{"bound": structpb.NewStringValue(bound)}}}
}
