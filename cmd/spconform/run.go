package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/loopback"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

// runFlags are the flags of run.
type runFlags struct {
	target, manifest         string
	compose                  string
	images                   []string
	callbacks, tags, out     string
	key, profile             string
	format                   *formatFlag
	interfaces, requirements []string
	seed                     uint64
	concurrency              int
	quiet                    bool
}

func runCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "run", Short: "Test a product and judge it; without a target, the embedded reference server", Args: cobra.NoArgs,
	}
	var flags runFlags
	addTarget(command, &flags)
	command.Flags().StringVar(&flags.tags, "tags", "", `run only scenarios with these tags: "@a && ~@b", a comma is or`)
	command.Flags().StringSliceVar(&flags.requirements, "requirement", nil, "run only the scenarios of these requirement ids")
	command.Flags().StringVar(&flags.out, "out", "spconform-results", "folder for report.json, report.html, junit.xml and exchanges.har")
	command.Flags().StringVar(&flags.key, "key", "", "private key (JWK or PEM) that signs the statement on a whole run, statement.dsse.json")
	command.Flags().Uint64Var(&flags.seed, "seed", 0, "repeat the run of this seed; a new one is drawn and printed where none is given")
	command.Flags().IntVar(&flags.concurrency, "concurrency", conformance.DefaultConcurrency, "number of scenarios of an interface that run at a time; 1 for one after another in the whole run")
	command.Flags().BoolVar(&flags.quiet, "quiet", false, "no progress on standard error")
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON)
	addInterfaces(command, &flags.interfaces, "test these interfaces only")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		easeCollector()
		if !cmd.Flags().Changed("seed") {
			flags.seed = newSeed()
		}
		return runSuite(cmd.Context(), flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

// addTarget adds the flags that say what is tested.
func addTarget(command *cobra.Command, flags *runFlags) {
	command.Flags().StringVar(&flags.target, "target", "", "base URL of the product; {interface} in it stands for the interface's id")
	command.Flags().StringVar(&flags.manifest, "manifest", "", "file that describes the product (spconform.yaml)")
	command.Flags().StringSliceVar(&flags.images, "image", nil, "image of the product, started for the run; interface=IMAGE for one interface of several")
	command.Flags().StringVar(&flags.compose, "compose", "", "compose file of the product, started for the run")
	addProfile(command, &flags.profile, "records are judged by it, and the population meets it")
	command.MarkFlagsMutuallyExclusive("target", "manifest")
	command.MarkFlagsMutuallyExclusive("target", "image", "compose")
	command.Flags().StringVar(&flags.callbacks, "callbacks", defaultCallbacks, "the URL under which the product reaches the runner's callback receiver")
}

// newSeed draws a seed that is easy to copy.
func newSeed() uint64 {
	var bytes [8]byte
	_, _ = rand.Read(bytes[:])
	return binary.BigEndian.Uint64(bytes[:]) % 1_000_000_000
}

func runSuite(ctx context.Context, flags runFlags, stdout, stderr io.Writer) error {
	key, err := signingKey(flags.key)
	if err != nil {
		return err
	}
	report, err := flags.test(ctx, stderr)
	if err != nil {
		return err
	}
	return publish(ctx, report, flags, key, stdout, stderr)
}

// test makes the run that the flags describe.
func (f runFlags) test(ctx context.Context, stderr io.Writer) (report result.Report, err error) {
	described, err := interfacesNamed(f.interfaces)
	if err != nil {
		return report, err
	}
	standard, err := standardOf(f.profile)
	if err != nil {
		return report, err
	}
	target, closeTarget, err := f.open(ctx, described, standard)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, closeTarget()) }()
	report, err = conformance.Run(ctx, conformance.Options{
		Target: target, Seed: f.seed, Version: suiteVersion(), Concurrency: f.concurrency,
		Selection: conformance.Selection{Interfaces: f.interfaces, Tags: f.tags, Requirements: f.requirements},
		Progress:  reports.NewProgress(stderr, reports.TerminalOf(stderr), f.quiet), Standard: standard,
	})
	var wrong *conformance.UsageError
	if errors.As(err, &wrong) {
		return report, usageError("%s", wrong.Message)
	}
	return report, err
}

// publish writes the results folder, the signed statement where a key was given, and what goes to
// standard output, then says how the run ended.
func publish(ctx context.Context, report result.Report, flags runFlags, key *statement.Key, stdout, stderr io.Writer) error {
	written := reports.WriteFolder(flags.out, report)
	if withheld := statement.Withheld(report); key != nil && withheld != nil {
		fmt.Fprintln(stderr, withheld)
	} else if key != nil && written == nil {
		written = writeStatement(ctx, flags.out, *key)
	}
	shown := writeReport(stdout, report, flags.format.chosen)
	if failed := errors.Join(written, shown); failed != nil {
		return couldNotRun("%v", failed)
	}
	if !flags.quiet {
		fmt.Fprintf(stderr, "results in %s: open report.html\n", flags.out)
	}
	return outcomeOf(report)
}

