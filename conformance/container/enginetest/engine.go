// Package enginetest is what tests share that start containers: a connection to the engine, images that
// are gone with the test, and a look at what is left.
package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"
)

// Variable names the environment variable without which tests that need an engine are skipped.
const Variable = "SPCONFORM_CONTAINERS"

// shared is the tests' own connection, so that a test of leaks sees only what it looks for.
var shared = sync.OnceValues(func() (*client.Client, error) {
	made, err := client.New(client.FromEnv)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := made.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		return nil, errors.New("no container engine answers: start one, or leave " + Variable + " unset")
	}
	return made, removeStale(ctx, made)
})

// Client is a client of the engine. Unless Variable is set the test is skipped, saying so.
func Client(t testing.TB) *client.Client {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skipf("containers take minutes: set %s=1 to test with a container engine", Variable)
	}
	found, err := shared()
	require.NoError(t, err)
	return found
}

// Images of tests are named repository + name, with the process of the test as their tag.
const repository = "spconform-test/"

// Name is the name of an image of this process.
func Name(name string) string {
	plain := strings.NewReplacer("/", "-", " ", "-", "'", "", ",", "").Replace(strings.ToLower(name))
	return fmt.Sprintf("%s%s:%d", repository, plain, os.Getpid())
}

// removeStale removes the images of test processes that were killed.
func removeStale(ctx context.Context, engine *client.Client) error {
	all, err := engine.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("reference", repository+"*")})
	for _, one := range all.Items {
		for _, tag := range one.RepoTags {
			at := strings.LastIndexByte(tag, ':')
			process, wrong := strconv.Atoi(tag[at+1:])
			if wrong != nil || errors.Is(syscall.Kill(process, 0), syscall.ESRCH) {
				Remove(engine, tag)
			}
		}
	}
	return err
}

// Remove removes an image with the layers that it was built of.
func Remove(engine *client.Client, name string) {
	_, _ = engine.ImageRemove(context.Background(), name, client.ImageRemoveOptions{Force: true, PruneChildren: true})
}

// Import makes an image of one layer with these files and removes it after the test. Changes are
// instructions of a Dockerfile.
func Import(t testing.TB, name string, files map[string][]byte, changes ...string) string {
	t.Helper()
	engine := Client(t)
	name = Name(name)
	stream, err := engine.ImageImport(t.Context(), client.ImageImportSource{Source: packed(t, files), SourceName: "-"}, name,
		client.ImageImportOptions{Changes: changes})
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, stream)
	require.NoError(t, err)
	require.NoError(t, stream.Close())
	t.Cleanup(func() { Remove(engine, name) })
	return name
}

// Build makes an image by the Dockerfile among the files. It stays until Remove.
func Build(t testing.TB, name string, files map[string][]byte) string {
	t.Helper()
	engine := Client(t)
	name = Name(name)
	built, err := engine.ImageBuild(t.Context(), packed(t, files), client.ImageBuildOptions{Tags: []string{name}, Remove: true, ForceRemove: true})
	require.NoError(t, err)
	defer built.Body.Close()
	said, err := io.ReadAll(built.Body)
	require.NoError(t, err)
	require.Contains(t, string(said), "Successfully tagged")
	return name
}

// packed is a tar of programs.
func packed(t testing.TB, files map[string][]byte) io.Reader {
	t.Helper()
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for name, text := range files {
		require.NoError(t, writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
		_, err := writer.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return &archive
}

// Left lists what the engine has whose name holds a text, such as a run's id: containers, networks,
// volumes and images.
func Left(t testing.TB, text string) []string {
	t.Helper()
	Client(t)
	held, err := Held(text)
	require.NoError(t, err)
	return held
}

// Held is Left where no test is under way.
func Held(text string) (held []string, err error) {
	engine, err := shared()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	var names []string
	containers, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true})
	for _, one := range containers.Items {
		names = append(names, "container "+strings.Join(one.Names, " "))
	}
	networks, failed := engine.NetworkList(ctx, client.NetworkListOptions{})
	err = errors.Join(err, failed)
	for _, one := range networks.Items {
		names = append(names, "network "+one.Name)
	}
	volumes, failed := engine.VolumeList(ctx, client.VolumeListOptions{})
	err = errors.Join(err, failed)
	for _, one := range volumes.Items {
		names = append(names, "volume "+one.Name)
	}
	images, failed := engine.ImageList(ctx, client.ImageListOptions{All: true})
	for _, one := range images.Items {
		names = append(names, "image "+strings.Join(one.RepoTags, " "))
	}
	for _, name := range names {
		if strings.Contains(name, text) {
			held = append(held, name)
		}
	}
	return held, errors.Join(err, failed)
}

// Received is how many bytes have come to a container over its networks.
func Received(t testing.TB, container string) (total uint64) {
	t.Helper()
	told, err := Client(t).ContainerStats(t.Context(), container, client.ContainerStatsOptions{})
	if err != nil {
		return 0
	}
	defer told.Body.Close()
	var read api.StatsResponse
	if json.NewDecoder(told.Body).Decode(&read) != nil {
		return 0
	}
	for _, network := range read.Networks {
		total += network.RxBytes
	}
	return total
}

// When calls do as soon as the engine tells that a container of a run is at an action, such as create
// or start. It listens on a connection of its own, which is gone when do was called.
func When(t testing.TB, run, action string, do func()) {
	t.Helper()
	Client(t)
	engine, err := client.New(client.FromEnv)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	told := engine.Events(ctx, client.EventsListOptions{Filters: make(client.Filters).
		Add("type", "container").Add("event", action).Add("label", "org.spconform.run="+run)})
	ended := make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		defer engine.Close()
		defer cancel()
		select {
		case <-told.Messages:
			do()
		case <-ctx.Done():
		}
	}()
}
