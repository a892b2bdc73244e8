// Package selftest runs the suite on itself: on the reference, where everything must be met, and on
// each known-bad vendor, where the requirements that its defect breaks must be unmet for a stated reason.
package selftest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/spec"
)

// Options say what is tested.
type Options struct {
	Interfaces []spec.Interface
	Defects    []mocks.Defect
	// Jobs is how many vendors are tested at a time; 0 is one for each processor.
	Jobs int
	// Whole runs all scenarios on each vendor and lists what else falls; otherwise only the scenarios of
	// the requirements that a defect breaks.
	Whole bool
	Seed  uint64
	// Done is told of each vendor as it is through; nil for nobody.
	Done func(result.MatrixRow)
}

// waits are shorter than a vendor's: the vendors here are on this machine, and one that never calls
// back must not cost a quarter of a minute a scenario.
func waits() conformance.Waits {
	patient := conformance.DefaultWaits
	patient.Callback, patient.Notify, patient.Quiet = 3*time.Second, 3*time.Second, 200*time.Millisecond
	patient.Response = 10 * time.Second
	patient.Keys, patient.Restart = 2*time.Second, 10*time.Second
	return patient
}

// Run makes the self-test.
func Run(ctx context.Context, options Options) (result.Matrix, error) {
	began := time.Now()
	matrix := result.Matrix{SchemaVersion: "1.3.0", Seed: options.Seed, Whole: options.Whole, Reference: []result.Hit{}}
	catalogue, err := spec.LoadCatalogue()
	if err != nil {
		return matrix, err
	}
	stores, err := newNursery(options.Seed)
	if err != nil {
		return matrix, err
	}
	defer func() { _ = stores.close() }()
	options.Interfaces = slices.Clone(options.Interfaces)
	slices.SortStableFunc(options.Interfaces, func(a, b spec.Interface) int { return lookedAt(a) - lookedAt(b) })
	rules, err := ReadRules()
	if err != nil {
		return matrix, err
	}
	bench := &bench{options, catalogue, stores, rules}
	report, err := bench.test(ctx, mocks.Defect{}, stand{interfaces: options.Interfaces}, nil)
	if err != nil {
		return matrix, fmt.Errorf("the reference: %w", err)
	}
	matrix.Reference = append(matrix.Reference, unmet(report, nil)...)
	jobs := options.Jobs
	if jobs <= 0 {
		jobs = JobsPerProcessor * runtime.NumCPU()
	}
	matrix.Rows = make([]result.MatrixRow, len(options.Defects))
	var working sync.WaitGroup
	places := make(chan struct{}, jobs)
	var told sync.Mutex
	for i, defect := range options.Defects {
		places <- struct{}{}
		working.Go(func() {
			defer func() { <-places }()
			row := bench.judge(ctx, defect)
			matrix.Rows[i] = row
			if options.Done != nil {
				told.Lock()
				defer told.Unlock()
				options.Done(row)
			}
		})
	}
	working.Wait()
	matrix.Seconds = time.Since(began).Seconds()
	matrix.Sum()
	return matrix, ctx.Err()
}

// bench is where vendors are tested.
type bench struct {
	Options
	catalogue *spec.Catalogue
	stores    *nursery
	rules     []Rule
}

// JobsPerProcessor is how many vendors are tested at a time on each processor where Options.Jobs is 0:
// more than one, since a vendor that never calls back is mostly waited for.
const JobsPerProcessor = 2

func lookedAt(one spec.Interface) int {
	if one.ID == mocks.Home {
		return 0
	}
	return 1
}

// concerned are the interfaces on which a defect shows: for each requirement that it breaks, the first
// to which it applies. What a pattern shares is the same code on every interface of it.
func (b *bench) concerned(defect mocks.Defect) stand {
	if defect.Interface != "" {
		return stand{interfaces: lo.Filter(b.Interfaces, func(one spec.Interface, _ int) bool { return one.ID == defect.Interface })}
	}
	var found []spec.Interface
	processes := false
	for _, id := range defect.Breaks {
		requirement, _ := b.catalogue.Find(id)
		processes = processes || requirement.Pattern == spec.PatternProcess
		if slices.ContainsFunc(found, requirement.AppliesTo) {
			continue
		}
		if i := slices.IndexFunc(b.Interfaces, requirement.AppliesTo); i >= 0 {
			found = append(found, b.Interfaces[i])
		}
	}
	switch {
	case processes:
		selected := append(lo.Map(found, func(one spec.Interface, _ int) string { return one.ID }), spec.PatternProcess)
		return stand{interfaces: b.Interfaces, selected: selected}
	case defect.Archetype && len(found) > 0:
		return stand{interfaces: found[:1]}
	}
	return stand{interfaces: found}
}

// stand is what a vendor serves and which of it is tested: all where selected is nil. What breaks a process
// is tested on a vendor that serves every interface.
type stand struct {
	interfaces []spec.Interface
	selected   []string
}

