package datadictionary_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/datadictionary"
)

var update = flag.Bool("update", false, "write the golden files")

const samplesDocument = "../docs/dictionary-samples.md"

// explanation says of a violation in the published examples whose mistake it is.
type explanation struct {
	Rule string
	Path string // without array positions; a trailing * stands for any rest
	// Whose is theirs (the example contradicts the published schemas) or differ (published
	// texts contradict each other or only recommend, so that it is only noted).
	Whose string
	Why   string
	used  bool
}

type finding struct {
	datadictionary.Violation
	files   []string
	records int
	explain *explanation
}

var arrayPosition = regexp.MustCompile(`\[[0-9]+\]`)

func TestEveryViolationInThePublishedExamplesIsExplained(t *testing.T) {
	files := published(t)
	d := load(t)
	explanations := readExplanations(t)
	findings := map[string]*finding{}
	records := 0
	require.NoError(t, fs.WalkDir(files, "dci-samples", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".json" {
			return err
		}
		for _, record := range sampleRecords(t, files, name) {
			records++
			object := sampleObject(t, d, name, record)
			for _, v := range d.ValidateJSON(object, record) {
				v.Path = arrayPosition.ReplaceAllString(v.Path, "")
				key := object + " " + v.Path + " " + v.Rule
				if findings[key] == nil {
					findings[key] = &finding{Violation: v, explain: explain(explanations, v)}
					findings[key].Path = object + ": " + v.Path
					assert.NotNil(t, findings[key].explain, "%s: %s has no explanation in testdata/samples.yaml", name, v)
				}
				f := findings[key]
				f.records++
				if short := strings.TrimPrefix(name, "dci-samples/"); !slices.Contains(f.files, short) {
					f.files = append(f.files, short)
				}
			}
		}
		return nil
	}))
	for _, e := range explanations {
		assert.True(t, e.used, "the explanation of %s at %s explains nothing; remove it", e.Rule, e.Path)
	}
	require.NotZero(t, records)
	document := samplesReport(findings, records)
	if *update {
		require.NoError(t, os.WriteFile(samplesDocument, document, 0o644))
	}
	golden, err := os.ReadFile(samplesDocument)
	require.NoError(t, err)
	assert.Equal(t, string(golden), string(document), "run the test with -update")
}

func readExplanations(t *testing.T) []*explanation {
	t.Helper()
	raw, err := os.ReadFile("testdata/samples.yaml")
	require.NoError(t, err)
	var explanations []*explanation
	require.NoError(t, yaml.Unmarshal(raw, &explanations))
	return explanations
}

func explain(explanations []*explanation, v datadictionary.Violation) *explanation {
	for _, e := range explanations {
		prefix, open := strings.CutSuffix(e.Path, "*")
		suffix, tail := strings.CutPrefix(e.Path, "*")
		fits := e.Path == v.Path || open && strings.HasPrefix(v.Path, prefix) || tail && strings.HasSuffix(v.Path, suffix)
		if e.Rule == v.Rule && fits && (e.Whose == "differ") == v.Advisory {
			e.used = true
			return e
		}
	}
	return nil
}

// sampleRecords are the reg_records of an example message.
func sampleRecords(t *testing.T, files fs.FS, name string) []json.RawMessage {
	t.Helper()
	raw, err := fs.ReadFile(files, name)
	require.NoError(t, err)
	var message struct {
		Message struct {
			SearchResponse []struct {
				Data struct {
					RegRecords []json.RawMessage `json:"reg_records"`
				}
			} `json:"search_response"`
		}
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		return nil // a list of use cases
	}
	require.NoError(t, json.Unmarshal(raw, &message), name)
	var records []json.RawMessage
	for _, item := range message.Message.SearchResponse {
		records = append(records, item.Data.RegRecords...)
	}
	return records
}

func sampleObject(t *testing.T, d *datadictionary.Dictionary, name string, record json.RawMessage) string {
	t.Helper()
	var typed struct {
		Type string `json:"@type"`
	}
	require.NoError(t, json.Unmarshal(record, &typed))
	if typed.Type == "" {
		typed.Type = "Member" // the only example without a type is one of a member
	}
	o, ok := d.ObjectIn(path.Base(path.Dir(name)), typed.Type)
	require.True(t, ok, "%s: %s", name, typed.Type)
	return o.Name
}

func samplesReport(findings map[string]*finding, records int) []byte {
	var all []*finding
	for _, f := range findings {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *finding) int {
		return strings.Compare(a.Path+a.Rule, b.Path+b.Rule)
	})
	var out bytes.Buffer
	fmt.Fprintf(&out, `# The published example records, held against the dictionary

%d records in the example messages of the standard were validated. A row stands for one
place and rule; *n* counts how often it occurs. "Theirs" contradicts the published schemas and
code lists and makes a record wrong. "Differ" means that published texts contradict each other
or only recommend: the form is accepted and noted. None of the rows is a mistake of the dictionary.
What stands inside an attribute that no schema has is not looked at.

This file is written by `+"`go test ./datadictionary -run PublishedExamples -update`"+`.

`, records)
	for _, whose := range []string{"theirs", "differ"} {
		fmt.Fprintf(&out, "## %s\n\n| record and attribute | rule | n | why | files |\n|---|---|---|---|---|\n",
			map[string]string{"theirs": "Theirs", "differ": "Differ (advisory)"}[whose])
		for _, f := range all {
			if f.explain != nil && f.explain.Whose == whose {
				fmt.Fprintf(&out, "| %s | `%s` | %d | %s | %s |\n", f.Path, f.Rule, f.records, f.explain.Why, strings.Join(f.files, ", "))
			}
		}
		out.WriteString("\n")
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n')
}
