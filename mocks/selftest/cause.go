package selftest

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
)

//go:embed causes.yaml
var causeFile []byte

// Rule says how what falls beside a defect follows from it. Patterns are ids with *; an empty list is all.
type Rule struct {
	// Defects are those that it is of; Breaks are what they break.
	Defects []string `yaml:"defects"`
	Breaks  []string `yaml:"breaks"`
	// Falls are the requirements that fall beside, Said what is said of them, a regular expression.
	Falls []string `yaml:"falls"`
	Said  string   `yaml:"said"`
	// Cause is the sentence.
	Cause string `yaml:"cause"`

	said *regexp.Regexp
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
		said, err := regexp.Compile(rules[i].Said)
		if err != nil {
			return nil, fmt.Errorf("the cause %q: %w", rules[i].Cause, err)
		}
		rules[i].said = said
	}
	return rules, nil
}

// fits says whether an id is of the patterns.
func fits(patterns []string, ids ...string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(ids, func(id string) bool {
			matched, _ := path.Match(pattern, id)
			return matched
		})
	})
}

// Explain gives what fell beside a defect its cause, where a rule knows one.
func Explain(rules []Rule, defect mocks.Defect, beside []result.Hit) []result.Hit {
	for i, hit := range beside {
		for _, rule := range rules {
			if fits(rule.Defects, defect.ID) && fits(rule.Breaks, defect.Breaks...) && fits(rule.Falls, hit.Requirement) && rule.said.MatchString(hit.Reason) {
				beside[i].Cause = rule.Cause
				break
			}
		}
	}
	return beside
}
