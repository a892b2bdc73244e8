package container_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

// small are limits that an attacker meets soon.
var small = manifest.Container{Memory: "64m", Disk: "8m", Processes: 64}

// ends closes a system within a bound and gives what is told of its one container.
func ends(t *testing.T, system *container.System) result.Container {
	t.Helper()
	began := time.Now()
	told, err := system.Close(context.Background(), nil)
	require.NoError(t, err)
	assert.Less(t, time.Since(began), time.Minute, "gone soon")
	nothingLeft(t, system.Run())
	require.Len(t, told, 1)
	return told[0]
}

func TestForkBomb(t *testing.T) {
	t.Parallel()
	system, _, err := launched(t, planned(t, imported(t, "fork", exposed), small))
	if err != nil {
		// The bomb may take the last thread from the server beside it.
		var failure *container.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, container.CodeCrashed, failure.Code)
		return
	}
	require.Eventually(t, func() bool { return met(t, system, "64") }, time.Minute, 100*time.Millisecond)
	assert.Regexp(t, `of at most 64|ended during the run`, strings.Join(ends(t, system).Notes, " "))
}

// met says whether the container's processes have come to a number.
func met(t *testing.T, system *container.System, number string) bool {
	t.Helper()
	said, err := exec.Command("docker", "stats", "--no-stream", "--format", "{{.PIDs}}", "spconform-"+system.Run()+"-product").Output()
	return err == nil && (strings.TrimSpace(string(said)) == number || strings.TrimSpace(string(said)) == "0")
}

func TestMemoryHog(t *testing.T) {
	t.Parallel()
	system, _, err := launched(t, planned(t, imported(t, "memory", exposed), small))
	var failure *container.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, container.CodeCrashed, failure.Code)
	assert.Regexp(t, "killed .*beyond its limit of 64MiB of memory", failure.Detail)
	assert.Contains(t, strings.Join(ends(t, system).Notes, " "), "64MiB of memory")
}

func TestDiskFiller(t *testing.T) {
	t.Parallel()
	system, _, err := launched(t, planned(t, imported(t, "disk", exposed, "VOLUME /data"), small))
	var failure *container.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, container.CodeCrashed, failure.Code)
	assert.Contains(t, failure.Detail, "/ cannot be written to | /data full: true after MiB 8 | /tmp full: true after MiB 8")
	ends(t, system)
}

func TestEndlessLog(t *testing.T) {
	t.Parallel()
	plan := planned(t, imported(t, "log", exposed), small)
	system, _, err := launched(t, plan)
	require.NoError(t, err)
	assert.Contains(t, asked(t, system, "http://product/"), "here")
	told := ends(t, system)
	assert.Contains(t, strings.Join(told.Notes, " "), "wrote more output than is kept")
	kept, err := os.Stat(filepath.Join(plan.Logs, "product.log"))
	require.NoError(t, err)
	assert.LessOrEqual(t, kept.Size(), int64(1<<20))
}

func TestIgnoresSIGTERM(t *testing.T) {
	t.Parallel()
	system, _, err := launched(t, planned(t, imported(t, "stubborn", exposed), small))
	require.NoError(t, err)
	ends(t, system)
}

// TestDialsOut puts a machine beside this one, in a network namespace, which a container with a way
// out would reach.
func TestDialsOut(t *testing.T) {
	t.Parallel()
	image := imported(t, "dial", exposed)
	outside := neighbour(t)
	system, _, err := launched(t, planned(t, image, small))
	require.NoError(t, err)
	assert.Contains(t, asked(t, system, "http://product/dial?to="+outside), "failed")
	assert.Contains(t, asked(t, system, "http://product/get?url=http://example.org/"), "failed", "names outside are not looked up")
	ends(t, system)

	said, err := exec.Command("docker", "run", "--rm", "-d", "--name", "spconform-test-control", "-p", "127.0.0.1::8080", image).CombinedOutput()
	require.NoError(t, err, string(said))
	defer exec.Command("docker", "rm", "-f", "spconform-test-control").Run()
	at, err := exec.Command("docker", "port", "spconform-test-control", "8080").Output()
	require.NoError(t, err)
	address := "http://" + strings.TrimSpace(string(at))
	require.Eventually(t, func() bool {
		said, err := exec.Command("docker", "logs", "spconform-test-control").Output()
		return err == nil && strings.Contains(string(said), "listening")
	}, time.Minute, 50*time.Millisecond)
	assert.Contains(t, asked(t, container.New(container.Plan{}), address+"/dial?to="+outside), "connected", "an ordinary container reaches it")
}

// neighbour is the address of a server in a network namespace of its own, connected to this machine as
// another machine would be.
func neighbour(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a network namespace")
	}
	const space, near, far = "spconform-test", "198.18.77.1/30", "198.18.77.2"
	_ = exec.Command("ip", "netns", "del", space).Run()
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", space).Run() })
	for _, line := range []string{
		"ip netns add " + space,
		"ip link add spctest0 type veth peer name spctest1 netns " + space,
		"ip addr add " + near + " dev spctest0",
		"ip link set spctest0 up",
		"ip -n " + space + " addr add " + far + "/30 dev spctest1",
		"ip -n " + space + " link set spctest1 up",
	} {
		words := strings.Fields(line)
		if said, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Skipf("no network namespace can be made here: %s: %s", line, said)
		}
	}
	binary, err := program()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "product")
	require.NoError(t, os.WriteFile(path, binary, 0o755))
	server := exec.Command("ip", "netns", "exec", space, path, "ok")
	require.NoError(t, server.Start())
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	address := net.JoinHostPort(far, "8080")
	require.Eventually(t, func() bool {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	}, time.Minute, 50*time.Millisecond, "this machine reaches it")
	return address
}
