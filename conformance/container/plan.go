package container

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/spec/fixture"
)

// single is the name of the container of a product that is one image and has no manifest.
const single = "product"

// Image is an image that the command line names: for one interface, or for the whole product where
// Interface is "".
type Image struct{ Interface, Ref string }

// ParseImage reads REF or interface=REF.
func ParseImage(text string) Image {
	if id, ref, ok := strings.Cut(text, "="); ok {
		return Image{id, ref}
	}
	return Image{Ref: text}
}

// Describe is the manifest of a product of which only images are known: it claims nothing, and takes
// the participants and records as files. An image for all serves each interface below its id, or a
// single one at its root; an image for one interface serves it at its root.
func Describe(images []Image, interfaces []string) (manifest.Manifest, error) {
	made := manifest.Default("http://"+single, interfaces)
	made.Identities.Provide, made.Population.Provide = manifest.IdentitiesFixtures, manifest.PopulationMounted
	made.Containers = map[string]manifest.Container{}
	var refs []string
	for _, image := range images {
		refs = append(refs, image.Ref)
		if image.Interface == "" {
			made.Containers[single] = manifest.Container{Image: image.Ref}
			continue
		}
		if !slices.Contains(interfaces, image.Interface) {
			return made, fmt.Errorf("--image names the interface %q, which is not tested: name one of %s", image.Interface, strings.Join(interfaces, ", "))
		}
		made.Containers[image.Interface] = manifest.Container{Image: image.Ref}
		made.Interfaces[image.Interface] = manifest.Interface{Base: "http://" + image.Interface}
	}
	if _, all := made.Containers[single]; !all {
		maps.DeleteFunc(made.Interfaces, func(id string, _ manifest.Interface) bool { return made.Containers[id].Image == "" })
	}
	made.Product.Name = strings.Join(refs, ", ")
	return made, nil
}

// Replace makes a manifest name these images: in the container that serves the interface, or in the
// only one. A manifest that describes an installed product is taken over: what it serves at one host is
// then in one container.
func Replace(m manifest.Manifest, images []Image) (manifest.Manifest, error) {
	if m.Containers = maps.Clone(m.Containers); m.Containers == nil {
		m.Containers = map[string]manifest.Container{}
	}
	m.Interfaces = maps.Clone(m.Interfaces)
	moved := map[string]string{}
	for _, image := range images {
		name, err := hold(&m, image, moved)
		if err != nil {
			return m, err
		}
		settings := m.Containers[name]
		settings.Image = image.Ref
		m.Containers[name] = settings
	}
	return move(m, moved), nil
}

// hold is the container that an image is for; hosts that it stands for from now on go into moved.
func hold(m *manifest.Manifest, image Image, moved map[string]string) (string, error) {
	if image.Interface != "" {
		served, ok := m.Interfaces[image.Interface]
		if !ok {
			return "", fmt.Errorf("--image names the interface %q, which the manifest does not claim", image.Interface)
		}
		host := manifest.HostOf(served.Base)
		if _, named := m.Containers[host]; named && !slices.Contains(slices.Collect(maps.Values(moved)), host) {
			return host, nil
		}
		read, _ := url.Parse(served.Base)
		read.Scheme, read.Host = "http", image.Interface
		served.Base = read.String()
		m.Interfaces[image.Interface] = served
		moved[host] = cmp.Or(moved[host], image.Interface)
		return image.Interface, nil
	}
	switch len(m.Containers) {
	case 0:
		for _, id := range m.InterfaceIDs() {
			moved[manifest.HostOf(m.Interfaces[id].Base)] = single
		}
		return single, nil
	case 1:
		return slices.Collect(maps.Keys(m.Containers))[0], nil
	default:
		return "", fmt.Errorf("the manifest has %d containers: write --image interface=REF", len(m.Containers))
	}
}

