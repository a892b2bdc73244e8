package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samber/lo"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/spconform/spconform/conformance/container/enginetest"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// static is the program as a static binary, built once, with the flags of every other build so that its
// packages are compiled once.
var static = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "spconform-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "spconform")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		_ = os.RemoveAll(folder)
		return "", fmt.Errorf("%w: %s", err, said)
	}
	madeByTests = append(madeByTests, func() { _ = os.RemoveAll(folder) })
	return path, nil
})

// madeByTests undoes what several tests share.
var madeByTests []func()

func TestMain(m *testing.M) {
	code := m.Run()
	// What tests beside each other leave is looked for when all have ended.
	if os.Getenv(enginetest.Variable) != "" {
		if left, err := leftBy(os.Getpid()); err != nil || len(left) > 0 {
			fmt.Println("FAIL: runs have left behind", left, err)
			code = 1
		}
	}
	for _, undo := range madeByTests {
		undo()
	}
	os.Exit(code)
}

var built struct {
	sync.Mutex
	image string
}

// referenceImage is our own image, built once by its Dockerfile.
func referenceImage(t *testing.T) string {
	t.Helper()
	engine := enginetest.Client(t)
	built.Lock()
	defer built.Unlock()
	if built.image != "" {
		return built.image
	}
	binary, err := static()
	require.NoError(t, err)
	files := map[string][]byte{}
	for name, path := range map[string]string{"Dockerfile": "../../Dockerfile", "spconform": binary} {
		files[name], err = os.ReadFile(path)
		require.NoError(t, err)
	}
	built.image = enginetest.Build(t, "reference", files)
	madeByTests = append(madeByTests, func() { enginetest.Remove(engine, built.image) })
	return built.image
}

// patient is a time-out on a machine that does much else beside the test.
const patient = manifest.Duration(2 * time.Minute)

// unhurried are such time-outs in a manifest.
const unhurried = "timeouts: {response: 2m, callback: 2m, hook: 2m, start: 5m}\n"

// described is a manifest of the reference server in a container, with all that it claims. Its image is
// named with --image.
func described(t *testing.T) string {
	t.Helper()
	interfaces, err := spec.LoadInterfaces()
	require.NoError(t, err)
	made := manifest.Manifest{Product: manifest.Product{Name: "spconform reference"}, Interfaces: map[string]manifest.Interface{},
		Identities: manifest.Identities{Provide: manifest.IdentitiesFixtures},
		Population: manifest.Population{Provide: manifest.PopulationMounted, File: "/spconform/population.ndjson"},
		Events:     manifest.Events{URL: "http://registry:8081/events"},
		Rotation:   manifest.Rotation{URL: "http://registry:8081/keys"},
		Restart:    manifest.Restart{URL: "http://registry:8081/restart"},
		Sources:    manifest.Sources{URL: "http://registry:8081/sources"},
		Sharing: &manifest.Sharing{Provide: "http", Agreements: "http://registry:8081/agreements", Consents: "http://registry:8081/consents",
			AccessLog: "/registry/access-log"},
		Timeouts: map[string]manifest.Duration{"response": patient, "callback": patient, "notify": patient, "hook": patient, "start": 2 * patient, "run": 10 * patient},
		Containers: map[string]manifest.Container{"registry": {
			Command: []string{"serve", "--addr", "0.0.0.0:8080", "--management", "0.0.0.0:8081"}}},
	}
	for _, one := range interfaces {
		made.Interfaces[one.ID] = manifest.Interface{Base: "http://registry:8080/" + one.ID, ID: one.ID + ".example.org", Capabilities: one.Capabilities()}
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

// holds checks that a run found its target conformant, and else says why not.
func holds(t *testing.T, code int, folder, stderr string) {
	t.Helper()
	if code == exitHolds {
		return
	}
	for _, tested := range reportIn(t, folder).Interfaces {
		for _, row := range tested.Requirements {
			if row.Verdict != result.Met {
				t.Errorf("%s %s %s: %s %+v", tested.Interface, row.ID, row.Verdict, row.Reason, row.Failures)
			}
		}
	}
	require.Equal(t, exitHolds, code, stderr)
}

// left lists what the engine has of the runs of a process.
func left(t *testing.T, process int) []string {
	t.Helper()
	names, err := leftBy(process)
	require.NoError(t, err)
	return names
}

func leftBy(process int) ([]string, error) {
	names, err := enginetest.Held(fmt.Sprintf("-%d-", process))
	return lo.Filter(names, func(name string, _ int) bool { return strings.Contains(name, "spconform-") }), err
}
