package steps

import (
	"regexp"
	"slices"
	"sync"

	"github.com/samber/lo"

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

// need is what the words of a step speak of.
type need struct {
	operations, scalars []string
	types               bool
}

// needed are the needs of steps by their texts: the same scenarios are planned for every registry.
var needed sync.Map

func needOf(step string) need {
	if known, ok := needed.Load(step); ok {
		return known.(need)
	}
	found := need{types: needsTypes.MatchString(step)}
	for _, row := range needs {
		if row.said.MatchString(step) {
			found.operations = append(found.operations, row.operation)
		}
	}
	for _, row := range needsScalar {
		if row.said.MatchString(step) {
			found.scalars = append(found.scalars, row.scalar)
		}
	}
	needed.Store(step, found)
	return found
}

// Needs lists the operations of the registry pattern that the steps of a scenario use besides search.
func Needs(said []string) []string {
	return lo.Uniq(lo.FlatMap(said, func(step string, _ int) []string { return needOf(step).operations }))
}

// Servable says whether an interface has what a scenario is about: the operations that its steps use,
// an attribute to ask for of the type that they compare, and more than one type of identifier.
func Servable(words *datadictionary.Dictionary, described spec.Interface, said []string) bool {
	if described.Pattern == spec.PatternProcess {
		return true // what a process needs is in spec.Process
	}
	return lo.EveryBy(said, func(step string) bool {
		speaks := needOf(step)
		return lo.EveryBy(speaks.operations, func(id string) bool { _, has := described.Operation(id); return has }) &&
			lo.EveryBy(speaks.scalars, func(scalar string) bool { return asksFor(words, described, scalar) }) &&
			(!speaks.types || len(identifierTypes(words)) > 1)
	})
}

func asksFor(words *datadictionary.Dictionary, described spec.Interface, scalar string) bool {
	return slices.ContainsFunc(described.Records, func(record spec.RecordType) bool {
		return slices.ContainsFunc(record.Query, func(asked spec.QueryAttribute) bool {
			found, err := words.Attribute(record.Object, asked.Attribute)
			return err == nil && found.Scalar == scalar
		})
	})
}
