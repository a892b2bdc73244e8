package container

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"

	"github.com/spconform/spconform/conformance/manifest"
)

// The limits of a container whose manifest names none. Writable folders are in memory, so that they
// count as such and are gone with the container.
const (
	DefaultMemory    = 1 << 30
	DefaultDisk      = 256 << 20
	DefaultProcesses = 512
	DefaultCPUs      = 2.0
	// The engine keeps of a container's output the file that it writes and the one before, which together
	// hold more than is kept for the results folder even when it has just begun the next.
	maxLog, logFiles = "2m", "2"
)

// writable are the folders that every product may write to.
var writable = []string{"/tmp", "/run"}

// limits are those of one container, defaults filled in.
type limits struct {
	memory, disk int64
	processes    int64
	cpus         float64
	folders      []string
	capabilities []string
}

// limitsOf fills in the defaults. volumes are those that the image declares: they become folders in
// memory, which are bounded and leave nothing.
func limitsOf(settings manifest.Container, volumes map[string]struct{}, processors int) limits {
	l := limits{memory: settings.Memory.Bytes(), disk: settings.Disk.Bytes(), processes: int64(settings.Processes),
		capabilities: settings.Capabilities}
	if l.memory == 0 {
		l.memory = DefaultMemory
	}
	if l.disk == 0 {
		l.disk = min(DefaultDisk, l.memory)
	}
	if l.processes == 0 {
		l.processes = DefaultProcesses
	}
	var err error
	if l.cpus, err = strconv.ParseFloat(settings.CPUs, 64); err != nil {
		l.cpus = DefaultCPUs
	}
	if processors > 0 {
		l.cpus = min(l.cpus, float64(processors))
	}
	l.folders = slices.Concat(writable, settings.Writable, slices.Sorted(maps.Keys(volumes)))
	slices.Sort(l.folders)
	l.folders = slices.DeleteFunc(slices.Compact(l.folders), func(folder string) bool { return folder == FixturesFolder })
	return l
}

// tmpfs is how a writable folder is mounted. Programs in it may be run, since products unpack some.
func (l limits) tmpfs() map[string]string {
	mounted := map[string]string{}
	for _, folder := range l.folders {
		mounted[folder] = fmt.Sprintf("rw,nosuid,nodev,exec,mode=1777,size=%d", l.disk)
	}
	return mounted
}

// harden gives a container its limits and takes away what a product under test does not need.
func (l limits) harden(host *container.HostConfig) {
	host.Memory, host.MemorySwap = l.memory, l.memory
	host.NanoCPUs = int64(l.cpus * 1e9)
	host.PidsLimit = &l.processes
	host.CapDrop, host.CapAdd = []string{"ALL"}, l.capabilities
	host.SecurityOpt = []string{"no-new-privileges"}
	host.ReadonlyRootfs = true
	host.Tmpfs = l.tmpfs()
	host.RestartPolicy = container.RestartPolicy{Name: container.RestartPolicyDisabled}
	host.LogConfig = container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": maxLog, "max-file": logFiles}}
	// Names outside the run are not looked up: that would be a way out.
	host.DNS = []netip.Addr{netip.MustParseAddr("127.0.0.1")}
}

// fixturesMount is the volume of the fixtures in a container.
func fixturesMount(volume string) mount.Mount {
	return mount.Mount{Type: mount.TypeVolume, Source: volume, Target: FixturesFolder, ReadOnly: true}
}

// onLoopback publishes ports where only this machine reaches them: at free ones, which stay the same over a restart
// of the container where lasting says so.
func onLoopback(ports []int, lasting bool) (network.PortMap, error) {
	published := network.PortMap{}
	for _, port := range ports {
		at, err := hostPort(lasting)
		if err != nil {
			return nil, err
		}
		if key, ok := network.PortFrom(uint16(port), network.TCP); ok {
			published[key] = []network.PortBinding{{HostIP: netip.MustParseAddr("127.0.0.1"), HostPort: at}}
		}
	}
	return published, nil
}
