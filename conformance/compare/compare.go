package compare

import (
	"slices"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
)

// SchemaVersion is the version of a Comparison's JSON form.
const SchemaVersion = "1.1.0"

// Comparison is what is shown of candidates side by side. Lists by candidate are in the order of
// Candidates.
type Comparison struct {
	SchemaVersion string       `json:"schemaVersion"`
	Programme     string       `json:"programme,omitempty"`
	Suite         result.Suite `json:"suite"`
	Seed          uint64       `json:"seed"`
	Candidates    []Standing   `json:"candidates"`
	// Tested and Declared are the rows on which the candidates differ, settled by tests and by evidence.
	Tested   []Row   `json:"tested"`
	Declared []Row   `json:"declared"`
	Ranking  Ranking `json:"ranking"`
}

// Standing is one candidate: whether it is eligible, and why not.
type Standing struct {
	Name    string `json:"name"`
	Signer  string `json:"signer,omitempty"`
	Trusted bool   `json:"trusted"`
	// Expires is the day on which the statement expires, "" where there is none.
	Expires    string    `json:"expires,omitempty"`
	Eligible   bool      `json:"eligible"`
	Failing    []Failing `json:"failing"`
	Headlines  []string  `json:"headlines"`
	Interfaces []Outcome `json:"interfaces"`
}

// Outcome is what came of one interface of a candidate.
type Outcome struct {
	Interface   string                  `json:"interface"`
	Title       string                  `json:"title"`
	Conformant  bool                    `json:"conformant"`
	Level       int                     `json:"level"`
	Provisional bool                    `json:"provisional"`
	Dimensions  []result.DimensionLevel `json:"dimensions"`
	// Must counts the applicable MUSTs that are scored, Met those of them that are met by test.
	Met  int `json:"met"`
	Must int `json:"must"`
}

// On is the candidate's outcome for an interface; false where its results do not have it.
func (s Standing) On(id string) (Outcome, bool) {
	return lo.Find(s.Interfaces, func(o Outcome) bool { return o.Interface == id })
}

// Options say how to compare. Seed makes the random weights repeatable. Day is the one on which it is compared,
// as 2006-01-02: evidence that ended before it is none; with "" all evidence is taken for good.
type Options struct {
	Overlay Overlay
	Allow   Allow
	Seed    uint64
	Day     string
}

// Of compares the candidates. Errors are of type *Error: results that cannot be held against each other.
func Of(candidates []Candidate, options Options) (Comparison, error) {
	if err := admit(candidates, options.Allow); err != nil {
		return Comparison{}, err
	}
	made := Comparison{SchemaVersion: SchemaVersion, Programme: options.Overlay.Programme, Seed: options.Seed, Suite: candidates[0].Report.Suite}
	for _, one := range candidates {
		standing := Standing{Name: one.Name, Signer: one.Signer, Trusted: one.Trusted, Failing: failings(one, options), Interfaces: []Outcome{}}
		standing.Eligible = len(standing.Failing) == 0
		if len(one.Checks) > 0 {
			standing.Expires = statement.Expires(one.Report).Format(time.DateOnly)
		}
		for _, tested := range one.Report.Interfaces {
			standing.Headlines = append(standing.Headlines, tested.Headline)
			met, must := tested.Musts()
			standing.Interfaces = append(standing.Interfaces, Outcome{tested.Interface, tested.Title, *tested.Conformant, *tested.Level,
				tested.Provisional, tested.Dimensions, met, must})
		}
		made.Candidates = append(made.Candidates, standing)
	}
	made.Tested, made.Declared = differing(candidates)
	made.Ranking = rank(candidates, made.Candidates, options.Seed)
	return made, nil
}

// Eligible says whether any candidate is.
func (c Comparison) Eligible() bool {
	return slices.ContainsFunc(c.Candidates, func(s Standing) bool { return s.Eligible })
}
