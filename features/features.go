// Package features embeds the feature files, one folder an interface family, and lists their
// scenarios with the requirement ids that they are tagged with.
package features

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// Files are the feature files: registry/*.feature for every registry, and one folder for what a
// single interface has besides.
//
//go:embed */*.feature
var Files embed.FS

// Scenario is one scenario, or one row of a scenario outline.
type Scenario struct {
	// ID is file and name: "registry/search.feature: A record is found by its identifier". It is unique.
	ID string
	// File is the feature file, Feature its title, Name the scenario's.
	File, Feature, Name string
	// Tags are all tags with their @.
	Tags []string
	// Requirements are the requirement ids among the tags.
	Requirements []string
	// Steps are the texts of the steps.
	Steps []string
}

// Negative says whether the scenario sends something wrong and expects a refusal.
func (s Scenario) Negative() bool { return slices.Contains(s.Tags, "@negative") }

// Changes says whether the scenario changes what the registry holds; such scenarios run after the others.
func (s Scenario) Changes() bool { return slices.Contains(s.Tags, "@changes") }

// Last says whether the scenario disturbs what the interface answers from, so that no scenario of another kind
// may run beside it on that interface; such scenarios run after the others.
func (s Scenario) Last() bool { return slices.Contains(s.Tags, "@last") }

// Alone says whether the scenario alters the product itself, for every interface that it serves, so that nothing
// of the run may run beside it; such scenarios run when all other interfaces have been tested.
func (s Scenario) Alone() bool { return slices.Contains(s.Tags, "@alone") }

// Restarts says whether the product is stopped and started again in the scenario; such scenarios run when everything
// else of the interfaces has ended, and those of one interface share a restart.
func (s Scenario) Restarts() bool { return slices.Contains(s.Tags, "@restart") }

// ID is the id of a scenario of a file.
func ID(file, name string) string { return file + ": " + name }

var requirementTag = regexp.MustCompile(`^@([A-Z]+(?:-[A-Z0-9]+)*-[0-9]{3})$`)

// RequirementIDs picks the requirement ids out of tags.
func RequirementIDs(tags []string) []string {
	var ids []string
	for _, tag := range tags {
		if match := requirementTag.FindStringSubmatch(tag); match != nil {
			ids = append(ids, match[1])
		}
	}
	return ids
}

// Load lists the scenarios of the embedded files in the given folders; none means all.
func Load(folders ...string) ([]Scenario, error) { return Read(Files, folders...) }

// Read lists the scenarios of feature files in the given folders of files, in the order of the files.
func Read(files fs.FS, folders ...string) ([]Scenario, error) {
	names, err := fs.Glob(files, "*/*.feature")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []Scenario
	seen := map[string]bool{}
	for _, name := range names {
		if len(folders) > 0 && !slices.Contains(folders, path.Dir(name)) {
			continue
		}
		scenarios, err := readFile(files, name)
		if err != nil {
			return nil, err
		}
		for _, scenario := range scenarios {
			if seen[scenario.ID] {
				return nil, fmt.Errorf("two scenarios are called %q: give the second a name of its own", scenario.ID)
			}
			seen[scenario.ID] = true
		}
		all = append(all, scenarios...)
	}
	return all, nil
}

func readFile(files fs.FS, name string) ([]Scenario, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	counter := 0
	newID := func() string { counter++; return fmt.Sprint(counter) }
	document, err := gherkin.ParseGherkinDocument(file, newID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if document.Feature == nil {
		return nil, fmt.Errorf("%s: there is no feature in it", name)
	}
	var scenarios []Scenario
	for _, pickle := range gherkin.Pickles(*document, name, newID) {
		scenario := Scenario{ID: ID(name, pickle.Name), File: name, Feature: document.Feature.Name, Name: pickle.Name}
		for _, tag := range pickle.Tags {
			scenario.Tags = append(scenario.Tags, tag.Name)
		}
		scenario.Requirements = RequirementIDs(scenario.Tags)
		scenario.Steps = stepTexts(pickle)
		scenarios = append(scenarios, scenario)
	}
	return scenarios, nil
}

func stepTexts(pickle *messages.Pickle) []string {
	texts := make([]string, 0, len(pickle.Steps))
	for _, step := range pickle.Steps {
		texts = append(texts, step.Text)
	}
	return texts
}

// Hash is the SHA-256 of all feature files in hexadecimal, which a report carries.
func Hash() (string, error) {
	names, err := fs.Glob(Files, "*/*.feature")
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		content, err := Files.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s\n%d\n", name, len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Select evaluates a tag expression on tags: "@a && ~@b" is both, "@a,@b" is either. The form with
// parentheses and words is refused, since it would silently select nothing.
func Select(expression string) (func(tags []string) bool, error) {
	if strings.TrimSpace(expression) == "" {
		return func([]string) bool { return true }, nil
	}
	var clauses [][]string
	for clause := range strings.SplitSeq(expression, "&&") {
		var either []string
		for tag := range strings.SplitSeq(clause, ",") {
			tag = strings.TrimSpace(tag)
			if !strings.HasPrefix(strings.TrimPrefix(tag, "~"), "@") || strings.ContainsAny(tag, "() ") {
				return nil, fmt.Errorf("tag expression %q: write @tag, ~@tag for not, && for and, a comma for or", expression)
			}
			either = append(either, tag)
		}
		clauses = append(clauses, either)
	}
	return func(tags []string) bool {
		return !slices.ContainsFunc(clauses, func(either []string) bool {
			return !slices.ContainsFunc(either, func(tag string) bool {
				bare, not := strings.CutPrefix(tag, "~")
				return slices.Contains(tags, bare) != not
			})
		})
	}, nil
}
