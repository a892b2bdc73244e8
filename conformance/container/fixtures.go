package container

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"io"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"
	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec/fixture"
)

// FixturesFolder is where a container finds the files of conformance.Provision, read-only;
// FixturesVariable names the folder to it.
const (
	FixturesFolder   = manifest.Fixtures
	FixturesVariable = "SPCONFORM_FIXTURES"
)

// provide puts the fixtures into a volume of each container that serves some of several interfaces, and
// into one for all others.
func (s *System) provide(ctx context.Context, given conformance.Provision) (err error) {
	if err := s.engine.importEmpty(ctx, s.run, imageName(s.run)); err != nil {
		return err
	}
	s.fixtures = map[string]string{}
	form := cmp.Or(s.plan.Population, fixture.NDJSON)
	all := prefix + s.run + "-fixtures"
	if s.fixtures[""], err = all, s.engine.fixtures(ctx, s.run, all, form, given); err != nil {
		return err
	}
	for _, name := range lo.Uniq(lo.Values(s.plan.Serves)) {
		own := given
		own.Records = lo.Filter(given.Records, func(record fixture.Record, _ int) bool {
			return s.plan.Serves[record.Interface] == name
		})
		own.Consents = lo.Filter(given.Consents, func(decision fixture.Consent, _ int) bool {
			return s.plan.Serves[decision.Interface] == name
		})
		if len(own.Records) == len(given.Records) {
			continue
		}
		if s.fixtures[name], err = all+"-"+name, s.engine.fixtures(ctx, s.run, all+"-"+name, form, own); err != nil {
			return err
		}
	}
	return nil
}

// fixturesOf is the volume of a container.
func (s *System) fixturesOf(name string) string { return cmp.Or(s.fixtures[name], s.fixtures[""]) }

// fixtures puts the files into a volume. They go through the engine, by a
// container of an empty image that is never started, so that no folder of the runner's machine is
// mounted, and so that the runner may itself be in a container.
func (e *engine) fixtures(ctx context.Context, run, volume, form string, given conformance.Provision) error {
	files, err := packed(given, form)
	if err != nil {
		return err
	}
	if _, err := e.VolumeCreate(ctx, client.VolumeCreateOptions{Name: volume, Labels: labels(run)}); err != nil {
		return err
	}
	made, err := e.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config: &container.Config{Image: imageName(run), Cmd: []string{"none"}, Labels: labels(run), NetworkDisabled: true},
		HostConfig: &container.HostConfig{Mounts: []mount.Mount{
			{Type: mount.TypeVolume, Source: volume, Target: FixturesFolder},
		}},
	})
	if err != nil {
		return err
	}
	_, err = e.CopyToContainer(ctx, made.ID, client.CopyToContainerOptions{DestinationPath: FixturesFolder, Content: files})
	if err != nil {
		return err
	}
	_, err = e.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{Force: true})
	return err
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
func packed(given conformance.Provision, form string) (io.Reader, error) {
	files, err := given.Files(form)
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, file := range files {
		if err := writer.WriteHeader(&tar.Header{Name: file.Name, Mode: 0o444, Size: int64(len(file.Text))}); err != nil {
			return nil, err
		}
		if _, err := writer.Write(file.Text); err != nil {
			return nil, err
		}
	}
	return &archive, writer.Close()
}
