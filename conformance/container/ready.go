package container

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// The intervals at which a container is asked whether it is ready. Neither an engine nor a port tells
// of itself, so they are asked.
const (
	askEvery   = 50 * time.Millisecond
	askTimeout = 2 * time.Second
)

// await waits until a container is ready: its path answers 2xx, its health check says so, or its port
// answers HTTP at all. An end of the container ends the wait.
func (s *System) await(ctx context.Context, one *started) error {
	ticks := time.NewTicker(askEvery)
	defer ticks.Stop()
	asker := &http.Client{Timeout: askTimeout, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	path, at := s.settings(one.name).Ready, one.at[cmp.Or(s.basePort(one.name), one.main)]
	for {
		seen, err := s.engine.ContainerInspect(ctx, one.id, client.ContainerInspectOptions{})
		if err == nil {
			state := seen.Container.State
			if !state.Running {
				return s.crashed(ctx, one, state)
			}
			if ready(ctx, asker, at, path, state) {
				return nil
			}
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return s.late(ctx, one)
		}
	}
}

func ready(ctx context.Context, asker *http.Client, at, path string, state *container.State) bool {
	health := state.Health
	if path == "" && health != nil && health.Status != container.NoHealthcheck {
		return health.Status == container.Healthy
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+path, nil)
	if err != nil {
		return false
	}
	answer, err := asker.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	return path == "" || answer.StatusCode/100 == 2
}

// ended is the error of a container that does not run any more, nil while it runs.
func (s *System) ended(ctx context.Context, one *started) error {
	seen, err := s.engine.ContainerInspect(ctx, one.id, client.ContainerInspectOptions{})
	if err != nil || seen.Container.State.Running {
		return nil
	}
	return s.crashed(ctx, one, seen.Container.State)
}

func (s *System) crashed(ctx context.Context, one *started, state *container.State) error {
	if state.Status == container.StateCreated {
		return fault(CodeStart, "container %s does not start: %s", one.name, plain(fmt.Errorf("%s", state.Error)))
	}
	return fault(CodeCrashed, "container %s ended before it was ready: %s%s", one.name, howEnded(state, s.settings(one.name)), s.lastWords(ctx, one))
}

// exitKilled is the exit code of a process that ended by SIGKILL.
const exitKilled = 128 + int(syscall.SIGKILL)

// howEnded says why a container does not run any more. An engine may learn of the end of a process
// before it learns that it went beyond its memory, and then never says so.
func howEnded(state *container.State, settings settings) string {
	memory := bytesOf(limitsOf(settings, nil, 0).memory)
	switch {
	case state.OOMKilled:
		return fmt.Sprintf("killed beyond its limit of %s of memory", memory)
	case state.ExitCode == exitKilled:
		return fmt.Sprintf("killed (exit code %d), most often beyond its limit of %s of memory", exitKilled, memory)
	default:
		return fmt.Sprintf("exit code %d", state.ExitCode)
	}
}

func (s *System) late(ctx context.Context, one *started) error {
	if context.Cause(ctx) != context.DeadlineExceeded {
		return ctx.Err()
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	return fault(CodeNotReady, "container %s was not ready within %s: raise timeouts.start, or name its port or ready path in the manifest%s",
		one.name, s.limit(), s.lastWords(after, one))
}
