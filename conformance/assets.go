package conformance

import (
	"fmt"
	"strings"
	"sync"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/population"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec"
)

// Loading what a run judges by takes longer than many a run of one scenario; the self-test makes
// hundreds of runs in one process. What is loaded is not changed by a run.
var (
	loadDictionary = sync.OnceValues(datadictionary.Load)
	generated      sync.Map
)

// people makes the population of a target: its declared records, or those of a seed.
func people(seed uint64, described []spec.Interface, target Target) (*population.Population, error) {
	if target.Declared != nil {
		return population.Declare(seed, described, target.Declared)
	}
	return generate(seed, described)
}

// generate makes the population of a seed, once in a process.
func generate(seed uint64, described []spec.Interface) (*population.Population, error) {
	ids := lo.Map(described, func(d spec.Interface, _ int) string { return d.ID })
	make, _ := generated.LoadOrStore(fmt.Sprint(seed, strings.Join(ids, ",")),
		sync.OnceValues(func() (*population.Population, error) { return population.Generate(seed, described) }))
	return make.(func() (*population.Population, error))()
}