// judge tests one vendor.
func (b *bench) judge(ctx context.Context, defect mocks.Defect) result.MatrixRow {
	began := time.Now()
	row := result.MatrixRow{Defect: defect.ID, Class: defect.Class, Sentence: defect.Sentence, Silent: defect.Silent, Generated: defect.Generated, Fate: result.FateKilled}
	only := slices.Concat(defect.Breaks, defect.Exercise)
	if b.Whole || defect.Archetype {
		only = nil
	}
	report, err := b.test(ctx, defect, b.concerned(defect), only)
	row.Seconds = time.Since(began).Seconds()
	if err != nil {
		row.Fate, row.Error = result.FateFailed, err.Error()
		return row
	}
	for _, id := range defect.Breaks {
		hit, found := verdictOf(report, id)
		switch {
		case !found:
			row.Fate, row.Error = result.FateFailed, fmt.Sprintf("it says that it breaks %s, which was not tested", id)
		case hit.Verdict == result.Error:
			row.Fate, row.Error = result.FateFailed, hit.Reason
		case hit.Verdict != result.Unmet && row.Fate == result.FateKilled:
			row.Fate = result.FateSurvived
		}
		row.Hits = append(row.Hits, hit)
	}
	if defect.Archetype && report.Holds() {
		row.Fate = result.FateSurvived
	}
	row.TimeoutOnly = row.Fate == result.FateKilled && !defect.Archetype && onlyWaited(report, defect.Breaks)
	row.Cascade = Explain(b.rules, defect, unmet(report, defect.Breaks))
	b.calm(ctx, defect, &row)
	return row
}

// calm tests once more, alone, what fell beside for want of time and without a cause: a busy machine is
// late in many things at once.
func (b *bench) calm(ctx context.Context, defect mocks.Defect, row *result.MatrixRow) {
	late := lo.FilterMap(row.Unsorted(), func(hit result.Hit, _ int) (string, bool) { return hit.Requirement, late(hit) })
	if len(late) == 0 {
		return
	}
	report, err := b.test(ctx, defect, b.concerned(defect), slices.Concat(late, defect.Exercise))
	if err != nil {
		return
	}
	for i, hit := range row.Cascade {
		if again, tested := verdictOf(report, hit.Requirement); slices.Contains(late, hit.Requirement) && tested && again.Verdict == result.Met {
			row.Cascade[i].Cause = "it was late once and in time when it was tested alone"
		}
	}
}

// test starts the vendor and runs the suite on it.
func (b *bench) test(ctx context.Context, defect mocks.Defect, on stand, only []string) (report result.Report, err error) {
	interfaces := on.interfaces
	if len(interfaces) == 0 {
		return report, errors.New("none of the interfaces has the requirements that it breaks")
	}
	server, end, err := b.stores.start(ctx, defect, interfaces)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, end()) }()
	target := Target(server, interfaces)
	// The store is loaded already: only the participants, whose callback address is new, are told.
	hooks := conformance.ReferenceHooks(server.Management)
	hooks.Population = ""
	target.Provide = hooks.Provide
	report, err = conformance.Run(ctx, conformance.Options{Target: target, Seed: b.Seed,
		Version: "selftest", Selection: conformance.Selection{Interfaces: on.selected, Requirements: only}})
	if err == nil && report.Error != nil {
		err = errors.New(report.Error.Message)
	}
	return report, err
}

// Target is a vendor of ours as a target: prepared by its hooks, every capability claimed.
func Target(server *loopback.Server, interfaces []spec.Interface) conformance.Target {
	hooks := conformance.ReferenceHooks(server.Management)
	target := conformance.Target{Kind: "embedded", Product: "known-bad vendor", Population: "hook", Waits: waits(),
		Interfaces: map[string]conformance.Access{}, Provide: hooks.Provide, Trigger: hooks.Trigger, Rotate: hooks.Rotate,
		Restart: hooks.Restarting, Configure: hooks.Configure,
		Sharing: hooks.Sharing(conformance.ReferenceAccessLog), Sources: hooks.Ask(server.Bases())}
	for _, one := range interfaces {
		target.Interfaces[one.ID] = conformance.Access{Base: server.Base(one.ID), ID: one.ID + ".example.org", Capabilities: one.Capabilities()}
	}
	return target
}

func verdictOf(report result.Report, id string) (result.Hit, bool) {
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			if requirement.ID == id {
				return hitOf(requirement), true
			}
		}
	}
	return result.Hit{Requirement: id}, false
}

func hitOf(requirement result.Requirement) result.Hit {
	hit := result.Hit{Requirement: requirement.ID, Verdict: requirement.Verdict, Reason: requirement.Reason}
	for _, failure := range requirement.Failures {
		hit.Scenarios = append(hit.Scenarios, failure.Scenario)
	}
	hit.Scenarios = lo.Uniq(hit.Scenarios)
	return hit
}

// unmet lists the requirements that are not met, but for those named.
func unmet(report result.Report, but []string) []result.Hit {
	var hits []result.Hit
	for _, tested := range report.Interfaces {
		for _, requirement := range tested.Requirements {
			if requirement.Verdict != result.Met && requirement.Verdict != result.Untested && !slices.Contains(but, requirement.ID) {
				hit := hitOf(requirement)
				for _, failure := range requirement.Failures {
					hit.Failures = append(hit.Failures, result.Said{Step: failure.Step, Actual: failure.Actual})
				}
				hit.Failures = lo.Uniq(hit.Failures)
				hits = append(hits, hit)
			}
		}
	}
	slices.SortFunc(hits, func(a, b result.Hit) int { return strings.Compare(a.Requirement, b.Requirement) })
	return hits
}