// named says whether the flags name a target.
func (f runFlags) named() bool {
	return f.target != "" || f.manifest != "" || len(f.images) > 0 || f.compose != ""
}

// nearTimeout is how long the embedded reference waits for its own registries: a run that keeps one of them from
// answering waits as long, with nothing else to do.
const nearTimeout = 1500 * time.Millisecond

// open gives the target of the run: the one named, or the embedded reference server.
func (f runFlags) open(ctx context.Context, described []spec.Interface, standard conformance.Standard) (conformance.Target, func() error, error) {
	nothing := func() error { return nil }
	if !f.named() {
		options := append(underProfile(standard), reference.WithSourceTimeout(nearTimeout))
		server, err := loopback.Start(ctx, loopback.Plan{Interfaces: described, Options: options})
		if err != nil {
			return conformance.Target{}, nil, err
		}
		return embedded(server, described), server.Close, nil
	}
	target, err := f.describe(ctx, described)
	var wrong *conformance.UsageError
	var unreadable *manifest.Error
	if errors.As(err, &wrong) || errors.As(err, &unreadable) {
		return target, nil, usageError("%v", err)
	}
	return target, nothing, err
}

// underProfile is the profile as options of the reference server.
func underProfile(standard conformance.Standard) []reference.Option {
	if standard.Profile == nil {
		return nil
	}
	return []reference.Option{reference.WithDictionary(standard.Profile.Dictionary)}
}

// describe reads the manifest, or makes the one of a product of which only the URL or images are known.
func (f runFlags) describe(ctx context.Context, described []spec.Interface) (conformance.Target, error) {
	var given *manifest.Manifest
	if f.manifest != "" {
		read, err := manifest.Load(f.manifest)
		if err != nil {
			return conformance.Target{}, err
		}
		given = &read
	}
	if f.inContainers(lo.FromPtr(given)) {
		made, err := f.containers(ctx, given, described)
		if err != nil {
			return conformance.Target{}, err
		}
		return f.launched(ctx, made)
	}
	if given != nil {
		if err := f.receive(given); err != nil {
			return conformance.Target{}, err
		}
		return conformance.Described(*given)
	}
	base, err := url.Parse(f.target)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return conformance.Target{}, usageError("--target %q is no URL: write http://HOST:PORT/PATH", f.target)
	}
	made := manifest.Default(f.target, lo.Map(described, func(d spec.Interface, _ int) string { return d.ID }))
	if made.Callbacks, err = receiverAt(f.callbacks); err != nil {
		return conformance.Target{}, err
	}
	return conformance.Described(made)
}

// receive says where callbacks are awaited: where the flag says, else where the manifest does. A product that
// was told of the participants beforehand calls at the default of spconform fixtures where neither does.
func (f runFlags) receive(given *manifest.Manifest) (err error) {
	beforehand := []string{manifest.IdentitiesFixtures, manifest.IdentitiesJWKS, manifest.IdentitiesPreconfigured}
	unsaid := given.Callbacks == manifest.Callbacks{} && slices.Contains(beforehand, given.Identities.Provide)
	if unsaid || f.callbacks != defaultCallbacks {
		given.Callbacks, err = receiverAt(f.callbacks)
	}
	return err
}

// receiverAt listens on the port of the URL that the product calls: on loopback where the URL says so,
// else on every address.
func receiverAt(callbacks string) (manifest.Callbacks, error) {
	base, err := url.Parse(callbacks)
	if err != nil || base.Hostname() == "" {
		return manifest.Callbacks{}, usageError("--callbacks %q is no URL: write http://HOST:PORT", callbacks)
	}
	port := cmp.Or(base.Port(), map[string]string{"http": "80", "https": "443"}[base.Scheme])
	host := "0.0.0.0"
	if address := net.ParseIP(base.Hostname()); address != nil && address.IsLoopback() {
		host = address.String()
	}
	return manifest.Callbacks{Listen: net.JoinHostPort(host, port), Base: callbacks}, nil
}

// embedded is the reference server as a target: all capabilities claimed, prepared by its hooks.
func embedded(server *loopback.Server, described []spec.Interface) conformance.Target {
	hooks := conformance.ReferenceHooks(server.Management)
	target := conformance.Target{Kind: "embedded", Product: "spconform reference", Version: suiteVersion(), Population: "hook",
		Interfaces: map[string]conformance.Access{}, Provide: hooks.Provide, Trigger: hooks.Trigger, Rotate: hooks.Rotate,
		Restart: hooks.Restarting, Configure: hooks.Configure,
		Sharing: hooks.Sharing(conformance.ReferenceAccessLog), Sources: hooks.Ask(server.Bases()), Waits: conformance.DefaultWaits}
	for _, one := range described {
		target.Interfaces[one.ID] = conformance.Access{Base: server.Base(one.ID), ID: one.ID + ".example.org", Capabilities: one.Capabilities()}
	}
	return target
}
