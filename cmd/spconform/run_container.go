package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec"
)

// logsFolder holds, in a results folder, the last output of the product's containers.
const logsFolder = "logs"

// inContainers says whether the run starts the product itself.
func (f runFlags) inContainers(m manifest.Manifest) bool {
	return len(f.images) > 0 || f.compose != "" || m.Compose != nil || len(m.Containers) > 0
}

// containers is the manifest of a product that runs in containers: the one given with the images of
// the command line put in, or one made for images or a compose file alone.
func (f runFlags) containers(ctx context.Context, given *manifest.Manifest, described []spec.Interface) (made manifest.Manifest, err error) {
	images := lo.Map(f.images, func(text string, _ int) container.Image { return container.ParseImage(text) })
	ids := lo.Map(described, func(d spec.Interface, _ int) string { return d.ID })
	switch {
	case given != nil && f.compose != "":
		made = *given
		absolute, err := filepath.Abs(f.compose)
		if err != nil {
			return made, usageError("--compose: %v", err)
		}
		made.Compose = &manifest.Compose{File: absolute}
	case given != nil:
		if made, err = container.Replace(*given, images); err != nil {
			return made, usageError("%v", err)
		}
	case f.compose != "":
		if made, err = container.DescribeCompose(ctx, f.compose, ids); err != nil {
			return made, usageError("--compose: %v", err)
		}
	default:
		if made, err = container.Describe(images, ids); err != nil {
			return made, usageError("%v", err)
		}
	}
	if f.callbacks != defaultCallbacks {
		made.Callbacks, err = receiverAt(f.callbacks)
	}
	return made, err
}

// launched is the target that a manifest with containers describes.
func (f runFlags) launched(ctx context.Context, m manifest.Manifest) (conformance.Target, error) {
	target, err := conformance.Described(m)
	if err != nil {
		return target, err
	}
	plan, err := container.NewPlan(m, filepath.Join(f.out, logsFolder))
	if err != nil {
		return target, err
	}
	target.Kind = "image"
	if plan.Compose != "" {
		target.Kind = "compose"
	}
	return target.In(container.New(plan, container.WithGuard(guardOf(ctx)))), nil
}

type programKey struct{}

// withProgram remembers where this program is, so that it can watch over a run of its own.
func withProgram(ctx context.Context) context.Context {
	if path, err := os.Executable(); err == nil {
		return context.WithValue(ctx, programKey{}, path)
	}
	return ctx
}

// guardOf starts a process that sweeps a run when this one is gone, however it ends: the pipe to it
// closes with this process. Nothing watches where the program is not known.
func guardOf(ctx context.Context) func(string) (func(), error) {
	return func(run string) (func(), error) {
		path, ok := ctx.Value(programKey{}).(string)
		if !ok {
			return func() {}, nil
		}
		watch := exec.Command(path, "sweep", "--run", run, "--when-closed")
		// An interrupt at the terminal goes to the whole group, and must not end the watch.
		watch.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		watch.Env = lo.Filter(os.Environ(), func(pair string, _ int) bool { return !strings.HasPrefix(pair, "SPCONFORM_") })
		pipe, err := watch.StdinPipe()
		if err != nil {
			return nil, err
		}
		if err := watch.Start(); err != nil {
			return nil, err
		}
		return func() {
			_, _ = pipe.Write([]byte(releaseWatch))
			_ = pipe.Close()
			_ = watch.Wait()
		}, nil
	}
}
