package container

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/spconform/spconform/conformance/manifest"
)

// powers are what a service may not ask for: each would let it out of its container.
var powers = []struct {
	key   string
	asked func(types.ServiceConfig) bool
}{
	{"privileged", func(s types.ServiceConfig) bool { return s.Privileged }},
	{"network_mode", func(s types.ServiceConfig) bool {
		return s.NetworkMode != "" && s.NetworkMode != "bridge" && s.NetworkMode != "default"
	}},
	{"pid", func(s types.ServiceConfig) bool { return s.Pid != "" }},
	{"ipc", func(s types.ServiceConfig) bool { return s.Ipc != "" && s.Ipc != "private" }},
	{"uts", func(s types.ServiceConfig) bool { return s.Uts != "" }},
	{"userns_mode", func(s types.ServiceConfig) bool { return s.UserNSMode != "" }},
	{"cgroup", func(s types.ServiceConfig) bool { return s.Cgroup == "host" || s.CgroupParent != "" }},
	{"devices", func(s types.ServiceConfig) bool { return len(s.Devices)+len(s.DeviceCgroupRules)+len(s.Gpus) > 0 }},
	{"runtime", func(s types.ServiceConfig) bool { return s.Runtime != "" }},
	{"volumes_from", func(s types.ServiceConfig) bool { return len(s.VolumesFrom) > 0 }},
	{"use_api_socket", func(s types.ServiceConfig) bool { return s.UseAPISocket }},
	{"provider", func(s types.ServiceConfig) bool { return s.Provider != nil }},
	{"sysctls", func(s types.ServiceConfig) bool { return len(s.Sysctls) > 0 }},
	{"security_opt", func(s types.ServiceConfig) bool {
		return slices.ContainsFunc(s.SecurityOpt, func(text string) bool { return !strings.HasPrefix(text, "no-new-privileges") })
	}},
	{"configs", func(s types.ServiceConfig) bool { return len(s.Configs) > 0 }},
	{"secrets", func(s types.ServiceConfig) bool { return len(s.Secrets) > 0 }},
}

// prepare replaces a service by one that has of it what a product under test may have, within limits.
func (s *System) prepare(ctx context.Context, project *types.Project, name string, serving map[string]*started) error {
	asked := project.Services[name]
	for _, power := range powers {
		if power.asked(asked) {
			return fault(CodeRefused, "service %s asks for %s, which a product under test does not get: leave it out", name, power.key)
		}
	}
	for _, capability := range asked.CapAdd {
		if !slices.Contains(manifest.KnownCapabilities, strings.TrimPrefix(strings.ToUpper(capability), "CAP_")) {
			return fault(CodeRefused, "service %s asks for the capability %s: only %s can be had", name, capability, strings.Join(manifest.KnownCapabilities, ", "))
		}
	}
	if asked.Image == "" {
		return fault(CodeCompose, "service %s names no image: build it first and name its image", name)
	}
	about, err := s.engine.image(ctx, asked.Image)
	if err != nil {
		return err
	}
	part := Part{Name: name, Settings: s.settings(name), Env: s.env(name)}
	part.Settings.Image = asked.Image
	if one := serving[name]; one != nil {
		var told bool
		if one.main, told = servicePort(asked, part.Settings); !told {
			if one.main, err = s.mainPort(part, about); err != nil {
				return err
			}
		}
	}
	volumes, folders, err := mounts(project, asked)
	if err != nil {
		return err
	}
	part.Settings.Writable = append(slices.Clone(part.Settings.Writable), folders...)
	declared := maps.Clone(volumesOf(about))
	for _, volume := range volumes {
		delete(declared, volume.Target)
	}
	service := enclosed(asked, limitsOf(part.Settings, declared, s.engine.processors))
	service.Volumes = append(volumes, types.ServiceVolumeConfig{Type: types.VolumeTypeVolume, Source: s.fixturesOf(name), Target: FixturesFolder, ReadOnly: true})
	service.Environment = maps.Clone(asked.Environment)
	if service.Environment == nil {
		service.Environment = types.MappingWithEquals{}
	}
	fixtures := FixturesFolder
	service.Environment[FixturesVariable] = &fixtures
	for key, value := range part.Env {
		service.Environment[key] = &value
	}
	service.ExtraHosts = types.HostsList{callbackHost: {s.network.host}}
	service.Labels = labels(s.run)
	project.Services[name] = service
	return nil
}

