package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec"
)

// withProcesses adds the processes to the interfaces of a run that names none, where the target serves
// what some process needs. What goes through a single interface is no process across systems: it is left
// to that interface's own requirements.
func (r *run) withProcesses(wanted []string) ([]string, error) {
	if len(wanted) < 2 || r.Target.Declared != nil {
		return wanted, nil
	}
	processes, err := spec.LoadProcesses()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(processes, func(p spec.Process) bool { return len(r.unserved(p)) == 0 }) {
		wanted = append(wanted, spec.PatternProcess)
	}
	return wanted, nil
}

// unserved are the interfaces that a process needs and the target has no address of.
func (r *run) unserved(process spec.Process) []string {
	return slices.DeleteFunc(process.Interfaces(), func(id string) bool {
		_, served := r.Target.Interfaces[id]
		return served
	})
}

// peopled are the interfaces whose records the run needs: processes go through all that the target serves.
func (r *run) peopled(planned []spec.Interface) ([]spec.Interface, error) {
	if !slices.ContainsFunc(planned, isProcess) {
		return planned, nil
	}
	planned = slices.DeleteFunc(slices.Clone(planned), isProcess)
	for _, id := range slices.Sorted(maps.Keys(r.Target.Interfaces)) {
		if slices.ContainsFunc(planned, func(d spec.Interface) bool { return d.ID == id }) {
			continue
		}
		described, err := r.Standard.find(id)
		if err != nil {
			return nil, err
		}
		planned = append(planned, described)
	}
	return planned, nil
}

// processesLast moves the processes to the end: they change what the registries hold.
func processesLast(wanted []string) []string {
	of := func(id string) bool { return id == spec.PatternProcess }
	if !slices.ContainsFunc(wanted, of) {
		return wanted
	}
	return append(slices.DeleteFunc(slices.Clone(wanted), of), spec.PatternProcess)
}

func isProcess(described spec.Interface) bool { return described.Pattern == spec.PatternProcess }

// testProcesses plays the processes across the interfaces, which are those of the run's trials where they
// were tested. It comes last, since processes change what the registries hold.
func (r *run) testProcesses(ctx context.Context, p *plan) error {
	met := lo.KeyBy(r.trials, func(t *trial) string { return t.plan.described.ID })
	for _, id := range r.needed(p) {
		if _, tested := met[id]; tested {
			continue
		}
		described, err := r.Standard.find(id)
		if err != nil {
			return err
		}
		if met[id], err = r.meet(ctx, &plan{described: described}); err != nil {
			return err
		}
	}
	absent, claimed, err := r.carriedOut(met)
	if err != nil {
		return err
	}
	env := &steps.Env{Interface: p.described, Dictionary: r.dictionary, Population: r.people, Identities: r.identities,
		Client: r.client, Receiver: r.receiver, Recorder: r.recorder, Waits: r.Target.Waits.Waits, RunID: r.id,
		Parties: lo.MapValues(met, func(t *trial, _ string) *steps.Env { return t.env })}
	env.Open()
	r.trials = append(r.trials, &trial{plan: p, env: env, outcomes: r.play(ctx, env, p, absent), absent: absent, claimed: claimed})
	return nil
}

// needed are the interfaces of the target that the planned processes go through.
func (r *run) needed(p *plan) []string {
	var ids []string
	for _, process := range p.processes {
		if len(r.unserved(process)) == 0 {
			ids = append(ids, process.Interfaces()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// carriedOut tells the processes that the target's interfaces can carry out from those that they cannot,
// and why they cannot.
func (r *run) carriedOut(met map[string]*trial) (absent map[string]string, claimed []string, err error) {
	processes, err := spec.LoadProcesses()
	if err != nil {
		return nil, nil, err
	}
	absent = map[string]string{}
	for _, process := range processes {
		if missing := r.unserved(process); len(missing) > 0 {
			absent[process.ID] = "it goes through " + strings.Join(missing, " and ") + ", of which no address was given"
			continue
		}
		for id, capabilities := range process.Needs {
			if met[id] == nil {
				continue
			}
			for _, capability := range capabilities {
				if proof, gone := met[id].absent[capability]; gone {
					absent[process.ID] = fmt.Sprintf("it goes through %s of %s: %s", capability, id, proof)
				}
			}
		}
		if _, gone := absent[process.ID]; !gone {
			claimed = append(claimed, process.ID)
		}
	}
	return absent, claimed, nil
}

// processesOf are the processes that the requirements are of.
func processesOf(owed []spec.Requirement) ([]spec.Process, error) {
	all, err := spec.LoadProcesses()
	return slices.DeleteFunc(all, func(process spec.Process) bool {
		return !slices.ContainsFunc(owed, func(r spec.Requirement) bool { return r.Capability == process.ID })
	}), err
}
