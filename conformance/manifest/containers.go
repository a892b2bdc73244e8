package manifest

import (
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"

	"github.com/spconform/spconform/spec/fixture"
)

// Container is one container of the product: what it is started with and within which limits. What is
// left out is taken from the image, or is a default of package container.
type Container struct {
	// Image is what is started; run --image replaces it, and a compose file names its own.
	Image string `yaml:"image,omitempty"`
	// Command replaces the image's arguments.
	Command []string `yaml:"command,omitempty"`
	// Env is added to the image's environment; a value may be a reference to a secret.
	Env map[string]string `yaml:"env,omitempty"`
	// Port is where interfaces are served whose base names none; the image's exposed port where 0.
	Port int `yaml:"port,omitempty"`
	// Ready is a path that answers 2xx as soon as the product is ready; without it the image's health
	// check decides, or that the port answers HTTP.
	Ready string `yaml:"ready,omitempty"`
	// Memory bounds memory and Disk each writable folder, which counts as memory.
	Memory Size `yaml:"memory,omitempty"`
	Disk   Size `yaml:"disk,omitempty"`
	// CPUs is a number of processors, such as 1.5.
	CPUs string `yaml:"cpus,omitempty"`
	// Processes bounds processes and threads.
	Processes int `yaml:"processes,omitempty"`
	// Writable are folders that the product writes to, beside /tmp, /run and the image's volumes.
	Writable []string `yaml:"writable,omitempty"`
	// Capabilities are Linux capabilities that the product needs, of KnownCapabilities.
	Capabilities []string `yaml:"capabilities,omitempty"`
	// User runs the product as another user than the image's.
	User string `yaml:"user,omitempty"`
}

// Compose is a compose file whose services are the product's containers.
type Compose struct {
	File     string   `yaml:"file"`
	Profiles []string `yaml:"profiles,omitempty"`
}

// KnownCapabilities are the capabilities that a container may be given back: those by which an image
// that starts as root drops to a user of its own.
var KnownCapabilities = []string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE"}

// Size is a number of bytes, written as 512m or 2g.
type Size string

// Bytes is the size in bytes, 0 where none is given.
func (s Size) Bytes() int64 {
	read, err := units.RAMInBytes(string(s))
	if err != nil {
		return 0
	}
	return read
}

var containerName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (c *checks) containers() error {
	if file := c.manifest.Compose; file != nil && file.File == "" {
		return c.wrong("compose.file", "is missing: name the compose file")
	}
	if err := c.mounted(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.manifest.Containers)) {
		key := "containers." + name
		if !containerName.MatchString(name) {
			return c.wrong(key, "is not a host name: use small letters, digits and hyphens")
		}
		if err := c.container(key, c.manifest.Containers[name]); err != nil {
			return err
		}
	}
	return nil
}

// Fixtures is the folder in which a container finds the participants and the records.
const Fixtures = "/spconform"

// mounted: the runner mounts the records where it always does, in the form that the file's name tells.
func (c *checks) mounted() error {
	given := c.manifest.Population
	if given.Provide != PopulationMounted || len(c.manifest.Containers) == 0 && c.manifest.Compose == nil {
		return nil
	}
	var places []string
	for _, form := range fixture.Formats() {
		places = append(places, path.Join(Fixtures, fixture.FileName(form)))
	}
	if slices.Contains(places, given.File) {
		return nil
	}
	return c.wrong("population.file", "is not where a container finds the records: write "+strings.Join(places, " or "))
}

func (c *checks) container(key string, container Container) error {
	for _, name := range slices.Sorted(maps.Keys(container.Env)) {
		if secretName.MatchString(name) && !isReference(container.Env[name]) {
			return c.wrong(key+".env."+name, "takes a reference, never the secret itself: write env:NAME or file:PATH")
		}
	}
	for _, size := range []struct {
		name string
		Size
	}{{"memory", container.Memory}, {"disk", container.Disk}} {
		const least = 1 << 20
		if size.Size != "" && size.Bytes() < least {
			return c.wrong(key+"."+size.name, "is not a size of 1m or more, such as 512m or 2g")
		}
	}
	if container.CPUs != "" {
		if cpus, err := strconv.ParseFloat(container.CPUs, 64); err != nil || !(cpus >= 0.01) || cpus > 1024 {
			return c.wrong(key+".cpus", "is not a number of processors, such as 1.5")
		}
	}
	switch {
	case container.Port < 0 || container.Port > 65535:
		return c.wrong(key+".port", "is not a port: write one of 1 to 65535")
	case container.Processes < 0:
		return c.wrong(key+".processes", "is not a number above zero")
	case container.Ready != "" && !strings.HasPrefix(container.Ready, "/"):
		return c.wrong(key+".ready", "does not begin with a slash: it is a path of the product")
	}
	for at, folder := range container.Writable {
		if !path.IsAbs(folder) || path.Clean(folder) != folder || folder == "/" {
			return c.wrong(key+".writable["+strconv.Itoa(at)+"]", "is not the absolute path of a folder below /")
		}
	}
	for at, capability := range container.Capabilities {
		if err := c.oneOf(key+".capabilities["+strconv.Itoa(at)+"]", capability, KnownCapabilities); err != nil {
			return err
		}
	}
	return nil
}

// Environment resolves the environment of a container, and lists the secrets in it.
func (m Manifest) Environment(container Container) (resolved map[string]string, secrets []string, err error) {
	resolved = map[string]string{}
	for name, text := range container.Env {
		if isReference(text) {
			if text, err = Secret(text).Resolve(m.Folder); err != nil {
				return nil, nil, err
			}
			secrets = append(secrets, text)
		}
		resolved[name] = text
	}
	return resolved, secrets, nil
}

// HostOf is the host that a URL of the manifest names, which is a container's name where the product
// runs in containers.
func HostOf(text string) string {
	read, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return read.Hostname()
}
