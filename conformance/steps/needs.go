package steps

import (
	"regexp"
	"slices"
)

// needs says which operation the words of a step speak of, so that a scenario is planned only for an
// interface that has it.
var needs = []struct {
	said      *regexp.Regexp
	operation string
}{
	{regexp.MustCompile(`\bstatus (request|answer)\b`), "txn-status"},
	{regexp.MustCompile(`(?i)subscri(be|ption)`), "subscribe"},
	{regexp.MustCompile(`\bnotifi(ed|cation)`), "notify"},
	{regexp.MustCompile(`\b(an|the|that|its) update\b`), "update"},
	{regexp.MustCompile(`^a token is asked\b`), "token"},
	{regexp.MustCompile(`^the registry publishes its locations$`), "locations"},
}

// Needs lists the operations of the registry pattern that the steps of a scenario use besides search.
func Needs(said []string) []string {
	var operations []string
	for _, row := range needs {
		if slices.ContainsFunc(said, row.said.MatchString) {
			operations = append(operations, row.operation)
		}
	}
	return operations
}