// enclosed takes of a service what it is and how it starts, and adds limits.
func enclosed(asked types.ServiceConfig, bounds limits) types.ServiceConfig {
	added := asked.CapAdd
	if len(bounds.capabilities) > 0 {
		added = bounds.capabilities
	}
	service := types.ServiceConfig{
		Name: asked.Name, Image: asked.Image, Command: asked.Command, Entrypoint: asked.Entrypoint, User: asked.User,
		WorkingDir: asked.WorkingDir, Hostname: asked.Hostname, DependsOn: asked.DependsOn, HealthCheck: asked.HealthCheck,
		Networks: asked.Networks, StopSignal: asked.StopSignal, Init: asked.Init, Platform: asked.Platform,
		PullPolicy: types.PullPolicyNever, Restart: types.RestartPolicyNo, ReadOnly: true,
		CapDrop: []string{"ALL"}, CapAdd: added, SecurityOpt: []string{"no-new-privileges:true"},
		MemLimit: types.UnitBytes(bounds.memory), MemSwapLimit: types.UnitBytes(bounds.memory), PidsLimit: bounds.processes, CPUS: float32(bounds.cpus),
		DNS:     types.StringList{"127.0.0.1"},
		Logging: &types.LoggingConfig{Driver: "json-file", Options: map[string]string{"max-size": maxLog, "max-file": logFiles}},
	}
	if check := asked.HealthCheck; check != nil && check.Interval == nil {
		sooner := *check
		interval := types.Duration(healthInterval)
		sooner.Interval = &interval
		service.HealthCheck = &sooner
	}
	grace := types.Duration(time.Millisecond)
	service.StopGracePeriod = &grace
	for folder, options := range bounds.tmpfs() {
		service.Tmpfs = append(service.Tmpfs, folder+":"+options)
	}
	slices.Sort(service.Tmpfs)
	return service
}

// mounts are a service's volumes: named ones stay, unnamed ones and those in memory become writable
// folders, and a file of the compose file's own folder is mounted read-only. Nothing else of this
// machine is.
func mounts(project *types.Project, asked types.ServiceConfig) (kept []types.ServiceVolumeConfig, folders []string, err error) {
	for _, volume := range asked.Volumes {
		switch {
		case volume.Type == types.VolumeTypeVolume && volume.Source != "":
			if project.Volumes[volume.Source].External {
				return nil, nil, fault(CodeRefused, "service %s mounts the volume %s of others: let it have its own", asked.Name, volume.Source)
			}
			kept = append(kept, types.ServiceVolumeConfig{Type: volume.Type, Source: volume.Source, Target: volume.Target, ReadOnly: volume.ReadOnly})
		case volume.Type == types.VolumeTypeVolume, volume.Type == types.VolumeTypeTmpfs:
			folders = append(folders, volume.Target)
		case volume.Type == types.VolumeTypeBind && within(project.WorkingDir, volume.Source):
			kept = append(kept, types.ServiceVolumeConfig{Type: volume.Type, Source: volume.Source, Target: volume.Target, ReadOnly: true})
		default:
			return nil, nil, fault(CodeRefused, "service %s mounts %s of this machine: only what lies in the compose file's folder can be mounted, and read-only", asked.Name, volume.Source)
		}
	}
	for _, file := range asked.EnvFiles {
		if !within(project.WorkingDir, file.Path) {
			return nil, nil, fault(CodeRefused, "service %s reads the env_file %s: only one of the compose file's folder can be read", asked.Name, file.Path)
		}
	}
	for _, text := range asked.Tmpfs {
		folder, _, _ := strings.Cut(text, ":")
		folders = append(folders, folder)
	}
	return kept, folders, nil
}

// within says whether a path, links followed, lies below a folder.
func within(folder, path string) bool {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return false
	}
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// env is the manifest's environment for a service.
func (s *System) env(name string) map[string]string {
	for _, part := range s.plan.Parts {
		if part.Name == name {
			return part.Env
		}
	}
	return nil
}
