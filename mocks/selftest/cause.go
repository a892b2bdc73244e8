package selftest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/samber/lo"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
)

//go:embed causes.yaml
var causeFile []byte

// Rule says how what falls beside a defect follows from it. Lists are ids with *, Said and Step regular
// expressions; what is left out is anything.
type Rule struct {
	// Defects are those that it is of; Breaks are what they break.
	Defects []string `yaml:"defects"`
	Breaks  []string `yaml:"breaks"`
	// With are requirements of which one must be broken by the defect, or have fallen beside it with a cause.
	With []string `yaml:"with"`
	// Falls are the requirements that fall beside, Step where their scenario ended, Said what is said there.
	Falls []string `yaml:"falls"`
	Step  string   `yaml:"step"`
	Said  string   `yaml:"said"`
	// Cause is the sentence.
	Cause string `yaml:"cause"`

	step, said *regexp.Regexp
}

// ReadRules reads the rules by which what falls beside a defect is explained, the first that fits first.
func ReadRules() ([]Rule, error) {
	var rules []Rule
	decoder := yaml.NewDecoder(bytes.NewReader(causeFile))
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules); err != nil {
		return nil, fmt.Errorf("the causes: %w", err)
	}
	for i := range rules {
		rule := &rules[i]
		var badStep, badSaid error
		rule.step, badStep = regexp.Compile(rule.Step)
		rule.said, badSaid = regexp.Compile(rule.Said)
		if err := errors.Join(badStep, badSaid); err != nil {
			return nil, fmt.Errorf("the cause %q: %w", rule.Cause, err)
		}
	}
	return rules, nil
}

// fits says whether one of the ids is of the patterns.
func fits(patterns []string, ids ...string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(ids, func(id string) bool {
			matched, _ := path.Match(pattern, id)
			return matched
		})
	})
}

// Explain gives what fell beside a defect its cause, where rules know one for each of its failures that is not
// one of time alone, and for one at least. What follows from something that fell beside waits for that to have
// its own cause. A failure of the suite itself has none.
func Explain(rules []Rule, defect mocks.Defect, beside []result.Hit) []result.Hit {
	explained := slices.Clone(defect.Breaks)
	for found := true; found; {
		found = false
		for i := range beside {
			hit := &beside[i]
			if hit.Cause != "" || hit.Verdict == result.Error {
				continue
			}
			if hit.Cause = causeOf(rules, defect, *hit, explained); hit.Cause != "" {
				explained, found = append(explained, hit.Requirement), true
			}
		}
	}
	return beside
}

func causeOf(rules []Rule, defect mocks.Defect, hit result.Hit, explained []string) string {
	failures := hit.Failures
	if len(failures) == 0 {
		failures = []result.Said{{Actual: hit.Reason}}
	}
	var causes []string
	for _, failure := range failures {
		rule, known := lo.Find(rules, func(rule Rule) bool {
			return fits(rule.Defects, defect.ID) && fits(rule.Breaks, defect.Breaks...) && fits(rule.Falls, hit.Requirement) &&
				fits(rule.With, explained...) && rule.step.MatchString(failure.Step) && rule.said.MatchString(failure.Actual)
		})
		switch {
		case known:
			causes = append(causes, rule.Cause)
		case !unanswered.MatchString(failure.Actual):
			return ""
		}
	}
	return strings.Join(lo.Uniq(causes), "; ")
}
