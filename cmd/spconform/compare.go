package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/spconform/spconform/conformance/compare"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

// compareFlags are the flags of compare.
type compareFlags struct {
	overlay, baseline string
	keys, allow       []string
	seed              uint64
	format            *formatFlag
}

func compareCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "compare RESULTS...", Short: "Set candidates side by side: who is eligible, and in what they differ", Args: cobra.MinimumNArgs(1),
		Long: "Set candidates side by side: who is eligible under a programme's overlay, and in what they differ. RESULTS is a results folder " +
			"or a file of one. Exit code 0 where a candidate is eligible; with --baseline, where nothing got worse.",
	}
	var flags compareFlags
	command.Flags().StringVar(&flags.overlay, "overlay", "", "what the country programme asks for beyond conformance (YAML, docs/overlay.schema.json)")
	command.Flags().StringVar(&flags.baseline, "baseline", "", "results of an earlier version of the one product: say what changed")
	command.Flags().StringSliceVar(&flags.keys, "key", nil, "public keys of those who may have signed")
	command.Flags().StringSliceVar(&flags.allow, "allow", nil, "put up with candidates that are unsigned, expired or unlike (judged by different suites)")
	command.Flags().Uint64Var(&flags.seed, "seed", 1, "seed of the random weights")
	command.MarkFlagsMutuallyExclusive("overlay", "baseline")
	flags.format = addFormat(command, reports.FormatTable, reports.FormatJSON, reports.FormatHTML, reports.FormatCSV)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		return runCompare(cmd.Context(), args, flags, cmd.OutOrStdout())
	}
	return command
}

func runCompare(ctx context.Context, paths []string, flags compareFlags, stdout io.Writer) error {
	allow, err := allowed(flags.allow)
	if err != nil {
		return err
	}
	trusted, err := trustedKeys(flags.keys)
	if err != nil {
		return err
	}
	var candidates []compare.Candidate
	for _, path := range paths {
		one, err := candidateAt(ctx, path, trusted)
		if err != nil {
			return err
		}
		candidates = append(candidates, one)
	}
	if flags.baseline != "" {
		return compareBaseline(ctx, candidates, flags, allow, trusted, stdout)
	}
	distinguish(candidates, paths)
	options := compare.Options{Allow: allow, Seed: flags.seed, Day: time.Now().UTC().Format(time.DateOnly)}
	if flags.overlay != "" {
		raw, err := os.ReadFile(flags.overlay)
		if err != nil {
			return usageError("--overlay: %v", err)
		}
		if options.Overlay, err = compare.ReadOverlay(raw); err != nil {
			return comparisonError(err)
		}
	}
	made, err := compare.Of(candidates, options)
	if err != nil {
		return comparisonError(err)
	}
	if err := reports.Comparison(stdout, made, flags.format.chosen, reports.TerminalOf(stdout)); err != nil {
		return err
	}
	if !made.Eligible() {
		return errDoesNotHold
	}
	return nil
}

func compareBaseline(ctx context.Context, candidates []compare.Candidate, flags compareFlags, allow compare.Allow, trusted []statement.Key, stdout io.Writer) error {
	if len(candidates) != 1 {
		return usageError("--baseline takes one product and its earlier results: name one results folder")
	}
	before, err := candidateAt(ctx, flags.baseline, trusted)
	if err != nil {
		return err
	}
	changed, err := compare.Baseline(before, candidates[0], allow)
	if err != nil {
		return comparisonError(err)
	}
	if err := reports.Since(stdout, changed, flags.format.chosen, reports.TerminalOf(stdout)); err != nil {
		return err
	}
	if changed.Worse() {
		return errDoesNotHold
	}
	return nil
}

// comparisonError: what cannot be compared is wrong usage.
func comparisonError(err error) error {
	var refused *compare.Error
	if errors.As(err, &refused) {
		return usageError("%s (--allow puts up with unsigned, expired and unlike)", refused.Message)
	}
	return err
}

func allowed(names []string) (allow compare.Allow, err error) {
	switches := map[string]*bool{"unsigned": &allow.Unsigned, "expired": &allow.Expired, "unlike": &allow.Unlike}
	for _, name := range names {
		put, ok := switches[name]
		if !ok {
			return allow, usageError("--allow %q: name unsigned, expired or unlike", name)
		}
		*put = true
	}
	return allow, nil
}

// candidateAt reads the results of a candidate and checks its statement where there is one.
func candidateAt(ctx context.Context, path string, trusted []statement.Key) (compare.Candidate, error) {
	folder, err := reports.ReadFolder(path)
	var unreadable *reports.Error
	if errors.As(err, &unreadable) {
		return compare.Candidate{}, usageError("%s: %v", path, unreadable)
	}
	if err != nil {
		return compare.Candidate{}, err
	}
	if folder.Report == nil {
		return compare.Candidate{}, usageError("%s has no report.json: name a results folder", path)
	}
	one := compare.Candidate{Report: *folder.Report,
		Name: strings.TrimSpace(folder.Report.Target.Product + " " + folder.Report.Target.Version)}
	if one.Name == "" {
		one.Name = path
	}
	if folder.Statement == nil {
		return one, nil
	}
	one.Checks = statement.Verify(ctx, folder.Statement, trusted, statement.Evidence{Report: folder.Report, Hashes: folder.Hashes}, time.Now())
	if signed, err := statement.Open(ctx, folder.Statement, trusted); err == nil {
		one.Signer, one.Trusted = signed.Signer.ID(), signed.Trusted
	}
	return one, nil
}

// distinguish gives candidates of one name their path besides.
func distinguish(candidates []compare.Candidate, paths []string) {
	count := map[string]int{}
	for _, one := range candidates {
		count[one.Name]++
	}
	for i := range candidates {
		if count[candidates[i].Name] > 1 {
			candidates[i].Name = fmt.Sprintf("%s (%s)", candidates[i].Name, paths[i])
		}
	}
}
