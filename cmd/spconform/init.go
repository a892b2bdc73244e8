package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/discover"
	"github.com/spconform/spconform/conformance/manifest"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec"
)

// initFlags are the flags of init.
type initFlags struct {
	out, fromURL string
	interfaces   []string
}

func initCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "init", Short: "Write a manifest: by asking, or by looking which interfaces a server answers", Args: cobra.NoArgs,
	}
	var flags initFlags
	command.Flags().StringVar(&flags.out, "out", manifest.FileName, "file to write; it is never overwritten")
	command.Flags().StringVar(&flags.fromURL, "from-url", "", "base URL of the product: what it answers is claimed; {interface} in it stands for an id")
	addInterfaces(command, &flags.interfaces, "interfaces to ask for")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		return initManifest(cmd.Context(), flags, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

func initManifest(ctx context.Context, flags initFlags, stdin io.Reader, stdout, stderr io.Writer) error {
	described, err := interfacesNamed(flags.interfaces)
	if err != nil {
		return err
	}
	if _, err := os.Stat(flags.out); err == nil {
		return usageError("%s exists and is never overwritten: name another file with --out", flags.out)
	}
	var made manifest.Manifest
	if flags.fromURL != "" {
		made, err = fromURL(ctx, flags.fromURL, described)
	} else {
		made, err = (&questions{from: bufio.NewReader(stdin), to: stderr}).manifest(described)
	}
	if err != nil {
		return err
	}
	text, err := manifest.Write(made)
	if err != nil {
		return couldNotRun("%v", err)
	}
	if _, err := manifest.Parse(filepath.Base(flags.out), text, described); err != nil {
		return usageError("%v", err)
	}
	file, err := os.OpenFile(flags.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s exists and is never overwritten: name another file with --out", flags.out)
	}
	if err != nil {
		return usageError("%v: name a file with --out", err)
	}
	if _, err := file.Write(text); err != nil {
		_ = file.Close()
		return couldNotRun("%v", err)
	}
	fmt.Fprintln(stdout, flags.out)
	return file.Close()
}

// fromURL is the manifest of what a server answers.
func fromURL(ctx context.Context, base string, described []spec.Interface) (manifest.Manifest, error) {
	parsed, err := url.Parse(strings.ReplaceAll(base, "{interface}", "x"))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return manifest.Manifest{}, usageError("--from-url %q is no URL: write http://HOST:PORT/PATH", base)
	}
	found, err := discover.Interfaces(ctx, base, described)
	if err != nil {
		return manifest.Manifest{}, couldNotRun("%v", err)
	}
	made := prepared(parsed.Host, lo.MapValues(found.Bases, func(at, _ string) manifest.Interface { return manifest.Interface{Base: at} }))
	if found.Dialect != "" {
		made.Dialect = []string{found.Dialect}
	}
	return made, nil
}

// prepared is the manifest of a product that is prepared with the files of spconform fixtures.
func prepared(name string, served map[string]manifest.Interface) manifest.Manifest {
	return manifest.Manifest{Product: manifest.Product{Name: name}, Interfaces: served,
		Identities: manifest.Identities{Provide: manifest.IdentitiesFixtures},
		Population: manifest.Population{Provide: manifest.PopulationPreloaded},
		Callbacks:  manifest.Callbacks{Listen: "127.0.0.1:8090", Base: defaultCallbacks}}
}

// questions ask one thing a line.
type questions struct {
	from *bufio.Reader
	to   io.Writer
	err  error
}

// ask shows a question and reads the answer; an empty one is the default.
func (q *questions) ask(question, otherwise string) string {
	if q.err != nil {
		return otherwise
	}
	if otherwise != "" {
		question += " [" + otherwise + "]"
	}
	fmt.Fprint(q.to, question+": ")
	line, err := q.from.ReadString('\n')
	if err != nil {
		// Nobody has ended the line.
		fmt.Fprintln(q.to)
	}
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		q.err = err
	}
	if line = strings.TrimSpace(line); line == "" {
		return otherwise
	}
	return line
}

func (q *questions) manifest(described []spec.Interface) (manifest.Manifest, error) {
	name, version := q.ask("Name of the product", ""), q.ask("Version", "")
	image := q.ask("Image, where the product comes as one (else empty)", "")
	served := map[string]manifest.Interface{}
	for _, one := range described {
		question := fmt.Sprintf("%s (%s): base URL, or empty where it is not served", reports.Visible(one.Title), one.ID)
		base := q.ask(question, "")
		if base == "" {
			continue
		}
		entry := manifest.Interface{Base: base, ID: q.ask("  its own sender_id, where it is known", "")}
		if claimed := q.ask("  capabilities it has, of "+strings.Join(one.Capabilities(), ", "), ""); claimed != "" {
			entry.Capabilities = strings.FieldsFunc(claimed, func(r rune) bool { return r == ',' || r == ' ' })
		}
		served[one.ID] = entry
	}
	made := prepared(name, served)
	made.Product.Version = version
	made.Events.URL = q.ask("URL at which an event can be made to happen, where there is one", "")
	if lo.SomeBy(lo.Values(served), func(entry manifest.Interface) bool { return slices.Contains(entry.Capabilities, "restart") }) {
		made.Restart.URL = q.ask("URL at which the product can be restarted, where there is one", "")
	}
	if image != "" {
		made.Population = manifest.Population{Provide: manifest.PopulationMounted, File: "/spconform/population.ndjson"}
		made.Callbacks = manifest.Callbacks{}
		for _, entry := range served {
			made.Containers = map[string]manifest.Container{manifest.HostOf(entry.Base): {Image: image}}
		}
	} else {
		made.Callbacks.Base = q.ask("URL at which the product can call this machine", defaultCallbacks)
		at, err := receiverAt(made.Callbacks.Base)
		if err != nil {
			return made, err
		}
		made.Callbacks = at
	}
	if q.err != nil {
		return made, usageError("the answers end before the questions: run init on a terminal, or with --from-url")
	}
	return made, nil
}
