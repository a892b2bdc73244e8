package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	keys   []string
	rerun  bool
	run    runFlags
	format *formatFlag
}

func verifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "verify FILE|DIR", Short: "Check a signed statement, offline, with the results folder that it lies in", Args: cobra.ExactArgs(1),
		Long: "Check a signed statement, offline, with the results folder that it lies in: signature, hashes, dates, the level from the " +
			"verdicts, the verdicts from the scenarios and from the recorded exchanges. With --rerun also on the target, which is named as for run.",
	}
	flags := verifyFlags{}
	command.Flags().StringSliceVar(&flags.keys, "key", nil, "public key (JWK, JWK set or PEM) of one who may have signed; without it anybody may have")
	command.Flags().BoolVar(&flags.rerun, "rerun", false, "run again with the same seed and say what differs")
	addTarget(command, &flags.run)
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		return verify(cmd.Context(), args[0], flags, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return command
}

func verify(ctx context.Context, path string, flags verifyFlags, stdout, stderr io.Writer) error {
	trusted, err := trustedKeys(flags.keys)
	if err != nil {
		return err
	}
	standard, err := standardOf(flags.run.profile)
	if err != nil {
		return err
	}
	folder, raw, checks, err := statementAt(path)
	if err != nil {
		return err
	}
	checks = append(checks, statement.Verify(ctx, raw, trusted, statement.Evidence{Report: folder.Report, Hashes: folder.Hashes}, time.Now())...)
	if folder.Report != nil && statement.Verified(checks) {
		again, err := conformance.Recompute(ctx, standard, *folder.Report, folder.Transcript)
		if err != nil {
			return couldNotRun("%v", err)
		}
		checks = append(checks, again...)
		pages, err := pagesOf(folder)
		if err != nil {
			return couldNotRun("%v", err)
		}
		checks = append(checks, pages)
	}
	if flags.rerun && statement.Verified(checks) {
		again, err := rerun(ctx, folder, flags.run, stderr)
		if err != nil {
			return err
		}
		checks = append(checks, again...)
	}
	if err := verificationGrid(checks).Write(stdout, flags.format.chosen, reports.TerminalOf(stdout)); err != nil {
		return err
	}
	if !statement.Verified(checks) {
		return errDoesNotHold
	}
	return nil
}

// pagesOf checks that what people read in the folder says what was signed.
func pagesOf(folder reports.Folder) (statement.Check, error) {
	const name = "pages"
	if folder.Report.Suite.Version != suiteVersion() {
		return statement.Check{Name: name, Outcome: statement.NotChecked,
			Detail: "another version of this program wrote them: read what spconform report makes of report.json"}, nil
	}
	altered, err := folder.Altered()
	if err != nil || len(altered) == 0 {
		return statement.Check{Name: name, Outcome: statement.Holds, Detail: "report.html and the like say what report.json says"}, err
	}
	return statement.Check{Name: name, Outcome: statement.Refused,
		Detail: strings.Join(altered, ", ") + " not as report.json gives it: altered, or by another build; spconform report makes it anew"}, nil
}

// statementAt reads the statement and what lies beside it. A file beside it that cannot be read is a
// check that does not hold.
func statementAt(path string) (reports.Folder, []byte, []statement.Check, error) {
	file := path
	if told, err := os.Stat(path); err == nil && told.IsDir() {
		file = filepath.Join(path, reports.FileStatement)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return reports.Folder{}, nil, nil, usageError("%v: name a results folder or its %s, which run --key writes", err, reports.FileStatement)
	}
	folder, err := reports.ReadFolder(path)
	var unreadable *reports.Error
	if errors.As(err, &unreadable) {
		return folder, raw, []statement.Check{{Name: "folder", Outcome: statement.Refused, Detail: unreadable.Error()}}, nil
	}
	return folder, raw, nil, err
}

func verificationGrid(checks []statement.Check) reports.Grid {
	grid := reports.Grid{Columns: []string{"check", "outcome", "detail"},
		Items: map[string]any{"verified": statement.Verified(checks), "checks": checks}}
	for _, check := range checks {
		grid.Rows = append(grid.Rows, []string{check.Name, string(check.Outcome), check.Detail})
	}
	return grid
}
