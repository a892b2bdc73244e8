// Package result is the one result model of a run: everything that is shown or written about a run
// is rendered from a Report. The JSON form is report.json, versioned by SchemaVersion and described
// in docs/report.md.
package result

import (
	"slices"
	"time"
)

// SchemaVersion is the version of report.json. A new minor version only adds members.
const SchemaVersion = "1.2.0"

// Verdict is what a run says of one requirement on one interface.
type Verdict string

// The verdicts. Only Unmet blames the target; Error is a failure of the suite itself.
const (
	Met           Verdict = "met"
	Unmet         Verdict = "unmet"
	Justified     Verdict = "justified"
	NotApplicable Verdict = "not applicable"
	Skipped       Verdict = "skipped"
	Untested      Verdict = "untested"
	Dialect       Verdict = "dialect"
	SpecDefect    Verdict = "spec defect"
	Error         Verdict = "error"
)

// Verdicts lists the verdicts in the order in which they are shown: what needs attention first.
var Verdicts = []Verdict{Error, Unmet, Skipped, Dialect, SpecDefect, Justified, Untested, NotApplicable, Met}

// Status is the outcome of one scenario.
type Status string

// The outcomes of a scenario. Failed is the target's, Errored is the suite's.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skip    Status = "skipped"
	Errored Status = "error"
)

// Report is the result of one run.
type Report struct {
	SchemaVersion string `json:"schemaVersion"`
	Suite         Suite  `json:"suite"`
	// Profile is the country's profile that records were judged by; nil where it was the standard alone.
	Profile    *Profile  `json:"profile,omitempty"`
	Seed       uint64    `json:"seed"`
	Target     Target    `json:"target"`
	Selection  Selection `json:"selection"`
	StartedAt  time.Time `json:"startedAt"`
	FinishedAt time.Time `json:"finishedAt"`
	// Error is set where the run could not be carried through; the report then has no conformance.
	Error      *RunError   `json:"error,omitempty"`
	Interfaces []Interface `json:"interfaces"`
	// Exchanges holds those that a failure points to; exchanges.har holds all.
	Exchanges []Exchange `json:"exchanges,omitempty"`
	// Transcript is every exchange of the run, for exchanges.har.
	Transcript []Exchange `json:"-"`
}

// Suite names what judged: versions and SHA-256 hashes in hexadecimal.
type Suite struct {
	Name          string `json:"name"`
	Version       string `json:"version"`
	CatalogueHash string `json:"catalogueHash"`
	SpecHash      string `json:"specHash"`
	FeaturesHash  string `json:"featuresHash"`
}

// Profile names a country's profile of the data dictionary. Hash is the SHA-256, in hexadecimal, of what it
// is made of.
type Profile struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

// Target says what was tested. Kind is embedded, url, image or compose. Population is how records got
// in: hook, mounted, preloaded or declared.
type Target struct {
	Kind    string            `json:"kind"`
	Product string            `json:"product,omitempty"`
	Version string            `json:"version,omitempty"`
	Bases   map[string]string `json:"bases,omitempty"`
	// Products names, by interface, the products of a mixed system where they are others than Product.
	Products   map[string]string `json:"products,omitempty"`
	Image      string            `json:"image,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	Population string            `json:"population,omitempty"`
	// Certificates is by interface the SHA-256, in hexadecimal, of the certificate that its server showed.
	Certificates map[string]string `json:"certificates,omitempty"`
	// Dialects are those that the manifest declares.
	Dialects []DialectUsed `json:"dialects,omitempty"`
	// Containers are those in which the product ran, one a part of it; with one, Image and Digest are its.
	Containers []Container `json:"containers,omitempty"`
}

// Container is one container of the product and how it ended. Digest is sha256: of the image as its
// registry names it, or of its configuration where it comes from no registry.
type Container struct {
	Name   string `json:"name"`
	Image  string `json:"image"`
	Digest string `json:"digest,omitempty"`
	// Log is the file of its last output in the results folder.
	Log string `json:"log,omitempty"`
	// Notes tell where it met a limit or ended by itself.
	Notes []string `json:"notes,omitempty"`
}

// Selection is what was asked for. A partial selection has neither conformance nor level.
type Selection struct {
	Interfaces   []string `json:"interfaces"`
	Tags         string   `json:"tags,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	Partial      bool     `json:"partial"`
}

