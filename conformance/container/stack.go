package container

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go/modules/compose"

	"github.com/spconform/spconform/conformance/manifest"
)

// stack is a compose file under way.
type stack struct {
	library *compose.DockerCompose
	folder  string
}

// close lets go of the library's connections and of the file made for it; its containers are swept.
func (s *stack) close() {
	if s == nil {
		return
	}
	if s.library != nil {
		_ = s.library.Close()
	}
	_ = os.RemoveAll(s.folder)
}

// DescribeCompose is the manifest of a product of which only a compose file is known: the one service
// that publishes a port serves the interfaces.
func DescribeCompose(ctx context.Context, path string, interfaces []string) (manifest.Manifest, error) {
	project, err := load(ctx, path, nil)
	if err != nil {
		return manifest.Manifest{}, err
	}
	var serving []string
	for _, name := range project.ServiceNames() {
		if len(project.Services[name].Ports) > 0 {
			serving = append(serving, name)
		}
	}
	if len(serving) != 1 {
		return manifest.Manifest{}, fault(CodeCompose, "%s has %d services that publish a port, and one is needed: say in a manifest which service serves an interface, as base: http://SERVICE:PORT", filepath.Base(path), len(serving))
	}
	made := manifest.Default("http://"+serving[0], interfaces)
	made.Identities.Provide, made.Population.Provide = manifest.IdentitiesFixtures, manifest.PopulationMounted
	made.Product.Name = project.Services[serving[0]].Image
	absolute, err := filepath.Abs(path)
	made.Compose = &manifest.Compose{File: absolute}
	return made, err
}

// load reads a compose file. No variable of the runner's environment is put into it, and nothing is
// fetched from elsewhere.
func load(ctx context.Context, path string, profiles []string) (*types.Project, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault(CodeCompose, "%s cannot be read: name a compose file", path)
	}
	options, err := cli.NewProjectOptions([]string{path}, cli.WithName("spconform"), cli.WithDotEnv,
		cli.WithProfiles(profiles), cli.WithResolvedPaths(true))
	if err != nil {
		return nil, fault(CodeCompose, "%s: %s", filepath.Base(path), plain(err))
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, fault(CodeCompose, "%s: %s", filepath.Base(path), plain(err))
	}
	return project, nil
}

// startStack starts the services of the compose file and waits for those that the runner speaks to.
func (s *System) startStack(ctx context.Context) error {
	project, err := load(ctx, s.plan.Compose, s.plan.Profiles)
	if err != nil {
		return err
	}
	for _, name := range s.plan.Restarts {
		if _, known := project.Services[name]; !known {
			return fault(CodeCompose, "%s has no service %s: name another in restart.containers", filepath.Base(s.plan.Compose), name)
		}
	}
	serving, err := s.serving(project)
	if err != nil {
		return err
	}
	for _, name := range project.ServiceNames() {
		if err := s.prepare(ctx, project, name, serving); err != nil {
			return err
		}
	}
	for _, one := range serving {
		if err := s.publish(project, one); err != nil {
			return err
		}
	}
	s.enclose(project)
	up := s.up(ctx, project)
	if err := s.find(ctx, project, serving); err != nil && up == nil {
		return err
	}
	if up != nil {
		return s.fallen(ctx, up)
	}
	for _, one := range serving {
		if err := s.locate(ctx, one, s.ports(one.name, one.main)); err != nil {
			return err
		}
		if err := s.await(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// serving are the services that URLs of the plan name.
func (s *System) serving(project *types.Project) (map[string]*started, error) {
	serving := map[string]*started{}
	for _, text := range s.plan.URLs {
		host := manifest.HostOf(text)
		if _, ok := project.Services[host]; ok {
			serving[host] = &started{name: host}
		}
	}
	if len(serving) == 0 {
		return nil, fault(CodeCompose, "no service of %s serves an interface: name one as the host of its base (%v)", filepath.Base(s.plan.Compose), project.ServiceNames())
	}
	return serving, nil
}

// up gives the enclosed project to the library.
func (s *System) up(ctx context.Context, project *types.Project) error {
	text, err := project.MarshalYAML()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "spconform-compose-")
	if err != nil {
		return err
	}
	s.stack = &stack{folder: folder}
	path := filepath.Join(folder, "compose.yaml")
	// What was interpolated is not to be interpolated again.
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("$"), []byte("$$")), 0o600); err != nil {
		return err
	}
	s.stack.library, err = compose.NewDockerComposeWith(compose.WithStackFiles(path), compose.StackIdentifier(prefix+s.run))
	if err != nil {
		return err
	}
	return s.stack.library.Up(ctx)
}

