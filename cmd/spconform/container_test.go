package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
)

// TestContainerOfTheReference certifies our own image on all interfaces, callbacks included.
func TestContainerOfTheReference(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	out := t.TempDir()
	code, _, stderr := spconform(t, "run", "--quiet", "--image", image, "--manifest", described(t), "--concurrency", "2", "--out", out)
	holds(t, code, out, stderr)
	report := reportIn(t, out)
	assert.Equal(t, "image", report.Target.Kind)
	assert.Equal(t, image, report.Target.Image)
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, report.Target.Digest)
	assert.Equal(t, "mounted", report.Target.Population)
	for _, tested := range report.Interfaces {
		assert.True(t, *tested.Conformant, tested.Interface)
		assert.NotEmpty(t, tested.Requirements)
		for _, row := range tested.Requirements {
			if strings.HasPrefix(row.ID, "ELG-SRC-") {
				assert.Equal(t, result.Met, row.Verdict, "%s: %s", row.ID, row.Reason)
			}
		}
	}
	exchanges, err := os.ReadFile(filepath.Join(out, "exchanges.har"))
	require.NoError(t, err)
	assert.True(t, regexp.MustCompile(`"_direction":\s*"callback"`).Match(exchanges), "callbacks came")
	assert.FileExists(t, filepath.Join(out, "logs", "registry.log"))
}

// TestContainerOfAnImageAlone runs an image of which nothing else is known, and one that is not there.
func TestContainerOfAnImageAlone(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	out := t.TempDir()
	args := append([]string{"run", "--quiet", "--image", image, "--interfaces", "social,crvs", "--out", out}, narrow...)
	code, _, stderr := spconform(t, args...)
	holds(t, code, out, stderr)
	assert.Len(t, reportIn(t, out).Interfaces, 2)

	code, _, stderr = spconform(t, "run", "--quiet", "--image", "localhost:1/none:1", "--out", out)
	assert.Equal(t, exitCouldNotRun, code)
	assert.Contains(t, stderr, "image localhost:1/none:1 is not here and cannot be pulled")
	assert.Contains(t, stderr, "(container-image)")
	assert.Equal(t, "container-image", reportIn(t, out).Error.Code, "the results folder is written")
}

func TestContainerUsage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"image and target":    {[]string{"--image", "a", "--target", "http://x"}, "[image target] were all set"},
		"image and compose":   {[]string{"--image", "a", "--compose", "x"}, "[compose image] were all set"},
		"compose file absent": {[]string{"--compose", "none.yaml"}, "none.yaml cannot be read"},
		"interface unknown":   {[]string{"--image", "nothing=a"}, `--image names the interface "nothing", which is not tested`},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := spconform(t, append([]string{"run", "--out", t.TempDir()}, c.args...)...)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, stderr, c.says)
		})
	}
}

// TestContainerWithoutEngine runs where no engine answers, and where it is on another machine.
func TestContainerWithoutEngine(t *testing.T) {
	binary, err := static()
	require.NoError(t, err)
	for name, c := range map[string]struct{ host, says string }{
		"nobody there":    {"unix:///nowhere/docker.sock", "no container engine answers at DOCKER_HOST: start it there, or name another (container-engine)"},
		"another machine": {"tcp://engine.example.org:2376", "the container engine is on engine.example.org, which publishes ports on its own loopback and cannot call back here: run spconform on that machine"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			command := exec.Command(binary, "run", "--quiet", "--image", "a", "--out", out)
			command.Env = append(os.Environ(), "DOCKER_HOST="+c.host, "HOME="+out)
			said, err := command.CombinedOutput()
			var ended *exec.ExitError
			require.ErrorAs(t, err, &ended)
			assert.Equal(t, exitCouldNotRun, ended.ExitCode())
			assert.Contains(t, string(said), c.says)
			assert.FileExists(t, filepath.Join(out, "report.json"))
		})
	}
}

// TestContainersAtTheEndOfTheRunner ends a run from outside, in the middle: by an interrupt, which is cleaned up
// after in good order, and by a kill, after which the watch sweeps.
func TestContainersAtTheEndOfTheRunner(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	binary, err := static()
	require.NoError(t, err)
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sent.String(), func(t *testing.T) {
			out := t.TempDir()
			run := exec.Command(binary, "run", "--quiet", "--image", image, "--interfaces", "social", "--out", out)
			require.NoError(t, run.Start())
			require.Eventually(t, func() bool {
				return slices.ContainsFunc(left(t, run.Process.Pid), func(name string) bool { return strings.HasSuffix(name, "-product") })
			}, time.Minute, 50*time.Millisecond, "the container is there")
			require.NoError(t, run.Process.Signal(sent))
			err := run.Wait()
			if sent != syscall.SIGKILL {
				var ended *exec.ExitError
				require.True(t, errors.As(err, &ended), "%v", err)
				assert.Equal(t, exitCouldNotRun, ended.ExitCode())
				assert.NotNil(t, reportIn(t, out).Error)
				assert.Empty(t, left(t, run.Process.Pid), "nothing is left when the run has ended")
			}
			require.Eventually(t, func() bool { return len(left(t, run.Process.Pid)) == 0 }, time.Minute, 100*time.Millisecond, "nothing is left")
		})
	}
}

