package steps

import (
	"regexp"
	"slices"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
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

// needsScalar says which type of attribute the words of a step compare.
var needsScalar = []struct {
	said   *regexp.Regexp
	scalar string
}{
	{regexp.MustCompile(`\bcompares a number\b`), datadictionary.TypeDecimal},
}

// needsTypes are the words of steps that are about the types of identifiers: a country whose profile leaves
// one type has nothing to tell apart.
var needsTypes = regexp.MustCompile(`\b(identifier that is not its first|under another type)\b`)

// Servable says whether an interface has what a scenario is about: the operations that its steps use,
// an attribute to ask for of the type that they compare, and more than one type of identifier.
func Servable(words *datadictionary.Dictionary, described spec.Interface, said []string) bool {
	if described.Pattern == spec.PatternProcess {
		return true // what a process needs is in spec.Process
	}
	for _, id := range Needs(said) {
		if _, has := described.Operation(id); !has {
			return false
		}
	}
	for _, row := range needsScalar {
		if slices.ContainsFunc(said, row.said.MatchString) && !asksFor(words, described, row.scalar) {
			return false
		}
	}
	return len(identifierTypes(words)) > 1 || !slices.ContainsFunc(said, needsTypes.MatchString)
}

func asksFor(words *datadictionary.Dictionary, described spec.Interface, scalar string) bool {
	return slices.ContainsFunc(described.Records, func(record spec.RecordType) bool {
		return slices.ContainsFunc(record.Query, func(asked spec.QueryAttribute) bool {
			found, err := words.Attribute(record.Object, asked.Attribute)
			return err == nil && found.Scalar == scalar
		})
	})
}
