package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

const referenceImage = "spconform-test/reference:cmd"

// engine is a client of the container engine. Unless SPCONFORM_CONTAINERS is set the test is skipped, saying so.
func engine(t *testing.T) *client.Client {
	t.Helper()
	if os.Getenv("SPCONFORM_CONTAINERS") == "" {
		t.Skip("containers take minutes: set SPCONFORM_CONTAINERS=1 to test with a container engine")
	}
	found, err := client.New(client.FromEnv)
	require.NoError(t, err)
	t.Cleanup(func() { _ = found.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := found.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		t.Fatal("no container engine answers: start one, or leave SPCONFORM_CONTAINERS unset")
	}
	return found
}

// static is the program as a static binary, built once.
var static = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "spconform-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "spconform")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := static(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// imageOfReference builds our own image by its Dockerfile.
func imageOfReference(t *testing.T, engine *client.Client) {
	t.Helper()
	binary, err := static()
	require.NoError(t, err)
	var folder bytes.Buffer
	archive := tar.NewWriter(&folder)
	for name, path := range map[string]string{"Dockerfile": "../../Dockerfile", "spconform": binary} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
		_, err = archive.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	built, err := engine.ImageBuild(t.Context(), &folder, client.ImageBuildOptions{Tags: []string{referenceImage}, Remove: true, ForceRemove: true})
	require.NoError(t, err)
	defer built.Body.Close()
	said, err := io.ReadAll(built.Body)
	require.NoError(t, err)
	require.Contains(t, string(said), "Successfully tagged")
	t.Cleanup(func() {
		_, _ = engine.ImageRemove(context.Background(), referenceImage, client.ImageRemoveOptions{Force: true, PruneChildren: true})
	})
}

// described is a manifest of the reference server in a container, with all that it claims.
func described(t *testing.T) string {
	t.Helper()
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	made := manifest.Manifest{Product: manifest.Product{Name: "spconform reference"}, Interfaces: map[string]manifest.Interface{},
		Identities: manifest.Identities{Provide: manifest.IdentitiesFixtures},
		Population: manifest.Population{Provide: manifest.PopulationMounted, File: "/spconform/population.ndjson"},
		Events:     manifest.Events{URL: "http://registry:8081/events"},
		Containers: map[string]manifest.Container{"registry": {Image: referenceImage,
			Command: []string{"serve", "--addr", "0.0.0.0:8080", "--management", "0.0.0.0:8081"}}},
	}
	for _, one := range interfaces {
		base := "http://registry:8080"
		if len(interfaces) > 1 {
			base += "/" + one.ID
		}
		made.Interfaces[one.ID] = manifest.Interface{Base: base, ID: one.ID + ".example.org", Capabilities: one.Capabilities()}
	}
	text, err := yaml.Marshal(made)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), manifest.FileName)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

func reportIn(t *testing.T, folder string) result.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "report.json"))
	require.NoError(t, err)
	var report result.Report
	require.NoError(t, json.Unmarshal(text, &report))
	return report
}

// left lists what the engine has of the runs of a process.
func left(t *testing.T, engine *client.Client, process int) (names []string) {
	t.Helper()
	ctx := context.Background()
	labelled := make(client.Filters).Add("label", "org.spconform.run")
	containers, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: labelled})
	require.NoError(t, err)
	for _, one := range containers.Items {
		names = append(names, one.Names...)
	}
	networks, err := engine.NetworkList(ctx, client.NetworkListOptions{Filters: labelled})
	require.NoError(t, err)
	for _, one := range networks.Items {
		names = append(names, one.Name)
	}
	volumes, err := engine.VolumeList(ctx, client.VolumeListOptions{Filters: labelled})
	require.NoError(t, err)
	for _, one := range volumes.Items {
		names = append(names, one.Name)
	}
	return slices.DeleteFunc(names, func(name string) bool { return !strings.Contains(name, fmt.Sprintf("-%d-", process)) })
}

// TestImageOfTheReference certifies our own image on all interfaces, callbacks included.
func TestImageOfTheReference(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	out := t.TempDir()
	code, stdout, stderr := spconform(t, "run", "--quiet", "--manifest", described(t), "--out", out)
	require.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
	report := reportIn(t, out)
	assert.Equal(t, "image", report.Target.Kind)
	assert.Equal(t, referenceImage, report.Target.Image)
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, report.Target.Digest)
	assert.Equal(t, "mounted", report.Target.Population)
	for _, tested := range report.Interfaces {
		assert.True(t, *tested.Conformant, tested.Interface)
		assert.NotEmpty(t, tested.Requirements)
	}
	exchanges, err := os.ReadFile(filepath.Join(out, "exchanges.har"))
	require.NoError(t, err)
	assert.Contains(t, string(exchanges), `"_direction": "callback"`, "callbacks came")
	assert.FileExists(t, filepath.Join(out, "logs", "registry.log"))
	assert.Empty(t, left(t, engine, os.Getpid()))
}

// TestImageAlone runs an image of which nothing else is known, and one that is not there.
func TestImageAlone(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	out := t.TempDir()
	code, stdout, stderr := spconform(t, "run", "--quiet", "--image", referenceImage, "--interfaces", "social", "--requirement", "REG-SEARCH-001", "--out", out)
	// The image serves every interface below its id, unless it is told to serve one.
	require.Contains(t, []int{exitHolds, exitDoesNotHold}, code, "%s\n%s", stdout, stderr)

	code, _, stderr = spconform(t, "run", "--quiet", "--image", "localhost:1/none:1", "--out", out)
	assert.Equal(t, exitCouldNotRun, code)
	assert.Contains(t, stderr, "image localhost:1/none:1 is not here and cannot be pulled")
	assert.Contains(t, stderr, "(container-image)")
	assert.Equal(t, "container-image", reportIn(t, out).Error.Code, "the results folder is written")
	assert.Empty(t, left(t, engine, os.Getpid()))
}