// RunError is why a run could not be carried through, with a stable code.
type RunError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Interface is the result for one interface.
type Interface struct {
	Interface string `json:"interface"`
	Title     string `json:"title"`
	// Conformant is nil where the selection was partial or an error withholds it.
	Conformant *bool `json:"conformant"`
	// Level is the smallest level of the dimensions; nil where it is withheld.
	Level       *int             `json:"level"`
	Provisional bool             `json:"provisional"`
	Dimensions  []DimensionLevel `json:"dimensions"`
	// Claimed and Absent are the capabilities claimed and those proven absent.
	Claimed      []string      `json:"claimed,omitempty"`
	Absent       []string      `json:"absent,omitempty"`
	Requirements []Requirement `json:"requirements"`
	// NextLevel lists the requirements that stand between this level and the next.
	NextLevel []string `json:"nextLevel,omitempty"`
	Headline  string   `json:"headline"`
}

// DimensionLevel is the level reached in one dimension; nil is undefined, shown as –.
type DimensionLevel struct {
	Dimension   string `json:"dimension"`
	Level       *int   `json:"level"`
	Provisional bool   `json:"provisional"`
}

// Requirement is the verdict on one requirement with what led to it.
type Requirement struct {
	ID         string  `json:"id"`
	Statement  string  `json:"statement"`
	Keyword    string  `json:"keyword"`
	Verdict    Verdict `json:"verdict"`
	Reason     string  `json:"reason,omitempty"`
	Area       string  `json:"area"`
	Operation  string  `json:"operation,omitempty"`
	Dimension  string  `json:"dimension"`
	Band       int     `json:"band"`
	Capability string  `json:"capability,omitempty"`
	Basis      string  `json:"basis"`
	Source     string  `json:"source"`
	// Evidence is what a declared requirement was settled by; nil for those that tests settle.
	Evidence     *Evidence  `json:"evidence,omitempty"`
	Critical     bool       `json:"critical,omitempty"`
	Experimental bool       `json:"experimental,omitempty"`
	Scenarios    []Scenario `json:"scenarios"`
	Failures     []Failure  `json:"failures,omitempty"`
	// Recorded notes which of several legal forms the target chose.
	Recorded []string `json:"recorded,omitempty"`
	// Spoken is what came of it under the declared dialects; nil where they do not touch it.
	Spoken *Spoken `json:"underDialect,omitempty"`
}

// Spoken is the outcome of a requirement, unmet in the strict form, under the declared dialects.
// Dialects are those that changed a message of its scenarios.
type Spoken struct {
	Dialects  []string   `json:"dialects"`
	Scenarios []Scenario `json:"scenarios"`
	Failures  []Failure  `json:"failures,omitempty"`
}

// DialectUsed is a dialect that the manifest declares: its description and the SHA-256 of that in
// hexadecimal.
type DialectUsed struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Digest      string `json:"digest"`
	Description string `json:"description"`
}

// Declared says that evidence settles the requirement: it does so for what no test settles, and for
// nothing else.
func (r Requirement) Declared() bool { return r.Evidence != nil && r.Verdict == Untested }

// Evidence is a declared item: E1 is an artefact, E2 one that was reviewed independently. Expires is a day.
type Evidence struct {
	Grade   string `json:"grade"`
	SHA256  string `json:"sha256"`
	Expires string `json:"expires"`
}

// Scenario is the outcome of one scenario of a requirement.
type Scenario struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Status     Status `json:"status"`
	Reason     string `json:"reason,omitempty"`
	DurationMS int64  `json:"durationMs"`
}

// Failure is one reason why a requirement is unmet. Expected, Actual and Mend are one line each and
// hold no record value; Attribute is the dictionary path involved; Curl reproduces the exchange.
type Failure struct {
	Scenario  string   `json:"scenario"`
	Step      string   `json:"step,omitempty"`
	Expected  string   `json:"expected"`
	Actual    string   `json:"actual"`
	Attribute string   `json:"attribute,omitempty"`
	Exchanges []string `json:"exchanges"`
	Curl      string   `json:"curl,omitempty"`
	Mend      string   `json:"mend,omitempty"`
	// Party is, in a process, who broke it.
	Party *Party `json:"party,omitempty"`
}

// Party is one interface of a process and the product that serves it.
type Party struct {
	Interface string `json:"interface"`
	Product   string `json:"product,omitempty"`
	Base      string `json:"base,omitempty"`
}

