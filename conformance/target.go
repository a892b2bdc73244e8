package conformance

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/spconform/spconform/conformance/dialect"
	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/steps"
	"github.com/spconform/spconform/spec/fixture"
)

// Target is what a run tests and how it gets in.
type Target struct {
	// Kind is embedded, url, image or compose.
	Kind, Product, Version string
	// Interfaces says where each interface that is tested is served.
	Interfaces map[string]Access
	// Auth is the way in where an interface has none of its own.
	Auth
	// Population says how records get in, for the report: hook, mounted, preloaded or declared.
	Population string
	// Declared are the records that the vendor says the product holds, and no others; nil where the
	// population is made from the seed.
	Declared []fixture.Record
	// Keys are the private keys with which the product was configured beforehand, by participant; nil
	// where they are made from the seed.
	Keys map[identity.Name]jose.JSONWebKey
	// Provide tells the target the participants and the records before the scenarios start; nil where
	// it was prepared beforehand.
	Provide func(context.Context, Provision) error
	// Rotate makes the product take a new signing key; nil where there is no way to.
	Rotate func(context.Context) error
	// Restart has the product that serves an interface stop and start again on what it holds, nil where there is no
	// way to; Configure then tells the product its configuration anew, nil where it needs no telling.
	Restart   func(interfaceID string) *Restart
	Configure func(context.Context, Provision) error
	// Sources is how the product is told where the registries are that it asks; nil where there is no way to.
	Sources *steps.Sources
	// Asker is who the product is at registries of other products, without its keys; nil where they know it.
	Asker *fixture.Participant
	// Trigger makes an event happen in the product; nil where there is no way to.
	Trigger func(context.Context, fixture.Event) error
	// Sharing is how the target takes data-sharing agreements; nil where there is no way to.
	Sharing *steps.Sharing
	// Said is what the vendor declares of requirements.
	Said Declarations
	// Listen is the address of the callback receiver, Callback the URL under which the target reaches it.
	Listen, Callback string
	Roots            *x509.CertPool
	Waits            Waits
	// Dialects are those that the product declares.
	Dialects []dialect.Dialect
	// Launcher runs the product for this run; nil where it runs already.
	Launcher Launcher

	hooks Hooks
	// restarts are the containers that the launcher stops and starts again.
	restarts []string
	// sourceBases are where the product asks registries until it is told otherwise.
	sourceBases map[string]string
}

// Restart has a product stop and start again. Interfaces of which Product is the same are restarted together.
type Restart struct {
	Product string
	Do      func(context.Context) error
}

// ReferenceHooks are the hooks of a management listener of the reference server.
func ReferenceHooks(management string) Hooks {
	return Hooks{Participants: management + "/participants", Population: management + "/population", Events: management + "/events", Rotation: management + "/keys", Restart: management + "/restart",
		Agreements: management + "/agreements", Consents: management + "/consents",
		Sources: management + "/sources"}
}

// ReferenceAccessLog is the path at which the reference server shows a person's access log.
const ReferenceAccessLog = "/registry/access-log"

// Access is where and how one interface is served.
type Access struct {
	Base string
	// Product names what serves it, where that is another than the target's Product.
	Product string
	// ID is the product's own participant id on this interface, or "" where nobody said it.
	ID string
	// Paths replaces published paths by operation id.
	Paths map[string]string
	// Capabilities are those claimed; the others are probed.
	Capabilities []string
	RecordTypes  map[string]string
	// Auth is the way in to the product that serves it, where that is another than the target's.
	Auth *Auth
}

// rotates is how the product that serves an interface is made to take a new signing key, nil where there is no way to.
func (t Target) rotates(interfaceID string) func(context.Context) error {
	if own, apart := t.hooks.apart(interfaceID); apart {
		return own.rotating()
	}
	return t.Rotate
}

// shares is how the product that serves an interface takes data-sharing agreements, nil where there is no way to.
func (t Target) shares(interfaceID string) *steps.Sharing {
	if own, apart := t.hooks.apart(interfaceID); apart {
		return own.sharing()
	}
	return t.Sharing
}

// products names those of a mixed system, by interface; nil where all is one product.
func (t Target) products() map[string]string {
	named := map[string]string{}
	for id, access := range t.Interfaces {
		if access.Product != "" && access.Product != t.Product {
			named[id] = access.Product
		}
	}
	if len(named) == 0 {
		return nil
	}
	return named
}

// Waits are the time-outs of a run; manifest.Timeouts lists them with what each is for.
type Waits struct {
	steps.Waits
	Connect, Response, Run time.Duration
}

// DefaultWaits are the defaults of manifest.Timeouts.
var DefaultWaits = Waits{
	Waits: steps.Waits{Callback: manifest.DefaultTimeout("callback"), Notify: manifest.DefaultTimeout("notify"),
		Quiet: manifest.DefaultTimeout("quiet"), Keys: manifest.DefaultTimeout("keys"), Restart: manifest.DefaultTimeout("restart"),
		Schedule: manifest.DefaultTimeout("schedule")},
	Connect: manifest.DefaultTimeout("connect"), Response: manifest.DefaultTimeout("response"), Run: manifest.DefaultTimeout("run"),
}
