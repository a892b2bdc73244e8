package conformance

import (
	"context"
	"errors"
	"net"

	"github.com/spconform/spconform/conformance/result"
)

// Launcher starts a product for a run and ends it with the run. Its errors are the product's or the
// machine's, and end the run before a scenario is played; one with an ErrorCode gives the report its code.
type Launcher interface {
	// Open makes the surroundings in which the product will run, and listens for its callbacks.
	Open(ctx context.Context) (Reception, error)
	// Start starts the product, which finds the participants and records as files, and waits until it
	// is ready.
	Start(ctx context.Context, given Provision) error
	// Address is where the runner finds what a URL of the manifest names inside the product; another
	// URL stays as it is. It holds after Start.
	Address(url string) string
	// Close ends and removes everything and says what was run. Secrets are left out of what it writes.
	Close(ctx context.Context, secrets []string) ([]result.Container, error)
}

// Restarter is a Launcher that can stop containers of the product and start them again, at the same addresses.
type Restarter interface {
	Restart(ctx context.Context, names []string) error
}

// Reception is where callbacks arrive: Listener takes them, Base is the URL under which the product
// reaches it, made from its port where empty.
type Reception struct {
	Listener net.Listener
	Base     string
}

// In is the target as it is when a launcher runs it.
func (t Target) In(launcher Launcher) Target {
	t.Launcher = launcher
	hooks := t.hooks
	hooks.Address = launcher.Address
	t.use(hooks)
	if again, can := launcher.(Restarter); can && len(t.restarts) > 0 {
		t.Restart = func(string) *Restart {
			return &Restart{"containers", func(ctx context.Context) error { return again.Restart(ctx, t.restarts) }}
		}
	}
	return t
}

// use prepares the target by hooks, as far as there are any.
func (t *Target) use(hooks Hooks) {
	t.hooks = hooks
	t.Restart = hooks.Restarting
	if hooks.provides() {
		t.Provide = hooks.Provide
	}
	if t.Sharing != nil {
		t.Sharing = hooks.Sharing(t.Sharing.AccessLog)
		if hooks.Agreements != "" || hooks.Consents != "" {
			t.Provide = hooks.Provide
		}
	}
	if t.Provide != nil {
		t.Configure = hooks.Configure
	}
	if hooks.triggers() {
		t.Trigger = hooks.Trigger
	}
	if hooks.Rotation != "" {
		t.Rotate = hooks.Rotate
	}
	if hooks.Sources != "" {
		t.Sources = hooks.Ask(t.sourceBases)
	}
}

// launch starts the product and finds where it is.
func (r *run) launch(ctx context.Context, given Provision) error {
	launcher := r.Target.Launcher
	if launcher == nil {
		return nil
	}
	if err := launcher.Start(ctx, given); err != nil {
		return err
	}
	bases := map[string]string{}
	interfaces := map[string]Access{}
	for id, access := range r.Target.Interfaces {
		access.Base = launcher.Address(access.Base)
		if access.Auth != nil {
			moved := *access.Auth
			moved.TokenURL = launcher.Address(moved.TokenURL)
			access.Auth = &moved
		}
		interfaces[id], bases[id] = access, access.Base
	}
	r.Target.Interfaces, r.report.Target.Bases = interfaces, bases
	r.Target.TokenURL = launcher.Address(r.Target.TokenURL)
	if told := r.Target.Sources; told != nil {
		told.Address = launcher.Address
	}
	return nil
}

// land ends the product. What it leaves behind is told as an error of the run, unless there is one.
func (r *run) land(ctx context.Context, report *result.Report) {
	if r.Target.Launcher == nil {
		return
	}
	containers, err := r.Target.Launcher.Close(context.WithoutCancel(ctx), r.secrets())
	report.Target.Containers = containers
	if len(containers) == 1 {
		report.Target.Image, report.Target.Digest = containers[0].Image, containers[0].Digest
	}
	if err != nil && report.Error == nil {
		report.Error = &result.RunError{Code: codeOf(err, "cleanup"), Message: err.Error()}
	}
}

// secrets are the credentials of this run.
func (r *run) secrets() []string {
	secrets := r.Target.secrets()
	for _, who := range r.identities {
		secrets = append(secrets, who.Participant.ClientSecret)
	}
	return secrets
}

// codeOf is the stable code of an error that has one.
func codeOf(err error, otherwise string) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return otherwise
}