// Exchange is one HTTP exchange, redacted: from the runner to the target (Direction "request"), or
// from the target to the runner's receiver ("callback").
type Exchange struct {
	ID        string `json:"id"`
	Scenario  string `json:"scenario,omitempty"`
	Operation string `json:"operation,omitempty"`
	Direction string `json:"direction"`
	// Interface is set where what the target sent was held to that interface's checks; Answers is, for
	// a callback, the id of the request that it answers.
	Interface  string      `json:"interface,omitempty"`
	Answers    string      `json:"answers,omitempty"`
	StartedAt  time.Time   `json:"startedAt"`
	DurationMS float64     `json:"durationMs"`
	Request    HTTPMessage `json:"request"`
	Response   HTTPMessage `json:"response"`
	// Dialect names the dialects under which it was made, empty for the strict form; both sides are as
	// they were on the wire.
	Dialect string `json:"dialect,omitempty"`
	// Error says why there is no response: refused, reset, timeout, tooLarge, tls, redirect…
	Error string `json:"error,omitempty"`
	// Plain is the message that an encrypted request of the runner held, Opened what an encrypted message of
	// the target held; "" where nothing was encrypted or too much to keep. Keys are never kept.
	Plain  string `json:"plain,omitempty"`
	Opened string `json:"opened,omitempty"`
	// Notes are the observations made on this exchange: requirement id and what was seen.
	Notes []string `json:"notes,omitempty"`
}

// HTTPMessage is one side of an exchange. Body is at most BodyLimit bytes of what was sent; Size is
// its whole size in bytes.
type HTTPMessage struct {
	Method    string   `json:"method,omitempty"`
	URL       string   `json:"url,omitempty"`
	Status    int      `json:"status,omitempty"`
	Headers   []Header `json:"headers,omitempty"`
	Body      string   `json:"body,omitempty"`
	Size      int64    `json:"size"`
	Truncated bool     `json:"truncated,omitempty"`
}

// Header is one HTTP header line.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// BodyLimit is the number of bytes of a body that a report keeps.
const BodyLimit = 64 << 10

// Musts counts the MUSTs of the interface that apply and are scored, and those of them that are met by test.
func (i Interface) Musts() (met, owed int) {
	for _, requirement := range i.Requirements {
		if requirement.Keyword != "MUST" || requirement.Experimental || requirement.Verdict == NotApplicable {
			continue
		}
		owed++
		if requirement.Verdict == Met || requirement.MetByDialect() {
			met++
		}
	}
	return met, owed
}

// Count is the number of requirements of the interface with the verdict.
func (i Interface) Count(verdicts ...Verdict) int {
	count := 0
	for _, requirement := range i.Requirements {
		if slices.Contains(verdicts, requirement.Verdict) {
			count++
		}
	}
	return count
}

// AllFailures are those in the strict form and those under dialects.
func (r Requirement) AllFailures() []Failure {
	if r.Spoken == nil {
		return r.Failures
	}
	return slices.Concat(r.Failures, r.Spoken.Failures)
}

// Holds says whether everything that was selected holds: what exit code 0 means.
func (r Report) Holds() bool {
	if r.Error != nil || len(r.Interfaces) == 0 {
		return false
	}
	for _, tested := range r.Interfaces {
		if r.Selection.Partial {
			if slices.ContainsFunc(tested.Requirements, r.Selection.broken) {
				return false
			}
		} else if tested.Conformant == nil || !*tested.Conformant {
			return false
		}
	}
	return true
}

// MetByDialect says whether a requirement that holds only under a declared dialect counts as met: what the
// suite chose itself another reading may meet as well.
func (r Requirement) MetByDialect() bool { return r.Verdict == Dialect && r.Basis == houseBasis }

// houseBasis is the basis of what the suite chose itself, as the catalogue spells it.
const houseBasis = "house"

// broken says whether a requirement of a partial selection does not hold. An experimental one counts where
// it was asked for by its id.
func (s Selection) broken(row Requirement) bool {
	failed := slices.Contains([]Verdict{Unmet, Skipped, Dialect, Error}, row.Verdict) && !row.MetByDialect()
	return failed && (!row.Experimental || slices.Contains(s.Requirements, row.ID))
}

// Errored says whether the suite itself failed somewhere: what exit code 3 means.
func (r Report) Errored() bool {
	return r.Error != nil || slices.ContainsFunc(r.Interfaces, func(i Interface) bool { return i.Count(Error) > 0 })
}
