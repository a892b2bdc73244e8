package container

import (
	"context"
	"io"
	"log"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// engine is the container engine with what is known of its place.
type engine struct {
	*testcontainers.DockerClient
	provider *testcontainers.DockerProvider
	// self is the id of the container in which the runner itself is, "" for none.
	self string
	// processors is what the engine's machine has.
	processors int
	// desktop says that the engine is in a virtual machine which forwards to this machine's loopback.
	desktop bool
}

var prepared = sync.OnceFunc(func() {
	quiet()
	tclog.SetDefault(log.New(io.Discard, "", 0))
})

// lookLimit bounds the search for an engine.
const lookLimit = 15 * time.Second

// connect finds the engine as the docker command does: DOCKER_HOST, the current context, the usual sockets.
func connect(ctx context.Context) (*engine, error) {
	prepared()
	named := os.Getenv("DOCKER_HOST")
	if err := near(named); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// The library looks for the engine once in a process and remembers what it found: an interrupted search
	// would be remembered as no engine.
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookLimit)
	defer cancel()
	found, err := testcontainers.NewDockerClientWithOpts(looking)
	// The library takes another engine where the one that was named does not answer.
	other := err == nil && named != "" && found.DaemonHost() != named
	if other {
		_ = found.Close()
	}
	switch {
	case other, err != nil && named != "":
		return nil, fault(CodeEngine, "no container engine answers at DOCKER_HOST: start it there, or name another")
	case err != nil:
		return nil, fault(CodeEngine, "no container engine answers: start Docker, or name its address in DOCKER_HOST")
	}
	if err := near(found.DaemonHost()); err != nil {
		_ = found.Close()
		return nil, err
	}
	about, err := found.Client.Info(ctx, client.InfoOptions{})
	if err != nil {
		_ = found.Close()
		return nil, fault(CodeEngine, "the container engine does not answer: start Docker, or name its address in DOCKER_HOST")
	}
	if about.Info.OSType != "linux" {
		_ = found.Close()
		return nil, fault(CodeEngine, "the container engine runs %s containers: switch it to Linux containers", about.Info.OSType)
	}
	e := &engine{DockerClient: found, processors: about.Info.NCPU, desktop: strings.Contains(about.Info.OperatingSystem, "Desktop")}
	e.self = e.ownContainer(ctx)
	if e.self == "" {
		// A virtual machine may carry the mark of a container, which misleads the library.
		_ = os.Setenv("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
	}
	e.provider, err = testcontainers.NewDockerProvider(testcontainers.WithDefaultBridgeNetwork(testcontainers.Bridge))
	if err != nil {
		_ = found.Close()
		return nil, fault(CodeEngine, "the container engine cannot be used: %s", plain(err))
	}
	_ = e.provider.Close()
	e.provider.SetClient(found)
	return e, nil
}

// ownContainer is the container of this engine in which the runner is, if any: its name is the host's.
func (e *engine) ownContainer(ctx context.Context) string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	seen, err := e.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
	if err != nil || !strings.HasPrefix(seen.Container.ID, name) || seen.Container.State == nil || !seen.Container.State.Running {
		return ""
	}
	return seen.Container.ID
}

// near says what is missing where the engine is on another machine.
func near(address string) error {
	away := remote(address)
	if away == "" {
		return nil
	}
	return fault(CodeEngine, "the container engine is on %s, which publishes ports on its own loopback and cannot call back here: run spconform on that machine, or start the product there and use --target with --callbacks", away)
}

// remote is the machine of an engine that is not this one, "" for this one.
func remote(address string) string {
	read, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch read.Scheme {
	case "unix", "npipe", "":
		return ""
	}
	if ip, err := netip.ParseAddr(read.Hostname()); err == nil && ip.IsLoopback() || read.Hostname() == "localhost" {
		return ""
	}
	return read.Hostname()
}

// here says whether an address is one of this machine's.
func here(address string) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, one := range all {
		if prefix, err := netip.ParsePrefix(one.String()); err == nil && prefix.Addr().String() == address {
			return true
		}
	}
	return false
}