// find notes the containers of all services, so that each one's output and end are told.
func (s *System) find(ctx context.Context, project *types.Project, serving map[string]*started) error {
	all, err := s.engine.ContainerList(ctx, client.ContainerListOptions{All: true,
		Filters: make(client.Filters).Add("label", projectLabel+"="+prefix+s.run)})
	if err != nil {
		return err
	}
	for _, name := range project.ServiceNames() {
		one := serving[name]
		if one == nil {
			one = &started{name: name}
		}
		for _, item := range all.Items {
			if item.Labels["com.docker.compose.service"] == name {
				one.id, one.image = item.ID, project.Services[name].Image
			}
		}
		if one.id == "" {
			continue
		}
		if about, err := s.engine.ImageInspect(ctx, one.image); err == nil {
			one.digest = digestOf(about.InspectResponse)
		}
		s.started = append(s.started, one)
	}
	return nil
}

// fallen tells why the services did not come up: one that ended is the reason, else the library's.
func (s *System) fallen(ctx context.Context, up error) error {
	if ctx.Err() != nil {
		return up
	}
	for _, one := range s.started {
		if seen, err := s.engine.ContainerInspect(ctx, one.id, client.ContainerInspectOptions{}); err == nil &&
			!seen.Container.State.Running && (seen.Container.State.ExitCode != 0 || seen.Container.State.OOMKilled) {
			return s.crashed(ctx, one, seen.Container.State)
		}
	}
	return fault(CodeCompose, "the compose file does not come up: %s", plain(up))
}

// publish gives a service its one way in.
func (s *System) publish(project *types.Project, one *started) error {
	service := project.Services[one.name]
	for _, port := range s.ports(one.name, one.main) {
		at, err := hostPort(s.mayRestart(one.name))
		if err != nil {
			return err
		}
		service.Ports = append(service.Ports, types.ServicePortConfig{Mode: "ingress", HostIP: "127.0.0.1", Published: at, Target: uint32(port), Protocol: "tcp"})
	}
	if _, ok := service.Networks["default"]; !ok {
		networks := maps.Clone(service.Networks)
		networks["default"] = nil
		service.Networks = networks
	}
	project.Services[one.name] = service
	return nil
}

// enclose closes the networks and volumes of a project: the default network is the run's, others have
// no way out, and volumes are bounded and in memory.
func (s *System) enclose(project *types.Project) {
	project.Name = prefix + s.run
	networks := types.Networks{"default": {Name: s.network.name, External: true}}
	for name, network := range project.Networks {
		if name != "default" {
			networks[name] = types.NetworkConfig{Driver: "bridge", Internal: network.Internal, DriverOpts: closedBridge}
		}
	}
	project.Networks = networks
	volumes := types.Volumes{}
	for _, name := range s.fixtures {
		volumes[name] = types.VolumeConfig{Name: name, External: true}
	}
	for name := range project.Volumes {
		volumes[name] = types.VolumeConfig{Driver: "local", Labels: labels(s.run), DriverOpts: map[string]string{
			"type": "tmpfs", "device": "tmpfs", "o": "mode=1777,size=" + strconv.Itoa(DefaultDisk)}}
	}
	project.Volumes = volumes
	project.Configs, project.Secrets = nil, nil
}

// servicePort is the port at which a service serves: as the manifest or the compose file tells it.
func servicePort(service types.ServiceConfig, settings manifest.Container) (port int, told bool) {
	if settings.Port != 0 {
		return settings.Port, true
	}
	var targets []int
	for _, port := range service.Ports {
		targets = append(targets, int(port.Target))
	}
	slices.Sort(targets)
	if targets = slices.Compact(targets); len(targets) == 1 {
		return targets[0], true
	}
	return 0, false
}
