package steps

import (
	"context"
	"regexp"
	"sync"

	"github.com/cucumber/godog"
	"github.com/samber/lo"
)

// definition is one step of the vocabulary: how it reads, what it means to a reader, what it does.
type definition struct {
	Pattern string
	Meaning string
	do      any
}

// Vocabulary lists every step that a feature file may use; docs/steps.md is made from it.
func Vocabulary() []definition {
	var all []definition
	all = append(all, givenSteps...)
	all = append(all, querySteps...)
	all = append(all, batchSteps...)
	all = append(all, changeSteps...)
	all = append(all, whenSteps...)
	all = append(all, pagingSteps...)
	all = append(all, thenSteps...)
	all = append(all, httpSteps...)
	all = append(all, callbackSteps...)
	all = append(all, subscribeSteps...)
	all = append(all, notifySteps...)
	all = append(all, updateSteps...)
	all = append(all, lookupSteps...)
	all = append(all, intakeSteps...)
	all = append(all, vitalSteps...)
	all = append(all, sharingSteps...)
	all = append(all, accessLogSteps...)
	all = append(all, paymentSteps...)
	all = append(all, disburseSteps...)
	all = append(all, fundsSteps...)
	all = append(all, scheduleSteps...)
	all = append(all, disbursementSearchSteps...)
	all = append(all, mapperSteps...)
	all = append(all, encryptionSteps...)
	all = append(all, decideSteps...)
	all = append(all, enrolSteps...)
	all = append(all, benefitSteps...)
	all = append(all, toldSteps...)
	all = append(all, knownSteps...)
	all = append(all, comparedSteps...)
	all = append(all, assessSteps...)
	all = append(all, sourceSteps...)
	all = append(all, rotationSteps...)
	all = append(all, restartSteps...)
	return append(all, statusSteps...)
}

// bound is a step of the vocabulary with its pattern compiled.
type bound struct {
	pattern *regexp.Regexp
	do      any
}

var compiled = sync.OnceValue(func() []bound {
	var all []bound
	for _, step := range Vocabulary() {
		all = append(all, bound{regexp.MustCompile(step.Pattern), step.do})
	}
	return all
})

// reads remembers, by the text of a step, which of the vocabulary it can be read as: the feature files say
// few different things, and each interface anew.
var reads sync.Map

// Register binds what the steps of a scenario can be read as to its suite. To bind the whole vocabulary
// would have every step compared with all of it.
func Register(sc *godog.ScenarioContext, said []string) {
	taken := map[*regexp.Regexp]bool{}
	for _, text := range said {
		for _, step := range readingsOf(text) {
			if !taken[step.pattern] {
				taken[step.pattern] = true
				sc.Step(step.pattern, step.do)
			}
		}
	}
}

func readingsOf(text string) []bound {
	if known, ok := reads.Load(text); ok {
		return known.([]bound)
	}
	found := lo.Filter(compiled(), func(step bound, _ int) bool { return step.pattern.MatchString(text) })
	reads.Store(text, found)
	return found
}

// inWorld adapts a step without arguments.
func inWorld(do func(context.Context, *World) error) func(context.Context) error {
	return func(ctx context.Context) error { return do(ctx, worldOf(ctx)) }
}

// withText adapts a step with one argument.
func withText(do func(context.Context, *World, string) error) func(context.Context, string) error {
	return func(ctx context.Context, first string) error { return do(ctx, worldOf(ctx), first) }
}

// withTexts adapts a step with two arguments.
func withTexts(do func(context.Context, *World, string, string) error) func(context.Context, string, string) error {
	return func(ctx context.Context, first, second string) error { return do(ctx, worldOf(ctx), first, second) }
}

// withNumber adapts a step with one number.
func withNumber(do func(context.Context, *World, int) error) func(context.Context, int) error {
	return func(ctx context.Context, n int) error { return do(ctx, worldOf(ctx), n) }
}
