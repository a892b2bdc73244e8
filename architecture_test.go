package spconform_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/spconform/spconform/"

// mayImport says for each folder which other folders of ours its packages may import, as
// docs/architecture.md draws it. The longest prefix decides.
var mayImport = map[string][]string{
	"datadictionary":        {"datadictionary"},
	"spec":                  {"spec", "datadictionary"},
	"features":              {},
	"conformance":           {"conformance", "spec", "datadictionary", "features"},
	"conformance/result":    {},
	"conformance/maturity":  {"conformance/result", "spec"},
	"conformance/statement": {"conformance/result", "conformance/maturity", "conformance/manifest", "docs"},
	"conformance/compare":   {"conformance/result", "conformance/maturity", "conformance/statement", "spec", "docs"},
	"reference":             {"reference", "spec", "datadictionary"},
	"mocks":                 {"mocks", "reference", "spec", "datadictionary"},
	"mocks/selftest":        {"mocks", "reference", "spec", "datadictionary", "conformance"},
	"reports":               {"reports", "conformance/result", "conformance/statement", "conformance/compare", "spec", "docs"},
	"docs":                  {},
	"cmd":                   {"cmd", "spec", "datadictionary", "features", "conformance", "reference", "mocks", "reports", "docs"},
}

func TestImportsPointOneWay(t *testing.T) {
	listed, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(listed)) {
		fields := strings.Fields(line)
		from, ours := strings.CutPrefix(fields[0], module)
		if !ours {
			continue
		}
		allowed := mayImport[longestPrefix(from)]
		require.NotNil(t, allowed, "%s: say in mayImport and docs/architecture.md what it may import", from)
		for _, path := range fields[1:] {
			if to, ours := strings.CutPrefix(path, module); ours {
				require.True(t, within(to, allowed), "%s imports %s: the arrows of docs/architecture.md point the other way", from, to)
			}
		}
	}
}

func longestPrefix(path string) string {
	best := ""
	for folder := range mayImport {
		if within(path, []string{folder}) && len(folder) > len(best) {
			best = folder
		}
	}
	return best
}

func within(path string, folders []string) bool {
	for _, folder := range folders {
		if path == folder || strings.HasPrefix(path, folder+"/") {
			return true
		}
	}
	return false
}
