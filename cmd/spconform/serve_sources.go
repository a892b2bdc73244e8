package main

import (
	"maps"
	"net/url"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
	"github.com/spconform/spconform/spec/scheme"
)

// assessFlags are those of serve about what asks registries: by which schemes it decides, and where the
// registries are.
type assessFlags struct {
	schemes, client, secret string

	sources map[string]string
}

func (f *assessFlags) add(command *cobra.Command) {
	command.Flags().StringVar(&f.schemes, "schemes", "", "folder of the schemes (*.yaml) by which eligibility is decided; the embedded ones where not given")
	command.Flags().StringToStringVar(&f.sources, "sources", nil, "where eligibility asks registries, as interface=URL; one that is not named is served beside it")
	command.Flags().StringVar(&f.client, "sources-client", "", "with --sources: the client id there; that of the server's own registries where not given")
	command.Flags().StringVar(&f.secret, "sources-secret", "", "with --sources-client: its secret, as env:NAME or file:PATH")
	command.MarkFlagsRequiredTogether("sources-client", "sources-secret")
}

// besides are the interfaces and the registries that they ask and that are nowhere else.
func (f assessFlags) besides(interfaces []spec.Interface) ([]spec.Interface, error) {
	var asked []string
	for _, described := range interfaces {
		asked = append(asked, described.Sources...)
	}
	if len(asked) == 0 && (f.schemes != "" || len(f.sources) > 0) {
		return nil, usageError("--schemes and --sources are for what asks registries: serve eligibility with --interfaces")
	}
	for _, id := range slices.Sorted(maps.Keys(f.sources)) {
		if !slices.Contains(asked, id) {
			return nil, usageError("--sources: %q is no registry that is asked: name one of %v", id, asked)
		}
		if at, err := url.Parse(f.sources[id]); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
			return nil, usageError("--sources: %s is at no URL: write %s=http://HOST:PORT/PATH", id, id)
		}
	}
	all, err := spec.WithSources(interfaces)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(one spec.Interface) bool {
		_, elsewhere := f.sources[one.ID]
		return elsewhere && !slices.ContainsFunc(interfaces, func(named spec.Interface) bool { return named.ID == one.ID })
	}), nil
}

// servedOf leaves out the records of registries that are elsewhere.
func servedOf(records []fixture.Record, interfaces []spec.Interface) []fixture.Record {
	return slices.DeleteFunc(records, func(record fixture.Record) bool {
		return !slices.ContainsFunc(interfaces, func(served spec.Interface) bool { return served.ID == record.Interface })
	})
}

// options are what the flags say, where the interfaces that are served beside are at the bases.
func (f assessFlags) options(standard conformance.Standard, beside map[string]string) ([]reference.Option, error) {
	at := reference.Sources{Bases: maps.Clone(beside), ClientID: f.client}
	maps.Copy(at.Bases, f.sources)
	if f.secret != "" {
		secret, err := manifest.Secret(f.secret).Resolve(".")
		if err != nil {
			return nil, usageError("--sources-secret: %v", err)
		}
		at.ClientSecret = secret
	}
	options := []reference.Option{reference.WithSources(at)}
	if f.schemes == "" {
		return options, nil
	}
	words, err := datadictionary.Load()
	if standard.Profile != nil {
		words, err = standard.Profile.Dictionary, nil
	}
	if err != nil {
		return nil, err
	}
	interfaces, err := spec.LoadInterfaces()
	if err != nil {
		return nil, err
	}
	schemes, err := scheme.Read(os.DirFS(f.schemes), interfaces, words)
	if err != nil {
		return nil, usageError("--schemes: %v", err)
	}
	return append(options, reference.WithSchemes(schemes)), nil
}
