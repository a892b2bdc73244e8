package conformance

import (
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/steps"
)

// Described is the target that a manifest describes. Its errors are *UsageError: the manifest is to be
// mended.
func Described(m manifest.Manifest) (Target, error) {
	target := Target{Kind: "url", Product: m.Product.Name, Version: m.Product.Version, Interfaces: map[string]Access{},
		Population: populationTold[m.Population.Provide], Listen: m.Callbacks.Listen, Callback: m.Callbacks.Base,
		Waits: Waits{
			Waits:   steps.Waits{Callback: m.Timeout("callback"), Notify: m.Timeout("notify"), Quiet: m.Timeout("quiet"), Keys: m.Timeout("keys"), Restart: m.Timeout("restart"), Schedule: m.Timeout("schedule")},
			Connect: m.Timeout("connect"), Response: m.Timeout("response"), Run: m.Timeout("run"),
		}}
	own := map[string]Hooks{}
	for id, served := range m.Interfaces {
		access := Access{Base: served.Base, ID: served.ID, Paths: served.Paths,
			Capabilities: served.Capabilities, RecordTypes: served.RecordTypes}
		if served.Product != nil {
			access.Product = strings.TrimSpace(served.Product.Name + " " + served.Product.Version)
		}
		if served.Hooks != nil || served.Product != nil {
			own[id] = ownHooks(served)
		}
		if served.Auth != nil {
			way, err := described(*served.Auth, m.Folder)
			if err != nil {
				return target, &UsageError{err.Error()}
			}
			access.Auth = &way
		}
		target.Interfaces[id] = access
	}
	var err error
	if target.Declared, err = m.DeclaredRecords(); err != nil {
		return target, &UsageError{err.Error()}
	}
	if target.Dialects, err = m.Dialects(); err != nil {
		return target, &UsageError{err.Error()}
	}
	if target.Said, err = declarations(m); err != nil {
		return target, &UsageError{err.Error()}
	}
	if m.Identities.Provide == manifest.IdentitiesPreconfigured {
		if target.Keys, err = identity.ReadKeys(m.Path(m.Identities.Keys)); err != nil {
			return target, &UsageError{"identities.keys: " + err.Error()}
		}
	}
	hooks := Hooks{Participants: m.Identities.URL, Population: m.Population.URL, Form: m.Population.Format, Events: m.Events.URL,
		Rotation: m.Rotation.URL, Restart: m.Restart.URL, Sources: m.Sources.URL, Own: own, Timeout: m.Timeout("hook")}
	if m.Sharing != nil {
		hooks.Agreements, hooks.Consents = m.Sharing.Agreements, m.Sharing.Consents
		target.Sharing = &steps.Sharing{AccessLog: m.Sharing.AccessLog}
	}
	target.sourceBases = map[string]string{}
	for id, served := range m.Interfaces {
		target.sourceBases[id] = served.Base
	}
	maps.Copy(target.sourceBases, m.Sources.Bases)
	target.restarts = m.Restart.Containers
	target.use(hooks)
	if err := target.access(m); err != nil {
		return target, &UsageError{err.Error()}
	}
	if target.Asker, err = askerOf(m); err != nil {
		return target, &UsageError{err.Error()}
	}
	if target.Sources != nil {
		target.Sources.Roots = target.Roots
	}
	return target, nil
}

// ownHooks are those of the product that serves one interface.
func ownHooks(served manifest.Interface) Hooks {
	own := Hooks{Apart: served.Product != nil}
	if said := served.Hooks; said != nil {
		own.Participants, own.Population, own.Events = said.Participants, said.Population, said.Events
		own.Restart, own.Rotation = said.Restart, said.Rotation
		own.Agreements, own.Consents, own.AccessLog = said.Agreements, said.Consents, said.AccessLog
	}
	return own
}

// populationTold is how the report names the ways in which records get in.
var populationTold = map[string]string{
	manifest.PopulationHTTP: "hook", manifest.PopulationMounted: "mounted",
	manifest.PopulationPreloaded: "preloaded", manifest.PopulationDeclared: "declared",
}

// access takes over how the runner is let in: secrets, headers, authorities.
func (t *Target) access(m manifest.Manifest) (err error) {
	if t.Auth, err = described(m.Auth, m.Folder); err != nil {
		return err
	}
	if m.TLS.CAFile == "" {
		return nil
	}
	certificates, err := os.ReadFile(m.Path(m.TLS.CAFile))
	if err != nil {
		return fmt.Errorf("tls.ca_file %s cannot be read: name a PEM file", m.TLS.CAFile)
	}
	if t.Roots, err = x509.SystemCertPool(); err != nil {
		t.Roots = x509.NewCertPool()
	}
	if !t.Roots.AppendCertsFromPEM(certificates) {
		return fmt.Errorf("tls.ca_file %s holds no certificate: name a PEM file", m.TLS.CAFile)
	}
	return nil
}