// TestContainerKilledInTheMiddle: what a product does not answer any more is unmet, and the report is whole.
func TestContainerKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	image, engine := referenceImage(t), enginetest.Client(t)
	binary, err := static()
	require.NoError(t, err)
	out := t.TempDir()
	var said strings.Builder
	run := exec.Command(binary, "run", "--quiet", "--image", image, "--interfaces", "social,crvs", "--out", out)
	run.Stderr = &said
	require.NoError(t, run.Start())
	var product string
	require.Eventually(t, func() bool {
		for _, name := range left(t, run.Process.Pid) {
			if kind, path, _ := strings.Cut(name, " /"); kind == "container" && strings.HasSuffix(path, "-product") {
				product = path
			}
		}
		return product != "" && enginetest.Received(t, product) > 200<<10
	}, time.Minute, 100*time.Millisecond, "scenarios are played")
	_, err = engine.ContainerKill(t.Context(), product, client.ContainerKillOptions{Signal: "SIGKILL"})
	require.NoError(t, err)
	err = run.Wait()
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended)
	assert.Equal(t, exitDoesNotHold, ended.ExitCode(), said.String())
	report := reportIn(t, out)
	assert.Nil(t, report.Error)
	require.Len(t, report.Interfaces, 2)
	for _, tested := range report.Interfaces {
		require.NotEmpty(t, tested.Requirements)
		for _, row := range tested.Requirements {
			assert.NotEqual(t, result.Error, row.Verdict, "%s %s: %s", tested.Interface, row.ID, row.Reason)
		}
	}
	assert.False(t, *report.Interfaces[0].Conformant)
	require.Len(t, report.Target.Containers, 1)
	assert.Contains(t, strings.Join(report.Target.Containers[0].Notes, " "), "ended during the run: killed (exit code 137)")
	assert.FileExists(t, filepath.Join(out, "report.html"))
	assert.Empty(t, left(t, run.Process.Pid))
}

func TestContainerSweepCommand(t *testing.T) {
	engine := enginetest.Client(t)
	_, err := engine.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: "spconform-left-by-a-test", Labels: map[string]string{"org.spconform.run": "left-by-a-test"}})
	require.NoError(t, err)
	code, stdout, stderr := spconform(t, "sweep")
	require.Equal(t, exitHolds, code, stderr)
	assert.NotContains(t, stdout, "left-by-a-test", "nobody knows that its run has ended")
	code, stdout, stderr = spconform(t, "sweep", "--run", "left-by-a-test")
	require.Equal(t, exitHolds, code, stderr)
	assert.Equal(t, "volume spconform-left-by-a-test\n", stdout)
}

// narrow selects a search that is answered at once and one that is answered by a callback.
var narrow = []string{"--requirement", "REG-SEARCH-001", "--requirement", "REG-CB-001"}

// TestContainersOfAMixedSystem certifies two interfaces, each from an image of its own.
func TestContainersOfAMixedSystem(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	out := t.TempDir()
	text := "product: {name: two registries}\n" +
		"interfaces:\n  social: {base: 'http://people:8080'}\n  crvs: {base: 'http://events:8080'}\n" +
		"population: {provide: mounted, file: /spconform/population.csv}\n" + unhurried +
		"containers:\n" +
		"  people: {command: [serve, --addr, '0.0.0.0:8080', --interfaces, social]}\n" +
		"  events: {command: [serve, --addr, '0.0.0.0:8080', --interfaces, crvs]}\n"
	path := filepath.Join(t.TempDir(), manifest.FileName)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	args := append([]string{"run", "--quiet", "--manifest", path, "--image", "social=" + image, "--image", "crvs=" + image, "--out", out}, narrow...)
	code, _, stderr := spconform(t, args...)
	holds(t, code, out, stderr)
	report := reportIn(t, out)
	require.Len(t, report.Interfaces, 2)
	assert.Len(t, report.Target.Containers, 2)
	assert.NotEqual(t, report.Target.Bases["social"], report.Target.Bases["crvs"])
}

// TestContainerOfTheRunner runs the suite from our own image, which speaks to the engine that it runs on.
func TestContainerOfTheRunner(t *testing.T) {
	t.Parallel()
	image := referenceImage(t)
	const socket = "/var/run/docker.sock"
	if _, err := os.Stat(socket); err != nil {
		t.Skip("the engine has no socket that could be given to the runner")
	}
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o777))
	args := append([]string{"run", "--rm", "--user", "0", "-v", socket + ":" + socket, "-v", folder + ":/work",
		"-v", described(t) + ":/spconform.yaml:ro", image,
		"run", "--quiet", "--image", image, "--manifest", "/spconform.yaml", "--interfaces", "social"}, narrow...)
	said, err := exec.Command("docker", args...).CombinedOutput()
	require.NoError(t, err, string(said))
	report := reportIn(t, filepath.Join(folder, "spconform-results"))
	require.Len(t, report.Interfaces, 1)
	for _, requirement := range report.Interfaces[0].Requirements {
		assert.Equal(t, result.Met, requirement.Verdict, requirement.ID)
	}
	assert.NotContains(t, report.Target.Bases["social"], "127.0.0.1", "reached on the product's network")
}
