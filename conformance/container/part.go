package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/spconform/spconform/conformance/manifest"
)

// startPart starts one container from an image.
func (s *System) startPart(ctx context.Context, part Part) error {
	about, err := s.engine.image(ctx, part.Settings.Image)
	if err != nil {
		return err
	}
	main, err := s.mainPort(part, about)
	if err != nil {
		return err
	}
	ports := s.ports(part.Name, main)
	bounds := limitsOf(part.Settings, volumesOf(about), s.engine.processors)
	var exposed []string
	for _, port := range ports {
		exposed = append(exposed, strconv.Itoa(port)+"/tcp")
	}
	published, err := onLoopback(ports, s.mayRestart(part.Name))
	if err != nil {
		return err
	}
	env := map[string]string{FixturesVariable: FixturesFolder}
	for name, value := range part.Env {
		env[name] = value
	}
	ran, err := s.engine.provider.RunContainer(ctx, testcontainers.ContainerRequest{
		Image: part.Settings.Image, Cmd: part.Settings.Command, Env: env, ExposedPorts: exposed, Labels: labels(s.run),
		Name: prefix + s.run + "-" + part.Name, Networks: []string{s.network.name},
		NetworkAliases: map[string][]string{s.network.name: {part.Name}},
		ConfigModifier: func(config *container.Config) {
			config.User = part.Settings.User
			config.Healthcheck = soonerHealth(about)
		},
		HostConfigModifier: func(host *container.HostConfig) {
			bounds.harden(host)
			host.Mounts = append(host.Mounts, fixturesMount(s.fixturesOf(part.Name)))
			host.ExtraHosts = []string{callbackHost + ":" + s.network.host}
			host.PortBindings = published
		},
	})
	// The library may hand out a container together with an error; labels find it in any case.
	one := &started{name: part.Name, image: part.Settings.Image, digest: digestOf(about), main: main}
	if ran != nil {
		one.id = ran.GetContainerID()
		s.started = append(s.started, one)
	}
	if err != nil {
		return s.refused(ctx, one, err)
	}
	return s.locate(ctx, one, ports)
}

// refused tells a start that the engine refused, and a crash at start from it.
func (s *System) refused(ctx context.Context, one *started, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if one.id != "" {
		if ended := s.ended(ctx, one); ended != nil {
			return ended
		}
	}
	return fault(CodeStart, "container %s does not start: %s", one.name, plain(err))
}

// image is the image, pulled where it is not there.
func (e *engine) image(ctx context.Context, name string) (image.InspectResponse, error) {
	seen, err := e.ImageInspect(ctx, name)
	if err == nil {
		return seen.InspectResponse, nil
	}
	if !cerrdefs.IsNotFound(err) {
		return image.InspectResponse{}, fault(CodeImage, "%q is not the name of an image: %s", name, plain(err))
	}
	if err := e.provider.PullImage(ctx, name); err != nil {
		if ctx.Err() != nil {
			return image.InspectResponse{}, err
		}
		return image.InspectResponse{}, fault(CodeImage, "image %s is not here and cannot be pulled: load it, or mend its name or the login to its registry (%s)", name, plain(err))
	}
	seen, err = e.ImageInspect(ctx, name)
	return seen.InspectResponse, err
}

// digestOf is the digest by which the image is told: its registry's, or that of its configuration.
func digestOf(about image.InspectResponse) string {
	for _, named := range about.RepoDigests {
		if _, digest, ok := cutLast(named, "@"); ok {
			return digest
		}
	}
	return about.ID
}

func configOf(about image.InspectResponse) dockerspec.DockerOCIImageConfig {
	if about.Config == nil {
		return dockerspec.DockerOCIImageConfig{}
	}
	return *about.Config
}

func volumesOf(about image.InspectResponse) map[string]struct{} { return configOf(about).Volumes }

// healthInterval is how often an image's own health check is asked during a run.
const healthInterval = 500 * time.Millisecond

// hasHealth says whether an image checks its own health.
func hasHealth(about image.InspectResponse) bool {
	check := configOf(about).Healthcheck
	return check != nil && len(check.Test) > 0 && check.Test[0] != "NONE"
}

// soonerHealth is the image's health check at a shorter interval; its published one may be minutes.
func soonerHealth(about image.InspectResponse) *container.HealthConfig {
	if !hasHealth(about) {
		return nil
	}
	return &container.HealthConfig{Interval: healthInterval}
}

// mainPort is the port of a container's URLs that name none: as the manifest says it, else the one that the
// image exposes, else the one that an interface is served at.
func (s *System) mainPort(part Part, about image.InspectResponse) (int, error) {
	if part.Settings.Port != 0 {
		return part.Settings.Port, nil
	}
	var exposed []int
	for text := range configOf(about).ExposedPorts {
		if port, err := network.ParsePort(text); err == nil && port.Proto() == network.TCP {
			exposed = append(exposed, int(port.Num()))
		}
	}
	slices.Sort(exposed)
	named := s.basePort(part.Name)
	switch {
	case len(exposed) == 1:
		return exposed[0], nil
	case named != 0:
		return named, nil
	case len(exposed) == 0:
		return 0, fault(CodePort, "image %s exposes no port: name it as containers.%s.port in the manifest", part.Settings.Image, part.Name)
	default:
		return 0, fault(CodePort, "image %s exposes the ports %s: name the one of the interfaces as containers.%s.port in the manifest", part.Settings.Image, fmt.Sprint(exposed), part.Name)
	}
}

// basePort is the port that the base of an interface names in a container, 0 where none does.
func (s *System) basePort(name string) int {
	for _, base := range s.plan.Bases {
		if port := portIn(base, name); port != 0 {
			return port
		}
	}
	return 0
}

// portIn is the port that a URL names in a container, 0 where it names none or another host.
func portIn(text, name string) int {
	read, err := url.Parse(text)
	if err != nil || read.Hostname() != name {
		return 0
	}
	port, _ := strconv.Atoi(read.Port())
	return port
}

// ports are those to publish of a container: the main one and those that the plan's URLs name.
func (s *System) ports(name string, main int) []int {
	ports := []int{main}
	for _, text := range s.plan.URLs {
		if port := portIn(text, name); port != 0 {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// locate finds where the runner reaches the ports of a container: on loopback, or at its address where
// the runner is a container on the same network.
func (s *System) locate(ctx context.Context, one *started, ports []int) error {
	seen, err := s.engine.ContainerInspect(ctx, one.id, client.ContainerInspectOptions{})
	if err != nil {
		return err
	}
	one.at = map[int]string{}
	for _, port := range ports {
		if s.engine.self != "" {
			if endpoint := seen.Container.NetworkSettings.Networks[s.network.name]; endpoint != nil {
				one.at[port] = net.JoinHostPort(endpoint.IPAddress.String(), strconv.Itoa(port))
			}
			continue
		}
		key, _ := network.PortFrom(uint16(port), network.TCP)
		for _, binding := range seen.Container.NetworkSettings.Ports[key] {
			one.at[port] = net.JoinHostPort(binding.HostIP.String(), binding.HostPort)
		}
	}
	if len(one.at) < len(ports) {
		if ended := s.ended(ctx, one); ended != nil {
			return ended
		}
		return errors.New("the engine publishes no port of container " + one.name)
	}
	return nil
}

// settings are those of a part by name.
func (s *System) settings(name string) manifest.Container {
	for _, part := range s.plan.Parts {
		if part.Name == name {
			return part.Settings
		}
	}
	return manifest.Container{}
}
