package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/spec"
)

// publishedPayments are the documents whose every fact our payment document of the name carries, or an
// erratum says why not.
var publishedPayments = map[string]string{
	"disburse": "g2p-connect/disburse_core_api_v1.0.0.yaml",
	"mapper":   "g2p-connect/mapper_core_api_v1.0.0.yaml",
}

func TestPublishedPaymentFactsAreCarried(t *testing.T) {
	dir := upstream(t)
	errata, err := spec.LoadErrata()
	require.NoError(t, err)
	for key, file := range publishedPayments {
		t.Run(key, func(t *testing.T) {
			theirs := readPublished(t, filepath.Join(dir, file))
			d, err := spec.LoadDocument(key)
			require.NoError(t, err)
			var ours map[string]any
			require.NoError(t, json.Unmarshal(d.JSON(), &ours))
			carried := factsOf(ours)
			require.Greater(t, len(theirs), 100)
			for fact := range theirs {
				fact = strings.Replace(fact, "POST /registry/sync/txn/status", "POST /mapper/sync/txn/status", 1)
				if !carried[fact] && !dropped(errata, key, fact) {
					t.Errorf("published, and neither in ours nor in errata.yaml: %s", fact)
				}
			}
			for _, row := range errata {
				for _, drop := range row.Drops {
					if slices.Contains(row.Documents, key) {
						assert.True(t, slices.ContainsFunc(keysOf(theirs), func(fact string) bool { return drops(drop, fact) }),
							"%s drops %q, which %s does not have", row.ID, drop, key)
					}
				}
			}
		})
	}
}

func readPublished(t *testing.T, file string) facts {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var theirs map[string]any
	require.NoError(t, yaml.Unmarshal(data, &theirs))
	return factsOf(theirs)
}

func keysOf(all facts) []string {
	var list []string
	for fact := range all {
		list = append(list, fact)
	}
	return list
}
