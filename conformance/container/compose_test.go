package container_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/manifest"
)

// composed is the plan of a compose file, written into a folder of its own.
func composed(t *testing.T, text string, urls ...string) container.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "compose.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return container.Plan{Compose: path, URLs: urls, Logs: filepath.Join(t.TempDir(), "logs"), Start: patience}
}

// TestComposeFile starts an application that needs its database, as a vendor writes it, and finds it
// enclosed all the same.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	store, app := imported(t, "store"), imported(t, "app", exposed)
	plan := composed(t, fmt.Sprintf(`
services:
  database:
    image: %s
    restart: always
    healthcheck: {test: [CMD, /product, probe], retries: 30}
    volumes: [data:/var/lib/store, "./seed:/seed:rw"]
    networks: [inner]
  application:
    image: %s
    ports: ["0.0.0.0:18080:8080"]
    environment: {STORE: "database:9000", GREETING: "it costs $$5"}
    depends_on: {database: {condition: service_healthy}}
    networks: [inner, default]
volumes: {data: {}}
networks: {inner: {}}
`, store, app), "http://application")
	require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(plan.Compose), "seed"), 0o755))
	system, reception, err := launched(t, plan)
	require.NoError(t, err)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, system.Address("http://application"))
	assert.NotContains(t, system.Address("http://application"), "18080", "no port of the file is published")
	status := asked(t, system, "http://application/status")
	assert.Contains(t, status, "CapBnd:\t0000000000000000")
	assert.Contains(t, status, "root writable: false")
	assert.Contains(t, asked(t, system, "http://application/fixtures"), "write: true")
	assert.Contains(t, reception.Base, "host.docker.internal")

	told, err := system.Close(context.Background(), nil)
	require.NoError(t, err)
	nothingLeft(t, system.Run())
	require.Len(t, told, 2)
	assert.Equal(t, "application", told[0].Name)
	assert.Regexp(t, `^sha256:`, told[1].Digest)
	text, err := os.ReadFile(filepath.Join(plan.Logs, "application.log"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "the store says stored")
	assert.Contains(t, string(text), "it costs $5")
	text, err = os.ReadFile(filepath.Join(plan.Logs, "database.log"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "store is up <nil>", "the volume can be written to")
}

func TestComposeFileThatFails(t *testing.T) {
	t.Parallel()
	app := imported(t, "app", exposed)
	service := "services:\n  application:\n    image: " + app + "\n    ports: ['8080']\n"
	for name, c := range map[string]struct {
		text string
		code container.Code
		says string
	}{
		"no store":       {service + "    environment: {STORE: 'database:9000'}\n", container.CodeCrashed, "container application ended before it was ready: exit code 4; its last output: no store"},
		"absent image":   {"services: {application: {image: 'localhost:1/none:1'}}", container.CodeImage, "image localhost:1/none:1 is not here"},
		"no YAML":        {"services: [", container.CodeCompose, "compose.yaml: "},
		"other service":  {"services: {web: {image: x}}", container.CodeCompose, "no service of compose.yaml serves an interface"},
		"build":          {"services: {application: {build: .}}", container.CodeCompose, "names no image"},
		"privileged":     {service + "    privileged: true\n", container.CodeRefused, "asks for privileged"},
		"host network":   {service + "    network_mode: host\n", container.CodeRefused, "asks for network_mode"},
		"host processes": {service + "    pid: host\n", container.CodeRefused, "asks for pid"},
		"devices":        {service + "    devices: ['/dev/kvm:/dev/kvm']\n", container.CodeRefused, "asks for devices"},
		"capability":     {service + "    cap_add: [SYS_ADMIN]\n", container.CodeRefused, "the capability SYS_ADMIN"},
		"seccomp off":    {service + "    security_opt: ['seccomp:unconfined']\n", container.CodeRefused, "asks for security_opt"},
		"engine socket":  {service + "    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n", container.CodeRefused, "mounts /var/run/docker.sock of this machine"},
		"outside":        {service + "    volumes: ['./../..:/host']\n", container.CodeRefused, "of this machine"},
		"others' volume": {service + "    volumes: ['theirs:/data']\nvolumes: {theirs: {external: true}}\n", container.CodeRefused, "mounts the volume theirs of others"},
		"env_file":       {service + "    env_file: [/etc/hostname]\n", container.CodeRefused, "reads the env_file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := launched(t, composed(t, c.text, "http://application"))
			var failure *container.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, c.code, failure.Code, failure.Detail)
			assert.Contains(t, failure.Detail, c.says)
			assert.Equal(t, 0, strings.Count(failure.Detail, "\n"))
		})
	}
}

