package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// What a run makes is named prefix + its id, and labelled with the id. Networks and volumes that the
// compose library makes carry the project's name instead, which is made the same way.
const (
	prefix       = "spconform-"
	runLabel     = "org.spconform.run"
	projectLabel = "com.docker.compose.project"
)

func labels(run string) map[string]string { return map[string]string{runLabel: run} }

// runOf is the run that made something with these labels, "" for none.
func runOf(labelled map[string]string) string {
	if run := labelled[runLabel]; run != "" {
		return run
	}
	if run, ok := strings.CutPrefix(labelled[projectLabel], prefix); ok {
		return run
	}
	return ""
}

// named is the form of the names that a run gives.
var named = regexp.MustCompile(`^` + prefix + `([0-9a-f]{8}-[0-9]+-[0-9a-f]{6})(?:-|$)`)

// runOfVolume is the run of a volume. A container that the engine still makes after the call for it was
// given up brings back the volume that it mounts, without its labels.
func runOfVolume(name string, labelled map[string]string) string {
	if run := runOf(labelled); run != "" {
		return run
	}
	if parts := named.FindStringSubmatch(name); parts != nil {
		return parts[1]
	}
	return ""
}

// Swept is one thing that a sweep removed.
type Swept struct{ Kind, Name, Run string }

// Sweep removes what the runs of which chosen says so have left: containers, networks, volumes and
// images. It returns what it removed.
func Sweep(ctx context.Context, chosen func(run string) bool) ([]Swept, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	var removed []Swept
	err = e.sweep(ctx, chosen, func(one Swept) { removed = append(removed, one) })
	return removed, errors.Join(err, e.Close())
}

// SweepRun removes what one run has left that was ended in the middle.
func SweepRun(ctx context.Context, run string) ([]Swept, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	var removed []Swept
	err = e.settle(ctx, func(of string) bool { return of == run }, func(one Swept) { removed = append(removed, one) })
	return removed, errors.Join(err, e.Close())
}

// Ended says whether the process of a run is gone. A run of another machine counts as going on.
func Ended(run string) bool {
	of, rest, _ := strings.Cut(run, "-")
	number, _, _ := strings.Cut(rest, "-")
	process, err := strconv.Atoi(number)
	if err != nil || of != machine() {
		return false
	}
	if process == os.Getpid() {
		return false
	}
	return errors.Is(syscall.Kill(process, 0), syscall.ESRCH)
}

// What a call was given up for, the engine may still make: a run that ended in the middle is swept until
// nothing has come for a while.
const (
	settleEvery  = 250 * time.Millisecond
	settleQuiet  = 3
	settleRounds = 40
)

// settle sweeps until nothing is found several times in a row.
func (e *engine) settle(ctx context.Context, chosen func(run string) bool, removed func(Swept)) (err error) {
	for round, quiet := 0, 0; round < settleRounds && quiet < settleQuiet; round++ {
		if round > 0 {
			select {
			case <-time.After(settleEvery):
			case <-ctx.Done():
				return errors.Join(err, ctx.Err())
			}
		}
		quiet++
		err = e.sweep(ctx, chosen, func(one Swept) {
			quiet = 0
			if removed != nil {
				removed(one)
			}
		})
		if err != nil {
			quiet = 0
		}
	}
	return err
}

// taking removes one thing of a kind, with its name and the run that made it, "" for none.
type taking func(kind, name, run string, remove func() error)

// sweep removes by kind, in the order in which one holds on to another.
func (e *engine) sweep(ctx context.Context, chosen func(run string) bool, removed func(Swept)) error {
	var failed []error
	take := func(kind, name, run string, remove func() error) {
		if run == "" || !chosen(run) {
			return
		}
		switch err := remove(); {
		case err == nil:
			if removed != nil {
				removed(Swept{kind, name, run})
			}
		case !cerrdefs.IsNotFound(err):
			failed = append(failed, fault(CodeLeft, "%s %s is left: %s; remove it with spconform sweep", kind, name, plain(err)))
		}
	}
	for _, kind := range []func(context.Context, taking) error{
		e.sweepContainers, e.sweepNetworks, e.sweepVolumes, e.sweepImages,
	} {
		if err := kind(ctx, take); err != nil {
			failed = append(failed, fault(CodeLeft, "the engine does not list what is left: %s", plain(err)))
		}
	}
	return errors.Join(failed...)
}

func (e *engine) sweepContainers(ctx context.Context, take taking) error {
	all, err := e.ContainerList(ctx, client.ContainerListOptions{All: true})
	for _, one := range all.Items {
		take("container", strings.Join(one.Names, " "), runOf(one.Labels), func() error {
			_, err := e.ContainerRemove(ctx, one.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			return err
		})
	}
	return err
}

func (e *engine) sweepNetworks(ctx context.Context, take taking) error {
	all, err := e.NetworkList(ctx, client.NetworkListOptions{})
	for _, one := range all.Items {
		take("network", one.Name, runOf(one.Labels), func() error {
			if e.self != "" {
				_, _ = e.NetworkDisconnect(ctx, one.ID, client.NetworkDisconnectOptions{Container: e.self, Force: true})
			}
			_, err := e.NetworkRemove(ctx, one.ID, client.NetworkRemoveOptions{})
			return err
		})
	}
	return err
}

func (e *engine) sweepVolumes(ctx context.Context, take taking) error {
	all, err := e.VolumeList(ctx, client.VolumeListOptions{})
	for _, one := range all.Items {
		take("volume", one.Name, runOfVolume(one.Name, one.Labels), func() error {
			_, err := e.VolumeRemove(ctx, one.Name, client.VolumeRemoveOptions{Force: true})
			return err
		})
	}
	return err
}

func (e *engine) sweepImages(ctx context.Context, take taking) error {
	all, err := e.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("label", runLabel)})
	for _, one := range all.Items {
		take("image", fmt.Sprint(one.RepoTags), runOf(one.Labels), func() error {
			_, err := e.ImageRemove(ctx, one.ID, client.ImageRemoveOptions{Force: true, PruneChildren: true})
			return err
		})
	}
	return err
}
