package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/spec/lint"
)

var update = flag.Bool("update", false, "write the tables of docs/lint.md anew")

const page = "../../docs/lint.md"

// The tables stand between these lines of the page.
const begin, end = "<!-- tables: go test ./spec/lint -update -->\n", "<!-- end of tables -->\n"

// published reads the published documents; where they are absent the test is skipped.
func published(t *testing.T) []lint.Source {
	t.Helper()
	root := os.Getenv("SPCONFORM_UPSTREAM")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "upstream")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the published documents are not at hand (SPCONFORM_UPSTREAM): %v", err)
	}
	var all []lint.Source
	for _, folder := range []string{"dci", "dci-openspp-corrected", "g2p-connect"} {
		for _, source := range sources(t, filepath.Join(root, folder, "*.yaml")) {
			source.Name = path.Join(folder, source.Name)
			all = append(all, source)
		}
	}
	return all
}

// TestPublishedDocuments holds the page of findings to what the linter finds.
func TestPublishedDocuments(t *testing.T) {
	documents := published(t)
	findings := lint.Documents(documents, nil, dictionary(t))
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found)
	want := before + begin + tables(documents, findings) + end + after
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "run go test ./spec/lint -update")
}

func tables(documents []lint.Source, findings []lint.Finding) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%d findings in %d documents.\n\n| rule | severity | finds | findings | documents |\n|---|---|---|---|---|\n", len(findings), len(documents))
	for _, rule := range lint.Rules() {
		count, in := 0, map[string]bool{}
		for _, finding := range findings {
			if finding.Rule == rule.ID {
				count++
				in[finding.Document] = true
			}
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %d | %d |\n", rule.ID, rule.Severity, rule.Finds, count, len(in))
	}
	cell := strings.NewReplacer("|", "\\|", "<", "&lt;", "\n", " ")
	for _, document := range documents {
		fmt.Fprintf(&out, "\n### %s\n\n| line | rule | finding |\n|---|---|---|\n", document.Name)
		for _, finding := range findings {
			if finding.Document != document.Name {
				continue
			}
			lines := fmt.Sprint(finding.Line)
			if len(finding.Also) > 0 {
				lines += fmt.Sprintf(" and %d more", len(finding.Also))
			}
			fmt.Fprintf(&out, "| %s | `%s` | %s |\n", lines, finding.Rule, cell.Replace(finding.Message))
		}
	}
	return out.String() + "\n"
}
