package container

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/spec/fixture"
)

// FixturesFolder is where a container finds participants.json and population.ndjson, read-only;
// FixturesVariable names the folder to it.
const (
	FixturesFolder   = "/spconform"
	FixturesVariable = "SPCONFORM_FIXTURES"
)

// fixtures puts the files into a volume and returns its name. They go through the engine, by a
// container of an empty image that is never started, so that no folder of the runner's machine is
// mounted, and so that the runner may itself be in a container.
func (e *engine) fixtures(ctx context.Context, run string, given conformance.Provision) (string, error) {
	files, err := packed(given)
	if err != nil {
		return "", err
	}
	volume := prefix + run + "-fixtures"
	if _, err := e.VolumeCreate(ctx, client.VolumeCreateOptions{Name: volume, Labels: labels(run)}); err != nil {
		return "", err
	}
	empty := imageName(run)
	if err := e.importEmpty(ctx, run, empty); err != nil {
		return "", err
	}
	made, err := e.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config: &container.Config{Image: empty, Cmd: []string{"none"}, Labels: labels(run), NetworkDisabled: true},
		HostConfig: &container.HostConfig{Mounts: []mount.Mount{
			{Type: mount.TypeVolume, Source: volume, Target: FixturesFolder},
		}},
	})
	if err != nil {
		return "", err
	}
	_, err = e.CopyToContainer(ctx, made.ID, client.CopyToContainerOptions{DestinationPath: FixturesFolder, Content: files})
	if err != nil {
		return "", err
	}
	_, err = e.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{Force: true})
	return volume, err
}

// imageName is the empty image of a run.
func imageName(run string) string { return "spconform-empty:" + run }

func (e *engine) importEmpty(ctx context.Context, run, name string) error {
	var empty bytes.Buffer
	if err := tar.NewWriter(&empty).Close(); err != nil {
		return err
	}
	var changes []string
	for key, value := range labels(run) {
		changes = append(changes, "LABEL "+key+"="+value)
	}
	imported, err := e.ImageImport(ctx, client.ImageImportSource{Source: &empty, SourceName: "-"}, name, client.ImageImportOptions{Changes: changes})
	if err != nil {
		return err
	}
	defer imported.Close()
	_, err = io.Copy(io.Discard, imported)
	return err
}

// packed is a tar of the files, which everybody may read: a product need not run as root.
func packed(given conformance.Provision) (io.Reader, error) {
	participants, err := json.MarshalIndent(given.Participants, "", "  ")
	if err != nil {
		return nil, err
	}
	var population bytes.Buffer
	if err := fixture.WriteRecords(&population, given.Records); err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, file := range []struct {
		name string
		text []byte
	}{{"participants.json", participants}, {"population.ndjson", population.Bytes()}} {
		if err := writer.WriteHeader(&tar.Header{Name: file.name, Mode: 0o444, Size: int64(len(file.text))}); err != nil {
			return nil, err
		}
		if _, err := writer.Write(file.text); err != nil {
			return nil, err
		}
	}
	return &archive, writer.Close()
}