func TestImageUsage(t *testing.T) {
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

// TestNoEngine runs where no engine answers, and where it is on another machine.
func TestNoEngine(t *testing.T) {
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

// TestEndsOfTheRunner ends a run from outside, in the middle: by an interrupt, which is cleaned up
// after in good order, and by a kill, after which the watch sweeps.
func TestEndsOfTheRunner(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	binary, err := static()
	require.NoError(t, err)
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sent.String(), func(t *testing.T) {
			out := t.TempDir()
			run := exec.Command(binary, "run", "--quiet", "--manifest", described(t), "--out", out)
			require.NoError(t, run.Start())
			require.Eventually(t, func() bool {
				return slices.ContainsFunc(left(t, engine, run.Process.Pid), func(name string) bool { return strings.HasSuffix(name, "-registry") })
			}, 30*time.Second, 50*time.Millisecond, "the container is there")
			require.NoError(t, run.Process.Signal(sent))
			err := run.Wait()
			if sent != syscall.SIGKILL {
				var ended *exec.ExitError
				require.True(t, errors.As(err, &ended), "%v", err)
				assert.Equal(t, exitCouldNotRun, ended.ExitCode())
				assert.NotNil(t, reportIn(t, out).Error)
				assert.Empty(t, left(t, engine, run.Process.Pid), "nothing is left when the run has ended")
			}
			require.Eventually(t, func() bool { return len(left(t, engine, run.Process.Pid)) == 0 }, 30*time.Second, 100*time.Millisecond, "nothing is left")
		})
	}
}

func TestSweepCommand(t *testing.T) {
	engine := engine(t)
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

// TestMixedSystem certifies two interfaces, each from an image of its own.
func TestMixedSystem(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	out := t.TempDir()
	text := "product: {name: two registries}\n" +
		"interfaces:\n  social: {base: 'http://people:8080'}\n  crvs: {base: 'http://events:8080'}\n" +
		"population: {provide: mounted, file: /spconform/population.ndjson}\n" +
		"containers:\n" +
		"  people: {command: [serve, --addr, '0.0.0.0:8080', --interfaces, social]}\n" +
		"  events: {command: [serve, --addr, '0.0.0.0:8080', --interfaces, crvs]}\n"
	path := filepath.Join(t.TempDir(), manifest.FileName)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	args := append([]string{"run", "--quiet", "--manifest", path, "--image", "social=" + referenceImage, "--image", "crvs=" + referenceImage, "--out", out}, narrow...)
	code, stdout, stderr := spconform(t, args...)
	require.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
	report := reportIn(t, out)
	require.Len(t, report.Interfaces, 2)
	assert.Len(t, report.Target.Containers, 2)
	assert.NotEqual(t, report.Target.Bases["social"], report.Target.Bases["crvs"])
	assert.Empty(t, left(t, engine, os.Getpid()))
}

// TestComposeOfTheReference certifies the application of a compose file beside a database.
func TestComposeOfTheReference(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	folder, out := t.TempDir(), t.TempDir()
	text := "services:\n" +
		"  database:\n    image: " + referenceImage + "\n    command: [serve, --addr, '0.0.0.0:8080', --db, 'sqlite:/data/database']\n    volumes: [data:/data]\n" +
		"  application:\n    image: " + referenceImage + "\n    command: [serve, --addr, '0.0.0.0:8080', --interfaces, social]\n    ports: ['8080']\n    depends_on: [database]\n" +
		"volumes: {data: {}}\n"
	path := filepath.Join(folder, "compose.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	code, stdout, stderr := spconform(t, append([]string{"run", "--quiet", "--compose", path, "--interfaces", "social", "--out", out}, narrow...)...)
	require.Equal(t, exitHolds, code, "%s\n%s", stdout, stderr)
	report := reportIn(t, out)
	assert.Equal(t, "compose", report.Target.Kind)
	assert.Len(t, report.Target.Containers, 2)
	assert.Empty(t, left(t, engine, os.Getpid()))
}

// TestRunnerInAContainer runs the suite from our own image, which speaks to the engine that it runs on.
func TestRunnerInAContainer(t *testing.T) {
	engine := engine(t)
	imageOfReference(t, engine)
	const socket = "/var/run/docker.sock"
	if _, err := os.Stat(socket); err != nil {
		t.Skip("the engine has no socket that could be given to the runner")
	}
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o777))
	args := append([]string{"run", "--rm", "--user", "0", "-v", socket + ":" + socket, "-v", folder + ":/work",
		"-v", described(t) + ":/spconform.yaml:ro", referenceImage,
		"run", "--quiet", "--manifest", "/spconform.yaml", "--interfaces", "social"}, narrow...)
	said, err := exec.Command("docker", args...).CombinedOutput()
	require.NoError(t, err, string(said))
	report := reportIn(t, filepath.Join(folder, "spconform-results"))
	require.Len(t, report.Interfaces, 1)
	for _, requirement := range report.Interfaces[0].Requirements {
		assert.Equal(t, result.Met, requirement.Verdict, requirement.ID)
	}
	assert.NotContains(t, report.Target.Bases["social"], "127.0.0.1", "reached on the product's network")
}
