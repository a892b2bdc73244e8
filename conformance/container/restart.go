package container

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/moby/moby/client"
)

// stopTimeout is what a container is given to end by itself before it is killed, as an operator gives it.
const stopTimeout = 10 * time.Second

// mayRestart says whether a container is one that the run may stop and start again.
func (s *System) mayRestart(name string) bool { return slices.Contains(s.plan.Restarts, name) }

// hostPort is where a port is published: any free port, or one that is free now and stays the container's.
func hostPort(lasting bool) (string, error) {
	if !lasting {
		return "0", nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), listener.Close()
}

// Restart stops containers and starts them again as they were made, at the same addresses. It is bounded as their start
// was. Its errors are the engine's or the manifest's: that a product does not answer again is seen by asking it.
func (s *System) Restart(ctx context.Context, names []string) error {
	within, cancel := context.WithTimeout(ctx, s.limit())
	defer cancel()
	for _, name := range names {
		at := slices.IndexFunc(s.started, func(one *started) bool { return one.name == name })
		if at < 0 {
			return fault(CodeStart, "restart.containers: no container of the run is called %s", name)
		}
		if err := s.again(within, s.started[at]); err != nil {
			return s.reason(ctx, within, err)
		}
	}
	return nil
}

func (s *System) again(ctx context.Context, one *started) error {
	seconds := int(stopTimeout.Seconds())
	if _, err := s.engine.ContainerStop(ctx, one.id, client.ContainerStopOptions{Timeout: &seconds}); err != nil {
		return fmt.Errorf("container %s does not stop: %w", one.name, err)
	}
	if _, err := s.engine.ContainerStart(ctx, one.id, client.ContainerStartOptions{}); err != nil {
		return fmt.Errorf("container %s does not start again: %w", one.name, err)
	}
	if len(one.at) == 0 {
		// The runner does not speak to it.
		return nil
	}
	before := one.at
	err := s.locate(ctx, one, slices.Collect(maps.Keys(before)))
	located := one.at
	one.at = before
	switch {
	case s.ended(ctx, one) != nil:
		return nil
	case err != nil:
		return err
	case !maps.Equal(before, located):
		return fault(CodePort, "container %s is at another address after its restart: name restart.url in place of restart.containers", one.name)
	}
	return nil
}
