package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/container"
	"github.com/spconform/spconform/reference"
	"github.com/spconform/spconform/reference/store"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	addr, db, management, fixtures, callbacks, profile string

	interfaces []string
	population uint64
	populated  bool

	assess assessFlags
}

func serveCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "serve", Short: "Serve the reference registry until interrupted", Args: cobra.NoArgs,
		Long: "Serve the reference registry until interrupted. Standard output names the base URL of each interface, one a line.",
	}
	var flags serveFlags
	command.Flags().StringVar(&flags.addr, "addr", "127.0.0.1:8080", "address to serve on; port 0 takes a free one")
	command.Flags().StringVar(&flags.db, "db", "memory", "where the state is kept: memory, sqlite:FILE or postgres://…")
	command.Flags().StringVar(&flags.management, "management", "", "address of the management listener, which asks for no token; off unless given")
	command.Flags().Uint64Var(&flags.population, "population", 0, "load the records and participants of this seed")
	command.Flags().StringVar(&flags.callbacks, "callbacks", "http://127.0.0.1:8090", "with --population: the URL under which the participants take callbacks")
	command.Flags().StringVar(&flags.fixtures, "fixtures", "", "folder of the files of spconform fixtures to load; the one that "+container.FixturesVariable+" names where not given")
	addProfile(command, &flags.profile, "queries, updates and what is loaded are judged by it")
	command.MarkFlagsMutuallyExclusive("population", "fixtures")
	flags.assess.add(command)
	addInterfaces(command, &flags.interfaces, "serve these interfaces only; one alone is at the root, several each at its id")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		flags.populated = cmd.Flags().Changed("population")
		return serve(cmd.Context(), flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

func serve(ctx context.Context, flags serveFlags, stdout, stderr io.Writer) (err error) {
	interfaces, err := interfacesNamed(flags.interfaces)
	if err != nil {
		return err
	}
	// An assessment asks registries: they are served beside it.
	if interfaces, err = flags.assess.besides(interfaces); err != nil {
		return err
	}
	standard, err := standardOf(flags.profile)
	if err != nil {
		return err
	}
	loaded, err := flags.load(standard, interfaces)
	if err != nil {
		return profileError(err)
	}
	state, err := store.Open(ctx, flags.db)
	var unknown *store.Error
	if errors.As(err, &unknown) {
		return usageError("--db: %v", unknown)
	}
	if err != nil {
		return couldNotRun("%v: name another with --db", err)
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	public, err := listen("--addr", flags.addr)
	if err != nil {
		return err
	}
	defer public.Close()
	bases := basesAt(urlOf(public), interfaces)
	assess, err := flags.assess.options(standard, bases)
	if err != nil {
		return err
	}
	options := append(append(underProfile(standard), assess...),
		reference.WithInterfaces(interfaces...), reference.WithStore(state), reference.WithBaseURL(urlOf(public)),
		reference.WithParticipants(loaded.Participants), reference.WithAgreements(loaded.Agreements),
		reference.WithLogger(slog.New(slog.NewTextHandler(stderr, nil))),
	)
	server, err := newLives(func() (*reference.Server, error) { return reference.New(options...) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	first := server.now.Load()
	if err := first.Load(ctx, loaded.Records); err != nil {
		return couldNotRun("%v", err)
	}
	if err := first.Decide(ctx, loaded.Consents); err != nil {
		return couldNotRun("%v", err)
	}
	for _, described := range interfaces {
		fmt.Fprintf(stdout, "%s %s\n", described.ID, bases[described.ID])
	}
	endpoints := []endpoint{{listener: public, handler: server}}
	if flags.management != "" {
		management, err := listen("--management", flags.management)
		if err != nil {
			return err
		}
		endpoints = append(endpoints, endpoint{listener: management, handler: server.management(), trusted: true})
		fmt.Fprintf(stdout, "management %s\n", urlOf(management))
		warnOpen(stderr, management)
	}
	return serveUntil(ctx, endpoints...)
}

// basesAt are the base URLs of the interfaces: one alone is at the root.
func basesAt(root string, interfaces []spec.Interface) map[string]string {
	bases := map[string]string{}
	for _, described := range interfaces {
		bases[described.ID] = root
		if len(interfaces) > 1 {
			bases[described.ID] += "/" + described.ID
		}
	}
	return bases
}

// warnOpen tells that others than this machine reach the management listener.
func warnOpen(stderr io.Writer, listener net.Listener) {
	if at := listener.Addr().(*net.TCPAddr); !at.IP.IsLoopback() {
		fmt.Fprintf(stderr, "spconform: the management listener %s asks for no token and is not on loopback: see that only the operator reaches it\n", at)
	}
}

// load gives what the server is loaded with.
func (f serveFlags) load(standard conformance.Standard, interfaces []spec.Interface) (conformance.Provision, error) {
	switch dir := cmp.Or(f.fixtures, os.Getenv(container.FixturesVariable)); {
	case f.populated:
		made, err := standard.Fixture(f.population, interfaces, f.callbacks)
		made.Records = servedOf(made.Records, interfaces)
		return made, err
	case dir != "":
		read, err := readFixtures(dir)
		if err != nil {
			return read, err
		}
		return read, standard.Meets(interfaces, read.Records, conformance.MendFixture)
	default:
		return conformance.Provision{}, nil
	}
}

// readFixtures reads the files of a conformance.Provision, of which each may be missing. The population may
// be in any form.
func readFixtures(dir string) (conformance.Provision, error) {
	var read conformance.Provision
	err := readFixture(dir, conformance.ParticipantsFile, func(file io.Reader) error {
		if err := json.NewDecoder(file).Decode(&read.Participants); err != nil {
			return fmt.Errorf("one JSON object with the list participants is needed")
		}
		return nil
	})
	if err != nil {
		return conformance.Provision{}, err
	}
	for _, form := range fixture.Formats() {
		err = readFixture(dir, fixture.FileName(form), func(file io.Reader) error {
			return fixture.Read(file, form, func(record fixture.Record) error {
				read.Records = append(read.Records, record)
				return nil
			})
		})
		if err != nil {
			return conformance.Provision{}, err
		}
	}
	err = readFixture(dir, conformance.AgreementsFile, func(file io.Reader) error {
		text, err := io.ReadAll(file)
		if err == nil {
			read.Agreements, err = fixture.ReadAgreements(text)
		}
		return err
	})
	if err != nil {
		return conformance.Provision{}, err
	}
	err = readFixture(dir, conformance.ConsentsFile, func(file io.Reader) error {
		return fixture.ReadConsents(file, func(decision fixture.Consent) error {
			read.Consents = append(read.Consents, decision)
			return nil
		})
	})
	return read, err
}

func readFixture(dir, name string, read func(io.Reader) error) error {
	if _, err := os.Stat(dir); err != nil {
		return usageError("%v: name the folder that spconform fixtures wrote", err)
	}
	path := filepath.Join(dir, name)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return usageError("%v: name the folder that spconform fixtures wrote", err)
	}
	defer file.Close()
	if err := read(file); err != nil {
		return usageError("%s: %v", path, err)
	}
	return nil
}
