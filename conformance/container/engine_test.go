package container_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec/fixture"
)

// shared is the tests' own connection to the engine, so that a test of leaks sees only what it looks for.
var shared = sync.OnceValues(func() (*client.Client, error) { return client.New(client.FromEnv) })

// docker is a client of the engine. Unless SPCONFORM_CONTAINERS is set the test is skipped, saying so.
func docker(t testing.TB) *client.Client {
	t.Helper()
	if os.Getenv("SPCONFORM_CONTAINERS") == "" {
		t.Skip("containers take minutes: set SPCONFORM_CONTAINERS=1 to test with a container engine")
	}
	found, err := shared()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err = found.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err == nil {
		return found
	}
	t.Fatal("no container engine answers: start one, or leave SPCONFORM_CONTAINERS unset")
	return nil
}

// program is the test product, built once.
var program = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "product")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "product")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/product")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	return os.ReadFile(path)
})

// imported makes an image of the test product in a mode, and removes it after the test.
func imported(t testing.TB, mode string, changes ...string) string {
	t.Helper()
	engine := docker(t)
	binary, err := program()
	require.NoError(t, err)
	var layer bytes.Buffer
	writer := tar.NewWriter(&layer)
	require.NoError(t, writer.WriteHeader(&tar.Header{Name: "product", Mode: 0o755, Size: int64(len(binary))}))
	_, err = writer.Write(binary)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	name := strings.ToLower("spconform-test/" + strings.ReplaceAll(t.Name(), "/", "-") + ":" + mode)
	stream, err := engine.ImageImport(t.Context(), client.ImageImportSource{Source: &layer, SourceName: "-"}, name,
		client.ImageImportOptions{Changes: append([]string{`ENTRYPOINT ["/product"]`, fmt.Sprintf("CMD [%q]", mode), "USER 65532:65532"}, changes...)})
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, stream)
	require.NoError(t, err)
	require.NoError(t, stream.Close())
	t.Cleanup(func() {
		_, _ = engine.ImageRemove(context.Background(), name, client.ImageRemoveOptions{Force: true, PruneChildren: true})
	})
	return name
}

const exposed = "EXPOSE 8080"

// given is a small provision.
var given = conformance.Provision{
	Participants: fixture.Participants{Participants: []fixture.Participant{{ID: "spmis.example.org"}}},
	Records:      []fixture.Record{{Interface: "social", RegRecordType: "Person", Data: []byte(`{}`)}},
}

// planned is a plan of one container of an image.
func planned(t testing.TB, image string, settings manifest.Container) container.Plan {
	t.Helper()
	settings.Image = image
	return container.Plan{Parts: []container.Part{{Name: "product", Settings: settings}}, URLs: []string{"http://product"},
		Logs: filepath.Join(t.TempDir(), "logs"), Start: 30 * time.Second}
}

// launched opens and starts a system, which the test's end closes.
func launched(t testing.TB, plan container.Plan) (*container.System, conformance.Reception, error) {
	t.Helper()
	system := container.New(plan)
	reception, err := system.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := system.Close(context.Background(), nil)
		assert.NoError(t, err)
		_ = reception.Listener.Close()
		nothingLeft(t, system.Run())
	})
	return system, reception, system.Start(t.Context(), given)
}

// nothingLeft checks that the engine has nothing of a run.
func nothingLeft(t testing.TB, run string) {
	t.Helper()
	engine := docker(t)
	ctx := context.Background()
	containers, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true})
	require.NoError(t, err)
	for _, one := range containers.Items {
		assert.NotContains(t, strings.Join(one.Names, " "), run, "container")
	}
	networks, err := engine.NetworkList(ctx, client.NetworkListOptions{})
	require.NoError(t, err)
	for _, one := range networks.Items {
		assert.NotContains(t, one.Name, run, "network")
	}
	volumes, err := engine.VolumeList(ctx, client.VolumeListOptions{})
	require.NoError(t, err)
	for _, one := range volumes.Items {
		assert.NotContains(t, one.Name, run, "volume")
	}
	images, err := engine.ImageList(ctx, client.ImageListOptions{All: true})
	require.NoError(t, err)
	for _, one := range images.Items {
		assert.NotContains(t, strings.Join(one.RepoTags, " "), run, "image")
	}
}

// asked is what a started product answers.
func asked(t testing.TB, system *container.System, url string) string {
	t.Helper()
	answer, err := http.Get(system.Address(url))
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}
