package diff_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/diff"
)

// small is a document of one operation of the social registry.
func small(t *testing.T, edits ...string) diff.Document {
	t.Helper()
	data, err := os.ReadFile("testdata/small.yaml")
	require.NoError(t, err)
	text := string(data)
	require.Zero(t, len(edits)%2)
	for i := 0; i < len(edits); i += 2 {
		require.Contains(t, text, edits[i])
		text = strings.ReplaceAll(text, edits[i], edits[i+1])
	}
	return diff.Document{Name: "small.yaml", Data: []byte(text)}
}

func knowledge(t *testing.T) diff.Knowledge {
	t.Helper()
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	dictionary, err := datadictionary.Load()
	require.NoError(t, err)
	row := func(id, operation string, covers ...string) spec.Requirement {
		return spec.Requirement{ID: id, Pattern: "registry", Operation: operation, Covers: covers}
	}
	return diff.Knowledge{
		Catalogue: &spec.Catalogue{Requirements: []spec.Requirement{
			row("A-001", "", "sync-search", "search_criteria.query_type"),
			row("A-002", "", "search_response.reference_id", "rjct.filter.invalid"),
			row("A-003", "subscribe", "subscribe"),
			row("A-004", "", "reg_records.*"),
		}},
		Interfaces: []spec.Interface{social},
		Scenarios:  []diff.Scenario{{ID: "s1", Requirements: []string{"A-001"}}, {ID: "s2", Requirements: []string{"A-002", "A-003"}}},
		Dictionary: dictionary,
		Statements: []diff.Statement{{Name: "vendor.json", Interface: "social", Met: []string{"A-001", "A-002"}}, {Name: "other.json", Interface: "crvs", Met: []string{"A-001"}}},
	}
}

func TestImpact(t *testing.T) {
	cases := map[string]struct {
		edits                           []string
		level                           diff.Level
		requirements, scenarios, reruns []string
		dictionary                      []string
	}{
		"operation removed": {[]string{"/registry/sync/search:", "/registry/sync/find:"}, diff.Breaking, []string{"A-001"}, []string{"s1"}, []string{"vendor.json"}, nil},
		"code removed":      {[]string{"[predicate, expression]", "[predicate]"}, diff.Breaking, []string{"A-001"}, []string{"s1"}, []string{"vendor.json"}, nil},
		"code added":        {[]string{"[predicate, expression]", "[predicate, expression, graphql]"}, diff.NonBreaking, []string{"A-001"}, []string{"s1"}, nil, nil},
		"answer retyped":    {[]string{"reference_id: {type: string, description: answer", "reference_id: {type: integer, description: answer"}, diff.Breaking, []string{"A-002"}, []string{"s2"}, []string{"vendor.json"}, nil},
		"reason code added": {[]string{"[rjct.sort.invalid]", "[rjct.sort.invalid, rjct.filter.invalid]"}, diff.Breaking, []string{"A-002"}, []string{"s2"}, []string{"vendor.json"}, nil},
		"attribute retyped": {[]string{"poverty_score: {type: number}", "poverty_score: {type: string}"}, diff.Breaking, []string{"A-004"}, nil, nil, []string{"Group.poverty_score"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			changes, err := diff.Compare(small(t), small(t, c.edits...))
			require.NoError(t, err)
			impacts := diff.Impacts(changes, knowledge(t))
			at := slices.IndexFunc(impacts, func(i diff.Impact) bool { return i.Level == c.level })
			require.GreaterOrEqual(t, at, 0, "%+v", changes)
			impact := impacts[at]
			assert.Equal(t, c.requirements, impact.Requirements, "%+v", impact.Change)
			assert.Equal(t, c.scenarios, impact.Scenarios)
			assert.Equal(t, c.reruns, impact.Rerun)
			for _, entry := range c.dictionary {
				assert.Contains(t, impact.Dictionary, entry)
			}
			reruns := diff.Reruns(impacts, knowledge(t).Statements)
			assert.Equal(t, len(c.reruns), len(reruns), "%v", reruns)
		})
	}
}

func TestNoChange(t *testing.T) {
	changes, err := diff.Compare(small(t), small(t))
	require.NoError(t, err)
	assert.Empty(t, changes)
}

func TestOwnDocumentAgainstItself(t *testing.T) {
	document, err := spec.LoadDocument("social")
	require.NoError(t, err)
	own := diff.Document{Name: "social", Data: document.JSON()}
	changes, err := diff.Compare(own, own)
	require.NoError(t, err)
	assert.Empty(t, changes)

	var tree map[string]any
	require.NoError(t, json.Unmarshal(own.Data, &tree))
	delete(tree["paths"].(map[string]any), "/registry/subscribe")
	without, err := json.Marshal(tree)
	require.NoError(t, err)
	changes, err = diff.Compare(own, diff.Document{Name: "social", Data: without})
	require.NoError(t, err)
	require.Equal(t, 1, diff.Counts(changes)[diff.Breaking])
	assert.Equal(t, "/registry/subscribe", changes[0].Path)
	assert.Equal(t, []string{"A-003"}, diff.Impacts(changes, knowledge(t))[0].Requirements)
}

func TestLoadError(t *testing.T) {
	for name, data := range map[string]string{"no YAML": "\x00", "broken reference": "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {$ref: '#/nowhere'}}\n"} {
		t.Run(name, func(t *testing.T) {
			_, err := diff.Compare(small(t), diff.Document{Name: "new.yaml", Data: []byte(data)})
			var failed *diff.LoadError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, "diff.load", failed.Code())
			assert.Contains(t, err.Error(), "new.yaml")
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}
