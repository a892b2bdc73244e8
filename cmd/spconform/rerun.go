package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/conformance/statement"
	"github.com/spconform/spconform/reports"
)

// The names of the checks that a rerun makes.
const (
	checkTarget = "target"
	checkRerun  = "rerun"
)

// rerun makes the run of a statement again, with its seed, and says what differs: in the product that
// was run, and in the verdicts.
func rerun(ctx context.Context, folder reports.Folder, flags runFlags, stderr io.Writer) (checks []statement.Check, err error) {
	if folder.Report == nil {
		return nil, usageError("--rerun needs the report.json beside the statement: name the results folder")
	}
	before := *folder.Report
	if !flags.named() && before.Target.Kind != "embedded" {
		return nil, usageError("--rerun of a product needs to know where it is: give --target, --image, --compose or --manifest as for run")
	}
	// The output of containers goes where results do; a rerun keeps none.
	if flags.out, err = os.MkdirTemp("", "spconform-rerun-"); err != nil {
		return nil, couldNotRun("%v", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(flags.out)) }()
	flags.seed, flags.interfaces, flags.quiet = before.Seed, before.Selection.Interfaces, true
	after, err := flags.test(ctx, stderr)
	if err != nil {
		return nil, err
	}
	if after.Error != nil {
		return nil, couldNotRun("%s (%s)", after.Error.Message, after.Error.Code)
	}
	return []statement.Check{sameTarget(before.Target, after.Target), sameVerdicts(before, after)}, nil
}

// sameTarget compares what was run: images by their digests, an installed product by its addresses.
func sameTarget(before, after result.Target) statement.Check {
	ran, runs := digests(before), digests(after)
	switch {
	case before.Kind != after.Kind:
		return statement.Check{Name: checkTarget, Outcome: statement.NotChecked,
			Detail: fmt.Sprintf("the signed run had its target by %s and this one by %s", before.Kind, after.Kind)}
	case len(ran) > 0 && !maps.Equal(ran, runs):
		return statement.Check{Name: checkTarget, Outcome: statement.Refused,
			Detail: fmt.Sprintf("another image: the signed run was of %s, this one of %s", list(ran), list(runs))}
	case len(ran) > 0:
		return statement.Check{Name: checkTarget, Outcome: statement.Holds, Detail: "the image that was signed: " + list(runs)}
	case before.Kind == "url" && (!maps.Equal(before.Bases, after.Bases) || !maps.Equal(before.Certificates, after.Certificates)):
		return statement.Check{Name: checkTarget, Outcome: statement.NotChecked,
			Detail: "another address or certificate than the one that was signed: " + list(after.Bases)}
	case before.Kind == "embedded":
		return statement.Check{Name: checkTarget, Outcome: statement.Holds, Detail: "the embedded reference server"}
	default:
		return statement.Check{Name: checkTarget, Outcome: statement.Holds, Detail: "the address that was signed: " + list(after.Bases)}
	}
}

// digests are those of the target's images, by container.
func digests(target result.Target) map[string]string {
	return lo.SliceToMap(target.Containers, func(one result.Container) (string, string) { return one.Name, one.Digest })
}

func list(named map[string]string) string {
	return strings.Join(lo.Map(slices.Sorted(maps.Keys(named)), func(name string, _ int) string { return name + " " + named[name] }), ", ")
}

func sameVerdicts(before, after result.Report) statement.Check {
	differing := result.Differences(before, after)
	if len(differing) == 0 {
		return statement.Check{Name: checkRerun, Outcome: statement.Holds, Detail: fmt.Sprintf("every verdict came out the same with seed %d", before.Seed)}
	}
	detail := strings.Join(lo.Map(differing, func(d result.Difference, _ int) string {
		return fmt.Sprintf("%s %s was %s and is %s", d.Interface, d.Requirement, cmp.Or(d.Before, "not there"), cmp.Or(d.After, "not there"))
	}), "; ")
	if before.Suite.CatalogueHash != after.Suite.CatalogueHash || before.Suite.FeaturesHash != after.Suite.FeaturesHash {
		detail += fmt.Sprintf(" (judged then by spconform %s with another catalogue or other features)", before.Suite.Version)
	}
	return statement.Check{Name: checkRerun, Outcome: statement.Refused, Detail: detail}
}
