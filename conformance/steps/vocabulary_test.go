package steps_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/features"
	"github.com/spconform/spconform/spec"
)

var update = flag.Bool("update", false, "write docs/steps.md anew")

const document = "../../docs/steps.md"

// TestVocabularyIsDocumented holds docs/steps.md to the steps and checks that the features may use.
func TestVocabularyIsDocumented(t *testing.T) {
	var out strings.Builder
	out.WriteString("# The steps of the feature files\n\nMade from `conformance/steps` by `go test ./conformance/steps -update`.\n\n")
	out.WriteString("| step | what it means |\n|---|---|\n")
	for _, step := range steps.Vocabulary() {
		fmt.Fprintf(&out, "| %s | %s |\n", cell(strings.Trim(step.Pattern, "^$")), cell(step.Meaning))
	}
	out.WriteString("\n## Checks\n\nEverything that a product sends in a run is held to these, in whatever scenario it comes. A feature file speaks of one as `every answer …`.\n\n| every answer | requirement |\n|---|---|\n")
	for _, check := range steps.Checks() {
		fmt.Fprintf(&out, "| %s | %s |\n", cell(check.Phrase), check.Requirement)
	}
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(out.String()), 0o644))
	}
	written, err := os.ReadFile(document)
	require.NoError(t, err)
	require.Equal(t, string(written), out.String(), "run go test ./conformance/steps -update")
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// TestStepsFitOnce: each step of a feature has exactly one meaning, and no step of the vocabulary lies idle.
func TestStepsFitOnce(t *testing.T) {
	scenarios, err := features.Load()
	require.NoError(t, err)
	patterns := map[string]*regexp.Regexp{}
	used := map[string]bool{}
	for _, step := range steps.Vocabulary() {
		patterns[step.Pattern] = regexp.MustCompile(step.Pattern)
	}
	for _, scenario := range scenarios {
		for _, text := range scenario.Steps {
			var fitting []string
			for pattern, compiled := range patterns {
				if compiled.MatchString(text) {
					fitting = append(fitting, pattern)
					used[pattern] = true
				}
			}
			require.Len(t, fitting, 1, "%s: %q fits %v", scenario.ID, text, fitting)
		}
	}
	for pattern := range patterns {
		require.True(t, used[pattern], "no scenario uses the step %s: delete it", pattern)
	}
}

// TestChecksBelongToRequirements: a check's requirement is in the catalogue and marked as observed.
func TestChecksBelongToRequirements(t *testing.T) {
	catalogue, err := spec.LoadCatalogue()
	require.NoError(t, err)
	for _, check := range steps.Checks() {
		requirement, ok := catalogue.Find(check.Requirement)
		require.True(t, ok, "%s is in no catalogue", check.Requirement)
		require.True(t, requirement.Observed, "%s is checked on everything: mark it observed", check.Requirement)
	}
}