// move puts what was at a host into a container: the port of interfaces is the container's own, others
// stay.
func move(m manifest.Manifest, moved map[string]string) manifest.Manifest {
	own := map[string]string{}
	for _, served := range m.Interfaces {
		if read, err := url.Parse(served.Base); err == nil {
			own[read.Hostname()] = read.Port()
		}
	}
	at := func(text string) string {
		read, err := url.Parse(text)
		if err != nil || moved[read.Hostname()] == "" {
			return text
		}
		name, port := moved[read.Hostname()], read.Port()
		if port == own[read.Hostname()] {
			port = ""
		}
		read.Scheme, read.Host = "http", strings.TrimSuffix(name+":"+port, ":")
		return read.String()
	}
	return eachURL(m, at)
}

// NewPlan is what a manifest says of containers. logs is the folder for their output.
func NewPlan(m manifest.Manifest, logs string) (Plan, error) {
	plan := Plan{Logs: logs, Start: m.Timeout("start"), Listen: m.Callbacks.Listen, Callbacks: m.Callbacks.Base, URLs: urls(m), Restarts: m.Restart.Containers, Serves: map[string]string{},
		Population: fixture.FormatOf(m.Population.File)}
	for _, id := range m.InterfaceIDs() {
		base := m.Interfaces[id].Base
		plan.Serves[id], plan.Bases = manifest.HostOf(base), append(plan.Bases, base)
	}
	if m.Compose != nil {
		plan.Compose, plan.Profiles = m.Path(m.Compose.File), m.Compose.Profiles
	}
	for _, name := range plan.Restarts {
		// Those of a compose file are known when that is read.
		if _, known := m.Containers[name]; !known && m.Compose == nil {
			return plan, &manifest.Error{File: manifest.FileName, Key: "restart.containers", Detail: "names what is no container of the manifest: name one of containers"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Containers)) {
		settings := m.Containers[name]
		if settings.Image == "" && m.Compose == nil {
			return plan, &manifest.Error{File: manifest.FileName, Key: "containers." + name + ".image", Detail: "is missing: name the image there or with --image"}
		}
		env, secrets, err := m.Environment(settings)
		if err != nil {
			return plan, err
		}
		plan.Parts = append(plan.Parts, Part{Name: name, Settings: settings, Env: env, Secrets: secrets})
	}
	return plan, nil
}

// urls are all of a manifest that the runner asks.
func urls(m manifest.Manifest) []string {
	var all []string
	eachURL(m, func(text string) string {
		if text != "" {
			all = append(all, text)
		}
		return text
	})
	return all
}

// eachURL is a manifest with at(url) in the place of each URL that the runner asks; what was given stays.
func eachURL(m manifest.Manifest, at func(string) string) manifest.Manifest {
	places := []*string{&m.Identities.URL, &m.Population.URL, &m.Events.URL, &m.Rotation.URL, &m.Restart.URL, &m.Sources.URL}
	if m.Sharing != nil {
		m.Sharing = lo.ToPtr(*m.Sharing)
		places = append(places, &m.Sharing.Agreements, &m.Sharing.Consents)
	}
	if m.Auth.OAuth2 != nil {
		m.Auth.OAuth2 = lo.ToPtr(*m.Auth.OAuth2)
		places = append(places, &m.Auth.OAuth2.TokenURL)
	}
	m.Interfaces = maps.Clone(m.Interfaces)
	for id, served := range m.Interfaces {
		served.Base = at(served.Base)
		if served.Hooks != nil {
			served.Hooks = lo.ToPtr(*served.Hooks)
			places = append(places, &served.Hooks.Participants, &served.Hooks.Population, &served.Hooks.Events, &served.Hooks.Restart)
		}
		if served.Auth != nil && served.Auth.OAuth2 != nil {
			served.Auth = lo.ToPtr(*served.Auth)
			served.Auth.OAuth2 = lo.ToPtr(*served.Auth.OAuth2)
			places = append(places, &served.Auth.OAuth2.TokenURL)
		}
		m.Interfaces[id] = served
	}
	for _, place := range places {
		*place = at(*place)
	}
	return m
}