func TestDescribeCompose(t *testing.T) {
	plan := composed(t, "services:\n  db: {image: d}\n  web: {image: w, ports: ['80:8080']}\n")
	made, err := container.DescribeCompose(t.Context(), plan.Compose, []string{"social", "crvs"})
	require.NoError(t, err)
	assert.Equal(t, "http://web/crvs", made.Interfaces["crvs"].Base)
	assert.Equal(t, "w", made.Product.Name)
	plan = composed(t, "services:\n  api: {image: d, ports: ['1']}\n  web: {image: w, ports: ['80:8080']}\n")
	_, err = container.DescribeCompose(t.Context(), plan.Compose, []string{"social"})
	assert.ErrorContains(t, err, "has 2 services that publish a port")
	_, err = container.DescribeCompose(t.Context(), "none.yaml", []string{"social"})
	assert.ErrorContains(t, err, "none.yaml cannot be read")
}

func TestPlans(t *testing.T) {
	installed := manifest.Manifest{Product: manifest.Product{Name: "x"},
		Interfaces: map[string]manifest.Interface{"social": {Base: "https://registry.example.org:8443/social"}, "crvs": {Base: "https://civil.example.org/crvs"}},
		Events:     manifest.Events{URL: "https://registry.example.org:9000/events"},
		Rotation:   manifest.Rotation{URL: "https://registry.example.org:9001/keys"},
		Sources:    manifest.Sources{URL: "https://registry.example.org:9003/sources"},
		Sharing:    &manifest.Sharing{Agreements: "https://registry.example.org:9002/agreements", AccessLog: "/access-log"}}
	cases := map[string]struct {
		from   manifest.Manifest
		images []string
		bases  map[string]string
		events string
		fails  string
	}{
		"installed, one image": {installed, []string{"r:1"}, map[string]string{"social": "http://product/social", "crvs": "http://product/crvs"}, "http://product:9000/events", ""},
		"installed, two images": {installed, []string{"social=r:1", "crvs=c:1"},
			map[string]string{"social": "http://social/social", "crvs": "http://crvs/crvs"}, "http://social:9000/events", ""},
		"unclaimed": {installed, []string{"fr=r:1"}, nil, "", "which the manifest does not claim"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var images []container.Image
			for _, text := range c.images {
				images = append(images, container.ParseImage(text))
			}
			made, err := container.Replace(c.from, images)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				return
			}
			require.NoError(t, err)
			for id, base := range c.bases {
				assert.Equal(t, base, made.Interfaces[id].Base, id)
			}
			assert.Equal(t, c.events, made.Events.URL)
			plan, err := container.NewPlan(made, "")
			require.NoError(t, err)
			for _, url := range []string{made.Events.URL, made.Rotation.URL, made.Sources.URL, made.Sharing.Agreements} {
				assert.NotContains(t, url, "example.org", "what was at the host is in the container")
				assert.Contains(t, plan.URLs, url, "its port is published")
			}
			assert.Equal(t, "/access-log", made.Sharing.AccessLog)
			assert.Contains(t, c.from.Sharing.Agreements, "example.org", "what was given is unchanged")
			assert.Equal(t, "https://registry.example.org:8443/social", c.from.Interfaces["social"].Base, "what was given is unchanged")
		})
	}
	made, err := container.Describe([]container.Image{{Ref: "r:1"}}, []string{"social"})
	require.NoError(t, err)
	assert.Equal(t, "http://product", made.Interfaces["social"].Base, "alone at the root")
	_, err = container.Describe([]container.Image{{Interface: "fr", Ref: "r:1"}}, []string{"social"})
	require.ErrorContains(t, err, "which is not tested")
}
