package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/samber/lo"
	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/reports"
	"github.com/spconform/spconform/spec/fixture"
)

// defaultCallbacks is where the participants of fixtures and of run --target take callbacks.
const defaultCallbacks = "http://127.0.0.1:8090"

func fixturesCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "fixtures", Short: "Write what a product is prepared with for a seed: participants, population, agreements and consents", Args: cobra.NoArgs,
	}
	var out, callbacks, profile string
	var interfaces []string
	var seed uint64
	command.Flags().StringVar(&out, "out", ".", "folder to write to")
	command.Flags().StringVar(&callbacks, "callbacks", defaultCallbacks, "the URL under which the product reaches the runner's callback receiver")
	command.Flags().Uint64Var(&seed, "seed", 1, "seed of the population; give run the same")
	form := addFormat(command, lo.Map(fixture.Formats(), func(name string, _ int) reports.Format { return reports.Format(name) })...)
	addInterfaces(command, &interfaces, "records of these interfaces only")
	addProfile(command, &profile, "the records meet it; give run the same")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		described, err := interfacesNamed(interfaces)
		if err != nil {
			return err
		}
		standard, err := standardOf(profile)
		if err != nil {
			return err
		}
		given, err := standard.Fixture(seed, described, callbacks)
		if err != nil {
			return profileError(err)
		}
		return writeFixtures(out, string(form.chosen), given, cmd.OutOrStdout())
	}
	return command
}

func writeFixtures(out, form string, given conformance.Provision, stdout io.Writer) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return couldNotRun("%v: name another folder with --out", err)
	}
	files, err := given.Files(form)
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(out, file.Name)
		// The credentials are synthetic, but a product that was prepared with them opens to them.
		opened, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return couldNotRun("%v: name another folder with --out", err)
		}
		if _, err := opened.Write(file.Text); err != nil {
			_ = opened.Close()
			return couldNotRun("%s: %v", path, err)
		}
		if err := opened.Close(); err != nil {
			return couldNotRun("%s: %v", path, err)
		}
		fmt.Fprintln(stdout, path)
	}
	return nil
}
